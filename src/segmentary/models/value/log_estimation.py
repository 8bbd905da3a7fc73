"""Maximum likelihood in log-parameters, and intervals of what is predicted from them.

All models of this room have positive parameters and a smooth likelihood with an analytic gradient. Estimation is
bounded, so it always ends; where the end is a bound, or the data say next to nothing about a direction, that is part
of the answer (`Estimate.at_bounds`, `Estimate.vague`), never an error about convergence.

References: Byrd, Lu, Nocedal & Zhu (1995), SIAM J. Sci. Comput. 16(5) (bounded quasi-Newton); Oehlert (1992), The
American Statistician 46(1) (delta method).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from segmentary.models.intervals import normal_quantile

Array: TypeAlias = NDArray[np.float64]
Objective: TypeAlias = Callable[[Array], tuple[float, Array]]
"""Log-likelihood and its gradient at log-parameters."""
Predicted: TypeAlias = Callable[[Array], Array]
"""What is predicted at log-parameters: (n,) numbers."""
Link = Literal["log", "logit", "identity"]

BOUNDS = (-9.0, 12.0)
"""Of every log-parameter: 1e-4 to 160,000 in the units of estimation, where times and money have mean one."""
WIDEST = 4.0
"""Standard deviation of a log-parameter (a factor of 55) beyond which nothing is known anyway."""
STEP = 1e-4


@dataclass(frozen=True, slots=True)
class Estimate:
    """The maximum.

    log_parameters : (k,). covariance : (k, k) of the log-parameters, zero where one is at a bound.
    log_likelihood : at the maximum. at_bounds : places of parameters that wanted to go further than the bound.
    vague : whether some direction of the parameters is all but unknown.
    """

    log_parameters: Array
    covariance: Array
    log_likelihood: float
    at_bounds: tuple[int, ...]
    vague: bool


def maximise(
    objective: Objective, starts: Sequence[Sequence[float]], *, bounds: tuple[float, float] = BOUNDS
) -> Estimate:
    """Return the best maximum found from the starts (log-parameters), refined by Newton's steps."""
    from scipy.optimize import minimize

    def down(theta: Array) -> tuple[float, Array]:
        value, gradient = objective(theta)
        if not np.isfinite(value):
            return 1e300, np.zeros_like(theta)
        return -value, -gradient

    best: Array | None = None
    value = np.inf
    for start in starts:
        found = minimize(
            down,
            np.clip(np.asarray(start, dtype=np.float64), *bounds),
            jac=True,
            method="L-BFGS-B",
            bounds=[bounds] * len(start),
            options={"maxiter": 500, "maxcor": 20, "ftol": 1e-13, "gtol": 1e-7},
        )
        if found.fun < value - 1e-9:
            best, value = found.x, float(found.fun)
    if best is None:  # the likelihood is nowhere a number: stay at the first start
        best = np.clip(np.asarray(starts[0], dtype=np.float64), *bounds)
    best, held = refined(down, best, bounds)
    information = hessian(down, best)
    covariance, vague = inverse(information, held)
    return Estimate(best, covariance, -down(best)[0], tuple(np.flatnonzero(held).tolist()), vague)


def refined(down: Objective, theta: Array, bounds: tuple[float, float], rounds: int = 12) -> tuple[Array, Any]:
    """Return the point after Newton's steps in the free directions, and which parameters are held by a bound."""
    value, gradient = down(theta)
    for _ in range(rounds):
        held = stuck(theta, gradient, bounds)
        free = ~held
        if not free.any() or np.abs(gradient[free]).max() < 1e-8 * max(1.0, abs(value)):
            break
        curve = hessian(down, theta)[np.ix_(free, free)]
        roots, vectors = np.linalg.eigh(curve)
        if not np.isfinite(roots).all() or roots.min() <= 0:
            break
        step = np.zeros_like(theta)
        step[free] = vectors @ ((vectors.T @ gradient[free]) / roots)
        step *= min(1.0, 2.0 / max(1e-300, float(np.abs(step).max())))
        for _ in range(20):
            trial = np.clip(theta - step, *bounds)
            found, slope = down(trial)
            if found <= value:
                break
            step /= 2
        else:
            break
        moved = float(np.abs(trial - theta).max())
        theta, value, gradient = trial, found, slope
        if moved < 1e-10:
            break
    return theta, stuck(theta, gradient, bounds)


def stuck(theta: Array, gradient: Array, bounds: tuple[float, float]) -> NDArray[np.bool_]:
    """Say which parameters are at a bound (or within a hair of it) and would go on; gradient is of the cost."""
    low, high = bounds
    return ((theta <= low + 1e-3) & (gradient >= 0)) | ((theta >= high - 1e-3) & (gradient <= 0))


def hessian(down: Objective, theta: Array) -> Array:
    """Return the second derivatives by central differences of the analytic gradient."""
    count = len(theta)
    found = np.empty((count, count))
    for place in range(count):
        step = np.zeros(count)
        step[place] = STEP
        found[place] = (down(theta + step)[1] - down(theta - step)[1]) / (2 * STEP)
    return (found + found.T) / 2


def inverse(information: Array, held: NDArray[np.bool_]) -> tuple[Array, bool]:
    """Return the covariance in the free directions; what is all but unknown is as wide as `WIDEST`, and said."""
    free = ~held
    covariance = np.zeros_like(information)
    if not free.any():
        return covariance, False
    inner = information[np.ix_(free, free)]
    if not np.isfinite(inner).all():
        covariance[np.ix_(free, free)] = np.eye(int(free.sum())) * WIDEST**2
        return covariance, True
    roots, vectors = np.linalg.eigh(inner)
    floor = 1 / WIDEST**2
    covariance[np.ix_(free, free)] = (vectors / np.maximum(roots, floor)) @ vectors.T
    return covariance, bool((roots < floor).any())


def delta(
    predicted: Predicted, theta: Array, covariance: Array, *, link: Link = "log", level: float = 0.95
) -> tuple[Array, Array, Array]:
    """Return predictions with intervals from the uncertainty of the parameters alone.

    predicted : (k,) log-parameters -> (n,) numbers. link : the scale on which the interval is symmetric; ``log`` keeps
    it above zero, ``logit`` between zero and one.
    """
    estimate = np.asarray(predicted(theta), dtype=np.float64)
    jacobian = np.zeros((len(theta), *estimate.shape))
    for place in np.flatnonzero(np.diag(covariance) > 0):
        step = np.zeros(len(theta))
        step[place] = STEP
        jacobian[place] = (predicted(theta + step) - predicted(theta - step)) / (2 * STEP)
    variance = np.einsum("kn,kl,ln->n", jacobian, covariance, jacobian)
    error = np.sqrt(np.maximum(variance, 0.0))
    return (estimate, *around(estimate, error, link=link, level=level))


def around(estimate: Array, error: Array, *, link: Link, level: float = 0.95) -> tuple[Array, Array]:
    """Return the interval around estimates with standard errors, symmetric on the scale of the link."""
    z = normal_quantile(level)
    if link == "identity":
        return estimate - z * error, estimate + z * error
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if link == "log":
            factor = np.exp(np.where(estimate > 0, z * error / estimate, 0.0))
            return estimate / factor, estimate * factor
        inside = (estimate > 0) & (estimate < 1)
        middle = np.log(estimate / (1 - estimate))
        half = z * error / (estimate * (1 - estimate))
        low, high = 1 / (1 + np.exp(-(middle - half))), 1 / (1 + np.exp(-(middle + half)))
    return np.where(inside, low, estimate), np.where(inside, high, estimate)
