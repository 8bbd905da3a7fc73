"""How good it is on what it had not seen: figures beside a plain rival, and calibration."""

from __future__ import annotations

import math

from segmentary.models.predict.card import CalibrationBin, Measured
from segmentary.report.charts import against_diagonal, beside_rival
from segmentary.report.document import Field, Figure, Grid, Kind, Native, Part, Series, Value, series_of
from segmentary.report.numbers import percent
from segmentary.report.prediction import words
from segmentary.report.prediction.data import PredictionReportData
from segmentary.report.theme import shortened

BESIDE = "How good is it beside a plain rule?"
RIGHT = "Does what is said come true?"


def holdout(data: PredictionReportData) -> Part | None:
    """Return the section of figures on what was held out."""
    card = data.card
    if not card.holdout:
        return None
    people = max((one.estimate.n for one in card.holdout), default=0)
    if card.test_cutoff is not None:
        day = f"{card.test_cutoff:%-d %B %Y}"
        lead = (
            f"As it would have been fitted by {day}, it was asked about {people:,} people, and held against what came."
        )
    else:
        lead = f"Each of {people:,} people was judged by models that had not seen them."
    counted = [one for one in card.holdout if one.beats is not None]
    beaten = sum(bool(one.beats) for one in counted)
    rivals = f"It is ahead of the plain rival in {beaten} of {len(counted)} figures." if counted else ""
    return Part(
        "holdout",
        "How good is it?",
        tuple(filter(None, (lead, rivals))),
        (),
        (beside(data),),
        (figures_grid(data),),
        (),
    )


def beside(data: PredictionReportData) -> Figure:
    note = (
        "Each figure on its own scale, with its 95% interval where there is one; which way is better stands below "
        "its name."
    )
    rows = [row_of(one, data) for one in data.card.holdout if math.isfinite(one.estimate.estimate)]
    titles = tuple(shortened(words.upper(one.title), 60) for one in data.card.holdout)
    native = Native(
        "bars",
        BESIDE,
        titles,
        (
            series_of("this model", [one.estimate for one in data.card.holdout]),
            Series("plain rival", tuple(one.baseline for one in data.card.holdout)),
        ),
        "0.00",
    )
    return Figure("holdout", BESIDE, note, lambda width: beside_rival.chart(rows, BESIDE, note, width=width), (native,))


def row_of(one: Measured, data: PredictionReportData) -> beside_rival.Row:
    kind = words.form_of(one)
    told = f"{words.BETTER[one.better]}: {words.with_ends(one.estimate, kind, data.currency)}"
    rival = one.baseline if one.baseline is not None and math.isfinite(one.baseline) else None
    near = one.better == "near"
    if rival is not None and not near:
        told += f"; {one.baseline_name}: {words.said(rival, kind, data.currency)}"
    ends = [end if math.isfinite(end) else None for end in (one.estimate.low, one.estimate.high)]
    form = ".1%" if kind == "share" else ",.0f" if kind == "money" else ".2f"
    return beside_rival.Row(
        words.upper(one.title),
        one.estimate.estimate,
        ends[0],
        ends[1],
        told,
        None if near else rival,
        0.0 if near else None,
        form,
    )


def figures_grid(data: PredictionReportData) -> Grid:
    """Return the table: figure, interval, rival. Figures have different units, so they are said in words."""
    fields = (
        Field("Figure"),
        Field("Which way is better"),
        Field("This model"),
        Field("95% interval"),
        Field("Plain rival"),
        Field("Which"),
        Field("Ahead"),
        Field("People", "count"),
    )
    rows: list[tuple[Value, ...]] = []
    for one in data.card.holdout:
        kind = words.form_of(one)
        i = one.estimate
        ends = "–"
        if math.isfinite(i.low) and math.isfinite(i.high):
            ends = f"{words.said(i.low, kind, data.currency)} to {words.said(i.high, kind, data.currency)}"
        ahead = {None: "–", True: "yes", False: "no"}[one.beats]
        rival = words.said(one.baseline, kind, data.currency)
        rows.append(
            (
                words.upper(one.title),
                words.BETTER[one.better],
                words.said(i.estimate, kind, data.currency),
                ends,
                rival,
                one.baseline_name or "–",
                ahead,
                i.n,
            )
        )
    return Grid("Held out", "Figures on what it had not seen, beside the plain rival", fields, tuple(rows))


def calibration(data: PredictionReportData) -> Part | None:
    """Return the section of what was said against what came."""
    bins = [one for one in data.card.calibration if not data.small(one.people)]
    if not bins:
        return None
    share = data.unit == "share"
    what = {"churn": "share who went", "propensity": "share who did it"}.get(data.card.kind, "mean spend")
    unit = "" if share else f", {data.currency}" if data.currency else ""
    outside = sum(
        not one.actual.low <= one.predicted <= one.actual.high for one in bins if one.actual.high > one.actual.low
    )
    note = (
        "Each point is a tenth of the people, by what was said of them; its line is the 95% interval of what came. "
        "On the dashed line what was said came true."
        + ("" if share else " Both axes are roots, so that small amounts are seen.")
    )
    tenths = [
        against_diagonal.Tenth(b.predicted, b.actual.estimate, finite(b.actual.low, b), finite(b.actual.high, b))
        for b in bins
    ]
    axes = ("said before, share" if share else f"said before, mean spend{unit}", f"what came, {what}{unit}")
    names = tuple(f"tenth {place}" for place in range(1, len(bins) + 1))
    native = Native(
        "columns",
        RIGHT,
        names,
        (
            Series("said before", tuple(one.predicted for one in bins)),
            series_of("what came", [one.actual for one in bins]),
        ),
        "0%" if share else "#,##0",
    )
    kind: Kind = "share" if share else "money" if data.currency else "number"
    grid = Grid(
        "Calibration",
        "People held out, by what was said of them, from the lowest tenth to the highest; 95% intervals",
        (Field("Tenth", "count"), Field("People", "count"), Field("Said before", kind), Field("What came", kind)),
        tuple((place, one.people, one.predicted, one.actual) for place, one in enumerate(bins, 1)),
    )
    figure = Figure(
        "calibration",
        RIGHT,
        note,
        lambda width: against_diagonal.chart(tenths, RIGHT, note, share=share, axes=axes, width=width),
        (native,),
    )
    told = f"What was said lies within the interval of what came in {len(bins) - outside} of {len(bins)} tenths."
    return Part("calibration", "Can it be taken at its word?", (told, *farthest(data)), (), (figure,), (grid,))


def finite(end: float, one: CalibrationBin) -> float:
    """Return the end of an interval; where there is none, what came."""
    return end if math.isfinite(end) else one.actual.estimate


def farthest(data: PredictionReportData) -> tuple[str, ...]:
    """Say how far the total was off."""
    off = next((one.estimate for one in data.card.holdout if one.name == "total_bias"), None)
    if off is None or not math.isfinite(off.estimate):
        return ()
    way = "more" if off.estimate > 0 else "less"
    ends = f" ({off.low * 100:+.1f}% to {off.high * 100:+.1f}%)" if math.isfinite(off.low) else ""
    return (f"All together it said {percent(abs(off.estimate))} {way} than what came{ends}.",)
