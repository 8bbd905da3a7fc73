"""Survival curves: which share is still there after so long, when some have not left yet.

The product-limit estimate per group, all groups in one pass over their counts, with Greenwood's variance. Intervals
are those of log(-log S): they stay within 0 and 1 and are good for few people and at the ends, where the plain ones
are not. Where S is 0 or 1 there is no variance: at 0 the upper bound is 1 - (1 - level)^(1/n) of the n last at risk,
at 1 the lower one is the exact binomial bound of "none of n left".

References: Kaplan & Meier (1958), JASA 53(282); Kalbfleisch & Prentice (2002), The Statistical Analysis of Failure Time
Data, 2nd ed., 1.4 (log-log); Brookmeyer & Crowley (1982), Biometrics 38(1) (median); Klein & Moeschberger (2003),
Survival Analysis, 2nd ed., 4.2-4.5 (mean, late entry).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.survival.counts import Floats, SurvivalCounts, sums_within

LEAST_PEOPLE = 30
"""Fewer people than this make no curve to act on: the group is marked."""
LEAST_AT_RISK = 10
"""A curve is not read beyond the time when fewer than this are still under observation."""


@dataclass(frozen=True, eq=False)
class SurvivalCurve:
    """The curve of one group: one step per duration at which somebody left or was last seen.

    Attributes
    ----------
    group : its name. people, events : how many people, how many of them left (weighted).
    times, at_risk, left, survival, low, high : (m,) at each time: how many were under observation just before, how
        many left, the share still there after it, with its interval.
    variance : (m,) Greenwood's sum: the variance of log survival (infinite where survival is 0).
    level : of the intervals. few : too few people to act on. readable_until : the last time with enough under
        observation; beyond it the curve rests on a handful.
    """

    group: str
    people: int
    events: float
    times: Floats
    at_risk: Floats
    left: Floats
    survival: Floats
    low: Floats
    high: Floats
    variance: Floats
    level: float
    few: bool
    readable_until: float

    def at(self, time: float) -> Interval:
        """Return the share still there after a time; unknown after the last person was seen, unless nobody is left."""
        place = int(np.searchsorted(self.times, time, side="right")) - 1
        if place < 0:
            return Interval(1.0 if len(self.times) else math.nan, 0.0, 1.0, self.people, self.level)
        if time > self.times[-1] and self.survival[-1] > 0:
            return Interval(math.nan, 0.0, float(self.high[-1]), self.people, self.level)
        return Interval(
            float(self.survival[place]), float(self.low[place]), float(self.high[place]), self.people, self.level
        )

    def quantile(self, share: float) -> Interval:
        """Return the time by which this share has left (Brookmeyer & Crowley); infinite: not reached.

        The interval holds every time whose interval for survival holds 1 - share.
        """
        still = 1 - share

        def first(values: Floats) -> float:
            # Shares such as 1/2 are missed by the last digit of a product.
            reached = np.flatnonzero(values <= still + 1e-12)
            return float(self.times[reached[0]]) if len(reached) else math.inf

        if not len(self.times):
            return Interval(math.nan, 0.0, math.inf, 0, self.level)
        return Interval(first(self.survival), first(self.low), first(self.high), self.people, self.level)

    def median(self) -> Interval:
        """Return the time by which half have left."""
        return self.quantile(0.5)

    def restricted_mean(self, until: float | None = None) -> Interval:
        """Return the mean time stayed within the first `until` (the area under the curve), with its interval.

        until : None: the last time seen. Raises DataError where the curve does not reach so far.
        """
        if not len(self.times):
            return Interval(math.nan, 0.0, math.inf, 0, self.level)
        last = float(self.times[-1])
        until = last if until is None else until
        if until > last and self.survival[-1] > 0:
            raise DataError(
                f"nobody of {self.group!r} was seen beyond {last:g}: the mean within {until:g} cannot be said",
                hint=f"until={last:g} or less",
            )
        steps = self.times < until
        edges = np.concatenate([[0.0], self.times[steps], [until]])
        areas = np.diff(edges) * np.concatenate([[1.0], self.survival[steps]])
        after = np.cumsum(areas[::-1])[::-1][1:]
        d, n = self.left[steps], self.at_risk[steps]
        jump = np.divide(d, n * (n - d), out=np.zeros_like(d), where=(d > 0) & (n > d))
        spread = float(after**2 @ jump)
        half = normal_quantile(self.level) * math.sqrt(spread)
        mean = float(areas.sum())
        return Interval(mean, max(0.0, mean - half), min(until, mean + half), self.people, self.level)

    def band(self, kind: Literal["equal_precision", "hall_wellner"] = "equal_precision") -> tuple[Floats, Floats]:
        """Return a band that holds the whole curve at once with the level, not each point: (m,) low and high."""
        from segmentary.models.survival.bands import simultaneous_band

        return simultaneous_band(self, kind)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values; infinite variances are left to the intervals."""
        median = self.median()
        return {
            "group": self.group,
            "people": self.people,
            "events": self.events,
            "few": self.few,
            "readable_until": self.readable_until,
            "level": self.level,
            "median": [None if not math.isfinite(one) else one for one in (median.estimate, median.low, median.high)],
            "steps": [
                dict(zip(("time", "at_risk", "left", "survival", "low", "high"), map(float, row), strict=True))
                for row in zip(self.times, self.at_risk, self.left, self.survival, self.low, self.high, strict=True)
            ],
        }


@dataclass(frozen=True, eq=False)
class SurvivalCurves:
    """The curves of all groups; iterates over `SurvivalCurve`. Arrays are those of the counts, group after group."""

    counts: SurvivalCounts
    at_risk: Floats
    survival: Floats
    low: Floats
    high: Floats
    variance: Floats
    level: float
    least_people: int

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups."""
        return self.counts.groups

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.counts)

    def __iter__(self) -> Iterator[SurvivalCurve]:
        """Yield the curve of each group."""
        return (self.curve(group) for group in self.groups)

    def curve(self, group: str | None = None) -> SurvivalCurve:
        """Return the curve of a group (of the only one, when it is not named)."""
        if group is None and len(self) != 1:
            raise DataError(f"there are {len(self)} curves", hint="name the group")
        place = 0 if group is None else self.counts.place(group)
        cells = slice(self.counts.starts[place], self.counts.starts[place + 1])
        times, at_risk = self.counts.times[cells], self.at_risk[cells]
        people = int(self.counts.people[place])
        enough = np.flatnonzero(at_risk >= min(LEAST_AT_RISK, max(people, 1)))
        return SurvivalCurve(
            self.groups[place],
            people,
            float(self.counts.events[cells].sum()),
            times,
            at_risk,
            self.counts.events[cells],
            self.survival[cells],
            self.low[cells],
            self.high[cells],
            self.variance[cells],
            self.level,
            people < self.least_people,
            float(times[enough[-1]]) if len(enough) else 0.0,
        )

    def at(self, times: Sequence[float] | npt.ArrayLike) -> Floats:
        """Return (g, t) the share of each group still there after each time; NaN beyond what was seen."""
        wanted = np.asarray(times, dtype=np.float64)
        found = np.full((len(self), len(wanted)), math.nan)
        starts = self.counts.starts
        for place in range(len(self)):
            cells = slice(starts[place], starts[place + 1])
            own, still = self.counts.times[cells], self.survival[cells]
            if len(own):
                steps = np.concatenate([[1.0], still])[np.searchsorted(own, wanted, side="right")]
                found[place] = np.where((wanted > own[-1]) & (still[-1] > 0), math.nan, steps)
        return found


def kaplan_meier(counts: SurvivalCounts, *, level: float = 0.95, least_people: int = LEAST_PEOPLE) -> SurvivalCurves:
    """Return the survival curve of every group.

    least_people : groups of fewer are marked (`SurvivalCurve.few`), not left out.
    """
    n, d, starts = counts.at_risk, counts.events, counts.starts
    risk = np.where(n > 1e-9, n, 1.0)
    everyone = (d > 0) & (d >= n * (1 - 1e-12))
    logs = np.log1p(-np.where(everyone, 0.0, np.minimum(d / risk, 1.0)))
    over = sums_within(everyone.astype(np.float64), starts) > 0.5
    survival = np.where(over, 0.0, np.exp(sums_within(logs, starts)))
    jump = np.where((d > 0) & ~everyone, d / (risk * np.where(everyone, 1.0, risk - d)), 0.0)
    variance = np.maximum(sums_within(jump, starts), 0.0)
    low, high = log_log(survival, variance, normal_quantile(level))
    # Running sums of other groups leave dust: before the first event nothing is uncertain but what was not seen.
    untouched = sums_within((d > 0).astype(np.float64), starts) < 0.5
    tail = (1 - level) / 2
    low = np.where(untouched, tail ** (1 / np.maximum(risk, 1.0)), np.where(over, 0.0, low))
    high = np.where(untouched, 1.0, high)
    ends_of_curves(high, n, everyone, starts, tail)
    survival = np.where(untouched, 1.0, survival)
    variance = np.where(over, math.inf, np.where(untouched, 0.0, variance))
    return SurvivalCurves(counts, n, survival, low, high, variance, level, least_people)


def log_log(survival: Floats, variance: Floats, z: float) -> tuple[Floats, Floats]:
    """Return bounds S^exp(+-z s) with s the standard error of log(-log S); 0 and 1 where S is."""
    inside = (survival > 0) & (survival < 1)
    logs = np.log(np.where(inside, survival, 0.5))
    half = z * np.sqrt(np.where(inside, variance, 0.0)) / np.abs(logs)
    # Beyond 50 the power is 0 or 1 anyway.
    wide = np.exp(np.minimum(half, 50.0))
    return np.where(inside, np.exp(logs * wide), survival), np.where(inside, np.exp(logs / wide), survival)


def ends_of_curves(
    high: Floats, at_risk: Floats, everyone: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64], tail: float
) -> None:
    """Put the upper bound where all have left: the bound before, times what "all of the last n left" still allows."""
    for place in np.flatnonzero(everyone):
        group = int(np.searchsorted(starts, place, side="right")) - 1
        before = high[place - 1] if place > starts[group] else 1.0
        high[place : starts[group + 1]] = before * (1 - tail ** (1 / max(at_risk[place], 1.0)))


def kaplan_meier_of(
    durations: npt.ArrayLike,
    events: npt.ArrayLike,
    groups: Any = None,
    *,
    entry: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    weights_are: str = "counts",
    level: float = 0.95,
    least_people: int = LEAST_PEOPLE,
) -> SurvivalCurves:
    """Return the curves of people in memory: `SurvivalCounts.from_arrays`, then `kaplan_meier`."""
    counts = SurvivalCounts.from_arrays(
        durations, events, groups, entry=entry, weights=weights, weights_are=weights_are
    )
    return kaplan_meier(counts, level=level, least_people=least_people)
