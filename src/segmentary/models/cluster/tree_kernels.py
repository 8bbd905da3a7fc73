"""Trees over rows: the shortest spanning tree, Genie's merging of its edges, and Ward's merging of centres.

References: Prim (1957), Bell Syst. Tech. J. 36(6); Gagolewski, Bartoszuk & Cena (2016), Information Sciences 363
(Genie); Ward (1963), JASA 58(301); Murtagh (1983), Computer Journal 26(4) (chains of nearest neighbours); Campello,
Moulavi & Sander (2013), PAKDD (mutual reachability).
"""

from __future__ import annotations

import numpy as np
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else


@njit(cache=True, nogil=True)
def spanning_tree(x, core):  # type: ignore[no-untyped-def]
    """Return (m-1, 2) rows joined and (m-1,) lengths of the exact shortest spanning tree, in the order of joining.

    core : (m,) the length of an edge is at least the core of both its ends (zeros: plain distances). Work m^2 q.
    """
    m, q = x.shape
    ends, lengths = np.empty((m - 1, 2), np.int64), np.empty(m - 1)
    rest = np.arange(1, m)
    near = np.full(m, np.inf)
    parent = np.zeros(m, np.int64)
    square = core * core
    here, left = 0, m - 1
    for step in range(m - 1):
        best, where = np.inf, 0
        for place in range(left):
            i = rest[place]
            d = 0.0
            for j in range(q):
                e = x[i, j] - x[here, j]
                d += e * e
            d = max(d, square[i], square[here])
            if d < near[i]:
                near[i] = d
                parent[i] = here
            if near[i] < best:
                best, where = near[i], place
        here = rest[where]
        ends[step, 0], ends[step, 1], lengths[step] = parent[here], here, np.sqrt(best)
        left -= 1
        for place in range(where, left):  # keeps their order, so that ties are decided by it
            rest[place] = rest[place + 1]
    return ends, lengths


@njit(cache=True, nogil=True)
def root_of(parent, i):  # type: ignore[no-untyped-def]
    """Return the first of the set of i, shortening the way there."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def edge_of_smallest(ends, used, first, parent, size, alive, many):  # type: ignore[no-untyped-def]
    """Return the shortest edge not used of any smallest set."""
    smallest = np.inf
    for place in range(many):
        smallest = min(smallest, size[alive[place]])
    for edge in range(first, len(ends)):
        if not used[edge]:
            a, b = root_of(parent, ends[edge, 0]), root_of(parent, ends[edge, 1])
            if min(size[a], size[b]) <= smallest:
                return edge
    return -1


@njit(cache=True, nogil=True)
def genie(ends, weights, k, threshold):  # type: ignore[no-untyped-def]
    """Return (m,) the set of each row after merging edges (in the order of length) until k sets are left.

    While the Gini index of the sizes is above `threshold`, only edges of a smallest set are merged. Work m^2.
    """
    m = len(weights)
    parent = np.arange(m)
    size = weights.copy()
    alive = np.arange(m)
    many = m
    spread, total = 0.0, weights.sum()  # sum of differences of sizes, over pairs
    ordered = np.sort(weights)
    for i in range(m):
        spread += ordered[i] * (2 * i - m + 1)
    used = np.zeros(len(ends), np.bool_)
    first = 0
    while many > k:
        chosen = -1
        if spread / ((many - 1) * total) > threshold:
            chosen = edge_of_smallest(ends, used, first, parent, size, alive, many)
        if chosen < 0:
            chosen = first
        used[chosen] = True
        while first < len(ends) and used[first]:
            first += 1
        a, b = root_of(parent, ends[chosen, 0]), root_of(parent, ends[chosen, 1])
        if b < a:
            a, b = b, a
        parent[b] = a
        both, kept = size[a] + size[b], 0
        spread -= abs(size[a] - size[b])
        for place in range(many):
            c = alive[place]
            if c != b:
                alive[kept] = c
                kept += 1
                if c != a:
                    spread += abs(size[c] - both) - abs(size[c] - size[a]) - abs(size[c] - size[b])
        size[a] = both
        many = kept
    found = np.empty(m, np.int64)
    for i in range(m):
        found[i] = root_of(parent, i)
    return found


@njit(cache=True, nogil=True)
def ward(x, weights):  # type: ignore[no-untyped-def]
    """Return (m-1, 2) rows that stand for the two sets merged, and (m-1,) what each merging costs, not in order.

    By chains of nearest neighbours over centres: memory m q, work m^2 q. The cost is the rise of the weighted sum of
    squares within sets.
    """
    m, q = x.shape
    centres, size = x.copy(), weights.copy()
    alive = np.arange(m)
    place_of = np.arange(m)
    many = m
    pairs, costs = np.empty((m - 1, 2), np.int64), np.empty(m - 1)
    chain = np.empty(m, np.int64)
    length, merged = 0, 0
    while many > 1:
        if length == 0:
            chain[0] = alive[0]
            length = 1
        a = chain[length - 1]
        before = chain[length - 2] if length > 1 else -1
        best, nearest = np.inf, -1
        if before >= 0:  # of equals, the one before: or the chain would never end
            d = 0.0
            for j in range(q):
                d += (centres[a, j] - centres[before, j]) ** 2
            best, nearest = d * size[a] * size[before] / (size[a] + size[before]), before
        for place in range(many):
            c = alive[place]
            if c != a:
                factor = size[a] * size[c] / (size[a] + size[c])
                d = 0.0
                for j in range(q):
                    e = centres[a, j] - centres[c, j]
                    d += e * e
                if d * factor < best:
                    best, nearest = d * factor, c
        if nearest != before:
            chain[length] = nearest
            length += 1
            continue
        length -= 2
        pairs[merged, 0], pairs[merged, 1], costs[merged] = a, nearest, best
        merged += 1
        both = size[a] + size[nearest]
        for j in range(q):
            centres[a, j] = (centres[a, j] * size[a] + centres[nearest, j] * size[nearest]) / both
        size[a] = both
        many -= 1
        hole = place_of[nearest]
        alive[hole] = alive[many]
        place_of[alive[hole]] = hole
    return pairs, costs


@njit(cache=True, nogil=True)
def cut(pairs, order, m, k):  # type: ignore[no-untyped-def]
    """Return (m,) the set of each row after the first m - k mergings of an order."""
    parent = np.arange(m)
    for at in range(m - k):
        a, b = root_of(parent, pairs[order[at], 0]), root_of(parent, pairs[order[at], 1])
        parent[max(a, b)] = min(a, b)
    found = np.empty(m, np.int64)
    for i in range(m):
        found[i] = root_of(parent, i)
    return found


@njit(cache=True, nogil=True)
def tree_of(ends, weights):  # type: ignore[no-untyped-def]
    """Return (2m-1,) left and right child (-1 of rows) and weight of each node; node m + i is made by edge i."""
    m = len(weights)
    left, right = np.full(2 * m - 1, -1, np.int64), np.full(2 * m - 1, -1, np.int64)
    weight = np.zeros(2 * m - 1)
    weight[:m] = weights
    parent, node = np.arange(m), np.arange(m)
    for i in range(m - 1):
        a, b = root_of(parent, ends[i, 0]), root_of(parent, ends[i, 1])
        left[m + i], right[m + i] = node[a], node[b]
        weight[m + i] = weight[node[a]] + weight[node[b]]
        parent[max(a, b)] = min(a, b)
        node[min(a, b)] = m + i
    return left, right, weight
