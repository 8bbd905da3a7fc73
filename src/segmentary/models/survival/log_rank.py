"""Whether groups stay equally long: the log-rank test of any number of groups, within strata, and pair by pair.

At every time somebody left, those who left of each group are held against what its share of those at risk lets expect.
Weights say which times matter: ``log_rank`` all alike (best where one group's risk is always the same multiple of
another's), ``gehan`` those with many at risk, ``tarone_ware`` between, ``peto`` and ``late`` early and late times by
the survival of all together (Fleming & Harrington's (1, 0) and (0, 1)).

References: Mantel (1966), Cancer Chemotherapy Reports 50; Peto & Peto (1972), JRSS A 135(2); Tarone & Ware (1977),
Biometrika 64(1); Fleming & Harrington (1991), Counting Processes and Survival Analysis; Holm (1979).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.models.intervals import holm
from segmentary.models.survival.counts import Floats, SurvivalCounts, group_sums

Weighting: TypeAlias = Literal["log_rank", "gehan", "tarone_ware", "peto", "late"]
WEIGHTINGS: tuple[Weighting, ...] = ("log_rank", "gehan", "tarone_ware", "peto", "late")
CHUNK = 2_000_000
"""Cells of times x groups held at once."""


@dataclass(frozen=True, eq=False)
class LogRank:
    """What the test found.

    Attributes
    ----------
    groups : (g,) names. people, left, expected : (g,) how many people, how many left, and how many would have if all
        groups were alike. statistic, freedom, p : chi-square, its degrees of freedom, its p-value.
    weighting : which times mattered. strata : within how many strata groups were compared.
    """

    groups: tuple[str, ...]
    people: Floats
    left: Floats
    expected: Floats
    statistic: float
    freedom: int
    p: float
    weighting: Weighting = "log_rank"
    strata: int = 1

    @property
    def sentence(self) -> str:
        """The result in words."""
        if self.p < 0.001:
            return f"The groups do not stay equally long (log-rank, p < .001, {int(self.people.sum()):,} people)."
        told = f"log-rank, p = {self.p:.3f}, {int(self.people.sum()):,} people"
        if self.p < 0.05:
            return f"The groups do not stay equally long ({told})."
        return f"Not clear whether the groups stay equally long ({told})."


@dataclass(frozen=True, slots=True)
class PairTest:
    """Two of the groups: chi-square with one degree of freedom; p_adjusted holds for all pairs together (Holm)."""

    one: str
    other: str
    statistic: float
    p: float
    p_adjusted: float
    longer: str


def log_rank(counts: SurvivalCounts | Sequence[SurvivalCounts], *, weighting: Weighting = "log_rank") -> LogRank:
    """Test whether groups stay equally long.

    counts : of one population, or one per stratum (groups are compared within each, and the sums tested).

    Raises
    ------
    NoAnswerError
        fewer than two groups have people, or nobody left.
    """
    if weighting not in WEIGHTINGS:
        raise UnknownNameError("weighting", weighting, WEIGHTINGS)
    strata = [counts] if isinstance(counts, SurvivalCounts) else list(counts)
    names = tuple(sorted({name for one in strata for name in one.groups}))
    if len(names) < 2:
        raise NoAnswerError("there are not two groups to compare", hint="group by a trait people differ in")
    g = len(names)
    score, variance = np.zeros(g), np.zeros((g, g))
    people, left, expected = np.zeros(g), np.zeros(g), np.zeros(g)
    for one in strata:
        if not len(one.times):
            continue
        places = np.array([names.index(name) for name in one.groups])
        own = scores(one, weighting)
        score[places] += own[0]
        variance[np.ix_(places, places)] += own[1]
        expected[places] += own[2]
        left[places] += group_sums(one.events, one.starts)
        people[places] += one.people
    if not left.any():
        raise NoAnswerError("nobody left: how long groups stay cannot be compared", hint="wait, or widen the period")
    statistic, freedom = quadratic(score, variance)
    return LogRank(
        names, people, left, expected, statistic, freedom, chi_square_tail(statistic, freedom), weighting, len(strata)
    )


def pairwise(counts: SurvivalCounts, *, weighting: Weighting = "log_rank") -> tuple[PairTest, ...]:
    """Test every two groups, adjusted for how many pairs there are; pairs where nobody left say nothing (p 1)."""
    if len(counts) < 2:
        raise NoAnswerError("there are not two groups to compare", hint="group by a trait people differ in")
    found = []
    for one, other in itertools.combinations(counts.groups, 2):
        try:
            test = log_rank(counts.select([one, other]), weighting=weighting)
        except NoAnswerError:
            found.append((one, other, 0.0, 1.0, ""))
            continue
        place = test.groups.index(one)
        fewer = test.left[place] < test.expected[place]
        found.append((one, other, test.statistic, test.p, one if fewer else other))
    adjusted = holm([row[3] for row in found])
    return tuple(PairTest(*row[:4], p, row[4]) for row, p in zip(found, adjusted, strict=True))


def scores(counts: SurvivalCounts, weighting: Weighting) -> tuple[Floats, Floats, Floats]:
    """Return of one stratum (g,) weighted observed less expected, (g, g) its covariance, (g,) expected."""
    g = len(counts)
    moments = np.unique(counts.times[counts.events > 0])
    score, variance, expected = np.zeros(g), np.zeros((g, g)), np.zeros(g)
    at_risk_cells = counts.at_risk
    kept = 1.0
    for start in range(0, len(moments), max(1, CHUNK // g)):
        times = moments[start : start + max(1, CHUNK // g)]
        risk, gone = on_times(counts, at_risk_cells, times)
        n, d = risk.sum(axis=0), gone.sum(axis=0)
        n = np.maximum(n, d)
        survival = kept * np.cumprod(1 - d / n)
        before = np.concatenate([[kept], survival[:-1]])
        kept = float(survival[-1])
        w = weights_of(weighting, n, before)
        share = risk / n
        score += (w * (gone - d * share)).sum(axis=1)
        expected += (d * share).sum(axis=1)
        # With one person at risk nothing is left to chance.
        c = w**2 * d * np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
        variance += np.diag((c * share).sum(axis=1)) - (c * share) @ share.T
    return score, variance, expected


def on_times(counts: SurvivalCounts, at_risk_cells: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Return (g, t) how many of each group were at risk just before each time, and how many left at it."""
    risk, gone = np.zeros((len(counts), len(times))), np.zeros((len(counts), len(times)))
    for place in range(len(counts)):
        cells = slice(counts.starts[place], counts.starts[place + 1])
        own = counts.times[cells]
        if not len(own):
            continue
        at = np.searchsorted(own, times, side="left")
        # Between its own times a group's number at risk is what it will be at its next time; entries come after.
        inside = at < len(own)
        risk[place, inside] = at_risk_cells[cells][at[inside]]
        same = inside & (own[np.minimum(at, len(own) - 1)] == times)
        gone[place, same] = counts.events[cells][at[same]]
    return np.maximum(risk, gone), gone


def weights_of(weighting: Weighting, n: Floats, before: Floats) -> Floats:
    """Return (t,) how much each time matters; before: survival of all just before it."""
    match weighting:
        case "log_rank":
            return np.ones_like(n)
        case "gehan":
            return n
        case "tarone_ware":
            return np.sqrt(n)
        case "peto":
            return before
        case "late":
            return 1 - before
    raise DataError(f"there is no weighting {weighting!r}")


def quadratic(score: Floats, variance: Floats) -> tuple[float, int]:
    """Return the chi-square of scores that add to nothing, and its degrees of freedom."""
    used = np.diag(variance) > 1e-12 * max(1e-300, float(np.diag(variance).max()))
    if used.sum() < 2:
        return 0.0, 1
    u, v = score[used], variance[np.ix_(used, used)]
    values, vectors = np.linalg.eigh(v)
    kept = values > values.max() * 1e-10
    return float(((vectors[:, kept].T @ u) ** 2 / values[kept]).sum()), max(1, int(kept.sum()))


def chi_square_tail(statistic: float, freedom: int) -> float:
    """Return the chance of so much or more."""
    from scipy.special import chdtrc

    return float(chdtrc(freedom, max(0.0, statistic))) if math.isfinite(statistic) else 0.0
