"""The card of a model: what it is about, what it was made of, how well it does, and when not to trust it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from segmentary.models.intervals import Interval
from segmentary.models.table.findings import Finding

PredictionKind = Literal["clv", "next", "churn", "propensity", "lookalike"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of how well a model does on people or times it was not fitted on.

    name : ``auc``, ``log_loss``, ``brier``, ``gini`` (normalised), ``decile_calibration``, ``mae``, ``total_bias``,
    ``lift_at_10`` ... title : what people read. estimate : with its interval (NaN bounds where there is none).
    baseline : the same figure of the plain rival named by baseline_name; None: there is none.
    better : which direction is better; ``near``: the nearer to target (0 or 1) the better.
    """

    name: str
    title: str
    estimate: Interval
    baseline: float | None = None
    baseline_name: str = ""
    better: Literal["higher", "lower", "near"] = "higher"

    @property
    def beats(self) -> bool | None:
        """Whether it is better than the plain rival; None where there is none, or nothing is known."""
        if self.baseline is None or math.isnan(self.estimate.estimate) or self.better == "near":
            return None
        gain = self.estimate.estimate - self.baseline
        return gain > 0 if self.better == "higher" else gain < 0


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """People of like predictions, held out: mean prediction, and what came of them with its interval."""

    people: int
    predicted: float
    actual: Interval


@dataclass(frozen=True, slots=True)
class FeatureWeight:
    """How much a feature matters (share of all importance, 0 to 1), and which way: more of it, more or less."""

    name: str
    title: str
    importance: float
    direction: Literal["more", "less", "mixed", "unknown"] = "unknown"


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a feature, or the score itself, was spread when the model was made: what drift is measured against.

    edges : (b - 1,) inner borders of bins of a number (a value equal to a border is below it); of texts: none.
    levels : of texts, the levels. shares : (b,) shares of people per bin or level, the rest of the levels last;
    missing : share without a value.
    """

    name: str
    edges: tuple[float, ...]
    levels: tuple[str, ...]
    shares: tuple[float, ...]
    missing: float


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything a person should know before using a model.

    Attributes
    ----------
    kind : what sort of prediction it is. target : what is predicted, one sentence. method : how, one sentence.
    data_from, data_until : the first and last day of the data it was made of (until is exclusive).
    cutoffs : the moments features were taken as of, for fitting; test_cutoff : for the holdout figures.
    horizon_days : how far ahead it looks.
    people, positives : fitted on so many, of whom the event happened to so many (None: no event).
    features : in falling importance. holdout : figures on the time after test_cutoff (or people left out).
    calibration : bins of predictions against what happened.
    findings : what was noticed about the data. limits : when not to trust it, sentences.
    baseline : distributions for drift. seed : of every random choice.
    """

    kind: PredictionKind
    target: str
    method: str
    data_from: dt.date
    data_until: dt.date
    cutoffs: tuple[dt.date, ...]
    test_cutoff: dt.date | None
    horizon_days: int
    people: int
    positives: int | None
    features: tuple[FeatureWeight, ...]
    holdout: tuple[Measured, ...]
    calibration: tuple[CalibrationBin, ...]
    findings: tuple[Finding, ...]
    limits: tuple[str, ...]
    baseline: tuple[Distribution, ...] = ()
    seed: int = 0

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        document = asdict(self)
        for name in ("data_from", "data_until", "test_cutoff"):
            document[name] = None if document[name] is None else document[name].isoformat()
        document["cutoffs"] = [day.isoformat() for day in self.cutoffs]
        document["findings"] = [one.to_document() for one in self.findings]
        return {name: plain(one) for name, one in document.items()}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ModelCard:
        """Return the card a document describes."""
        day = dt.date.fromisoformat
        return cls(
            **{
                **document,
                "data_from": day(document["data_from"]),
                "data_until": day(document["data_until"]),
                "cutoffs": tuple(map(day, document["cutoffs"])),
                "test_cutoff": None if document["test_cutoff"] is None else day(document["test_cutoff"]),
                "features": tuple(FeatureWeight(**one) for one in document["features"]),
                "holdout": tuple(Measured(**{**o, "estimate": interval(o["estimate"])}) for o in document["holdout"]),
                "calibration": tuple(
                    CalibrationBin(**{**one, "actual": interval(one["actual"])}) for one in document["calibration"]
                ),
                "findings": tuple(map(Finding.from_document, document["findings"])),
                "limits": tuple(document["limits"]),
                "baseline": tuple(
                    Distribution(o["name"], tuple(o["edges"]), tuple(o["levels"]), tuple(o["shares"]), o["missing"])
                    for o in document["baseline"]
                ),
            }
        )


def interval(document: dict[str, Any]) -> Interval:
    """Return the interval a document describes; what is missing there is not a number here."""
    estimate, low, high = (
        math.nan if document[name] is None else float(document[name]) for name in ("estimate", "low", "high")
    )
    return Interval(estimate, low, high, document["n"], document["level"])


def plain(value: Any) -> Any:
    """Return a document without tuples and without numbers JSON has no word for (they become null)."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
