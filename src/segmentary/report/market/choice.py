"""Which segments to serve: the matrix, how firm the choice is, the reasons."""

from __future__ import annotations

from segmentary.market.attractiveness import Matrix, Position
from segmentary.report.charts import bubbles, dots
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value
from segmentary.report.market.data import MarketReportData
from segmentary.report.numbers import percent

FIRM = "How firm is the choice?"
FIRM_NOTE = (
    "How often each segment is among the first {m} when the weights are varied around yours, when the data is varied "
    "within its errors, and both together. 100%: always; near 0%: never. In between the choice is a matter of weights."
)


def matrix(data: MarketReportData) -> Part | None:
    """Return the section of the matrix."""
    found = data.matrix
    if found is None or not found.positions:
        return None
    visible = [one for one in found.positions if one.name not in data.hidden]
    given = [bubble(one, found) for one in visible]
    series = tuple(
        Series(
            state,
            tuple(b.y[0] for b in given if b.state == state),
            x=tuple(b.x[0] for b in given if b.state == state),
            size=tuple(b.size for b in given if b.state == state),
        )
        for state in ("chosen", "not chosen", "knocked out")
        if any(b.state == state for b in given)
    )
    note = bubbles.SUBTITLE.format(what=found.bubble)
    plot = Figure(
        "matrix",
        bubbles.TITLE,
        note,
        lambda width: bubbles.chart(given, found.bubble, width=width),
        (Native("bubbles", bubbles.TITLE, (), series, "0", "attractiveness", "our competitiveness"),),
    )
    figures = (plot, firm(visible, found)) if visible else ()
    notes = [finding.message + (f": {finding.hint}" if finding.hint else "") + "." for finding in found.findings]
    notes += [
        f"{one.name} is not better than {one.dominated_by} on either axis." for one in visible if one.dominated_by
    ]
    return Part(
        "matrix",
        "Where to play",
        data.lead(found.sentence),
        (),
        figures,
        (positions(found, data), criteria(found, data)),
        tuple(notes),
    )


def bubble(one: Position, found: Matrix) -> bubbles.Bubble:
    state = "knocked out" if one.knocked_out else "chosen" if one.name in found.chosen else "not chosen"
    across, up = one.competitiveness, one.attractiveness
    return bubbles.Bubble(
        one.name, (across.estimate, across.low, across.high), (up.estimate, up.low, up.high), one.bubble, state
    )


def firm(visible: list[Position], found: Matrix) -> Figure:
    kinds = (("weights varied", "kept"), ("data varied", "kept_data"), ("both varied", "kept_both"))
    order = sorted(visible, key=lambda one: one.rank)
    rows = [
        dots.Dot(one.name, value, None, None, percent(value, digits=0), True, kind)
        for one in order
        for kind, attribute in kinds
        for value in (float(getattr(one, attribute)),)
        if value == value
    ]
    series = tuple(Series(kind, tuple(getattr(one, attribute) for one in order)) for kind, attribute in kinds)
    note = FIRM_NOTE.format(m=found.m)
    return Figure(
        "firmness",
        FIRM,
        note,
        lambda width: dots.chart(rows, FIRM, note, width=width),
        (Native("bars", FIRM, tuple(one.name for one in order), series, "0%"),),
    )


def positions(found: Matrix, data: MarketReportData) -> Grid:
    fields = (
        Field("Segment"),
        Field("Field of the matrix", note=True),
        Field("Rank", "count"),
        Field("Attractiveness", "fixed"),
        Field("Competitiveness", "fixed"),
        Field("Score", "fixed"),
        Field(found.bubble.capitalize() or "Size", "amount"),
        Field("Kept, weights varied", "share"),
        Field("Kept, data varied", "share"),
        Field("Kept, both", "share"),
        Field("Chosen", "yes"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in sorted(found.positions, key=lambda one: one.rank):
        what = f"knocked out by {', '.join(one.knocked_out)}" if one.knocked_out else one.quadrant
        figures: tuple[Value, ...] = (
            one.rank,
            one.attractiveness,
            one.competitiveness,
            one.score,
            one.bubble,
            one.kept,
            one.kept_data,
            one.kept_both,
        )
        if one.name in data.hidden:
            figures = (HIDDEN,) * len(figures)
        rows.append((one.name, what, *figures, one.name in found.chosen))
    return Grid(
        "Matrix", "Segments in the matrix, 0 to 10; 95% intervals from the errors of the data", fields, tuple(rows)
    )


def criteria(found: Matrix, data: MarketReportData) -> Grid:
    names = [one.name for one in found.positions]
    fields = (
        Field("Criterion"),
        Field("Scoring", note=True),
        Field("Axis"),
        Field("Weight", "number"),
        *(Field(f"{name}, score", "fixed") for name in names),
    )
    rows = tuple(
        (
            one.name,
            one.scoring.removeprefix(f"{one.name}: ") + (f"; source: {one.source}" if one.source else ""),
            one.axis,
            one.weight,
            *(data.shown(p.name, p.scores[place]) for p in found.positions),
        )
        for place, one in enumerate(found.criteria)
    )
    return Grid("Matrix criteria", "What segments are judged by, and the score of each (0 to 10)", fields, rows)


def target(data: MarketReportData) -> Part | None:
    """Return the section of the choice with its reasons."""
    found = data.recommendation
    if found is None:
        return None
    rows: list[tuple[Value, ...]] = []
    for one in found.targets:
        figures: tuple[Value, ...] = ("; ".join(one.reasons), "; ".join(one.doubts), one.kept)
        rows.append((one.name, "serve", *((HIDDEN,) * 3 if one.name in data.hidden else figures)))
    for name, why in found.passed_over:
        rows.append((name, "pass over", "", HIDDEN if name in data.hidden else why, None))
    fields = (
        Field("Segment"),
        Field("Advice"),
        Field("For it"),
        Field("Against it"),
        Field("Kept when varied", "share"),
    )
    lead = [found.sentence]
    if data.audience is not None:
        lead.append(f"Decided: {data.audience.sentence}")
    if found.next_best:
        lead.append(f"Next in line: {found.next_best}.")
    grid = Grid("Targets", "The recommendation, with what speaks for and against each segment", fields, tuple(rows))
    return Part("target", "Whom to serve", data.lead(*lead), (), (), (grid,), open_grids=True)
