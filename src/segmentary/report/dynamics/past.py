"""How large the parts were, are and will be; who came and left for which reason."""

from __future__ import annotations

from segmentary.dynamics.size_forecast import METHODS, SizeForecast
from segmentary.dynamics.sizes import Size, Sizes
from segmentary.dynamics.states import NO_PART
from segmentary.models.intervals import Interval
from segmentary.report.charts import panels
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value
from segmentary.report.dynamics.data import DynamicsReportData
from segmentary.report.numbers import count

TITLE = "How large was each segment, and how large will it be?"
MOST = 12


def sizes(data: DynamicsReportData) -> Part | None:
    """Return the section of sizes, with the forecast where there is one."""
    found = data.sizes
    if found is None:
        return None
    fields = (
        Field("Segment"),
        Field("At"),
        Field("People", "count"),
        Field("Share", "share"),
        Field(f"Spend of the {found.period}", "money" if data.currency else "amount"),
        Field("Per member", "money" if data.currency else "amount"),
        Field("Share of spend", "share"),
    )
    rows = tuple(size_row(data, one) for part in found.by_part.values() for one in reversed(part))
    grid = Grid("Sizes", "Segments at each moment, the newest first", fields, rows, shown=24)
    notes = [
        f"Counted {found.said_source}.",
        *(f"{one.message[:1].upper()}{one.message[1:]}." for one in found.findings),
    ]
    return Part(
        "sizes",
        "How large",
        data.lead(found.sentence),
        (),
        (figure(data, found),),
        (grid,),
        tuple(notes),
        open_grids=False,
    )


def size_row(data: DynamicsReportData, one: Size) -> tuple[Value, ...]:
    values: tuple[Value, ...] = (one.people, one.share, one.spend, one.mean_spend, one.spend_share)
    if data.small(one.people):
        values = (HIDDEN,) * len(values)
    return (one.part, one.label, *values)


def figure(data: DynamicsReportData, found: Sizes) -> Figure:
    """Return the chart of sizes, with the fan of the forecast."""
    coming = data.forecast
    drawn, series = [], []
    names = sorted(found.by_part, key=lambda one: -found.by_part[one][-1].people)
    for part in [one for one in names if one != NO_PART][:MOST]:
        past = found.by_part[part]
        spots = [
            panels.Spot(float(t), short(one.label), float(one.people))
            for t, one in enumerate(past)
            if not data.small(one.people)
        ]
        said = f"{count(past[-1].people)} now" if not data.small(past[-1].people) else "now hidden: few people"
        if coming is not None and part in coming.parts and not data.small(past[-1].people):
            path = coming.path(part).ahead
            spots += [
                panels.Spot(float(len(past) + h), short(coming.labels[h]), one.estimate, one.low, one.high, ahead=True)
                for h, one in enumerate(path)
            ]
            said += f", {count(path[-1].estimate)} expected ({count(path[-1].low)} to {count(path[-1].high)})"
        drawn.append(panels.Panel(part, said, tuple(spots)))
        series.append(Series(part, tuple(None if data.small(o.people) else float(o.people) for o in past)))
    note = "One panel per segment, each on its own scale from 0. " + (
        f"Dashed: {METHODS[coming.shown]}, band: 95% interval." if coming is not None else ""
    )
    return Figure(
        "sizes",
        TITLE,
        note,
        lambda width: panels.chart(drawn, TITLE, note, width=width),
        (Native("lines", TITLE, found.labels, tuple(series), "#,##0"),),
    )


def short(label: str) -> str:
    """Return a moment without its century: room is short on an axis.

    >>> short("2011-12-01")
    '11-12-01'
    """
    return label[2:] if len(label) >= 10 else label


def forecast(data: DynamicsReportData) -> Part | None:
    """Return the section of the forecast and of how it did on the past."""
    found = data.forecast
    if found is None:
        return None
    fields = (Field("Segment"), Field("Now", "count"), *(Field(label, "amount") for label in found.labels))
    rows: list[tuple[Value, ...]] = []
    for part in found.parts:
        now = found.past[part][-1]
        ahead = found.path(part).ahead
        gone = data.small(now)
        cells = [
            HIDDEN
            if gone or data.small(one.estimate)
            else Interval(round(one.estimate), round(one.low), round(one.high), now)
            for one in ahead
        ]
        rows.append((part, HIDDEN if gone else now, *cells))
    title = f"Sizes to come by “{METHODS[found.shown]}”; 95% intervals below the figures"
    grids = (Grid("Forecast", title, fields, tuple(rows)), methods(found), by_part(found))
    new = found.inflow
    notes = [
        f"New people per {found.period}: {count(new.estimate)} ({count(new.low)} to {count(new.high)}).",
        f"They are forecast by {found.inflow_model}.",
        "Methods are compared on the same past that chose between them: the winner's lead is a little flattered.",
        *(f"{one.message[:1].upper()}{one.message[1:]}." for one in found.findings if one.code != "evaluated"),
    ]
    return Part("forecast", "What to expect", data.lead(found.sentence), (), (), grids, tuple(notes), open_grids=True)


def methods(found: SizeForecast) -> Grid:
    fields = (
        Field("Method"),
        Field("", note=True),
        Field("Mean error, people", "amount"),
        Field("Of naive", "share"),
        Field("MASE", "fixed"),
        Field("Past inside 95%", "share"),
        Field("Intervals widened by", "fixed", page=False),
        Field("Better than naive at"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (METHODS[s.method], "shown first" if s.method == found.shown else "", s.mae, s.relative, s.mase, s.inside,
         s.widened, f"{s.better_at} of {s.origins}")
        for s in found.scores
    )  # fmt: skip
    return Grid("Methods", f"Every method on the past: {found.origins} earlier moments, all segments", fields, rows)


def by_part(found: SizeForecast) -> Grid:
    fields = (Field("Segment"), *(Field(title, "share") for title in METHODS.values()))
    by_name: dict[str, dict[str, float | None]] = {}
    for one in found.by_part:
        by_name.setdefault(one.part, {})[one.method] = one.relative
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (part, *(by_name[part].get(method) for method in METHODS)) for part in found.parts if part in by_name
    )
    return Grid("Errors by segment", "Mean error of each method over that of the naive one", fields, rows)


def moves(data: DynamicsReportData) -> Part | None:
    """Return the section of entries and exits by reason."""
    found = data.moves
    if found is None or not (found.moves or found.edits):
        return None
    fields = (Field("Segment"), Field("Until"), Field("Change"), Field("Because"), Field("People", "count"))
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (m.segment, m.label, "entered" if m.entered else "left", m.title, data.shown(m.people, m.people))
        for m in found.moves
    )
    grids = [Grid("Moves", "Entries and exits by reason, as the log has it", fields, rows, shown=30)]
    if found.edits:
        edits: tuple[tuple[Value, ...], ...] = tuple(
            (m.segment, m.label, "taken in" if m.entered else "let out", m.title, data.shown(m.people, m.people))
            for m in found.edits
        )
        grids.append(Grid("Edits", "Changes by an edited definition: nobody moved", fields, edits, shown=20))
    notes = tuple(f"{one.message[:1].upper()}{one.message[1:]}." for one in found.findings)
    return Part("moves", "Who came, who left, and why", data.lead(found.sentence), (), (), tuple(grids), notes)
