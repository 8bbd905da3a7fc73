"""One figure of loyalty of one segment, against everybody else, with its test; and how a family of them is judged."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import NormalDist
from typing import Any, Literal

from segmentary.models.intervals import Difference, Interval, holm, normal_quantile

LEVEL = 0.05
FEW = 30
"""Fewer people than this are marked: mind the interval."""
Unit = Literal["score", "share", "number"]
Verdict = Literal["higher", "lower", "unclear"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A difference from everybody else with its interval, and p: of no difference."""

    estimate: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one segment.

    measure : nps, csat, repeat_rate, orders_per_customer, retention_3_months (6, 12), still_buying_3_months (6, 12),
    share_of_wallet. what : what exactly was counted. unit : score (-100 to 100), share (0 to 1), number.
    own, others : the segment's figure and everybody else's, each with its interval and people. gap : of the two;
    missing where it cannot be told. p : corrected for all tests of the question (Holm). note : too few people ...
    """

    segment: str
    measure: str
    what: str
    unit: Unit
    own: Interval
    others: Interval
    gap: Gap | None
    p: float = 1.0
    verdict: Verdict = "unclear"
    note: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def gap_of(difference: Difference | None, scale: float = 1.0) -> Gap | None:
    """Return a difference of means or shares as a gap, in other units."""
    if difference is None:
        return None
    return Gap(scale * difference.estimate, scale * difference.low, scale * difference.high, difference.p)


def gap_by_errors(own: float, others: float, own_error: float, others_error: float) -> Gap | None:
    """Return the difference of two independent estimates with known standard errors."""
    error = math.hypot(own_error, others_error)
    if not (math.isfinite(own) and math.isfinite(others) and math.isfinite(error)) or error <= 0:
        return None
    estimate = own - others
    half = normal_quantile(0.95) * error
    return Gap(estimate, estimate - half, estimate + half, 2 * NormalDist().cdf(-abs(estimate) / error))


def judged(figures: Sequence[Figure]) -> tuple[Figure, ...]:
    """Correct all p-values together (Holm) and say where a segment is higher or lower than everybody else."""
    tested = [place for place, one in enumerate(figures) if one.gap is not None]
    ps = holm([gap.p for place in tested if (gap := figures[place].gap) is not None])
    corrected = dict(zip(tested, ps, strict=True))
    found = []
    for place, one in enumerate(figures):
        p = corrected.get(place, 1.0)
        verdict: Verdict = "unclear"
        if one.gap is not None and p < LEVEL:
            verdict = "higher" if one.gap.estimate > 0 else "lower"
        note = one.note or (f"{one.own.n:,} people only: mind the interval" if one.own.n < FEW else "")
        found.append(replace(one, p=p, verdict=verdict, note=note))
    return tuple(found)
