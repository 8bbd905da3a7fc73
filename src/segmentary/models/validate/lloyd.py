"""K-means as the tests of a verdict need it: thousands of small fits, weighted, without leaving the machine code.

Not the method people's segments are made with (that is `segmentary.models.cluster.kmeans`): here a reference data set
is clustered once for every number of segments and thrown away, so that starting cost counts more than the last digit.

References: Lloyd (1982), IEEE Trans. Inf. Theory 28(2); Arthur & Vassilvitskii (2007), k-means++, SODA.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.cluster.prototype_kernels import uniform
from segmentary.models.table.typed_table import Floats

Labels: TypeAlias = npt.NDArray[np.intp]
ITERATIONS = 60


@njit(cache=True, nogil=True)
def _spread_seeds(x, w, k, centres, near, state):  # type: ignore[no-untyped-def]
    """Fill `centres` by k-means++: each next one drawn in proportion to the squared distance to those there."""
    n, q = x.shape
    total = w.sum()
    for c in range(k):
        if c > 0:
            total = 0.0
            for i in range(n):
                total += w[i] * near[i]
        target = uniform(state) * total
        chosen = n - 1
        for i in range(n):
            target -= w[i] * near[i] if c > 0 else w[i]
            if target < 0.0:
                chosen = i
                break
        for j in range(q):
            centres[c, j] = x[chosen, j]
        for i in range(n):
            d = 0.0
            for j in range(q):
                d += (x[i, j] - centres[c, j]) ** 2
            if c == 0 or d < near[i]:
                near[i] = d


@njit(cache=True, nogil=True)
def _place(x, w, centres, labels, near):  # type: ignore[no-untyped-def]
    """Put every row to its nearest centre; return the cost and how many moved."""
    n, q = x.shape
    k = len(centres)
    cost, moved = 0.0, 0
    for i in range(n):
        best, where = np.inf, 0
        for c in range(k):
            d = 0.0
            for j in range(q):
                e = x[i, j] - centres[c, j]
                d += e * e
            if d < best:
                best, where = d, c
        if labels[i] != where:
            labels[i] = where
            moved += 1
        near[i] = best
        cost += w[i] * best
    return cost, moved


@njit(cache=True, nogil=True)
def _descend(x, w, k, centres, labels, near, mass):  # type: ignore[no-untyped-def]
    """Lloyd's steps from the given centres until nobody moves; return the cost."""
    n, q = x.shape
    labels[:] = -1
    cost = np.inf
    for _ in range(ITERATIONS):
        cost, moved = _place(x, w, centres, labels, near)
        if moved == 0:
            break
        centres[:] = 0.0
        mass[:] = 0.0
        for i in range(n):
            mass[labels[i]] += w[i]
            for j in range(q):
                centres[labels[i], j] += w[i] * x[i, j]
        for c in range(k):
            if mass[c] > 0.0:
                for j in range(q):
                    centres[c, j] /= mass[c]
            else:
                # An empty segment starts again at the row that is worst off.
                worst = np.argmax(near)
                centres[c] = x[worst]
                near[worst] = 0.0
    return cost


@njit(cache=True, nogil=True)
def _fit(x, w, k, starts, state):  # type: ignore[no-untyped-def]
    """Return cost, centres and labels of the best of several starts."""
    n, q = x.shape
    near, mass = np.empty(n), np.empty(k)
    centres, labels = np.empty((k, q)), np.empty(n, np.intp)
    best_centres, best_labels = np.empty((k, q)), np.zeros(n, np.intp)
    best = np.inf
    for _ in range(starts):
        _spread_seeds(x, w, k, centres, near, state)
        cost = _descend(x, w, k, centres, labels, near, mass)
        if cost < best:
            best = cost
            best_centres[:] = centres
            best_labels[:] = labels
    return best, best_centres, best_labels


@njit(cache=True, nogil=True)
def _costs(x, w, ks, starts, state):  # type: ignore[no-untyped-def]
    found = np.empty(len(ks))
    for place in range(len(ks)):
        found[place] = _fit(x, w, ks[place], starts, state)[0]
    return found


@njit(cache=True, nogil=True)
def _nearest(x, centres):  # type: ignore[no-untyped-def]
    labels, near = np.empty(len(x), np.intp), np.empty(len(x))
    labels[:] = -1
    _place(x, np.ones(len(x)), centres, labels, near)
    return labels


def _state(seed: int) -> npt.NDArray[np.uint64]:
    return np.array([seed & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64)


def fit(x: Floats, w: Floats, k: int, *, starts: int, seed: int) -> tuple[float, Floats, Labels]:
    """Return weighted within-segment sum of squares, (k, q) centres and (n,) labels of the best of `starts`."""
    cost, centres, labels = _fit(np.ascontiguousarray(x), w, k, starts, _state(seed))
    return float(cost), centres, labels


def costs(x: Floats, w: Floats, ks: tuple[int, ...], *, starts: int, seed: int) -> Floats:
    """Return the weighted within-segment sums of squares for each number of segments."""
    return np.asarray(_costs(np.ascontiguousarray(x), w, np.asarray(ks, np.intp), starts, _state(seed)))


def nearest(x: Floats, centres: Floats) -> Labels:
    """Return the place of the nearest centre of each row (the first among equals)."""
    return np.asarray(_nearest(np.ascontiguousarray(x), centres))
