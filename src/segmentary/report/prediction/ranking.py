"""Whom to take first: what is found among the first tenths, and where the seed of a lookalike stands."""

from __future__ import annotations

import math

from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.card import CalibrationBin
from segmentary.report.charts import dots, found_first
from segmentary.report.document import HIDDEN, Field, Figure, Grid, Kind, Native, Part, Series, Value, series_of
from segmentary.report.numbers import count, percent
from segmentary.report.prediction.data import PredictionReportData
from segmentary.report.suppression import hide_parts

FIRST = "How many are found among the first?"
MONEY = "How much of the money came from the first?"
SEED = "How many of the seed are in each tenth?"


def gain(data: PredictionReportData) -> Part | None:
    """Return the section of gains and lift, from the people held out."""
    bins = [one for one in reversed(data.card.calibration) if not data.small(one.people)]
    came = [one.people * max(0.0, one.actual.estimate) for one in bins]
    whole, people = sum(came), sum(one.people for one in bins)
    if len(bins) < 2 or whole <= 0:
        return None
    share = data.unit == "share"
    curve, seen, found = [(0.0, 0.0)], 0.0, 0.0
    for one, amount in zip(bins, came, strict=True):
        seen, found = seen + one.people, found + amount
        curve.append((seen / people, found / whole))
    rate = whole / people
    best = ((0.0, 0.0), (min(1.0, rate), 1.0), (1.0, 1.0)) if share else ()
    what = {"churn": "of all who went", "propensity": "of all who did it"}.get(data.card.kind, "of all money that came")
    title = FIRST if share else MONEY
    note = "People held out, those of the highest scores first; each point is a tenth more of them."
    names = tuple(f"first {percent(x, digits=0)}" for x, _ in curve[1:])
    native = Native(
        "lines",
        title,
        names,
        (Series("found", tuple(y for _, y in curve[1:])), Series("at random", tuple(x for x, _ in curve[1:]))),
        "0%",
    )
    figure = Figure(
        "gains",
        title,
        note,
        lambda width: found_first.chart(
            curve, best, title, note, axes=("share of people, the highest scores first", f"share {what}"), width=width
        ),
        (native,),
    )
    two = curve[min(2, len(curve) - 1)]
    lead = (
        f"The first {percent(two[0], digits=0)} of the people hold {percent(two[1], digits=0)} {what}.",
        f"In the first tenth it is {lifted(bins[0], rate).estimate:.1f} times the average.",
    )
    return Part("gains", "Whom to take first", lead, (), (figure,), (lift_grid(data, bins, rate),))


def lifted(one: CalibrationBin, rate: float) -> Interval:
    """Return what came of a tenth, as times of the average of all (taken as known)."""
    low, high = (end / rate if math.isfinite(end) else math.nan for end in (one.actual.low, one.actual.high))
    return Interval(one.actual.estimate / rate, low, high, one.people)


def lift_grid(data: PredictionReportData, bins: list[CalibrationBin], rate: float) -> Grid:
    kind: Kind = "share" if data.unit == "share" else "money" if data.currency else "number"
    fields = (
        Field("Tenth, highest first", "count"),
        Field("People", "count"),
        Field("Said before", kind),
        Field("What came", kind),
        Field("Times the average", "fixed"),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (place, one.people, one.predicted, one.actual, lifted(one, rate)) for place, one in enumerate(bins, 1)
    )
    return Grid("Tenths held out", "What came of each tenth of the people held out; 95% intervals", fields, rows)


def seed(data: PredictionReportData) -> Part | None:
    """Return the section of where the seed stands among all scores."""
    tenths = sorted(data.seed_tenths, key=lambda one: -one.decile)
    people, members = sum(one.people for one in tenths), sum(one.seed for one in tenths)
    if not tenths or not members:
        return None
    rate = members / people
    rows, grid_rows, known = [], [], []
    sizes = [one.seed for one in tenths], [one.people - one.seed for one in tenths]
    gone = [any(either) for either in zip(*(hide_parts(one, data.below) for one in sizes), strict=True)]
    for one, hidden in zip(tenths, gone, strict=True):
        share = wilson(one.seed, one.people)
        name = f"{11 - one.decile}{' (most alike)' if one.decile == 10 else ''}"
        grid_rows.append(
            (
                name,
                one.people,
                HIDDEN if hidden else one.seed,
                HIDDEN if hidden else share,
                HIDDEN if hidden else Interval(share.estimate / rate, share.low / rate, share.high / rate, one.people),
            )
        )
        known.append(None if hidden else share)
        told = (
            "hidden"
            if hidden
            else f"{percent(share.estimate, digits=0)}, {share.estimate / rate:.1f} times the average"
        )
        if not hidden:
            rows.append(dots.Dot(f"tenth {name}", share.estimate, share.low, share.high, told))
    note = (
        "Share of the seed among the people of each tenth by likeness, with 95% intervals; dashed: among everybody. "
        "The model has seen these members: the figures on people left out stand above."
    )
    native = Native(
        "bars", SEED, tuple(str(row[0]) for row in grid_rows), (series_of("share of the seed", known),), "0%"
    )
    figure = Figure(
        "seed", SEED, note, lambda width: dots.chart(rows, SEED, note, lines=(rate,), width=width), (native,)
    )
    fields = (
        Field("Tenth"),
        Field("People", "count"),
        Field("Of the seed", "count"),
        Field("Share", "share"),
        Field("Times the average", "fixed"),
    )
    few = tenths[0]
    others = few.people - few.seed
    lead = [f"The seed is {count(members)} of {count(people)} people, {percent(rate)}."]
    if others and not gone[0]:
        lead.append(f"{count(others)} of the most alike tenth are not of the seed: those are the people to look at.")
    grid = Grid("Seed by tenth", "Where the members of the seed stand", fields, tuple(grid_rows))
    return Part("seed", "Where the seed stands", tuple(lead), (), (figure,) if rows else (), (grid,))
