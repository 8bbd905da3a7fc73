"""Standard errors of mixtures: the observed information, or robust to weights that are not frequencies.

The score of a mixture is the expected score of its members (Louis 1982, JRSS B 44(2)); its derivative, taken
numerically, is the observed information.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from segmentary.models.table.typed_table import Floats


def observed_information(score: Callable[[Floats], Floats], at: Floats, *, step: float = 1e-5) -> Floats:
    """Return (d, d) minus the derivative of the total score (d,) at the estimate, by central differences."""
    d = len(at)
    found = np.empty((d, d))
    for j in range(d):
        away = np.zeros(d)
        away[j] = step * max(1.0, abs(at[j]))
        found[j] = (score(at - away) - score(at + away)) / (2 * away[j])
    return (found + found.T) / 2


def covariance(information: Floats, scores: Floats | None = None) -> Floats:
    """Return (d, d) the covariance of the estimates, NaN where the information does not determine them.

    scores : (m, d) weighted scores of rows that count as one each: then the sandwich of White (1982, Econometrica 50).
    """
    d = len(information)
    scale = np.sqrt(np.maximum(np.diag(information), 1e-300))
    values, axes = np.linalg.eigh(information / np.outer(scale, scale))
    if d and values.min() < 1e-9 * max(1.0, values.max()):
        return np.full((d, d), np.nan)
    inverse = (axes / values) @ axes.T / np.outer(scale, scale)
    if scores is None:
        return np.asarray(inverse)
    return np.asarray(inverse @ (scores.T @ scores) @ inverse)


def deviations(covariances: Floats) -> Floats:
    """Return (d,) standard errors."""
    return np.asarray(np.sqrt(np.maximum(np.diag(covariances), 0.0)))
