"""What a report of a prediction is made of; what is None or empty has no section."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from segmentary.dynamics.drift import Drift
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.reconciling import Reconciliation
from segmentary.models.value.holdout import PurchaseHoldout
from segmentary.models.value.segment_value import SegmentValue

Unit: TypeAlias = Literal["money", "share", "rank"]
"""Of a score: money in the currency of the report, a chance (0 to 1), or a rank (0 to 100)."""
UNITS: Mapping[str, tuple[str, Unit]] = {
    "clv": ("value", "money"),
    "next": ("spend", "money"),
    "churn": ("probability", "share"),
    "propensity": ("probability", "share"),
    "lookalike": ("score", "rank"),
}
"""The output of each kind that a report shows, and its unit."""


@dataclass(frozen=True, slots=True)
class ScoreGroup:
    """Members of a segment who have a score: their mean, with the interval of a mean, and their sum."""

    segment: str
    people: int
    mean: Interval
    total: float

    @classmethod
    def of(cls, segment: str, people: int, total: float, squares: float) -> ScoreGroup:
        """Return a group from its sums."""
        if not people:
            return cls(segment, 0, Interval(math.nan, math.nan, math.nan, 0), 0.0)
        mean = total / people
        if people < 2:
            return cls(segment, people, Interval(mean, math.nan, math.nan, people), total)
        variance = max(0.0, squares - people * mean * mean) / (people - 1)
        half = normal_quantile(0.95) * math.sqrt(variance / people)
        return cls(segment, people, Interval(mean, mean - half, mean + half, people), total)


@dataclass(frozen=True, slots=True)
class ScoreBin:
    """People whose score is from low (inclusive) to high."""

    low: float
    high: float
    people: int


@dataclass(frozen=True, slots=True)
class ScoreTenth:
    """A tenth of all scored, 1 those of the highest scores: their mean and sum."""

    place: int
    people: int
    mean: float
    total: float


@dataclass(frozen=True, slots=True)
class Scores:
    """What the last scoring said. members_as_of : the day segments are of; None: there are none."""

    as_of: dt.date
    everybody: ScoreGroup
    segments: tuple[ScoreGroup, ...] = ()
    bins: tuple[ScoreBin, ...] = ()
    tenths: tuple[ScoreTenth, ...] = ()
    members_as_of: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SeedTenth:
    """Of a tenth by likeness (10: most alike), how many people there are and how many of them are of the seed."""

    decile: int
    people: int
    seed: int


@dataclass(frozen=True, slots=True)
class FeatureWords:
    """What a feature is: its name, its title (may be empty), and its definition in words."""

    name: str
    title: str
    words: str


@dataclass(frozen=True)
class PredictionReportData:
    """Everything a report of a prediction may show.

    label : the version as people read it. asked : the options it was fitted with. features : what it reads of
    a person. below : groups of fewer people are hidden.
    tests : lifetime value: the holdout of every purchase model, by its title; chosen : the one that was taken.
    values : lifetime value: what everybody (first) and each segment are worth together. total : next purchase: the sum
    beside the forecast of the total. seed_tenths : lookalike: where the seed stands among the scores.
    unanswered : why what belongs here is not here, sentences.
    """

    name: str
    label: str
    card: ModelCard
    generated_for: str = ""
    currency: str = ""
    below: int = 11
    created: str = ""
    asked: Mapping[str, object] = field(default_factory=dict)
    features: tuple[FeatureWords, ...] = ()
    tests: Mapping[str, PurchaseHoldout] = field(default_factory=dict)
    chosen: str = ""
    values: tuple[SegmentValue, ...] = ()
    total: Reconciliation | None = None
    seed_tenths: tuple[SeedTenth, ...] = ()
    scores: Scores | None = None
    drift: Drift | None = None
    unanswered: tuple[str, ...] = ()

    @property
    def unit(self) -> Unit:
        """In what the prediction speaks."""
        return UNITS[self.card.kind][1]

    def small(self, people: float) -> bool:
        """Say whether so few people stand behind a figure that it is not said."""
        return 0 < people < self.below
