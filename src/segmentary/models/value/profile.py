"""Profile-likelihood intervals of parameters: all values the data do not speak against, however skewed.

A value is in the interval if the best fit with it held fixed is not clearly less likely than the best of all. That
takes some dozen fits per parameter, and is right where an interval from the standard error is a little too short: few
customers, parameters that trade against each other.

References: Venzon & Moolgavkar (1988), A method for computing profile-likelihood-based confidence intervals, Applied
Statistics 37(1).
"""

from __future__ import annotations

import math

import numpy as np

from segmentary.models.intervals import normal_quantile
from segmentary.models.value.cells import Floats
from segmentary.models.value.lifetime_model import LifetimeModel
from segmentary.models.value.lifetime_problem import HasCells, Problem
from segmentary.models.value.maximum import BORDER, maximise

CLOSE = 0.01
"""The signed root of the deviance is met this closely: a hundredth of a standard error."""
STEPS = 12


def profile_intervals(
    model: LifetimeModel, data: HasCells, *, level: float = 0.95
) -> dict[str, tuple[float, float, float]]:
    """Return estimate, low, high of every parameter of a model fitted to the data.

    Without an end (0 or infinity) where the data speak against no value on that side; NaN for what is not estimated.
    """
    cells = data.cells()
    problem = model.problem(cells)
    units = [problem.unit if name in model.scales else 1.0 for name in model.all_names]
    natural = np.array(list(model.params_.values())) / units
    found = {}
    for j, (name, value) in enumerate(model.params_.items()):
        if math.isnan(model.standard_errors_[name]) or not model.has_dropout:
            found[name] = (value, math.nan, math.nan)
            continue
        theta = natural.copy()
        theta[: problem.free] = np.log(natural[: problem.free])
        wide = math.sqrt(model.covariance_[j, j])
        low, high = (end(problem, theta, j, wide * side, cells.n_customers, normal_quantile(level)) for side in (-1, 1))
        if j < problem.free:
            found[name] = (value, math.exp(low) * units[j], math.exp(high) * units[j])
        else:
            found[name] = (value, low, high)
    return found


def end(problem: Problem, theta: Floats, j: int, step: float, n: int, wanted: float) -> float:
    """Return where the signed root of the deviance of element j reaches `wanted`, going by steps of that sign."""
    others = [i for i in range(len(theta)) if i != j]
    top = problem.full(theta)[0]
    near, far, reached, beyond = 0.0, math.inf, 0.0, math.inf
    at, guess = wanted, theta[others]
    for _ in range(STEPS):
        place = theta[j] + at * step
        if j < problem.free and abs(place) > BORDER:
            return math.copysign(math.inf, step)
        fixed = place

        def rest(part: Floats, fixed: float = fixed) -> tuple[float, Floats]:
            whole = np.insert(part, j, fixed)
            value, gradient = problem.full(whole)
            return value, np.delete(gradient, j)

        best = maximise(rest, [guess], n, free=problem.free - (j < problem.free))
        root = math.sqrt(max(0.0, 2 * (top - best.value)))
        guess = best.theta
        if abs(root - wanted) < CLOSE:
            break
        if root < wanted:
            near, reached = at, root
        else:
            far, beyond = at, root
        if math.isinf(far):
            at = near * min(3.0, max(1.2, wanted / max(reached, 0.1)))
        else:
            at = near + (far - near) * (wanted - reached) / (beyond - reached)
    return float(theta[j] + at * step)
