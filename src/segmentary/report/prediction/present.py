"""What the scores say now: how they are spread, what segments have, and whether the people are still the same."""

from __future__ import annotations

import math

from segmentary.dynamics.drift import TraitDrift
from segmentary.report.charts import dots, histogram
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Native, Part, Series, Value, series_of
from segmentary.report.numbers import count, short_money
from segmentary.report.prediction import words
from segmentary.report.prediction.data import PredictionReportData, ScoreBin, ScoreGroup
from segmentary.report.suppression import hide_parts
from segmentary.report.theme import LARGE

SPREAD = "How are the scores spread?"
SEGMENTS = "Which segments score high?"
DRIFT = "Are they still the people it was made of?"
VERDICTS = {
    "drifted": "changed",
    "slight": "changed slightly",
    "must_drift": "must change",
    "not_clear": "not clear",
    "too_few": "too few people",
}
SHOWN = 12
NAMES = {
    "clv": "value",
    "next": "spend",
    "churn": "chance of going",
    "propensity": "chance of doing it",
    "lookalike": "likeness, 0 to 100",
}


def spread(data: PredictionReportData) -> Part | None:
    """Return the section of how the newest scores are spread."""
    scores = data.scores
    if scores is None or data.unit == "rank" or data.small(scores.everybody.people):
        return None
    figures = (bins_figure(data, scores.bins),) if scores.bins else ()
    lead = [f"{count(scores.everybody.people)} people have a score as of {scores.as_of}."]
    if data.unit == "money":
        lead[0] += f" The mean is {words.score_said(scores.everybody.mean.estimate, data.unit, data.currency)}."
    elif data.unit == "share":
        lead[0] += f" Their chances add up to {count(scores.everybody.total)} people."
    kind = words.kind_of(data.unit, data.currency)
    fields = [Field("Tenth, highest first", "count"), Field("People", "count"), Field("Mean", kind)]
    if data.unit == "money":
        fields += [Field("Together", kind), Field("Share of all", "share")]
    rows: list[tuple[Value, ...]] = []
    for one in scores.tenths:
        hidden = data.small(one.people)
        values: list[Value] = [one.place, one.people, one.mean]
        if data.unit == "money":
            values += [one.total, one.total / scores.everybody.total if scores.everybody.total else None]
        rows.append(tuple(HIDDEN if hidden and place else value for place, value in enumerate(values)))
    grid = Grid("Scores", f"Tenths of all scored as of {scores.as_of}", tuple(fields), tuple(rows))
    return Part("spread", "The scores now", tuple(lead), (), figures, (grid,))


def bins_figure(data: PredictionReportData, bins: tuple[ScoreBin, ...]) -> Figure:
    hidden = hide_parts([one.people for one in bins], data.below)
    columns = [
        histogram.Column(label(one, data), None if gone else one.people, count(one.people))
        for one, gone in zip(bins, hidden, strict=True)
    ]
    unit = f", {data.currency}" if data.unit == "money" and data.currency else ""
    axis = f"{NAMES[data.card.kind]}{unit}"
    within = f" within {data.card.horizon_days} days" if data.card.horizon_days else ""
    note = f"People by their {NAMES[data.card.kind]}{within}" + (
        "; steps grow with the amount." if data.unit == "money" else "."
    )
    note += " Dot: hidden, too few people." if any(hidden) else ""
    native = Native(
        "columns",
        SPREAD,
        tuple(one.name for one in columns),
        (Series("people", tuple(one.people for one in columns)),),
        "#,##0",
    )
    return Figure(
        "scores", SPREAD, note, lambda width: histogram.chart(columns, SPREAD, note, axis=axis, width=width), (native,)
    )


def label(one: ScoreBin, data: PredictionReportData) -> str:
    """Return what a column holds."""
    if data.unit == "share":
        return f"{max(0.0, one.low) * 100:g} to {min(1.0, one.high) * 100:g}%"
    low, high = (plain(end, data) for end in (one.low, one.high))
    return (
        f"below {high}"
        if not math.isfinite(one.low)
        else f"{low} or more"
        if not math.isfinite(one.high)
        else f"{low} to {high}"
    )


def plain(value: float, data: PredictionReportData) -> str:
    """Return a border without its currency, which the axis names."""
    if not math.isfinite(value):
        return ""
    return short_money(value, "EUR").lstrip("€") if value >= 1000 else f"{value:g}"


def segments(data: PredictionReportData) -> Part | None:
    """Return the section of scores per segment."""
    scores = data.scores
    if scores is None or not scores.segments or data.values:
        return None
    shown = [one for one in scores.segments if one.people and not data.small(one.people)]
    rows = [dot(one, data) for one in sorted(shown, key=lambda one: -one.mean.estimate)]
    kind = words.kind_of(data.unit, data.currency)
    mean = scores.everybody.mean.estimate
    note = f"Mean {NAMES[data.card.kind]} of the members who have a score, with 95% intervals; dashed: everybody."
    spell = "" if data.unit == "share" else LARGE
    axis = f"mean {NAMES[data.card.kind]}" + (f", {data.currency}" if data.unit == "money" and data.currency else "")
    ordered = sorted(shown, key=lambda one: -one.mean.estimate)
    native = Native(
        "bars",
        SEGMENTS,
        tuple(o.segment for o in ordered),
        (series_of("mean", [o.mean for o in ordered]),),
        "0%" if data.unit == "share" else "#,##0",
    )
    figure = Figure(
        "segments",
        SEGMENTS,
        note,
        lambda width: dots.chart(rows, SEGMENTS, note, expression=spell, lines=(mean,), axis=axis, width=width),
        (native,),
    )
    fields = (Field("Segment"), Field("People with a score", "count"), Field("Mean", kind))
    grid_rows: tuple[tuple[Value, ...], ...] = tuple(
        (one.segment, HIDDEN, HIDDEN)
        if data.small(one.people)
        else (one.segment, one.people, one.mean if one.people else None)
        for one in (scores.everybody, *scores.segments)
    )
    lead = [*compared(ordered, data)]
    if scores.members_as_of is not None and scores.members_as_of != scores.as_of:
        lead.append(f"Members are of {scores.members_as_of}, scores of {scores.as_of}.")
    grid = Grid("Segments", f"Scores as of {scores.as_of} by segment; 95% intervals of the mean", fields, grid_rows)
    return Part("segments", "Segments", tuple(lead), (), (figure,) if rows else (), (grid,))


def compared(ordered: list[ScoreGroup], data: PredictionReportData) -> tuple[str, ...]:
    """Say which segment has the highest mean, where that is clear."""
    if len(ordered) < 2:
        return ()
    top, last = ordered[0], ordered[-1]
    told = [f"{one.segment} ({words.score_said(one.mean.estimate, data.unit, data.currency)})" for one in (top, last)]
    if not top.mean.low > last.mean.high:
        return ("The means of the segments cannot be told apart.",)
    return (f"Highest on average is {told[0]}, lowest {told[1]}.",)


def dot(one: ScoreGroup, data: PredictionReportData) -> dots.Dot:
    i = one.mean
    ends = [end if math.isfinite(end) else None for end in (i.low, i.high)]
    said = f"{words.score_said(i.estimate, data.unit, data.currency)} ({count(one.people)} people)"
    return dots.Dot(one.segment, i.estimate, ends[0], ends[1], said)


# ------------------------------------------------------------ drift


def drift(data: PredictionReportData) -> Part | None:
    """Return the section of drift since it was made; what must change stands apart."""
    found = data.drift
    if found is None or not found.traits:
        return None
    changed = any(one.verdict in ("drifted", "slight") for one in found.traits if not one.must)
    shown = [one for one in found.traits if one.stability is not None and not one.must and changed][:SHOWN]
    lead = [words.ended(found.sentence)]
    notes = [one.sentence for one in found.traits if one.verdict == "drifted"][:5]
    notes += [words.ended(one.message) for one in found.findings]
    grids = [drift_grid("Drift", f"From {found.then} to {found.now}", [o for o in found.traits if not o.must])]
    must = [one for one in found.traits if one.must]
    if must:
        grids.append(drift_grid("Must drift", "What changes by itself as time goes on: no reason to worry", must))
    return Part(
        "drift",
        "Drift since it was made",
        tuple(lead),
        (),
        (drift_figure(shown),) if len(shown) > 1 else (),
        tuple(grids),
        tuple(dict.fromkeys(notes)),
    )


def drift_figure(shown: list[TraitDrift]) -> Figure:
    note = (
        "Population stability index less what chance makes of it, with 95% intervals. Dashed: 0.1 and 0.25, the usual "
        "limits. Pale: not clear. What must change as time goes on is only in the table."
    )
    known = [(one, one.stability.index) for one in shown if one.stability is not None]
    rows = [
        dots.Dot(
            words.upper(one.title or one.name),
            i.estimate,
            i.low,
            i.high,
            f"{i.estimate:.2f}",
            one.verdict in ("drifted", "slight"),
        )
        for one, i in known
    ]
    native = Native("bars", DRIFT, tuple(row.name for row in rows), (series_of("PSI", [i for _, i in known]),), "0.00")
    return Figure(
        "drift",
        DRIFT,
        note,
        lambda width: dots.chart(rows, DRIFT, note, form=".2f", lines=(0.1, 0.25), axis="PSI", width=width),
        (native,),
    )


def drift_grid(name: str, caption: str, traits: list[TraitDrift]) -> Grid:
    fields = (
        Field("What"),
        Field("", note=True),
        Field("Verdict"),
        Field("PSI", "fixed"),
        Field("PSI by chance", "fixed"),
        Field("Mean then", "number"),
        Field("Mean now", "number"),
        Field("Missing then", "share"),
        Field("Missing now", "share"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (
            words.upper(one.title or one.name),
            one.must,
            VERDICTS[one.verdict],
            None if one.stability is None else one.stability.index,
            None if one.stability is None else one.stability.chance,
            None if one.means is None else one.means[0],
            None if one.means is None else one.means[1],
            *one.missing,
        )
        for one in traits
    )
    return Grid(name, caption, fields, rows, shown=30)
