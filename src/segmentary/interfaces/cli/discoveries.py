"""How solutions are shown on a terminal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segmentary.interfaces.cli.output import percent, say, show, show_prose, show_table, warn

if TYPE_CHECKING:
    from collections.abc import Callable

    from segmentary.dynamics.emergence import Emergence
    from segmentary.market.typing_results import TypingTool
    from segmentary.models.discover.solution import Solution
    from segmentary.models.validate.criteria import CriteriaRow
    from segmentary.workspace.solution_comparing import SolutionComparison


def solution_document(solution: Solution) -> dict[str, Any]:
    """Return a solution without the figures only machines read."""
    document = solution.to_document()
    return {key: value for key, value in document.items() if key not in ("assigner", "format")}


def hundredths(value: float | None) -> Decimal | None:
    """Return a figure with two digits, whole numbers too: 1.00 beside 0.97."""
    return None if value is None else Decimal(f"{value:.2f}")


def show_segments(solution: Solution) -> None:
    """Show one line per segment."""
    described = solution.description.segments
    money = any(one.value_share for one in described)
    sure = any(one.confidence is not None for one in described)
    stable = any(one.stability is not None for one in described)
    heads = ["segment", "people", "share", "from", "to", *(["value"] if money else [])]
    heads += [*(["sure"] if sure else []), *(["stable"] if stable else []), "marked by"]
    rows = []
    for one in described:
        row: list[object] = [one.name, one.n, *(percent(v) for v in (one.size.estimate, one.size.low, one.size.high))]
        row += [percent(one.value_share.estimate) if one.value_share else None] if money else []
        row += [percent(one.confidence)] if sure else []
        row += [hundredths(one.stability)] if stable else []
        rows.append([*row, ", ".join(one.markers[:3]) or None])
    show_table(heads, rows)
    show_prose("keys, in this order: " + ", ".join(one.key for one in described))


def show_criteria(solution: Solution) -> None:
    """Show the table of criteria with the recommendation and its doubt."""
    rows = solution.criteria.rows
    figures: dict[str, Callable[[CriteriaRow], object]] = {
        "BIC": lambda r: None if r.bic is None else round(r.bic),
        "ICL": lambda r: None if r.icl is None else round(r.icl),
        "gap": lambda r: hundredths(r.gap),
        "silhouette": lambda r: hundredths(r.silhouette),
        "prediction strength": lambda r: hundredths(r.prediction_strength),
        "stability": lambda r: hundredths(r.stability.median) if r.stability else None,
        "smallest": lambda r: r.smallest,
    }
    held = {name: tell for name, tell in figures.items() if any(tell(row) is not None for row in rows)}
    show_table(
        ["method", "k", *held],
        [[row.method, row.k, *(tell(row) for tell in held.values())] for row in rows],
    )
    show()
    show_prose(solution.criteria.recommendation.sentence)
    show_prose(solution.criteria.recommendation.doubt)


def show_comparison(found: SolutionComparison) -> None:
    """Show who of one solution is where in the other."""
    show_table(
        [f"{found.one} \\ {found.other}", *found.others],
        [[name, *row] for name, row in zip(found.segments, found.counts, strict=True)],
    )
    show_prose(found.sentence)
    if found.placed_by_one:
        say(f"{found.placed_by_one:,} people are placed by one of them only, left out")


def show_emergence(found: Emergence) -> None:
    """Show each segment then and now, and what has come up."""
    show_prose(found.sentence, style="bold")
    show()
    show_table(
        ["segment", "then", "now", "change is", "no longer fit", "expected"],
        [
            [o.name, percent(o.size_before.estimate), percent(o.size.estimate), o.verdict.replace("_", " "),
             percent(o.unfit.estimate), percent(o.expected_unfit)]
            for o in found.segments
        ],
    )  # fmt: skip
    told = [one.sentence for one in found.new_groups] + [one.sentence for one in found.splits]
    for sentence in (*told, *(one.sentence for one in found.merges)):
        show_prose(sentence)
    for finding in found.findings:
        (say if finding.level == "note" else warn)(finding.message)


def show_tool(tool: TypingTool) -> None:
    """Show what a typing tool asks and what it is worth."""
    show_prose(tool.sentence, style="bold")
    show()
    show_table(
        ["questions", "asked", "agreement", "from", "to", "adds"],
        [
            [
                one.items,
                one.title or one.item,
                *(percent(v) for v in (one.agreement.estimate, one.agreement.low, one.agreement.high)),
                percent(one.added.estimate),
            ]
            for one in tool.curve
        ],
    )
    for finding in tool.findings:
        warn(finding.message)
