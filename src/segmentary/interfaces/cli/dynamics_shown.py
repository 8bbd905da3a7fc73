"""How the dynamics of segments are shown on a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from segmentary.interfaces.cli.output import percent, say, show, show_findings, show_prose, show_table

if TYPE_CHECKING:
    from segmentary.dynamics.leaving import EarlyWarning
    from segmentary.dynamics.size_forecast import SizeForecast
    from segmentary.dynamics.sizes import Moves, Sizes
    from segmentary.dynamics.tenure import Tenure
    from segmentary.dynamics.transitions import Transitions
    from segmentary.models.intervals import Interval
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.drifting import PopulationDrift

MOST_COLUMNS = 8


def show_sizes(found: Sizes) -> None:
    """Show one line per part, one column per moment (the newest where there are many)."""
    first(found.sentence)
    kept = range(max(0, len(found.labels) - MOST_COLUMNS), len(found.labels))
    heads = ["part", *(found.labels[t] for t in kept), "share", f"spend of the {found.period}"]
    rows = [
        [part, *(one[t].people for t in kept), percent(one[-1].share.estimate), round(one[-1].spend)]
        for part, one in found.by_part.items()
    ]
    show_table(heads, [*rows, ["everybody", *(found.everybody[t] for t in kept), None, None]])
    notes(found.findings, found.said_source)


def show_moves(found: Moves) -> None:
    """Show entries and exits by reason."""
    first(found.sentence)
    show_table(
        ["segment", "until", "change", "because", "people"],
        [[m.segment, m.label, "entered" if m.entered else "left", m.title, m.people] for m in found.moves],
        empty="the log has no entries or exits in this time: segmentary run at several moments, or segment backfill",
    )
    if found.edits:
        show()
        show_table(
            ["segment", "until", "edited definition", "people"],
            [[m.segment, m.label, "took in" if m.entered else "let out", m.people] for m in found.edits],
        )
    notes(found.findings)


def show_transitions(found: Transitions) -> None:
    """Show the shares of each row, all steps together."""
    first(found.sentence)
    ends = [end for end in found.destinations if any(c.destination == end for row in found.rows for c in row.cells)]
    rows = []
    for row in found.rows:
        by_end = {cell.destination: cell.share.estimate for cell in row.cells}
        rows.append([row.part, row.people, *(percent(by_end.get(end)) for end in ends)])
    show_table(["from, to:", "starts", *ends], rows)
    show()
    show_table(
        ["from", "stay", "from", "to", f"{found.period}s", "changed", "p (Holm)"],
        [
            [row.part, *shares(row.stay), number(row.typical_stay), row.changed or "not clearly",
             None if row.test is None else said_p(row.test.p_holm)]
            for row in found.rows
            if row.stay.n
        ],
    )  # fmt: skip
    notes(found.findings, found.said_source)


def show_forecast(found: SizeForecast) -> None:
    """Show sizes to come by the method shown, and how every method did."""
    from segmentary.dynamics.size_forecast import METHODS
    from segmentary.dynamics.states import NO_PART

    first(found.sentence)
    heads = ["part", "now"]
    for label in found.labels:
        heads += [label, "from", "to"]
    rows = []
    for part in (*found.parts, NO_PART):
        path = found.path(part)
        if part == NO_PART and not any(found.past[part]):
            continue
        row: list[object] = [part, found.past[part][-1]]
        for one in path.ahead:
            row += [round(one.estimate), round(one.low), round(one.high)]
        rows.append(row)
    show_table(heads, rows)
    show()
    show_table(
        ["method", "mean error", "of naive", "MASE", "inside 95%", "better at"],
        [
            [METHODS[s.method] + (" (shown)" if s.method == found.shown else ""), round(s.mae), percent(s.relative),
             number(s.mase), percent(s.inside), f"{s.better_at} of {s.origins}"]
            for s in found.scores
        ],
        empty="no method could be scored: the past is too short",
    )  # fmt: skip
    new = found.inflow
    show_prose(
        f"New per {found.period}: {new.estimate:,.0f} ({new.low:,.0f} to {new.high:,.0f}), by {found.inflow_model}."
    )
    notes(found.findings)


def show_drift(found: PopulationDrift) -> None:
    """Show the traits, the largest change first, and whether a model tells now from then."""
    first(found.sentence)
    rows = []
    for one in found.drift.traits:
        index = one.stability
        rows.append(
            [one.title, one.verdict.replace("_", " "), f"{one.distance:.2f}" if math.isfinite(one.distance) else None,
             None if index is None else f"{index.index.estimate:.3f}",
             None if index is None else f"{index.index.low:.3f} to {index.index.high:.3f}",
             None if index is None else f"{index.chance:.3f}", said_p(one.p_adjusted)]
        )  # fmt: skip
    show_table(["trait", "verdict", "distance", "PSI", "interval", "by chance", "p (BH)"], rows)
    for one in found.drift.traits:
        if one.verdict in ("drifted", "slight"):
            show_prose(one.sentence)
    notes(found.drift.findings)


def show_tenure(found: Tenure) -> None:
    """Show how long people stay, and the members of all moments later on."""
    first(found.sentence)
    period = found.period
    show_table(
        ["part", "stays begun", "ended", f"after one {period}", "from", "to", f"half gone after ({period}s)"],
        [
            [one.part, one.begun, one.ended, *shares(one.one),
             number(one.median.estimate) if math.isfinite(one.median.estimate) else "longer than seen"]
            for one in found.parts
        ],
    )  # fmt: skip
    show()
    ahead = [k for k in range(1, len(found.labels)) if k <= 6]
    show_table(
        [f"in it (again) after {period}s", *map(str, ahead)],
        [[one.part, *(percent(finite(one.pooled[k - 1].kept.estimate)) for k in ahead)] for one in found.parts],
    )
    show()
    show_table(
        [f"buying in the {period} so many later", *map(str, ahead)],
        [[one.part, *(percent(finite(one.pooled[k - 1].bought.estimate)) for k in ahead)] for one in found.parts],
    )
    notes(found.findings, found.said_source)


def show_leaving(found: EarlyWarning, top: int) -> None:
    """Show the list and what it rests on."""
    first(found.sentence)
    if found.by_time_alone is not None:
        show_prose(f"If nobody did anything, time alone would put {found.by_time_alone:,} out by {found.until}.")
    show_table(
        ["customer", "chance", "spend of a year", "at stake", "why", "time alone"],
        [
            [one.customer_id, percent(one.chance), round(one.at_stake), round(one.expected_loss),
             "; ".join(one.reasons) or None, one.ageing or None]
            for one in found.leavers[:top]
        ],
    )  # fmt: skip
    show()
    label, people, left = found.tested_on
    show_prose(f"Tried on {people:,} members as of {label}, of whom {left:,} left; learnt before that.")
    show_table(
        ["people", "chance said", "left", "from", "to"],
        [[b.people, percent(b.predicted), *shares(b.actual)] for b in found.calibration],
    )
    notes(found.findings)


def first(sentence: str) -> None:
    """Show what matters first."""
    show_prose(sentence, style="bold")
    show()


def notes(findings: Iterable[Finding], source: str = "") -> None:
    """Say where figures come from and what is doubtful, on standard error."""
    if source:
        say(f"counted {source}")
    show_findings(dict.fromkeys(findings))


def shares(one: Interval) -> list[object]:
    return [percent(finite(one.estimate)), percent(one.low), percent(one.high)]


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def number(value: float | None) -> str | None:
    return None if value is None or not math.isfinite(value) else f"{value:.2f}".rstrip("0").rstrip(".")


def said_p(p: float) -> str | None:
    return None if not math.isfinite(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"
