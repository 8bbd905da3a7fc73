"""What segments are judged by: weighted criteria with a stated scoring, and what knocks a segment out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segmentary.errors import DataError
from segmentary.market.estimate import Estimate
from segmentary.market.record import Record
from segmentary.market.wording import amount
from segmentary.models.table.typed_table import Floats

Axis: TypeAlias = Literal["attractiveness", "competitiveness"]
AXES: tuple[Axis, ...] = ("attractiveness", "competitiveness")
TOP = 10.0


@dataclass(frozen=True, slots=True)
class Criterion(Record):
    """One thing segments are judged by.

    name; axis : attractiveness of the segment, whoever serves it, or our competitiveness in it. weight : in any scale,
    0 or more; within an axis they are made to add up to 1. values : one a segment. errors : their standard errors; NaN
    or () where unknown. worst, best : the values that score 0 and 10, linear between and cut off there (best below
    worst where less is better); NaN: the worst and best of these segments (then a score says only who is best here).
    unit, source : of the values, and where they come from.
    """

    name: str
    axis: Axis
    weight: float
    values: tuple[float, ...]
    errors: tuple[float, ...] = ()
    worst: float = math.nan
    best: float = math.nan
    better: Literal["more", "less"] = "more"
    unit: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse a criterion that scores nothing."""
        where = f"criterion {self.name!r}"
        if self.axis not in AXES or self.better not in ("more", "less"):
            raise DataError(f"{where}: no axis {self.axis!r} or direction {self.better!r}", hint=" or ".join(AXES))
        if not (math.isfinite(self.weight) and self.weight >= 0):
            raise DataError(f"{where}: a weight is 0 or more, not {self.weight}")
        if self.errors and len(self.errors) != len(self.values):
            raise DataError(f"{where}: {len(self.values)} values and {len(self.errors)} errors do not fit")
        if any(not math.isfinite(one) for one in self.values):
            raise DataError(f"{where}: a value is missing", hint="estimate it, or leave the criterion out")
        if any(one < 0 for one in self.errors):
            raise DataError(f"{where}: an error is below 0")
        if math.isfinite(self.worst) != math.isfinite(self.best) or self.worst == self.best:
            raise DataError(f"{where}: give both the value that scores 0 and the one that scores 10, or neither")

    @classmethod
    def rated(
        cls, name: str, axis: Axis, weight: float, points: Sequence[float], *, source: str = "judgement"
    ) -> Criterion:
        """Return a criterion people gave points from 0 to 10."""
        return cls(name, axis, weight, tuple(points), worst=0.0, best=TOP, source=source)

    @classmethod
    def estimated(
        cls,
        name: str,
        axis: Axis,
        weight: float,
        values: Sequence[Estimate],
        *,
        worst: float = math.nan,
        best: float = math.nan,
        better: Literal["more", "less"] = "more",
        unit: str = "",
        source: str = "survey",
    ) -> Criterion:
        """Return a criterion measured by a survey, with its errors."""
        numbers = tuple(one.estimate for one in values)
        return cls(name, axis, weight, numbers, tuple(one.error for one in values), worst, best, better, unit, source)

    @property
    def relative(self) -> bool:
        """Whether it scores these segments against each other only."""
        return not math.isfinite(self.worst)

    @property
    def scale(self) -> tuple[float, float]:
        """The values that score 0 and 10."""
        if not self.relative:
            return self.worst, self.best
        low, high = min(self.values), max(self.values)
        return (low, high) if self.better == "more" else (high, low)

    @property
    def scoring(self) -> str:
        """The scoring in words."""
        worst, best = self.scale
        if worst == best:
            return f"{self.name}: all segments are alike and score 5"
        how = " (worst and best of these segments)" if self.relative else ""
        return f"{self.name}: {amount(worst, self.unit)} scores 0, {amount(best, self.unit)} scores 10{how}"

    def scores(self, values: Floats, *, cut: bool = True) -> Floats:
        """Return scores from 0 to 10 of values of any shape; not cut off at 0 and 10 where asked."""
        worst, best = self.scale
        if worst == best:
            return np.full(values.shape, TOP / 2)
        share = (values - worst) / (best - worst)
        return (np.clip(share, 0.0, 1.0) if cut else share) * TOP


@dataclass(frozen=True, slots=True)
class Knockout(Record):
    """What a segment must have at least to be served at all: size, reach ... (Dolnicar's knock-out criteria)."""

    name: str
    least: float
    values: tuple[float, ...]
    unit: str = ""
