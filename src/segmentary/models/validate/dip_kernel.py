"""The dip of a sample, in machine code; see `segmentary.models.validate.dip`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.table.typed_table import Floats


@njit(cache=True, nogil=True)
def _hull(x, f, low, high, sign, knots):  # type: ignore[no-untyped-def]
    """Fill `knots` with the corners of the greatest convex minorant (sign 1) or least concave majorant (-1) of f."""
    count = 0
    for i in range(low, high + 1):
        while count >= 2:
            a, b = knots[count - 2], knots[count - 1]
            # b is no corner when it lies on or beyond the chord from a to i.
            if sign * ((f[b] - f[a]) * (x[i] - x[a]) - (f[i] - f[a]) * (x[b] - x[a])) >= 0.0:
                count -= 1
            else:
                break
        knots[count] = i
        count += 1
    return count


@njit(cache=True, nogil=True)
def _chord(x, f, a, b, i):  # type: ignore[no-untyped-def]
    if a == b:
        return f[a]
    return f[a] + (f[b] - f[a]) * (x[i] - x[a]) / (x[b] - x[a])


@njit(cache=True, nogil=True)
def _widest(x, lower, upper, g, ng, h, nh):  # type: ignore[no-untyped-def]
    """Return the largest distance between minorant and majorant, and the modal interval it leaves."""
    best, left, right = -1.0, g[0], h[nh - 1]
    j = 0
    for c in range(ng):
        i = g[c]
        while j < nh - 1 and h[j + 1] <= i:
            j += 1
        after = j if h[j] >= i else j + 1
        value = _chord(x, upper, h[after - 1] if h[after] > i else h[after], h[after], i) - lower[i]
        if value > best:
            best, left, right = value, i, h[after]
    j = 0
    for c in range(nh):
        i = h[c]
        while j < ng - 1 and g[j + 1] <= i:
            j += 1
        value = upper[i] - _chord(x, lower, g[j], g[j + 1] if g[j] < i else g[j], i)
        if value > best:
            best, left, right = value, g[j], i
    return best, left, right


@njit(cache=True, nogil=True)
def _dip(x, lower, upper):  # type: ignore[no-untyped-def]
    n = len(x)
    g, h = np.empty(n, np.intp), np.empty(n, np.intp)
    found = np.inf
    for i in range(n):
        found = min(found, upper[i] - lower[i])
    low, high = 0, n - 1
    while low < high:
        ng, nh = _hull(x, lower, low, high, 1.0, g), _hull(x, upper, low, high, -1.0, h)
        widest, left, right = _widest(x, lower, upper, g, ng, h, nh)
        if widest <= found:
            break
        for c in range(ng - 1):
            if g[c] >= left:
                break
            for i in range(g[c], g[c + 1] + 1):
                found = max(found, upper[i] - _chord(x, lower, g[c], g[c + 1], i))
        for c in range(nh - 1):
            if h[c] < right:
                continue
            for i in range(h[c], h[c + 1] + 1):
                found = max(found, _chord(x, upper, h[c], h[c + 1], i) - lower[i])
        if left == low and right == high:
            break
        low, high = left, right
    return found / 2


def dip(values: Floats, shares: Floats) -> float:
    """Return the dip of a distribution on ascending distinct values with shares that sum to 1."""
    upper = np.cumsum(shares)
    return float(_dip(values, upper - shares, upper))


@njit(cache=True, nogil=True)
def _simulate(n, times, seed):  # type: ignore[no-untyped-def]
    np.random.seed(seed)
    found = np.empty(times)
    lower = np.arange(n) / n
    upper = np.arange(1, n + 1) / n
    for t in range(times):
        found[t] = _dip(np.sort(np.random.random(n)), lower, upper)
    return found


def simulated(n: int, times: int, seed: int) -> npt.NDArray[np.float64]:
    """Return the dips of `times` uniform samples of n, the least favourable unimodal distribution."""
    return np.asarray(_simulate(n, times, seed))
