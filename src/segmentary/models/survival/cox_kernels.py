"""One pass over the people gives everything a Newton step of Cox's regression needs.

People stand by stratum, and within it by duration from long to short: going down the list the sums over everybody still
at risk only grow (and, with delayed entry, lose those who had not come in yet).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.survival.counts import Floats


@njit(cache=True, nogil=True)
def add(x, i, r, s1, s2):  # type: ignore[no-untyped-def]
    """Add a person of risk r (negative: take away) to the sums of features and of their products (lower half)."""
    p = x.shape[1]
    for a in range(p):
        v = r * x[i, a]
        s1[a] += v
        for b in range(a + 1):
            s2[a, b] += v * x[i, b]


@njit(cache=True, nogil=True)
def skip_strata(late, out, stratum, wanted):  # type: ignore[no-untyped-def]
    """Return the first late comer of a stratum."""
    while out < len(late) and stratum[late[out]] != wanted:
        out += 1
    return out


@njit(cache=True, nogil=True)
def not_yet_there(x, eta, weight, entry, late, stratum, out, wanted, now, s0, s1, s2):  # type: ignore[no-untyped-def]
    """Take away whoever came under observation at this time or later; return the next late comer and the risk left."""
    while out < len(late) and stratum[late[out]] == wanted and entry[late[out]] >= now:
        j = late[out]
        r = weight[j] * np.exp(eta[j])
        s0 -= r
        add(x, j, -r, s1, s2)
        out += 1
    return out, s0


@njit(cache=True, nogil=True)
def same_time(x, eta, weight, time, left, stratum, i, s0, s1, s2, d1, d2, t1):  # type: ignore[no-untyped-def]
    """Add everybody of one stratum and duration; return where they end, and of those who left what follows.

    Number, weight, risk, weight times linear predictor; d1, d2, t1 get their sums.
    """
    deaths, mass, d0, told = 0, 0.0, 0.0, 0.0
    d1[:] = 0.0
    t1[:] = 0.0
    d2[:, :] = 0.0
    now, wanted = time[i], stratum[i]
    while i < len(time) and stratum[i] == wanted and time[i] == now:
        r = weight[i] * np.exp(eta[i])
        s0 += r
        add(x, i, r, s1, s2)
        if left[i]:
            deaths += 1
            mass += weight[i]
            d0 += r
            told += weight[i] * eta[i]
            add(x, i, r, d1, d2)
            for a in range(len(t1)):
                t1[a] += weight[i] * x[i, a]
        i += 1
    return i, s0, deaths, mass, d0, told


@njit(cache=True, nogil=True)
def mirrored(block):  # type: ignore[no-untyped-def]
    """Fill the upper half of a symmetric matrix from its lower half."""
    for a in range(len(block)):
        for b in range(a):
            block[b, a] = block[a, b]


@njit(cache=True, nogil=True)
def newton_pass(x, eta, weight, time, left, entry, late, stratum, efron):  # type: ignore[no-untyped-def]
    """Return log-likelihood, gradient (p,) and information (p, p).

    late : places of the people by stratum and entry from late to early; empty: everybody was there from the start.
    """
    n, p = x.shape
    likelihood, s0 = 0.0, 0.0
    gradient, information = np.zeros(p), np.zeros((p, p))
    s1, d1, t1 = np.zeros(p), np.zeros(p), np.zeros(p)
    s2, d2 = np.zeros((p, p)), np.zeros((p, p))
    i, out = 0, 0
    while i < n:
        if i == 0 or stratum[i] != stratum[i - 1]:
            s0 = 0.0
            s1[:] = 0.0
            s2[:, :] = 0.0
            out = skip_strata(late, out, stratum, stratum[i])
        now, wanted = time[i], stratum[i]
        i, s0, deaths, mass, d0, told = same_time(x, eta, weight, time, left, stratum, i, s0, s1, s2, d1, d2, t1)
        if deaths == 0:
            continue
        out, s0 = not_yet_there(x, eta, weight, entry, late, stratum, out, wanted, now, s0, s1, s2)
        likelihood += told
        one, share, squares, cross, twice = 0.0, 0.0, 0.0, 0.0, 0.0
        mean = mass / deaths
        for k in range(deaths):
            f = k / deaths if efron else 0.0
            c = s0 - f * d0
            likelihood -= mean * np.log(c)
            one += 1.0 / c
            share += f / c
            squares += 1.0 / (c * c)
            cross += f / (c * c)
            twice += f * f / (c * c)
        for a in range(p):
            gradient[a] += t1[a] - mean * (s1[a] * one - d1[a] * share)
            for b in range(a + 1):
                second = s2[a, b] * one - d2[a, b] * share
                second -= s1[a] * s1[b] * squares - (s1[a] * d1[b] + d1[a] * s1[b]) * cross + d1[a] * d1[b] * twice
                information[a, b] += mean * second
    mirrored(information)
    return likelihood, gradient, information


@njit(cache=True, nogil=True)
def hazard_pass(x, eta, weight, time, left, entry, late, stratum, efron, moment):  # type: ignore[no-untyped-def]
    """Return what happens at each of the m distinct times somebody left, in the order of the list.

    moment : (m,) a function of each of those times, for the test of proportional hazards.

    First (m, 6): stratum, time, hazard step, hazard step of those who left then, variance step, mass that left. Then
    (m, p): mean of x times hazard step; the same for those who left; mean of x of those at risk; sum of x of those who
    left less expected. Last (3, p, p): information, its sums by moment, by its square.
    """
    n, p = x.shape
    m = len(moment)
    step = np.zeros((m, 6))
    pulled, pulled_left = np.zeros((m, p)), np.zeros((m, p))
    means, excess = np.zeros((m, p)), np.zeros((m, p))
    blocks = np.zeros((3, p, p))
    s0 = 0.0
    s1, d1, t1, average = np.zeros(p), np.zeros(p), np.zeros(p), np.zeros(p)
    s2, d2 = np.zeros((p, p)), np.zeros((p, p))
    i, out, at = 0, 0, 0
    while i < n:
        if i == 0 or stratum[i] != stratum[i - 1]:
            s0 = 0.0
            s1[:] = 0.0
            s2[:, :] = 0.0
            out = skip_strata(late, out, stratum, stratum[i])
        now, wanted = time[i], stratum[i]
        i, s0, deaths, mass, d0, _told = same_time(x, eta, weight, time, left, stratum, i, s0, s1, s2, d1, d2, t1)
        if deaths == 0:
            continue
        out, s0 = not_yet_there(x, eta, weight, entry, late, stratum, out, wanted, now, s0, s1, s2)
        mean = mass / deaths
        step[at, 0], step[at, 1], step[at, 5] = wanted, now, mass
        for k in range(deaths):
            f = k / deaths if efron else 0.0
            c = s0 - f * d0
            step[at, 2] += mean / c
            step[at, 3] += mean * (1.0 - f) / c
            step[at, 4] += mean / (c * c)
            for a in range(p):
                average[a] = (s1[a] - f * d1[a]) / c
                pulled[at, a] += mean * average[a] / c
                pulled_left[at, a] += mean * (1.0 - f) * average[a] / c
                means[at, a] += average[a] / deaths
                for b in range(a + 1):
                    v = mean * ((s2[a, b] - f * d2[a, b]) / c - average[a] * average[b])
                    blocks[0, a, b] += v
                    blocks[1, a, b] += v * moment[at]
                    blocks[2, a, b] += v * moment[at] * moment[at]
        for a in range(p):
            excess[at, a] = t1[a] - mass * means[at, a]
        at += 1
    for k in range(3):
        mirrored(blocks[k])
    return step, pulled, pulled_left, means, excess, blocks


@njit(cache=True, nogil=True)
def ordered_pairs(time, left, rank, ranks, forward):  # type: ignore[no-untyped-def]
    """Add up, for each person, comparable pairs and those in the right order (ties of risk half).

    People stand by duration from long to short. forward False: each who left against those who stayed longer; True
    (walked from short to long): each against those who left earlier. A tree of sums over ranks answers each in log n.
    """
    n = len(time)
    tree = np.zeros(ranks + 1)
    right, pairs = np.zeros(n), np.zeros(n)
    inside = 0.0
    i = n - 1 if forward else 0
    move = -1 if forward else 1
    while 0 <= i < n:
        start, now = i, time[i]
        # With equal durations, who was still there outlived who left.
        for role in range(3):
            i = start
            while 0 <= i < n and time[i] == now:
                if forward:
                    asks = (role == 0 and left[i]) or (role == 2 and not left[i])
                    joins = role == 1 and left[i]
                else:
                    asks = role == 1 and left[i]
                    joins = (role == 0 and not left[i]) or (role == 2 and left[i])
                if joins:
                    inside += 1.0
                    k = rank[i] + 1
                    while k <= ranks:
                        tree[k] += 1.0
                        k += k & -k
                if asks:
                    below, upto = 0.0, 0.0
                    k = rank[i]
                    while k > 0:
                        below += tree[k]
                        k -= k & -k
                    k = rank[i] + 1
                    while k > 0:
                        upto += tree[k]
                        k -= k & -k
                    equal = upto - below
                    pairs[i] += inside
                    # Who left should have the higher risk.
                    right[i] += (inside - upto if forward else below) + equal / 2
                i += move
    return right, pairs


def concordant(time: Floats, left: npt.NDArray[np.bool_], risk: Floats) -> tuple[Floats, Floats]:
    """Return for each person (n,) the pairs in the right order and all comparable pairs he is part of."""
    order = np.argsort(-time, kind="stable")
    values, rank = np.unique(risk, return_inverse=True)
    sorted_time, sorted_left, ranks = time[order], left[order], np.ascontiguousarray(rank[order].astype(np.int64))
    found: list[Any] = [
        ordered_pairs(sorted_time, sorted_left, ranks, len(values), forward) for forward in (False, True)
    ]
    right, pairs = np.empty(len(time)), np.empty(len(time))
    right[order] = found[0][0] + found[1][0]
    pairs[order] = found[0][1] + found[1][1]
    return right, pairs
