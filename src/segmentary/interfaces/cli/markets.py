"""How a market is shown on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from segmentary.interfaces.cli.output import percent, say, show, show_findings, show_prose, show_table

if TYPE_CHECKING:
    from segmentary.market.attractiveness import Matrix
    from segmentary.market.base_against_market import BaseAgainstMarket
    from segmentary.market.competition import Competition
    from segmentary.market.gaps import NeedGaps
    from segmentary.market.potential import Potential
    from segmentary.market.raking import RakeReport
    from segmentary.market.sizing import MarketSizes
    from segmentary.market.trends import Trends


def known(value: float) -> float | None:
    """Return a number, or None where it cannot be said."""
    return value if math.isfinite(value) else None


def rounded(value: float) -> float | int | None:
    """Return a number with no more digits than anybody reads: no cents on thousands."""
    return round(value) if math.isfinite(value) and abs(value) >= 1_000 else known(value)


def share(value: float) -> object:
    return percent(known(value))


def show_sizes(found: MarketSizes) -> None:
    """Show one line per segment, then everybody."""
    money = any(one.value is not None for one in found.segments)
    rows: list[list[object]] = []
    for one in (*found.segments, *([found.unassigned] if found.unassigned else [])):
        row: list[object] = [one.name, one.n, share(one.share.estimate), share(one.share.low), share(one.share.high)]
        row += [rounded(one.size.estimate), rounded(one.size.error)]
        if money:
            row += [part and rounded(part.estimate) for part in (one.mean_value, one.value)]
            row += [one.value_share and share(one.value_share.estimate)]
        rows.append(row)
    everybody: list[object] = ["(everybody)", found.n, None, None, None]
    everybody += [rounded(found.population.estimate), rounded(found.population.error)]
    if money:
        everybody += [part and rounded(part.estimate) for part in (found.mean_value, found.total_value)] + [None]
    heads = ["segment", "asked", "share", "from", "to", found.people, "error"]
    heads += ["mean", "total", "of value"] if money else []
    show_table(heads, [*rows, everybody])
    show_prose(found.sentence)
    if found.mean_value is not None and found.total_value is not None:
        show_prose(f"{found.unit} a head: {told(found.mean_value)}; in all: {told(found.total_value)}")
    say(found.design)
    show_findings(found.findings)


def told(one: Any) -> str:
    """Return an estimate with its standard error."""
    estimate, error, low, high = (
        f"{value:,.0f}" if abs(one.estimate) >= 1_000 else f"{value:,.2f}"
        for value in (one.estimate, one.error, one.low, one.high)
    )
    return f"{estimate} (se {error}, {low} to {high})"


def show_raking(found: RakeReport) -> None:
    """Show the margins before and after."""
    show_table(
        ["margin", "level", "asked", "before", "after", "wanted"],
        [[o.margin, o.level, o.respondents, share(o.before), share(o.after), share(o.target)] for o in found.levels],
    )
    show_prose(
        f"{found.iterations} rounds, largest misfit {found.misfit:.2g}; weights {found.lowest:.2f} to "
        f"{found.highest:.2f} times their mean; "
        f"design effect {found.effect_before:.2f} before, {found.effect_after:.2f} after"
    )
    show_findings(found.findings)


def show_trends(found: Trends) -> None:
    """Show the segments by wave."""
    rows = []
    for one in found.segments:
        held = {point.wave: point.estimate.estimate for point in one.points}
        rows.append(
            [one.name, *(share(held.get(wave, math.nan)) for wave in found.waves), one.direction.replace("_", " ")]
        )
    show_table(["segment", *found.waves, "trend"], rows)
    for one in found.segments:
        show_prose(one.sentence)
    show_findings(found.findings)


def show_potential(found: Potential) -> None:
    """Show the three stages and what they rest on."""
    stages = [("total", found.tam), ("served", found.sam), ("obtainable", found.som)]
    show_table(
        ["market", found.unit or "size", "from", "to"],
        [[name, *map(rounded, (one.estimate, one.low, one.high))] for name, one in stages if one is not None],
    )
    show()
    show_table(
        ["assumption", "stage", "likely", "low", "high", "shape", "source"],
        [[o.name, o.stage, plain(o.likely), plain(o.low), plain(o.high), o.shape, o.source or None]
         for o in found.assumptions],
    )  # fmt: skip
    show_prose(found.sentence)


def plain(value: float) -> str:
    return f"{value:,.10g}"


def show_competition(found: Competition) -> None:
    """Show the users of each brand in each segment."""
    rows = [
        [name, *(share(found.cell(name, brand).users.estimate) for brand in found.brands), leader or None]
        for name, leader in zip(found.segments, found.leaders, strict=True)
    ]
    rows.append(["(everybody)", *(share(one.users.estimate) for one in found.market), None])
    show_table(["segment", *found.brands, "leader"], rows)
    show_prose(found.sentence)
    show_findings(found.findings)


def show_against(found: BaseAgainstMarket) -> None:
    """Show our customers beside the market."""
    reach = any(one.penetration is not None for one in found.segments)
    rows: list[list[object]] = []
    for one in found.segments:
        row: list[object] = [one.name, share(one.market_share.estimate), share(one.base_share.estimate)]
        row += [share(one.gap.estimate), share(one.gap.low), share(one.gap.high), known(one.index.estimate)]
        row += [one.penetration and share(one.penetration.estimate)] if reach else []
        rows.append([*row, one.verdict])
    heads = ["segment", "market", "ours", "gap", "from", "to", "index", *(["penetration"] if reach else []), "we are"]
    show_table(heads, rows)
    show_prose(found.sentence)
    say(found.design)
    show_findings(found.findings)


def show_needs(found: NeedGaps) -> None:
    """Show the needs, those beyond chance first."""
    cells = sorted(found.cells, key=lambda one: (not one.gap, -one.opportunity.estimate))
    show_table(
        ["segment", "need", "wanted", "satisfied", "opportunity", "from", "to", "gap"],
        [
            [o.segment, o.need, known(o.importance.estimate), known(o.satisfaction.estimate),
             known(o.opportunity.estimate), known(o.opportunity.low), known(o.opportunity.high), o.gap]
            for o in cells
        ],
    )  # fmt: skip
    show_prose(found.sentence)
    show_findings(found.findings)


def show_matrix(found: Matrix) -> None:
    """Show the segments by score."""
    ordered = sorted(found.positions, key=lambda one: one.rank)
    show_table(
        ["rank", "segment", "attractive", "our strength", "score", "stays chosen", "field"],
        [
            [o.rank, o.name, o.attractiveness.estimate, o.competitiveness.estimate, o.score.estimate,
             share(o.kept_both), o.quadrant if not o.knocked_out else "knocked out by " + ", ".join(o.knocked_out)]
            for o in ordered
        ],
    )  # fmt: skip
    show_prose(found.sentence)
    for one in found.criteria:
        say(one.scoring)
    show_findings(found.findings)
