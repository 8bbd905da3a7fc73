"""A card of each kind, with round figures, and reports of them."""

import datetime as dt
from dataclasses import replace

from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.card import CalibrationBin, FeatureWeight, Measured, ModelCard
from segmentary.models.table.findings import Finding
from segmentary.report.prediction.data import (
    FeatureWords,
    PredictionReportData,
    ScoreBin,
    ScoreGroup,
    Scores,
    ScoreTenth,
    SeedTenth,
)

DAY = dt.date(2026, 3, 1)
CHANCES = tuple(CalibrationBin(100, k / 10 + 0.05, wilson(10 * k + 5, 100)) for k in range(10))
MONEY = tuple(CalibrationBin(100, 20.0 * k, Interval(22.0 * k, 20.0 * k - 3, 24.0 * k + 3, 100)) for k in range(10))


def auc(estimate=0.8, low=0.75, high=0.85, rival=0.7):
    name = "" if rival is None else "recency alone"
    return Measured("auc", "how often it ranks right", Interval(estimate, low, high, 1_000), rival, name)


def card(kind="propensity", **given):
    money = kind in ("clv", "next")
    figures = (
        auc(),
        Measured("log_loss", "log loss", Interval(0.4, 0.35, 0.45, 1_000), 0.6, "one rate for all", "lower"),
        Measured("total_bias", "sum over sum, less 1", Interval(-0.05, -0.1, 0.01, 1_000), better="near"),
        Measured("mae", "mean distance", Interval(40.0, 38.0, 42.0, 1_000), 55.0, "as last time", "lower"),
    )
    made = ModelCard(
        kind=kind,
        target="The chance that somebody buys tea",
        method="Trees. They were best. Nothing else.",
        data_from=dt.date(2024, 1, 1),
        data_until=DAY,
        cutoffs=(dt.date(2025, 9, 1), dt.date(2025, 12, 1)),
        test_cutoff=dt.date(2025, 12, 1),
        horizon_days=91,
        people=2_000,
        positives=900,
        features=(
            FeatureWeight("spend", "spend so far", 0.4, "more"),
            FeatureWeight("recency", "days since the last order", 0.3, "less"),
            FeatureWeight("spend", "spend so far", 0.3, "less"),
        ),
        holdout=figures if money else figures[:3],
        calibration=MONEY if money else CHANCES,
        findings=(
            Finding("odd", "warning", "something is <odd> here. More of it", "look"),
            Finding("n", "note", "a note"),
        ),
        limits=("Seasons are not known.",),
        seed=7,
    )
    if kind == "lookalike":
        made = replace(made, calibration=(), test_cutoff=None, horizon_days=0, holdout=(auc(rival=None),))
    return replace(made, **given)


def scores(unit):
    top = {"money": 1_000.0, "share": 1.0, "rank": 100.0}[unit]
    return Scores(
        DAY,
        ScoreGroup.of("everybody", 1_000, 500 * top, 330 * top * top),
        (
            ScoreGroup.of("../first & <b>", 400, 300 * top, 230 * top * top),
            ScoreGroup.of("few", 4, 2 * top, 1.1 * top * top),
            ScoreGroup.of("nobody", 0, 0.0, 0.0),
            ScoreGroup.of("rest", 600, 200 * top, 100 * top * top),
        ),
        tuple(ScoreBin(top * k / 5, top * (k + 1) / 5, people) for k, people in enumerate((300, 4, 296, 200, 200))),
        tuple(ScoreTenth(k + 1, 100, top * (0.95 - k / 10), 100 * top * (0.95 - k / 10)) for k in range(10)),
        dt.date(2026, 2, 1),
    )


def report(kind="propensity", **given):
    unit = {"clv": "money", "next": "money", "lookalike": "rank"}.get(kind, "share")
    seeds = tuple(SeedTenth(d, 100, n) for d, n in enumerate((0, 0, 2, 12, 15, 20, 30, 50, 70, 95), 1))
    made = {
        "name": "tea",
        "label": "v2 12345678",
        "card": card(kind),
        "currency": "EUR",
        "asked": {"days": 91, "seed": 7},
        "features": (FeatureWords("spend", "spend so far", "the total amount of orders"),),
        "scores": scores(unit),
        "seed_tenths": seeds if kind == "lookalike" else (),
    }
    return PredictionReportData(**{**made, **given})
