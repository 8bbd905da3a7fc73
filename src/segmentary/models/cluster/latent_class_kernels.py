"""The EM step of latent class analysis over joined answer patterns, and the problem a search climbs."""

from __future__ import annotations

from typing import Any

import numba  # noqa: TID253
import numpy as np
import numpy.typing as npt

from segmentary.models.cluster.latent_class_patterns import Items
from segmentary.models.table.typed_table import Floats

FLOOR = 1e-10
"""Least probability of an answer: an estimate on the boundary stays finite in logarithms, the likelihood unchanged."""
LEAST_SHARE = 1e-12


@numba.njit(cache=True)
def _tables(member: Any, p: Any) -> Any:
    """Return (joint levels, k) the probability of each joint level."""
    k = p.shape[1]
    table = np.ones((member.shape[0], k))
    for s in range(member.shape[0]):
        for place in range(member.shape[1]):
            level = member[s, place]
            if level >= 0:
                for c in range(k):
                    table[s, c] *= p[level, c]
    return table


@numba.njit(cache=True)
def _in_logs(row: Any, table: Any, shares: Any, r: Any) -> float:
    """Posterior of a pattern too unlikely for products; returns the log of its probability."""
    k = shares.shape[0]
    top = -np.inf
    for c in range(k):
        r[c] = np.log(shares[c])
        for g in range(row.shape[0]):
            r[c] += np.log(max(table[row[g], c], 1e-300))
        top = max(top, r[c])
    total = 0.0
    for c in range(k):
        r[c] = np.exp(r[c] - top)
        total += r[c]
    for c in range(k):
        r[c] /= total
    return float(top + np.log(total))


@numba.njit(cache=True)
def _expect(codes: Any, weight: Any, member: Any, p: Any, shares: Any) -> Any:
    """Return (levels, k) expected counts of answers, (k,) of people, and the log-likelihood."""
    k = shares.shape[0]
    table = _tables(member, p)
    sums = np.zeros_like(table)
    r = np.empty(k)
    people = np.zeros(k)
    known = 0.0
    groups = codes.shape[1]
    for i in range(codes.shape[0]):
        for c in range(k):
            r[c] = shares[c]
        for g in range(groups):
            row = codes[i, g]
            for c in range(k):
                r[c] *= table[row, c]
        total = 0.0
        for c in range(k):
            total += r[c]
        if total > 1e-200:
            known += weight[i] * np.log(total)
            part = weight[i] / total
        else:
            known += weight[i] * _in_logs(codes[i], table, shares, r)
            part = weight[i]
        for c in range(k):
            r[c] *= part
            people[c] += r[c]
        for g in range(groups):
            row = codes[i, g]
            for c in range(k):
                sums[row, c] += r[c]
    counts = np.zeros_like(p)
    for s in range(member.shape[0]):
        for place in range(member.shape[1]):
            level = member[s, place]
            if level >= 0:
                for c in range(k):
                    counts[level, c] += sums[s, c]
    return counts, people, known


@numba.njit(cache=True)
def _answers(counts: Any, offsets: Any, floor: float) -> None:
    """Turn (levels, k) counts into probabilities within each item, in place."""
    for j in range(offsets.shape[0] - 1):
        start, end = offsets[j], offsets[j + 1]
        for c in range(counts.shape[1]):
            total = 0.0
            for level in range(start, end):
                total += max(counts[level, c], 0.0)
            for level in range(start, end):
                share = max(counts[level, c], 0.0) / total if total > 1e-290 else 1.0 / (end - start)
                counts[level, c] = max(share, floor)


@numba.njit(cache=True)
def _step(codes: Any, weight: Any, member: Any, offsets: Any, k: int, place: Any, floor: float) -> Any:
    shares = place[:k]
    p = place[k:].reshape((place.shape[0] - k) // k, k)
    counts, people, known = _expect(codes, weight, member, p, shares)
    _answers(counts, offsets, floor)
    after = np.empty_like(place)
    total = people.sum()
    for c in range(k):
        after[c] = max(people[c] / total, 1e-12)
    after[k:] = counts.ravel()
    return after, known


@numba.njit(cache=True)
def _posterior(codes: Any, member: Any, p: Any, shares: Any) -> Any:
    """Return (m, k) probabilities of membership and (m,) the log of each pattern's probability."""
    k = shares.shape[0]
    table = _tables(member, p)
    found = np.empty((codes.shape[0], k))
    known = np.empty(codes.shape[0])
    for i in range(codes.shape[0]):
        known[i] = _in_logs(codes[i], table, shares, found[i])
    return found, known


class ClassProblem:
    """Latent class analysis of weighted patterns; parameters: (k,) shares, then (levels, k) probabilities."""

    def __init__(self, codes: npt.NDArray[np.int32], weight: Floats, items: Items, k: int) -> None:
        self.codes, self.counts, self.items, self.k = codes, weight, items, k
        self.weight = float(weight.sum())
        one, _, _ = _expect(codes, weight, items.member, np.ones((int(items.offsets[-1]), 1)), np.ones(1))
        _answers(one, items.offsets, FLOOR)
        self.margin: Floats = one[:, 0]
        self.size = len(weight) * k
        self._answers: npt.NDArray[np.int64] | None = None

    def step(self, place: Floats) -> tuple[Floats, float]:
        """Return the parameters after one step, and the log-likelihood before."""
        items = self.items
        after, known = _step(self.codes, self.counts, items.member, items.offsets, self.k, place, FLOOR)
        return after, float(known)

    def inside(self, place: Floats) -> Floats:
        """Return probabilities again: none below the floor, each item's summing to one."""
        shares = np.maximum(place[: self.k], LEAST_SHARE)
        p = place[self.k :].reshape(-1, self.k).copy()
        _answers(p, self.items.offsets, FLOOR)
        return np.concatenate([shares / shares.sum(), p.ravel()])

    def start(self, rng: np.random.Generator, turn: int) -> Floats:
        """Return a start: around random patterns, or probabilities drawn around those of everybody, in turn."""
        k, offsets = self.k, self.items.offsets
        if turn % 2:
            p = self.margin[:, None] * np.exp(rng.normal(0.0, 1.0 + turn % 3 * 0.5, (len(self.margin), k)))
        else:
            seeds = self._seeds(rng)
            p = np.repeat(self.margin[:, None], k, axis=1)
            for c in range(k):
                p[seeds[c][seeds[c] >= 0], c] += 1.0
        _answers(p, offsets, FLOOR)
        shares = rng.dirichlet(np.full(k, 10.0))
        return np.concatenate([np.maximum(shares, LEAST_SHARE), p.ravel()])

    def _seeds(self, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """Return (k, places) answers of patterns far apart, by items that differ (Arthur & Vassilvitskii 2007)."""
        if self._answers is None:
            self._answers = self.items.member[self.codes].reshape(len(self.codes), -1)
        apart, found = np.full(len(self.codes), np.inf), []
        chance = self.counts
        for _ in range(self.k):
            upto = np.cumsum(chance)
            row = min(int(np.searchsorted(upto, rng.random() * upto[-1], side="right")), len(upto) - 1)
            found.append(self._answers[row])
            apart = np.minimum(apart, (self._answers != found[-1]).sum(axis=1))
            chance = self.counts * apart**2 if (apart > 0).any() else self.counts
        return np.array(found)

    def shake(self, place: Floats, rng: np.random.Generator) -> Floats:
        """Return good parameters with one class given up for half of another, a little different."""
        k, found = self.k, place.copy()
        gone, halved = rng.permutation(k)[:2]
        p = found[k:].reshape(-1, k)
        p[:, gone] = p[:, halved] * np.exp(rng.normal(0.0, 1.0, len(p)))
        p[:, halved] *= np.exp(rng.normal(0.0, 0.3, len(p)))
        found[[gone, halved]] = found[halved] / 2
        return self.inside(found)


def posterior(codes: npt.NDArray[np.int32], items: Items, p: Floats, shares: Floats) -> tuple[Floats, Floats]:
    """Return (m, k) probabilities of membership and (m,) log-probabilities of patterns."""
    found, known = _posterior(codes, items.member, p, shares)
    return found, known
