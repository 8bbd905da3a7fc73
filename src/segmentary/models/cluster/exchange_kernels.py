"""Moving one row at a time: what a descent of whole sweeps leaves on the table.

A row changes its segment when that lowers the cost, counted with both prototypes moved (Hartigan & Wong 1979; for
modes the same with counts). Every end of this is an end of the sweeps, too, but not the other way round.
"""

from __future__ import annotations

import numpy as np
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.cluster.prototype_kernels import add_up, average, descend, drawn, place, put, spread, uniform


@njit(cache=True, nogil=True)
def highest(counts, c, low, high):  # type: ignore[no-untyped-def]
    """Return the largest count of segment c among levels low..high."""
    best = 0.0
    for level in range(low, high):
        best = max(best, counts[level, c])
    return best


@njit(cache=True, nogil=True)
def leaving(x, codes, wi, i, a, centres, known, counts, tops, offsets, gamma):  # type: ignore[no-untyped-def]
    """Return by how much the cost of segment a falls when row i leaves it."""
    gain = 0.0
    for j in range(x.shape[1]):
        v = x[i, j]
        if v == v and known[j, a] > wi:
            gain += wi * known[j, a] / (known[j, a] - wi) * (v - centres[j, a]) ** 2
    for j in range(codes.shape[1]):
        level = codes[i, j]
        if level >= 0:
            gain += gamma * wi
            if counts[level, a] >= tops[j, a]:  # it is (one of) the most frequent: see what remains
                held = counts[level, a]
                counts[level, a] = held - wi
                gain -= gamma * (tops[j, a] - highest(counts, a, offsets[j], offsets[j + 1]))
                counts[level, a] = held
    return gain


@njit(cache=True, nogil=True)
def coming(x, codes, wi, i, centres, known, mass, counts, tops, gamma, whole, loss):  # type: ignore[no-untyped-def]
    """Fill loss (k,): by how much the cost of each segment rises when row i joins it. whole: no number is missing."""
    k = len(mass)
    for c in range(k):
        loss[c] = 0.0
    for j in range(x.shape[1]):
        v = x[i, j]
        if whole:
            for c in range(k):
                e = v - centres[j, c]
                loss[c] += e * e
        elif v == v:
            for c in range(k):
                e = v - centres[j, c]
                loss[c] += e * e * wi * known[j, c] / (known[j, c] + wi)
    if whole:
        for c in range(k):
            loss[c] *= wi * mass[c] / (mass[c] + wi)
    for j in range(codes.shape[1]):
        level = codes[i, j]
        if level >= 0:
            for c in range(k):
                loss[c] += gamma * (wi - max(0.0, counts[level, c] + wi - tops[j, c]))


@njit(cache=True, nogil=True)
def move(x, codes, i, c, wi, centres, known, mass, counts, tops, offsets):  # type: ignore[no-untyped-def]
    """Add row i to segment c with weight wi (negative: take it away)."""
    mass[c] += wi
    for j in range(x.shape[1]):
        v = x[i, j]
        if v == v:
            n = known[j, c] + wi
            if n > 0.0:
                centres[j, c] += (v - centres[j, c]) * wi / n
            known[j, c] = n
    for j in range(codes.shape[1]):
        level = codes[i, j]
        if level >= 0:
            counts[level, c] += wi
            tops[j, c] = highest(counts, c, offsets[j], offsets[j + 1])


@njit(cache=True, nogil=True)
def sweep(x, codes, w, labels, centres, known, mass, counts, tops, offsets, gamma, least, whole):  # type: ignore[no-untyped-def]
    """Look at every row once; return how many moved. A move has to gain more than `least`."""
    k = len(mass)
    loss = np.empty(k)
    moved = 0
    for i in range(len(w)):
        a, wi = labels[i], w[i]
        if mass[a] <= wi * (1.0 + 1e-9):  # the last of its segment stays
            continue
        coming(x, codes, wi, i, centres, known, mass, counts, tops, gamma, whole, loss)
        best, where = np.inf, -1
        for b in range(k):
            if b != a and loss[b] < best:
                best, where = loss[b], b
        if where < 0:
            continue
        if best < leaving(x, codes, wi, i, a, centres, known, counts, tops, offsets, gamma) - least:
            move(x, codes, i, a, -wi, centres, known, mass, counts, tops, offsets)
            move(x, codes, i, where, wi, centres, known, mass, counts, tops, offsets)
            labels[i] = where
            moved += 1
    return moved


@njit(cache=True, nogil=True)
def exchange(x, codes, w, offsets, gamma, centres, table, labels, near, most):  # type: ignore[no-untyped-def]
    """Move single rows until none gains, or `most` sweeps; prototypes are made of the labels it ends with."""
    n, q = x.shape
    p, k = codes.shape[1], centres.shape[1]
    sums, known, mass = np.zeros((k, q)), np.zeros((k, q)), np.zeros(k)
    counts, tops = np.zeros((len(table), k)), np.zeros((p, k))
    whole = True
    for i in range(n):
        for j in range(q):
            whole = whole and x[i, j] == x[i, j]
    for _ in range(most):
        sums[:] = 0.0  # added up anew each time: what is added and taken away a thousand times drifts
        known[:] = 0.0
        mass[:] = 0.0
        counts[:] = 0.0
        cost = add_up(x, codes, w, labels, near, 0, n, sums, known, mass, counts)
        average(sums, known, counts, offsets, gamma, centres, table)
        for j in range(p):
            for c in range(k):
                tops[j, c] = highest(counts, c, offsets[j], offsets[j + 1])
        at, weight = centres.copy(), known.T.copy()
        if sweep(x, codes, w, labels, at, weight, mass, counts, tops, offsets, gamma, 1e-12 * cost, whole) == 0:
            break


@njit(cache=True, nogil=True)
def settle(x, codes, w, offsets, gamma, start, centres, table, labels, near, most):  # type: ignore[no-untyped-def]
    """Descend, move single rows, descend again; return the cost and the iterations."""
    cost, times = descend(x, codes, w, offsets, gamma, start, centres, table, labels, near, most)
    if cost > 0.0 and centres.shape[1] > 1:
        exchange(x, codes, w, offsets, gamma, centres, table, labels, near, most)
        cost, again = descend(x, codes, w, offsets, gamma, start, centres, table, labels, near, most)
        times += again
    return cost, times


@njit(cache=True, nogil=True)
def chain(x, codes, w, offsets, gamma, start, most, swaps, state, centres, table, begun):  # type: ignore[no-untyped-def]
    """Return cost, (q, k) centres, (L, k) table, labels and iterations of a start improved by random swaps.

    A swap gives the prototype of a random segment to a row drawn by its cost, and settles again (Franti 2018); it ends
    after `swaps` in a row in vain. begun : whether centres and table are where to start; else they are drawn.
    """
    n, k = len(w), centres.shape[1]
    near, labels = np.zeros(n), np.zeros(n, np.int32)
    if not begun:
        spread(x, codes, w, k, offsets, gamma, start, centres, table, near, state)
    cost, times = settle(x, codes, w, offsets, gamma, start, centres, table, labels, near, most)
    moved = np.zeros(n, np.int32)
    vain = 0 if k > 1 and cost > 0.0 else swaps
    while vain < swaps:
        new_centres, new_table = centres.copy(), table.copy()
        moved[:] = labels
        place(x, codes, new_centres, new_table, moved, near, 0, n)
        row, c = drawn(w, near, False, state), int(uniform(state) * k)
        put(x, codes, row, c, offsets, gamma, start, new_centres, new_table)
        now, _ = settle(x, codes, w, offsets, gamma, start, new_centres, new_table, moved, near, most)
        if now < cost * (1.0 - 1e-12):
            cost, centres, table = now, new_centres, new_table
            labels[:] = moved
            vain = 0
        else:
            vain += 1
    return cost, centres, table, labels, times
