"""Who goes from where to where, and how long people stay."""

from __future__ import annotations

import math

from segmentary.dynamics.states import GONE
from segmentary.dynamics.tenure import PartTenure, Tenure
from segmentary.dynamics.transitions import Row, Transitions
from segmentary.models.intervals import Interval
from segmentary.report.charts import flow, heat, panels
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value, series_of
from segmentary.report.dynamics.data import DynamicsReportData
from segmentary.report.numbers import count, percent
from segmentary.report.suppression import hide_parts

MAP = "Who goes where?"
FLOW = "How do people flow from one moment to the next?"
STAYS = "How long do people stay?"
MOST = 12


def transitions(data: DynamicsReportData) -> Part | None:
    """Return the section of the transition matrix."""
    found = data.transitions
    if found is None or not found.rows:
        return None
    ends = [end for end in found.destinations if any(c.destination == end for row in found.rows for c in row.cells)]
    figures = (heat_map(data, found, ends), *ribbons(data, found))
    grids = (matrix(data, found, ends), stays(data, found), counts(data, found))
    changed = tuple(f"{row.changed[:1].upper()}{row.changed[1:]}." for row in found.rows if row.changed)
    notes = (
        f"Counted {found.said_source}; {len(found.steps)} steps together. Rows add up to the people who were there.",
        *(f"{one.message[:1].upper()}{one.message[1:]}." for one in found.findings),
    )
    return Part("transitions", "Who goes where", data.lead(found.sentence, *changed[:3]), (), figures, grids, notes)


def shown_cells(data: DynamicsReportData, row: Row) -> dict[str, Interval | None]:
    """Return the shares of a row by destination; None: hidden, small or beside a small one."""
    hidden = hide_parts([cell.people for cell in row.cells], data.below)
    return {cell.destination: None if gone else cell.share for cell, gone in zip(row.cells, hidden, strict=True)}


def heat_map(data: DynamicsReportData, found: Transitions, ends: list[str]) -> Figure:
    cells = []
    for row in found.rows:
        shown = shown_cells(data, row)
        for end in ends:
            if end not in shown:
                cells.append(heat.Cell(row.part, end, 0.0, ""))
                continue
            share = shown[end]
            said = "hidden" if share is None else percent(share.estimate, digits=0)
            cells.append(heat.Cell(row.part, end, None if share is None else share.estimate, said))
    note = f"Share of the people on the left who are at the top one {found.period} later; the deeper the more."
    rows = [row.part for row in found.rows]
    series = tuple(series_of(end, [shown_cells(data, row).get(end) for row in found.rows]) for end in ends)
    return Figure(
        "transitions",
        MAP,
        note,
        lambda width: heat.chart(cells, rows, ends, MAP, note, width=width),
        (Native("stacked", MAP, tuple(rows), tuple(gapless(one) for one in series), "0%"),),
    )


def gapless(series: Series) -> Series:
    """Return a series without intervals: parts of a whole have none in a stacked chart."""
    return Series(series.name, series.values)


def ribbons(data: DynamicsReportData, found: Transitions) -> tuple[Figure, ...]:
    """Return the flow, where there are few enough parts to follow a ribbon."""
    origins = [row.part for row in found.rows]
    ends = [e for e in (*found.parts, *found.destinations[len(found.parts) :]) if e in ends_of(found)]
    if len(origins) > flow.MOST or len(ends) > flow.MOST or not found.parts:
        return ()
    drawn = [
        flow.Ribbon(row.part, cell.destination, cell.people / len(found.steps))
        for row in found.rows
        for cell in row.cells
        if shown_cells(data, row)[cell.destination] is not None
    ]
    if not drawn:
        return ()
    note = f"Left: where people were, right: where they are one {found.period} later (mean of all steps)."
    return (Figure("flow", FLOW, note, lambda width: flow.chart(drawn, origins, ends, FLOW, note, width=width)),)


def ends_of(found: Transitions) -> set[str]:
    return {cell.destination for row in found.rows for cell in row.cells}


def matrix(data: DynamicsReportData, found: Transitions, ends: list[str]) -> Grid:
    fields = (Field("From"), Field("Starts", "count"), *(Field(f"to {end}", "share") for end in ends))
    rows: list[tuple[Value, ...]] = []
    for row in found.rows:
        shown = shown_cells(data, row)
        values = [HIDDEN if end in shown and shown[end] is None else shown.get(end) for end in ends]
        rows.append((row.part, data.shown(row.people, row.people), *values))
    return Grid("Transitions", f"One {found.period} later, all steps; 95% intervals", fields, tuple(rows))


def stays(data: DynamicsReportData, found: Transitions) -> Grid:
    fields = (
        Field("Segment"),
        Field("Stay", "share"),
        Field(f"Typical stay, {found.period}s", "fixed"),
        Field("Cramér's V over time", "fixed", page=False),
        Field("p (Holm)", "p"),
        Field("What changed"),
    )
    rows: list[tuple[Value, ...]] = []
    for row in found.rows:
        if not row.stay.n:
            continue
        gone = data.small(row.people)
        test = row.test
        rows.append(
            (
                row.part,
                HIDDEN if gone else row.stay,
                HIDDEN if gone else row.typical_stay,
                HIDDEN if gone else None if test is None else test.effect,
                HIDDEN if gone else None if test is None else test.p_holm,
                "" if gone else row.changed or "not clear",
            )
        )
    return Grid("Staying", "Who stays, and whether people move otherwise than before", fields, tuple(rows))


def counts(data: DynamicsReportData, found: Transitions) -> Grid:
    """Return every move of every step, for the workbook."""
    fields = (Field("Until"), Field("From"), Field("To"), Field("People", "count"))
    rows: list[tuple[Value, ...]] = []
    for number, step in enumerate(found.steps):
        for i, origin in enumerate(found.origins):
            people = [int(n) for n in step[i]]
            hidden = hide_parts(people, data.below)
            for j, end in enumerate(found.destinations):
                if people[j] and (origin, end) != (found.origins[-2], GONE):
                    rows.append((found.labels[number + 1], origin, end, HIDDEN if hidden[j] else people[j]))
    return Grid("Steps", "Every move, step by step", fields, tuple(rows), shown=0)


def tenure(data: DynamicsReportData) -> Part | None:
    """Return the section of how long people stay."""
    found = data.tenure
    if found is None:
        return None
    known = [one for one in found.parts if one.curve is not None and one.begun >= max(data.below, 30)]
    figures = (curves(found, known),) if known else ()
    lead = data.lead(found.sentence, *(one.sentence for one in known[:4]))
    notes = (
        "Stays in progress at the first moment are left out: nobody knows how long they had lasted.",
        "Whoever comes back begins another stay.",
        f"Counted {found.said_source}.",
    )
    return Part(
        "tenure", "How long people stay", lead, (), figures, (stay_grid(data, found), later_grid(data, found)), notes
    )


def curves(found: Tenure, known: list[PartTenure]) -> Figure:
    drawn = []
    for one in known[:MOST]:
        if one.curve is None:
            continue
        spots = [panels.Spot(0.0, "0", 1.0, 1.0, 1.0)]
        spots += [
            panels.Spot(float(t), f"{t:g}", float(s), float(low), float(high))
            for t, s, low, high in zip(one.curve.times, one.curve.survival, one.curve.low, one.curve.high, strict=True)
            if t <= one.curve.readable_until
        ]
        median = one.median.estimate
        said = f"half gone after {median:g}" if math.isfinite(median) else "more than half are still there"
        drawn.append(panels.Panel(one.part, f"{said}; {count(one.begun)} stays", tuple(spots)))
    note = f"Share of stays that last longer than so many {found.period}s; band: 95% interval."
    series = [Series(panel.name, tuple(value_at(panel, t) for t in range(len(found.labels)))) for panel in drawn]
    categories = tuple(str(t) for t in range(len(found.labels)))
    return Figure(
        "tenure",
        STAYS,
        note,
        lambda width: panels.chart(drawn, STAYS, note, share=True, stairs=True, width=width),
        (Native("lines", STAYS, categories, tuple(series), "0%"),),
    )


def value_at(panel: panels.Panel, at: float) -> float | None:
    """Return the value that holds at a place; none beyond the last."""
    held = [spot.value for spot in panel.spots if spot.at <= at]
    return held[-1] if held and at <= panel.spots[-1].at else None


def stay_grid(data: DynamicsReportData, found: Tenure) -> Grid:
    fields = (
        Field("Segment"),
        Field("Stays begun", "count"),
        Field("Ended", "count"),
        Field(f"Still there after one {found.period}", "share"),
        Field(f"after three {found.period}s", "share"),
        Field(f"Half gone after, {found.period}s"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in found.parts:
        if data.small(one.begun):
            rows.append((one.part, *(HIDDEN,) * 5))
            continue
        median = f"{one.median.estimate:g}" if math.isfinite(one.median.estimate) else "longer than seen"
        three = one.three if math.isfinite(one.three.estimate) else None
        first = one.one if math.isfinite(one.one.estimate) else None
        rows.append((one.part, one.begun, one.ended, first, three, median if one.begun else ""))
    return Grid("Stays", "Survival in a segment (Kaplan-Meier); 95% intervals", fields, tuple(rows))


def later_grid(data: DynamicsReportData, found: Tenure) -> Grid:
    ahead = range(1, min(7, len(found.labels)))
    fields = (
        Field("Segment"),
        Field("of its members, so many periods later"),
        *(Field(f"{k}", "share") for k in ahead),
    )
    rows: list[tuple[Value, ...]] = []
    for one in found.parts:
        for title, name in (("in it (again)", "kept"), (f"buying in that {found.period}", "bought")):
            values: list[Value] = []
            for k in ahead:
                share: Interval = getattr(one.pooled[k - 1], name)
                people = share.estimate * share.n if share.n else 0
                known = math.isfinite(share.estimate)
                small = data.small(round(people)) or data.small(share.n)
                values.append(HIDDEN if known and small else share if known else None)
            rows.append((one.part, title, *values))
    return Grid("Retention", "Members of all moments, later on; 95% intervals", fields, tuple(rows))
