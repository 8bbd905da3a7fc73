"""How sure a partition may be of somebody: the mixture it is the hard limit of."""

from __future__ import annotations

import numpy as np

from segmentary.models.table.typed_table import Floats

SMALLEST, LARGEST = 1e-9, 1e15


def sharpness(cost: float, numbers: float, gamma: float, known: Floats, levels: Floats) -> float:
    """Return the beta that makes exp(-beta x cost of a row) the density of the likeliest mixture of its kind.

    Equal shares; numbers normal with one variance, 1 / (2 beta); every level but the prototype's exp(-beta gamma) as
    likely as it. The estimate of greatest classification likelihood: the expected cost is the cost there is. With hard
    segments the variance is estimated somewhat low, so that confidence is somewhat high where segments overlap.

    cost : in total. numbers : how many known numbers there are, weighted, over all columns. known, levels : (p,)
    weighted known codes, and levels, of each coded column.
    """
    if not (len(levels) and gamma > 0 and known.any()):
        return float(np.clip(numbers / (2 * cost), SMALLEST, LARGEST)) if cost > 0 else SMALLEST

    def expected(beta: float) -> float:
        others = (levels - 1) * np.exp(-beta * gamma)
        return numbers / (2 * beta) + float(np.sum(known * gamma * others / (1 + others)))

    low, high = np.log(SMALLEST), np.log(LARGEST)
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if expected(float(np.exp(middle))) > cost else (low, middle)
    return float(np.exp((low + high) / 2))
