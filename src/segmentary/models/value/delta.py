"""Intervals of what is predicted from log-parameters, by the delta method.

References: Oehlert (1992), The American Statistician 46(1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from segmentary.models.intervals import normal_quantile
from segmentary.models.value.maximum import Maximum

Array: TypeAlias = NDArray[np.float64]
Predicted: TypeAlias = Callable[[Array], Array]
"""What is predicted at log-parameters: (n,) numbers."""
Link = Literal["log", "logit", "identity"]
STEP = 1e-4
UNKNOWN = 1000.0
WIDEST = 50.0
"""Half of an interval on the log or logit scale; beyond it nothing is known anyway, and numbers overflow."""


def vague(found: Maximum) -> bool:
    """Say whether the data say next to nothing about some parameter: not even within a factor of `UNKNOWN`."""
    deviations = np.sqrt(np.maximum(np.diag(found.covariance), 0.0))
    return bool(found.flat or normal_quantile(0.95) * deviations.max(initial=0.0) > np.log(UNKNOWN))


def of_parameters(
    params: Mapping[str, float], covariance: Array, level: float
) -> dict[str, tuple[float, float, float]]:
    """Return each positive parameter with its interval, from the covariance of the logarithms."""
    estimates = np.array(list(params.values()))
    low, high = around(estimates, estimates * np.sqrt(np.maximum(np.diag(covariance), 0.0)), link="log", level=level)
    return {name: (v, float(a), float(b)) for (name, v), a, b in zip(params.items(), low, high, strict=True)}


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
            factor = np.exp(np.minimum(np.where(estimate > 0, z * error / estimate, 0.0), WIDEST))
            return estimate / factor, estimate * factor
        inside = (estimate > 0) & (estimate < 1)
        middle = np.log(estimate / (1 - estimate))
        half = np.minimum(z * error / (estimate * (1 - estimate)), WIDEST)
        low, high = 1 / (1 + np.exp(-(middle - half))), 1 / (1 + np.exp(-(middle + half)))
    return np.where(inside, low, estimate), np.where(inside, high, estimate)
