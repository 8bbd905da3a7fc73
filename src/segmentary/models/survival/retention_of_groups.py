"""Who is still there, segment by segment: retention curves, their difference, and the sentences to go with them.

With a contract, leaving is seen. Without one nobody says goodbye: here somebody counts as gone from the last purchase
on once they have been silent for longer than a rule allows. That is an interpretation, and `Retention.basis` says so:
a longer silence makes everybody stay longer, and whoever comes back after it was never gone. Who bought within the
silence before the moment is still there, seen until their last purchase and no longer.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.intervals import Interval
from segmentary.models.survival.counts import Floats, SurvivalCounts
from segmentary.models.survival.kaplan_meier import LEAST_PEOPLE, SurvivalCurves, kaplan_meier
from segmentary.models.survival.log_rank import LogRank, PairTest, log_rank, pairwise

MOST_PAIRS = 66
"""More pairs than of 12 groups are not tested one by one: adjusted for so many, little is left to find."""


@dataclass(frozen=True, slots=True)
class GroupRetention:
    """One group: the share still there at each time asked for, and when half have left (infinite: not yet)."""

    group: str
    people: int
    left: float
    few: bool
    at: tuple[Interval, ...]
    median: Interval


@dataclass(frozen=True, eq=False)
class Retention:
    """Retention of groups.

    Attributes
    ----------
    basis : what leaving means here, a sentence. times : what was asked for, in `unit`.
    groups : largest first. curves : every step of every curve.
    difference : whether groups stay equally long (log-rank); None: it cannot be said. pairs : every two of them.
    left_out : people of whom a duration, an event or a group is missing.
    """

    basis: str
    unit: str
    times: tuple[float, ...]
    groups: tuple[GroupRetention, ...]
    curves: SurvivalCurves
    difference: LogRank | None
    pairs: tuple[PairTest, ...]
    left_out: int

    def sentences(self) -> tuple[str, ...]:
        """Return the result in words: the basis, whether groups differ, the best and the worst of enough people."""
        found = [self.basis]
        if self.difference is not None:
            found.append(self.difference.sentence)
        enough = [one for one in self.groups if not one.few and np.isfinite(one.at[-1].estimate)] if self.times else []
        if len(enough) >= 2 and self.difference is not None and self.difference.p < 0.05:
            best, worst = (pick(enough, key=lambda one: one.at[-1].estimate) for pick in (max, min))
            after = f"{self.times[-1]:g} {self.unit}"
            found.append(
                f"After {after}, {said(best.at[-1])} of {best.group} are still there, and {said(worst.at[-1])} of "
                f"{worst.group}."
            )
        few = [one.group for one in self.groups if one.few]
        if few:
            found.append(f"Too few people to act on: {', '.join(few)}.")
        if self.left_out:
            found.append(
                f"{self.left_out:,} people are left out: how long they stayed or whether they left is unknown."
            )
        return tuple(found)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "basis": self.basis,
            "unit": self.unit,
            "times": list(self.times),
            "groups": [curve.to_document() for curve in self.curves],
            "statistic": None if self.difference is None else self.difference.statistic,
            "p": None if self.difference is None else self.difference.p,
            "pairs": [
                {"one": one.one, "other": one.other, "p_adjusted": one.p_adjusted, "longer": one.longer}
                for one in self.pairs
            ],
            "sentences": list(self.sentences()),
        }


def said(share: Interval) -> str:
    return f"{share.estimate:.0%} ({share.low:.0%} to {share.high:.0%})"


def retention_of_groups(
    counts: SurvivalCounts,
    *,
    times: Sequence[float],
    unit: str = "days",
    basis: str = "Leaving is what the data says it is.",
    level: float = 0.95,
    least_people: int = LEAST_PEOPLE,
) -> Retention:
    """Return retention per group from counts (`SurvivalCounts.from_arrays`, or `counts_query` in an engine).

    times : at which the share still there is told, rising, in `unit`. basis : what leaving means, for people to read.

    Raises
    ------
    DataError
        times do not rise or are negative.
    NoAnswerError
        there is nobody.
    """
    if any(b <= a for a, b in itertools.pairwise(times)) or any(one < 0 for one in times):
        raise DataError("times to tell retention at must rise from 0", hint="times=[30, 90, 365]")
    if not counts.people.sum():
        raise NoAnswerError("there is nobody whose retention could be told", hint="widen the population")
    curves = kaplan_meier(counts, level=level, least_people=least_people)
    groups = [
        GroupRetention(one.group, one.people, one.events, one.few, tuple(one.at(time) for time in times), one.median())
        for one in curves
    ]
    enough = [one.group for one in groups if one.people >= least_people]
    try:
        picked = counts.select(enough)
        difference = log_rank(picked)
        pairs = pairwise(picked) if len(enough) * (len(enough) - 1) // 2 <= MOST_PAIRS else ()
    except NoAnswerError:
        difference, pairs = None, ()
    ordered = tuple(sorted(groups, key=lambda one: (-one.people, one.group)))
    return Retention(basis, unit, tuple(times), ordered, curves, difference, pairs, counts.left_out)


def silence_counts(
    first_days: npt.ArrayLike,
    last_days: npt.ArrayLike,
    groups: Any = None,
    *,
    now: float,
    silence_days: float,
) -> tuple[SurvivalCounts, str]:
    """Return the counts of customers without a contract, and the sentence that says what leaving means.

    first_days, last_days : (n,) day of the first and the last purchase, on any scale of days. now : the moment on it.
    silence_days : whoever has not bought for longer has left, on the day of the last purchase; who has bought since is
    seen until the last purchase, not until now: silence so far is not yet an answer.

    A customer of one purchase who is silent has left at 0; people of one purchase are part of the curve from its start.

    Raises
    ------
    DataError
        a last purchase before the first or after now, or a silence that is not positive.
    """
    first, last = np.asarray(first_days, dtype=np.float64), np.asarray(last_days, dtype=np.float64)
    known: Floats = last[~np.isnan(last)]
    if not silence_days > 0:
        raise DataError(f"a silence of {silence_days} days is none", hint="a positive number of days")
    if (last < first).any() or (known > now).any():
        raise DataError("a last purchase is before the first, or after the moment", hint="correct the days")
    gone = np.where(np.isnan(last), np.nan, (now - last > silence_days).astype(np.float64))
    basis = (
        f"Without a contract nobody says goodbye: here, whoever has not bought for more than {silence_days:g} days "
        "counts as gone since their last purchase."
    )
    return SurvivalCounts.from_arrays(last - first, gone, groups), basis
