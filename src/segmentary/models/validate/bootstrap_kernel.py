"""Machine code of the bootstrap: thousands of small weighted fits by prototypes, and how far two partitions agree.

k-means where all columns are numbers, k-modes where all are codes, k-prototypes where there are both.


All fits are of one set of distinct rows; a bootstrap sample is a weight per row. Each fit has its own seed, so results
do not depend on how many threads share the work. Coordinates lie column by column, so that the distances of all rows
to one centre are one pass of vector instructions.

References: Lloyd (1982), IEEE Trans. Inf. Theory 28(2); Huang (1998), Data Mining and Knowledge
Discovery 2(3); Hubert & Arabie (1985), Journal of Classification 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.cluster.prototype_kernels import uniform
from segmentary.models.table.typed_table import Floats

SmallLabels: TypeAlias = npt.NDArray[np.int16]
ITERATIONS = 200
STILL = 1e-7
"""A sweep that lowers the cost by less than this share is the last."""


@njit(cache=True, nogil=True)
def _draw_centres(columns, codes, running, k, centres, modes, taken, state):  # type: ignore[no-untyped-def]
    """Take k different rows as centres, each drawn in proportion to its weight (`running`: its cumulative sum)."""
    q, m = columns.shape
    total = running[m - 1]
    for c in range(k):
        chosen = 0
        for _ in range(50):
            chosen = min(m - 1, np.searchsorted(running, uniform(state) * total, side="right"))
            fresh = True
            for other in range(c):
                if taken[other] == chosen:
                    fresh = False
                    break
            if fresh:
                break
        taken[c] = chosen
        for j in range(q):
            centres[c, j] = columns[j, chosen]
        for j in range(len(codes)):
            modes[c, j] = codes[j, chosen]


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})
def _place(columns, codes, half, centres, modes, labels, near, score, fresh):  # type: ignore[no-untyped-def]
    """Put every row to its nearest centre; return how many moved.

    `near` is x'c - |c|^2 / 2 of that centre, less `half` for every known code that is not its mode.
    """
    q, m = columns.shape
    k = len(centres)
    moved = 0
    fresh[:] = 0
    for c in range(k):
        start = 0.0
        for j in range(q):
            start += centres[c, j] * centres[c, j]
        start *= -0.5
        for i in range(m):
            score[i] = start
        for j in range(q):
            value = centres[c, j]
            column = columns[j]
            for i in range(m):
                score[i] += value * column[i]
        for j in range(len(codes)):
            mode = modes[c, j]
            levels = codes[j]
            for i in range(m):
                score[i] -= half if (levels[i] >= 0) & (levels[i] != mode) else 0.0
        if c == 0:
            for i in range(m):
                near[i] = score[i]
        else:
            for i in range(m):
                if score[i] > near[i]:
                    near[i] = score[i]
                    fresh[i] = c
    for i in range(m):
        if fresh[i] != labels[i]:
            labels[i] = fresh[i]
            moved += 1
    return moved


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"})
def _move(rows, codes, offsets, weight, labels, centres, modes, mass, counts):  # type: ignore[no-untyped-def]
    """Put every centre into the middle of its rows; return the first centre that has none, or -1."""
    m, q = rows.shape
    k, p = len(centres), len(codes)
    centres[:] = 0.0
    mass[:] = 0.0
    counts[:] = 0.0
    for i in range(m):
        w = weight[i]
        if w > 0.0:
            c = labels[i]
            mass[c] += w
            for j in range(q):
                centres[c, j] += w * rows[i, j]
            for j in range(p):
                if codes[j, i] >= 0:
                    counts[c, offsets[j] + codes[j, i]] += w
    empty = -1
    for c in range(k - 1, -1, -1):
        if mass[c] > 0.0:
            for j in range(q):
                centres[c, j] /= mass[c]
            for j in range(p):
                modes[c, j] = np.argmax(counts[c, offsets[j] : offsets[j + 1]])
        else:
            empty = c
    return empty


@njit(cache=True, nogil=True)
def _fit(rows, columns, codes, offsets, half, norms, weight, k, starts, seed, found):  # type: ignore[no-untyped-def]
    """Write the labels of all rows by the best of several fits; return its weighted cost."""
    m, q = rows.shape
    p = len(codes)
    state = np.empty(1, np.uint64)
    state[0] = seed
    running = np.cumsum(weight)
    centres, modes, mass, taken = np.empty((k, q)), np.empty((k, p), np.int16), np.empty(k), np.empty(k, np.int64)
    counts = np.empty((k, offsets[p]))
    labels, near, score, fresh = np.empty(m, np.int16), np.empty(m), np.empty(m), np.empty(m, np.int16)
    best = np.inf
    for _ in range(starts):
        _draw_centres(columns, codes, running, k, centres, modes, taken, state)
        labels[:] = -1
        before = np.inf
        for _ in range(ITERATIONS):
            if _place(columns, codes, half, centres, modes, labels, near, score, fresh) == 0:
                break
            while True:
                empty = _move(rows, codes, offsets, weight, labels, centres, modes, mass, counts)
                if empty < 0:
                    break
                # An empty segment starts again at the row that is worst off.
                worst, far = -1, -1.0
                for i in range(m):
                    away = norms[i] - 2.0 * near[i]
                    if weight[i] > 0.0 and away > far and mass[labels[i]] > weight[i]:
                        worst, far = i, away
                if worst < 0:
                    break
                labels[worst] = empty
                near[worst] = 0.5 * norms[worst]
            cost = 0.0
            for i in range(m):
                cost += weight[i] * (norms[i] - 2.0 * near[i])
            if cost > before * (1.0 - STILL):
                break
            before = cost
        cost = 0.0
        for i in range(m):
            cost += weight[i] * (norms[i] - 2.0 * near[i])
        if cost < best:
            best = cost
            found[:] = labels
    return best


@njit(cache=True, nogil=True)
def _fits(rows, columns, codes, offsets, half, norms, weights, k, starts, seeds, found):  # type: ignore[no-untyped-def]
    for b in range(len(weights)):
        _fit(rows, columns, codes, offsets, half, norms, weights[b], k, starts, seeds[b], found[b])


@njit(cache=True, nogil=True)
def _table(one, other, weight, k):  # type: ignore[no-untyped-def]
    found = np.zeros((k, k))
    for i in range(len(one)):
        if one[i] >= 0 and other[i] >= 0:
            found[one[i], other[i]] += weight[i]
    return found


@njit(cache=True, nogil=True)
def _rand(table):  # type: ignore[no-untyped-def]
    """Return the adjusted Rand index of a cross table of (weighted) people."""
    total = table.sum()
    both = (table * (table - 1.0)).sum() / 2.0
    a, b = table.sum(axis=1), table.sum(axis=0)
    first, second = (a * (a - 1.0)).sum() / 2.0, (b * (b - 1.0)).sum() / 2.0
    pairs = total * (total - 1.0) / 2.0
    chance = first * second / pairs if pairs > 0.0 else 0.0
    most = (first + second) / 2.0
    return 1.0 if most == chance else (both - chance) / (most - chance)


@njit(cache=True, nogil=True)
def _rands(one, other, weight, k):  # type: ignore[no-untyped-def]
    found = np.empty(len(one))
    for b in range(len(one)):
        found[b] = _rand(_table(one[b], other[b], weight, k))
    return found


@njit(cache=True, nogil=True)
def _jaccards(reference, others, weight, k):  # type: ignore[no-untyped-def]
    found = np.zeros((len(others), k))
    for b in range(len(others)):
        table = _table(reference, others[b], weight, k)
        rows, columns = table.sum(axis=1), table.sum(axis=0)
        for c in range(k):
            for d in range(k):
                union = rows[c] + columns[d] - table[c, d]
                if union > 0.0 and table[c, d] / union > found[b, c]:
                    found[b, c] = table[c, d] / union
    return found


class Packed:
    """Distinct rows as the machine code reads them.

    rows : (m, q) numbers without missing values but in the coded columns, whose codes may be missing. coded : places of
    these. gamma : what a code costs that is not the mode, in squared units of the numbers (k-modes, k-prototypes).
    """

    def __init__(self, rows: Floats, coded: Sequence[int] = (), gamma: float = 1.0) -> None:
        numbers = [place for place in range(rows.shape[1]) if place not in set(coded)]
        x = rows[:, numbers]
        self.rows = np.ascontiguousarray(x - x.mean(axis=0) if len(x) else x)
        self.columns = np.ascontiguousarray(self.rows.T)
        self.norms = np.einsum("ij,ij->i", self.rows, self.rows)
        codes = np.where(np.isnan(rows[:, list(coded)]), -1, rows[:, list(coded)])
        self.codes = np.ascontiguousarray(codes.T.astype(np.int16))
        levels = [int(column.max(initial=0)) + 1 for column in self.codes]
        self.offsets = np.concatenate([[0], np.cumsum(levels, dtype=np.int64)]).astype(np.int64)
        self.half = gamma / 2

    def labels(self, weights: Floats, k: int, *, starts: int, seeds: npt.NDArray[np.uint64]) -> SmallLabels:
        """Return (b, m) labels of all rows by the best of some starts on each of b weightings of them."""
        found = np.zeros((len(weights), len(self.rows)), dtype=np.int16)
        _fits(
            self.rows, self.columns, self.codes, self.offsets, self.half, self.norms, weights, k, starts, seeds, found
        )
        return found


def rands(one: SmallLabels, other: SmallLabels, weight: Floats, k: int) -> Floats:
    """Return (b,) adjusted Rand indices of b pairs of partitions into at most k; label -1 is left out."""
    return np.asarray(_rands(one, other, weight, k))


def jaccards(reference: SmallLabels, others: SmallLabels, weight: Floats, k: int) -> Floats:
    """Return (b, k): of each segment of the reference the Jaccard index of the most similar one of each partition."""
    return np.asarray(_jaccards(reference, others, weight, k))
