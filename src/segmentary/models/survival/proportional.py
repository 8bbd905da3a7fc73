"""Whether an effect on leaving is the same over time, as Cox's regression takes for granted.

The score test of a slope of each coefficient over a scale of time: exact, at no cost beyond one more pass. A
significant test with many people may be about a trifle, so the verdict gives the ratio of risks early and late.

References: Grambsch & Therneau (1994), Biometrika 81(3); Schoenfeld (1982), Biometrika 69(1); Therneau (2020), the
score test of the survival package, version 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from segmentary.errors import UnknownNameError
from segmentary.models.survival.counts import Floats
from segmentary.models.survival.cox_problem import CoxProblem
from segmentary.models.survival.log_rank import chi_square_tail

if TYPE_CHECKING:
    from segmentary.models.survival.cox import CoxRegression

SURE = 0.05


@dataclass(frozen=True, slots=True)
class OverTime:
    """One feature: chi-square and p of its slope, and the ratio of risks per unit at the start and at the end."""

    name: str
    statistic: float
    p: float
    ratio_early: float
    ratio_late: float

    @property
    def verdict(self) -> str:
        """In words, p taken as it is (the test of all together comes first)."""
        if math.isnan(self.p):
            return f"{self.name}: cannot be told."
        if self.p >= SURE:
            return f"{self.name}: no sign that its effect changes over time (p = {self.p:.2f})."
        early, late = abs(math.log(self.ratio_early)), abs(math.log(self.ratio_late))
        if (self.ratio_early - 1) * (self.ratio_late - 1) < 0:
            way = "turns round"
        else:
            way = "fades" if late < early else "grows"
        return (
            f"{self.name}: its effect {way} over time: one more multiplies the risk by {self.ratio_early:.2f} early "
            f"and {self.ratio_late:.2f} late (p {'< .001' if self.p < 0.001 else f'= {self.p:.3f}'})."
        )


@dataclass(frozen=True, slots=True)
class Proportionality:
    """All features together, and each."""

    statistic: float
    freedom: int
    p: float
    features: tuple[OverTime, ...]

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        if self.p >= SURE:
            return f"No sign that effects change over time (p = {self.p:.2f}): one ratio of risks per feature will do."
        changing = [one.name for one in self.features if one.p < SURE]
        named = f" ({', '.join(changing)})" if changing else ""
        told = "< .001" if self.p < 0.001 else f"= {self.p:.3f}"
        return (
            f"Effects change over time{named}, p {told}: a ratio of risks is an average over the time seen. "
            "Make the feature a stratum, or look at early and late customers apart."
        )


def proportionality(
    fit: CoxRegression, scale: Literal["survival", "time", "log", "rank"] = "survival"
) -> Proportionality:
    """Test a fit.

    scale : of time: 1 - survival of all together (the default: nobody weighs much), time itself, its log, its rank.
    """
    from segmentary.models.survival.cox_kernels import hazard_pass

    problem = fit.problem_
    moment = scaled(problem, scale)
    eta = problem.x @ fit.beta_
    found = hazard_pass(
        problem.x, eta, problem.weight, problem.time, problem.left, problem.entry, problem.late, problem.stratum,
        fit.ties == "efron", moment,
    )  # fmt: skip
    excess, blocks = np.asarray(found[4]), np.asarray(found[5])
    score = moment @ excess
    plain = blocks[0] + fit.penalty_ * np.eye(len(score))
    inverse = np.linalg.pinv(plain, hermitian=True)
    covariance = blocks[2] - blocks[1] @ inverse @ blocks[1]
    q = len(score)
    together = float(score @ np.linalg.pinv(covariance, hermitian=True) @ score) if q else 0.0
    features = []
    for place, name in enumerate(fit.names_):
        at = np.flatnonzero(problem.used == place)
        variance = float(covariance[at[0], at[0]]) if len(at) else 0.0
        if variance <= 0:
            features.append(OverTime(name, math.nan, math.nan, math.nan, math.nan))
            continue
        u, scale_of = float(score[at[0]]), float(problem.scale[place])
        slope = u / variance / scale_of
        ends = [
            math.exp(max(-50.0, min(50.0, fit.coefficients_[place] + slope * g))) for g in (moment.min(), moment.max())
        ]
        statistic = u * u / variance
        features.append(OverTime(name, statistic, chi_square_tail(statistic, 1), *ends))
    return Proportionality(together, max(1, q), chi_square_tail(together, max(1, q)), tuple(features))


def scaled(problem: CoxProblem, scale: str) -> Floats:
    """Return (m,) the scale at each time somebody left, less its mean over those who left."""
    first = problem.leaving
    times = problem.time[first]
    if scale == "time":
        found = times.astype(np.float64)
    elif scale == "log":
        found = np.log(np.maximum(times, 1e-12))
    elif scale in ("survival", "rank"):
        found = one_less_survival(problem, times) if scale == "survival" else ranks(times)
    else:
        raise UnknownNameError("scale", scale, ("survival", "time", "log", "rank"))
    weights = left_mass(problem)
    return found - np.average(found, weights=weights)


def left_mass(problem: CoxProblem) -> Floats:
    """Return (m,) the weight of those who left at each time."""
    first = problem.leaving
    block = np.searchsorted(first, np.arange(len(problem)), side="right") - 1
    leaves = problem.left & (block >= 0)
    return np.bincount(block[leaves], problem.weight[leaves], minlength=len(first)).astype(np.float64)


def one_less_survival(problem: CoxProblem, times: Floats) -> Floats:
    """Return 1 - S(t-) of all strata together."""
    from segmentary.models.survival.kaplan_meier import kaplan_meier_of

    curve = kaplan_meier_of(problem.time, problem.left, entry=problem.entry, weights=problem.weight).curve()
    before = np.searchsorted(curve.times, times, side="left")
    return 1 - np.concatenate([[1.0], curve.survival])[before]


def ranks(times: Floats) -> Floats:
    """Return the rank of each time among the times somebody left."""
    return np.unique(times, return_inverse=True)[1].astype(np.float64)
