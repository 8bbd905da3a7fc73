"""Gower's dissimilarities and the search for medoids.

References: Gower (1971), Biometrics 27(4); Schubert & Rousseeuw (2021), Information Systems 101 (FasterPAM).
"""

from __future__ import annotations

import numpy as np
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.cluster.prototype_kernels import uniform


@njit(cache=True, nogil=True)
def apart(a, i, b, j, kinds, weights):  # type: ignore[no-untyped-def]
    """Return the dissimilarity of row i of a and row j of b, NaN where nothing can be compared."""
    total, mass = 0.0, 0.0
    for c in range(len(kinds)):
        u, v = a[i, c], b[j, c]
        if u != u or v != v:
            continue
        if kinds[c] == 0:
            total += weights[c] * abs(u - v)
        elif kinds[c] == 2 and u == 0.0 and v == 0.0:
            continue
        elif kinds[c] != 3 and u != v:
            total += weights[c]
        mass += weights[c]
    return total / mass if mass > 0.0 else np.nan


@njit(cache=True, nogil=True)
def gower_between(a, b, kinds, weights):  # type: ignore[no-untyped-def]
    """Return (n, m) dissimilarities."""
    found = np.empty((len(a), len(b)))
    for i in range(len(a)):
        for j in range(len(b)):
            found[i, j] = apart(a, i, b, j, kinds, weights)
    return found


@njit(cache=True, nogil=True)
def gower_rows(a, kinds, weights, alone, first, last, found):  # type: ignore[no-untyped-def]
    """Fill rows first..last of (n, n) dissimilarities in single precision; `alone` where nothing can be compared."""
    for i in range(first, last):
        for j in range(len(a)):
            d = apart(a, i, a, j, kinds, weights)
            found[i, j] = d if d == d else alone
        found[i, i] = 0.0


@njit(cache=True, nogil=True)
def to_medoids(a, medoids, kinds, weights, alone, near):  # type: ignore[no-untyped-def]
    """Fill near (n,) with the dissimilarity to the nearest row of medoids; return (n,) which it is."""
    found = np.empty(len(a), np.int64)
    for i in range(len(a)):
        best, where = np.inf, 0
        for c in range(len(medoids)):
            d = apart(a, i, medoids, c, kinds, weights)
            if d != d:
                d = alone
            if d < best:
                best, where = d, c
        near[i], found[i] = best, where
    return found


@njit(cache=True, nogil=True)
def first_medoids(between, w, k, state):  # type: ignore[no-untyped-def]
    """Return (k,) rows, each drawn in proportion to weight x dissimilarity to those drawn before."""
    n = len(w)
    near = np.ones(n)
    medoids = np.empty(k, np.int64)
    for c in range(k):
        total = 0.0
        for i in range(n):
            total += w[i] * near[i]
        target = uniform(state) * total
        chosen = -1
        for i in range(n):
            if near[i] > 0.0:
                chosen = i
                target -= w[i] * near[i]
                if target < 0.0:
                    break
        if chosen < 0:  # all are like a medoid already: take any that is none
            for i in range(n):
                free = True
                for other in range(c):
                    free = free and medoids[other] != i
                if free:
                    chosen = i
                    break
        medoids[c] = chosen
        for i in range(n):
            d = float(between[chosen, i])
            near[i] = d if c == 0 else min(near[i], d)
    return medoids


@njit(cache=True, nogil=True)
def two_nearest(between, medoids, n, nearest, d1, d2):  # type: ignore[no-untyped-def]
    """Fill, of each row, its nearest medoid and the dissimilarities of the nearest two."""
    for o in range(n):
        d1[o], d2[o], nearest[o] = np.inf, np.inf, 0
        for c in range(len(medoids)):
            d = float(between[medoids[c], o])
            if d < d1[o]:
                d2[o] = d1[o]
                d1[o], nearest[o] = d, c
            elif d < d2[o]:
                d2[o] = d


@njit(cache=True, nogil=True)
def faster_pam(between, w, k, sweeps, state):  # type: ignore[no-untyped-def]
    """Return cost, (k,) medoids, (n,) nearest and sweeps: swaps made as soon as one gains, until none does.

    One look at a candidate prices its swap with each of the k medoids at once.
    """
    n = len(w)
    medoids = first_medoids(between, w, k, state)
    nearest, d1, d2 = np.empty(n, np.int64), np.empty(n), np.empty(n)
    two_nearest(between, medoids, n, nearest, d1, d2)
    is_medoid = np.zeros(n, np.bool_)
    for c in range(k):
        is_medoid[medoids[c]] = True
    without, gain = np.zeros(k), np.empty(k)
    cost = 0.0
    for o in range(n):
        cost += w[o] * d1[o]
        without[nearest[o]] += w[o] * (d2[o] - d1[o]) if k > 1 else 0.0
    in_vain, looked, j = 0, 0, 0
    while in_vain < n and looked < sweeps * n:
        if not is_medoid[j]:
            gain[:] = without
            shared = 0.0
            for o in range(n):
                d = float(between[j, o])
                if k == 1:
                    shared += w[o] * (d - d1[o])
                elif d < d1[o]:
                    shared += w[o] * (d - d1[o])
                    gain[nearest[o]] += w[o] * (d1[o] - d2[o])
                elif d < d2[o]:
                    gain[nearest[o]] += w[o] * (d - d2[o])
            c = int(np.argmin(gain))
            if gain[c] + shared < -1e-9 * cost:
                is_medoid[medoids[c]], is_medoid[j] = False, True
                medoids[c] = j
                two_nearest(between, medoids, n, nearest, d1, d2)
                without[:] = 0.0
                cost = 0.0
                for o in range(n):
                    cost += w[o] * d1[o]
                    without[nearest[o]] += w[o] * (d2[o] - d1[o]) if k > 1 else 0.0
                in_vain = 0
        in_vain += 1
        looked += 1
        j = j + 1 if j + 1 < n else 0
    return cost, medoids, nearest, looked // n + 1
