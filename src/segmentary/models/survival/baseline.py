"""The cumulative hazard of an average person under Cox's regression, with what its uncertainty is made of."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.errors import UnknownNameError, UsageError
from segmentary.models.survival.counts import Floats
from segmentary.models.survival.cox_problem import CoxProblem

KEPT = 400
"""Steps per stratum a document keeps; between them the hazard is taken as it was at the step before."""


@dataclass(frozen=True, eq=False)
class Steps:
    """One stratum: what has added up after each time somebody left, times rising.

    times, hazard, variance : (m,). pulled : (m, p) mean features of those at risk times the hazard. until : the last
    time anybody was seen. own, own_pulled : (m,), (m, p) the hazard step of those who left then and its pull, and
    means : (m, p) features of those at risk: for residuals.
    """

    times: Floats
    hazard: Floats
    variance: Floats
    pulled: Floats
    until: float
    own: Floats
    own_pulled: Floats
    means: Floats


@dataclass(frozen=True, eq=False)
class Baseline:
    """Steps per stratum, by name."""

    strata: dict[str, Steps]

    @classmethod
    def of(cls, problem: CoxProblem, beta: Floats, *, efron: bool) -> Baseline:
        """Return the hazard of standardised features 0."""
        from segmentary.models.survival.cox_kernels import hazard_pass

        eta = problem.x @ beta
        found = hazard_pass(
            problem.x, eta, problem.weight, problem.time, problem.left, problem.entry, problem.late, problem.stratum,
            efron, np.zeros(len(problem.leaving)),
        )  # fmt: skip
        step, pulled, pulled_left, means = (np.asarray(one)[::-1] for one in found[:4])
        strata: dict[str, Steps] = {}
        for place, name in enumerate(problem.strata):
            own = step[:, 0] == place
            members = problem.time[problem.stratum == place]
            strata[name] = Steps(
                step[own, 1],
                np.cumsum(step[own, 2]),
                np.cumsum(step[own, 4]),
                np.cumsum(pulled[own], axis=0),
                float(members[0]) if len(members) else 0.0,
                step[own, 3],
                pulled_left[own],
                means[own],
            )
        return cls(strata)

    def unscaled(self, problem: CoxProblem, p: int) -> Baseline:
        """Return it for features in their own units (still for their means), all p of them."""
        strata = {}
        for name, one in self.strata.items():
            pulled = np.zeros((len(one.times), p))
            pulled[:, problem.used] = one.pulled * problem.scale[problem.used]
            strata[name] = Steps(
                one.times, one.hazard, one.variance, pulled, one.until, one.own, np.empty((0, p)), np.empty((0, p))
            )
        return Baseline(strata)

    def residuals(self, problem: CoxProblem, beta: Floats) -> Floats:
        """Return (n, q) what each person adds to the gradient, weighted; they add up to nothing."""
        found = np.zeros_like(problem.x)
        for place, name in enumerate(problem.strata):
            one, rows = self.strata[name], np.flatnonzero(problem.stratum == place)
            if not len(rows) or not len(one.times):
                continue
            x, time, left = problem.x[rows], problem.time[rows], problem.left[rows]
            hazard = np.concatenate([[0.0], one.hazard])
            pulled = np.concatenate([np.zeros((1, x.shape[1])), one.pulled])
            upto = np.searchsorted(one.times, time, side="right")
            came = np.searchsorted(one.times, problem.entry[rows], side="right")
            risk = np.exp(x @ beta)[:, None]
            own_hazard, own_pulled = hazard[upto], pulled[upto]
            # Of those who left at once, each is at risk for a part of the step only (Efron).
            at = upto[left] - 1
            own_hazard[left] = hazard[at] + one.own[at]
            own_pulled[left] = pulled[at] + one.own_pulled[at]
            found[rows] = -risk * (x * (own_hazard - hazard[came])[:, None] - (own_pulled - pulled[came]))
            found[rows[left]] += x[left] - one.means[at]
        return found * problem.weight[:, None]

    def steps(self, stratum: str | None) -> Steps:
        """Return the steps of a stratum; of the only one when it is not named."""
        if stratum is None:
            if len(self.strata) != 1:
                raise UsageError(f"there are {len(self.strata)} strata", hint="name one: stratum=...")
            return next(iter(self.strata.values()))
        if stratum not in self.strata:
            raise UnknownNameError("stratum", stratum, self.strata)
        return self.strata[stratum]

    def at(self, times: Floats, stratum: str | None = None) -> tuple[Floats, Floats, Floats]:
        """Return hazard (t,), pull (t, p) and variance (t,) after each time; NaN beyond what was seen."""
        one = self.steps(stratum)
        place = np.searchsorted(one.times, times, side="right")
        hazard = np.concatenate([[0.0], one.hazard])[place]
        pulled = np.concatenate([np.zeros((1, one.pulled.shape[1])), one.pulled])[place]
        variance = np.concatenate([[0.0], one.variance])[place]
        return np.where(times > one.until, math.nan, hazard), pulled, variance

    def between(self, since: npt.NDArray[np.float64], horizon: float, stratum: str | None = None) -> Floats:
        """Return how much hazard a person of average features meets from each time until the horizon after it.

        Beyond the last time seen the rate over the last horizon that was seen is taken.
        """
        one = self.steps(stratum)
        hazard = np.concatenate([[0.0], one.hazard])
        start = np.minimum(since, max(0.0, one.until - horizon))
        first = np.searchsorted(one.times, start, side="right")
        last = np.searchsorted(one.times, start + horizon, side="right")
        return np.asarray(hazard[last] - hazard[first])

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values: at most 400 steps per stratum."""
        found = {}
        for name, one in self.strata.items():
            kept = np.unique(np.linspace(0, len(one.times) - 1, min(KEPT, len(one.times))).round().astype(np.intp))
            found[name] = {
                "times": one.times[kept].tolist(),
                "hazard": one.hazard[kept].tolist(),
                "variance": one.variance[kept].tolist(),
                "pulled": one.pulled[kept].tolist(),
                "until": one.until,
            }
        return found

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the hazard a document describes."""
        strata = {}
        for name, one in document.items():
            times = np.array(one["times"], dtype=np.float64)
            pulled = np.array(one["pulled"], dtype=np.float64).reshape(len(times), -1)
            nothing = np.empty((0, pulled.shape[1]))
            strata[name] = Steps(
                times,
                np.array(one["hazard"], dtype=np.float64),
                np.array(one["variance"], dtype=np.float64),
                pulled,
                one["until"],
                np.empty(0),
                nothing,
                nothing,
            )
        return cls(strata)
