"""The top of a likelihood, in log-parameters: BFGS with analytic gradients, a Newton step, other starts if need be.

A parameter that runs away (a log-parameter beyond `BORDER`) is held there by a smooth penalty, and reported: the caller
says what it means. Nothing here ever raises because a search has not converged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Objective: TypeAlias = Callable[[Floats], tuple[float, Floats]]
"""Log-likelihood of everybody and its gradient, at a vector of log-parameters."""

BORDER = 11.0
"""Log-parameters end here: with times scaled to about 1, e^11 is as good as infinite."""
GRADIENT = 1e-6
"""The search ends where no derivative of the mean log-likelihood is larger."""
ENOUGH = 2e-5
"""A search that ended with a larger one has failed: rounding stops line searches a little before `GRADIENT`."""
IMPOSSIBLE = 1e10
"""The loss where the likelihood cannot be reckoned."""
STEP = 1e-4
FLATTEST = 1e-2
"""Curvatures below this are no information at all: a log-parameter known to a factor of e^10, up or down."""


@dataclass(frozen=True, slots=True)
class Maximum:
    """The best point found.

    theta : (k,) log-parameters. value : log-likelihood. covariance : (k, k), the inverse of the negative Hessian; zero
    for what stands at the border.
    converged : the gradient test was passed. flat : directions without any information were found. runaway : which
    log-parameters stand at the border. evaluations : how often the likelihood was asked for.
    """

    theta: Floats
    value: float
    covariance: Floats
    converged: bool
    flat: bool
    runaway: tuple[int, ...]
    evaluations: int


def maximise(objective: Objective, starts: Sequence[Floats], n: float, *, free: int | None = None) -> Maximum:
    """Return the best maximum found from the starts; later ones are tried only where the earlier ones failed.

    n : customers, which the gradient is divided by. free : the first so many elements are logarithms with a border, the
    rest (coefficients of covariates) are free; nothing given means all are logarithms.
    """
    from scipy.optimize import minimize

    bounded = len(starts[0]) if free is None else free
    asked = 0

    def held(theta: Floats) -> tuple[float, Floats]:
        nonlocal asked
        asked += 1
        inside = theta.copy()
        inside[:bounded] = np.clip(theta[:bounded], -BORDER, BORDER)
        value, gradient = objective(inside)
        excess = theta - inside
        if not np.isfinite(value) or not np.isfinite(gradient).all():
            return IMPOSSIBLE, np.zeros_like(theta)
        return -value / n + float(excess @ excess), np.where(excess != 0, 0, -gradient / n) + 2 * excess

    best = (np.inf, starts[0], np.full(len(starts[0]), np.inf))
    for start in starts:
        found = minimize(held, start, jac=True, method="BFGS", options={"gtol": GRADIENT, "maxiter": 300})
        value, gradient = float(found.fun), np.asarray(found.jac)
        if value < best[0] - 1e-12:
            best = (value, np.asarray(found.x), gradient)
        if best[0] < IMPOSSIBLE and np.abs(best[2]).max() < ENOUGH and np.abs(best[1][:bounded]).max() < BORDER:
            break
    value, theta, gradient = best
    value, theta, gradient, curvature = polished(held, value, theta, gradient)
    runaway = tuple(int(j) for j in np.flatnonzero(np.abs(theta[:bounded]) >= BORDER - 0.5))
    theta = theta.copy()
    theta[:bounded] = np.clip(theta[:bounded], -BORDER, BORDER)
    # At the border it is the penalty that bends: what stands there is held fixed, as far as the others are concerned.
    inside = [j for j in range(len(theta)) if j not in runaway]
    covariance = np.zeros_like(curvature)
    covariance[np.ix_(inside, inside)], flat = inverse(curvature[np.ix_(inside, inside)] * n)
    return Maximum(
        theta=theta,
        value=objective(theta)[0],
        covariance=covariance,
        converged=bool(np.abs(gradient).max() < ENOUGH),
        flat=flat,
        runaway=runaway,
        evaluations=asked,
    )


def polished(held: Objective, value: float, theta: Floats, gradient: Floats) -> tuple[float, Floats, Floats, Floats]:
    """Take Newton steps as long as they help: where the likelihood is flat, a small gradient is not yet the top."""
    curvature = bent(held, theta)
    for _ in range(3):
        if np.linalg.eigvalsh(curvature)[0] <= 0:
            break
        step = np.linalg.solve(curvature, gradient)
        if np.abs(step).max() < 1e-6 or np.abs(step).max() > 1.0:
            break
        near = theta - step
        lower, slope = held(near)
        if lower > value + 1e-13 or np.abs(slope).max() > np.abs(gradient).max():
            break
        far = np.abs(step).max() > 0.01
        value, theta, gradient = lower, near, slope
        if far:
            curvature = bent(held, theta)
    return value, theta, gradient, curvature


def bent(held: Objective, theta: Floats) -> Floats:
    """Return the Hessian by central differences of the gradient."""
    k = len(theta)
    curvature = np.empty((k, k))
    for j in range(k):
        to = np.zeros(k)
        to[j] = STEP
        curvature[j] = (held(theta + to)[1] - held(theta - to)[1]) / (2 * STEP)
    return np.asarray((curvature + curvature.T) / 2)


def inverse(information: Floats) -> tuple[Floats, bool]:
    """Return the inverse, directions without information given a huge variance; and whether there were any."""
    if not len(information):
        return information, True
    sizes, directions = np.linalg.eigh(information)
    flat = bool(sizes[0] < FLATTEST)
    kept = np.maximum(sizes, FLATTEST)
    return np.asarray((directions / kept) @ directions.T), flat
