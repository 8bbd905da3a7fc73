"""The inner loops of k-means, k-modes and k-prototypes: one descent over numbers and codes, either of which may lack.

A row is q numbers (NaN: not known, adds nothing) and p codes (-1: not known, adds nothing). Codes are given as places
in one list of all levels of all columns, so that a prototype's cost of a row is a look-up. Cost of a row: squared
distance in its known numbers plus gamma for every known code that is not the prototype's.

References: Lloyd (1982), IEEE Trans. Inf. Theory 28(2); Huang (1998), Data Min. Knowl. Discov. 2(3); Hartigan & Wong
(1979), Applied Statistics 28(1) (moving one row at a time); Arthur & Vassilvitskii (2007), k-means++, SODA; Steele,
Lea & Flood (2014), splitmix64, OOPSLA.
"""

from __future__ import annotations

import numpy as np
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else


@njit(cache=True, nogil=True)
def uniform(state):  # type: ignore[no-untyped-def]
    """Return the next number in [0, 1) of a splitmix64 sequence."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True, nogil=True)
def place(x, codes, centres, table, labels, near, first, last):  # type: ignore[no-untyped-def]
    """Put rows first..last to their nearest prototype; return how many moved. centres (q, k), table (L, k)."""
    q, p, k = x.shape[1], codes.shape[1], centres.shape[1]
    acc = np.empty(k)
    moved = 0
    for i in range(first, last):
        for c in range(k):
            acc[c] = 0.0
        for j in range(q):
            v = x[i, j]
            if v == v:
                for c in range(k):
                    e = v - centres[j, c]
                    acc[c] += e * e
        for j in range(p):
            level = codes[i, j]
            if level >= 0:
                for c in range(k):
                    acc[c] += table[level, c]
        best, where = acc[0], 0
        for c in range(1, k):
            if acc[c] < best:
                best, where = acc[c], c
        if labels[i] != where:
            labels[i] = where
            moved += 1
        near[i] = best
    return moved


@njit(cache=True, nogil=True)
def add_up(x, codes, w, labels, near, first, last, sums, known, mass, counts):  # type: ignore[no-untyped-def]
    """Add rows first..last to sums (k, q), known weight (k, q), mass (k,) and counts (L, k); return their cost."""
    q, p = x.shape[1], codes.shape[1]
    cost = 0.0
    for i in range(first, last):
        c, wi = labels[i], w[i]
        mass[c] += wi
        cost += wi * near[i]
        for j in range(q):
            v = x[i, j]
            if v == v:
                sums[c, j] += wi * v
                known[c, j] += wi
        for j in range(p):
            level = codes[i, j]
            if level >= 0:
                counts[level, c] += wi
    return cost


@njit(cache=True, nogil=True)
def step(x, codes, w, centres, table, labels, near, first, last, sums, known, mass, counts, after):  # type: ignore[no-untyped-def]
    """Place rows first..last and add them up; after[0], after[1]: their cost and how many moved."""
    after[1] = place(x, codes, centres, table, labels, near, first, last)
    after[0] = add_up(x, codes, w, labels, near, first, last, sums, known, mass, counts)


@njit(cache=True, nogil=True)
def average(sums, known, counts, offsets, gamma, centres, table):  # type: ignore[no-untyped-def]
    """Make prototypes of what was added up: means, and the most frequent levels (the first of equals).

    A prototype without anybody, or with nobody known in a column, stays where it was.
    """
    k, q = sums.shape
    for c in range(k):
        for j in range(q):
            if known[c, j] > 0.0:
                centres[j, c] = sums[c, j] / known[c, j]
        for j in range(len(offsets) - 1):
            best, mode = 0.0, -1
            for level in range(offsets[j], offsets[j + 1]):
                if counts[level, c] > best:
                    best, mode = counts[level, c], level
            if mode >= 0:
                for level in range(offsets[j], offsets[j + 1]):
                    table[level, c] = gamma
                table[mode, c] = 0.0


@njit(cache=True, nogil=True)
def put(x, codes, i, c, offsets, gamma, start, centres, table):  # type: ignore[no-untyped-def]
    """Make row i prototype c; what is not known of it is taken from `start` (q,), and from no level."""
    for j in range(x.shape[1]):
        centres[j, c] = x[i, j] if x[i, j] == x[i, j] else start[j]
    for j in range(codes.shape[1]):
        for level in range(offsets[j], offsets[j + 1]):
            table[level, c] = gamma
        if codes[i, j] >= 0:
            table[codes[i, j], c] = 0.0
        elif offsets[j + 1] > offsets[j]:
            table[offsets[j], c] = 0.0


@njit(cache=True, nogil=True)
def cost_to(x, codes, i, c, centres, table):  # type: ignore[no-untyped-def]
    """Return the cost of row i by prototype c."""
    d = 0.0
    for j in range(x.shape[1]):
        v = x[i, j]
        if v == v:
            d += (v - centres[j, c]) ** 2
    for j in range(codes.shape[1]):
        if codes[i, j] >= 0:
            d += table[codes[i, j], c]
    return d


@njit(cache=True, nogil=True)
def drawn(weights, near, plain, state):  # type: ignore[no-untyped-def]
    """Return a row drawn in proportion to weight x near (plain: to weight)."""
    total = 0.0
    for i in range(len(weights)):
        total += weights[i] * (1.0 if plain else near[i])
    target = uniform(state) * total
    chosen = -1
    for i in range(len(weights)):
        part = weights[i] * (1.0 if plain else near[i])
        if part > 0.0:
            chosen = i
            target -= part
            if target < 0.0:
                break
    return chosen if chosen >= 0 else int(uniform(state) * len(weights))


@njit(cache=True, nogil=True)
def spread(x, codes, w, k, offsets, gamma, start, centres, table, near, state):  # type: ignore[no-untyped-def]
    """Choose first prototypes by greedy k-means++: of a few rows drawn by cost, the one that lowers it most."""
    n = len(w)
    tries = 2 + int(np.log(k))
    trial, best_near = np.empty(n), np.empty(n)
    for c in range(k):
        best, chosen = np.inf, 0
        for t in range(1 if c == 0 else tries):
            row = drawn(w, near, c == 0, state)
            put(x, codes, row, c, offsets, gamma, start, centres, table)
            total = 0.0
            for i in range(n):
                d = cost_to(x, codes, i, c, centres, table)
                trial[i] = d if c == 0 or d < near[i] else near[i]
                total += w[i] * trial[i]
            if total < best or t == 0:
                best, chosen = total, row
                best_near[:] = trial
        put(x, codes, chosen, c, offsets, gamma, start, centres, table)
        near[:] = best_near


@njit(cache=True, nogil=True)
def refill(x, codes, w, mass, near, offsets, gamma, start, centres, table):  # type: ignore[no-untyped-def]
    """Give every prototype without anybody to the row that costs most; return whether there was one."""
    found = False
    for c in range(len(mass)):
        if mass[c] == 0.0:
            worst, most = -1, 0.0
            for i in range(len(w)):
                if w[i] * near[i] > most:
                    worst, most = i, w[i] * near[i]
            if worst >= 0:
                put(x, codes, worst, c, offsets, gamma, start, centres, table)
                near[worst] = 0.0
                found = True
    return found


@njit(cache=True, nogil=True)
def descend(x, codes, w, offsets, gamma, start, centres, table, labels, near, most):  # type: ignore[no-untyped-def]
    """Place and average until nobody moves or `most` times; return the cost by the last prototypes, and how often."""
    n, q = x.shape
    k = centres.shape[1]
    sums, known, mass = np.zeros((k, q)), np.zeros((k, q)), np.zeros(k)
    counts = np.zeros((len(table), k))
    labels[:] = -1
    cost, times = np.inf, 0
    for _ in range(most):
        times += 1
        moved = place(x, codes, centres, table, labels, near, 0, n)
        sums[:] = 0.0
        known[:] = 0.0
        mass[:] = 0.0
        counts[:] = 0.0
        now = add_up(x, codes, w, labels, near, 0, n, sums, known, mass, counts)
        average(sums, known, counts, offsets, gamma, centres, table)
        again = refill(x, codes, w, mass, near, offsets, gamma, start, centres, table)
        if moved == 0 or (now >= cost and not again):
            break
        cost = now
    place(x, codes, centres, table, labels, near, 0, n)
    total = 0.0
    for i in range(n):
        total += w[i] * near[i]
    return total, times
