"""The fixed words of the report of a prediction, and figures as its sentences say them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from segmentary.models.intervals import Interval
from segmentary.models.predict.card import Measured, PredictionKind
from segmentary.report.document import Kind
from segmentary.report.numbers import money, number, percent
from segmentary.report.prediction.data import Unit

TITLES: Mapping[PredictionKind, str] = {
    "clv": "What customers will be worth",
    "next": "What customers will spend next",
    "churn": "Who will leave",
    "propensity": "Who will do it",
    "lookalike": "Who is like them",
}
DECISION: Mapping[PredictionKind, str] = {
    "clv": "compare customers and add up segments by it; it is no promise about one person.",
    "next": "choose whom to look after by it, and take totals from the forecast of the total.",
    "churn": "look at those most at risk first; whether contacting them keeps them, only an experiment can tell.",
    "propensity": "ask those first who are likeliest; whether asking changes anything, only an experiment can tell.",
    "lookalike": "take people from the top of the list; how many of them will answer, nobody knows before trying.",
}
FIGURES: Mapping[str, Kind] = {
    "mae": "money",
    "total_bias": "share",
    "purchases_total_bias": "share",
    "decile_calibration": "share",
    "calibration_error": "share",
}
BETTER = {"higher": "higher is better", "lower": "lower is better", "near": "nearer to 0 is better"}
TERMS: tuple[tuple[str, str], ...] = (
    ("Held out", "A later time, or people, that the model did not see when it was fitted: the only honest test."),
    (
        "Plain rival",
        "The simplest rule that could do the same job. A model that is no better is not worth its trouble.",
    ),
    ("95% interval", "The true values that fit the data. Of many such intervals 95 in a hundred hold the truth."),
    ("AUC", "How often it ranks one who did above one who did not: 0.5 is a coin, 1 is always right."),
    ("Gini (normalised)", "How near the order by prediction comes to the perfect order: 0 is chance, 1 is perfect."),
    ("Calibration", "Whether what is said happens as often, or brings as much, as is said."),
    ("Lift", "How many times as often it happens in a group as among everybody."),
    ("Log loss, Brier score", "How far chances are from what came, on average; sure and wrong costs most."),
    ("PSI", "Population stability index, less what chance makes of it: below 0.1 stable, from 0.25 shifted."),
)
RANK_TERMS: tuple[tuple[str, str], ...] = (
    ("Seed", "The people one starts from: the members of a segment."),
    ("Score", "The share of everybody who is less alike the seed, 0 to 100: a rank, and nothing else."),
    ("AUC", "How often it ranks one of the seed above one who is not: 0.5 is a coin, 1 is always right."),
    ("Lift", "How many times as many of the seed are in a group as among everybody."),
    ("95% interval", "The true values that fit the data. Of many such intervals 95 in a hundred hold the truth."),
    ("PSI", "Population stability index, less what chance makes of it: below 0.1 stable, from 0.25 shifted."),
)


def upper(text: str) -> str:
    """Return a text with a capital first letter.

    >>> upper("mean error")
    'Mean error'
    """
    return f"{text[:1].upper()}{text[1:]}"


def ended(text: str) -> str:
    """Return a sentence: a capital first letter, a full stop.

    >>> ended("nothing was left out")
    'Nothing was left out.'
    """
    text = upper(text.strip())
    return text if not text or text[-1] in ".!?" else f"{text}."


def form_of(one: Measured) -> Kind:
    """Return how a figure of the holdout is said."""
    return FIGURES.get(one.name, "fixed")


def said(value: float | None, kind: Kind, currency: str) -> str:
    """Return one figure."""
    if value is None or not math.isfinite(value):
        return "–"
    if kind == "share":
        return percent(value)
    if kind == "money":
        return money(value, currency) if currency else number(value)
    return f"{round(value, 2) + 0.0:.2f}"


def with_ends(one: Interval, kind: Kind, currency: str) -> str:
    """Return a figure and its interval."""
    text = said(one.estimate, kind, currency)
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return text
    low = said(one.low, kind, currency)
    return f"{text} ({low.removesuffix('%') if kind == 'share' else low} to {said(one.high, kind, currency)})"


def kind_of(unit: Unit, currency: str) -> Kind:
    """Return how scores stand in a grid."""
    return "share" if unit == "share" else "fixed" if unit == "rank" else "money" if currency else "amount"


def score_said(value: float, unit: Unit, currency: str) -> str:
    """Return a score in words."""
    if not math.isfinite(value):
        return "–"
    if unit == "share":
        return percent(value, digits=0 if value >= 0.1 else 1)
    if unit == "rank":
        return number(value)
    return money(value, currency) if currency else number(value)
