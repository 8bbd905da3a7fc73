"""What the market could be worth: total, served, obtainable, each with its assumptions and which of them matters."""

from __future__ import annotations

import math

from segmentary.market.potential import Potential
from segmentary.models.intervals import Interval
from segmentary.report.cells import amount
from segmentary.report.charts import dots, tornado
from segmentary.report.document import Field, Figure, Grid, Native, Part, Series, Value, series_of
from segmentary.report.market.data import MarketReportData
from segmentary.report.numbers import count
from segmentary.report.theme import LARGE

TITLE = "How much is there to win?"
NOTE = (
    "Total market (TAM), the part we could serve (SAM), the part we could obtain (SOM): at the likely value of every "
    "assumption, with the interval that holds 95% of {draws} draws."
)
STAGES = (("tam", "total market (TAM)"), ("sam", "served market (SAM)"), ("som", "obtainable market (SOM)"))
SHAPES = {"fixed": "known", "pert": "smooth triangle", "share": "share, 95% interval", "normal": "95% interval"}


def potential(data: MarketReportData) -> Part | None:
    """Return the section of potential; the first potential is drawn whole, the others are in the table."""
    if not data.potential:
        return None
    figures: list[Figure] = []
    for place, one in enumerate(data.potential):
        figures += drawn(one, place)
    return Part(
        "potential",
        "What there is to win",
        data.lead(*(one.sentence for one in data.potential)),
        (),
        tuple(figures),
        grids(data),
        open_grids=True,
    )


def grids(data: MarketReportData) -> tuple[Grid, ...]:
    """Return stages, assumptions and tornado of all potentials."""
    many = len(data.potential) > 1
    stages: list[tuple[Value, ...]] = []
    assumptions: list[tuple[Value, ...]] = []
    swings: list[tuple[Value, ...]] = []
    for one in data.potential:
        name = one.title or "market"
        for (_, title), value in zip(STAGES, (one.tam, one.sam, one.som), strict=True):
            if value is not None:
                stages.append((title, name, value, one.unit))
        for a in one.assumptions:
            fixed = a.low == a.high
            assumptions.append(
                (a.name, a.source or "nobody says where it comes from: a guess", a.stage.upper(), a.likely,
                 None if fixed else a.low, None if fixed else a.high, SHAPES.get(a.shape, a.shape), a.unit, name)
            )  # fmt: skip
        for bar in one.tornado:
            swings.append(
                (bar.name, name, bar.low, bar.high, bar.contribution if math.isfinite(bar.contribution) else None)
            )
    return (
        Grid(
            "Potential",
            "The market in three stages; the interval holds 95% of the draws",
            (Field("Stage"), Field("Of", note=True, page=many), Field("Amount", "amount"), Field("Unit")),
            tuple(stages),
        ),
        Grid(
            "Assumptions",
            "What is multiplied; where each figure comes from",
            (
                Field("Assumption"),
                Field("Source", note=True),
                Field("Stage"),
                Field("Likely", "amount"),
                Field("Low", "amount"),
                Field("High", "amount"),
                Field("Range is"),
                Field("Unit"),
                Field("Of", page=many),
            ),
            tuple(assumptions),
        ),
        Grid(
            "Tornado",
            "The innermost market when one assumption alone is low or high",
            (
                Field("Assumption"),
                Field("Of", note=True, page=many),
                Field("At its low end", "amount"),
                Field("At its high end", "amount"),
                Field("Share of the uncertainty", "share"),
            ),
            tuple(swings),
        ),
    )


def drawn(one: Potential, place: int) -> list[Figure]:
    suffix = "" if place == 0 else f"-{place + 1}"
    title = TITLE if not one.title else f"{TITLE} {one.title}"
    note = NOTE.format(draws=count(one.draws))
    known = [
        (name, value) for (_, name), value in zip(STAGES, (one.tam, one.sam, one.som), strict=True) if value is not None
    ]
    rows = [dots.Dot(name, value.estimate, value.low, value.high, short(value)) for name, value in known]
    figures = [
        Figure(
            f"potential{suffix}",
            title,
            note,
            lambda width: dots.chart(rows, title, note, expression=LARGE, axis=one.unit or None, width=width),
            (
                Native(
                    "bars",
                    title,
                    tuple(name for name, _ in known),
                    (series_of(one.unit or "amount", [v for _, v in known]),),
                    "#,##0",
                ),
            ),
        )
    ]
    if one.tornado:
        swings = [tornado.Swing(bar.name, bar.low, bar.high, bar.guess) for bar in one.tornado]
        names = tuple(bar.name for bar in one.tornado)
        series = (
            Series("at its low end", tuple(bar.low for bar in one.tornado)),
            Series("at its high end", tuple(bar.high for bar in one.tornado)),
        )
        figures.append(
            Figure(
                f"tornado{suffix}",
                tornado.TITLE if not one.title else f"{tornado.TITLE} {one.title}",
                tornado.SUBTITLE,
                lambda width: tornado.chart(swings, one.last.estimate, lambda value: large(value), width=width),
                (Native("bars", tornado.TITLE, names, series, "#,##0"),),
            )
        )
    return figures


def large(value: float) -> str:
    """Return a large amount for a small place."""
    return amount(value)


def short(value: Interval) -> str:
    return f"{large(value.estimate)} ({large(value.low)} to {large(value.high)})"
