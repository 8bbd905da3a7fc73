"""Whether segments come back: bootstrap stability of solutions and of single segments, on distinct rows.

Definitions

- Global stability (Dolnicar & Leisch 2010, Marketing Letters 21): pairs of bootstrap samples are segmented; both
  solutions place all people; their agreement is the adjusted Rand index (Hubert & Arabie 1985).
- SLSW, segment level stability within a solution (Dolnicar & Leisch 2017, Marketing Letters 28): for each segment the
  largest Jaccard index with a segment of each bootstrap solution, all people placed.
- SLSA, segment level stability across solutions (same paper): how the segments of k come from those of k - 1;
  1 - H / log(k - 1) with H the entropy of where a segment's members come from. 1: all from one segment.

A bootstrap sample of n people is a multinomial count over distinct people (the same answers and the same survey
weight), so the work goes with the number of distinct rows, not with n, and gives what resampling rows gives.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.patterns import distinct
from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.criteria import Spread

Labels: TypeAlias = npt.NDArray[np.integer]
Fitter: TypeAlias = Callable[[Floats, Floats, int, int], Labels]
"""(rows (m, q), weight (m,) zeros allowed, k, seed) -> (m,) labels of all rows."""

STARTS = 10
CHUNK = 16
"""Bootstrap samples fitted between two looks at whether somebody cancels."""


@dataclass(frozen=True, eq=False)
class Distinct:
    """People as distinct rows.

    rows : (m, q). people : (m,) how many are so. each : (m,) survey weight of one of them, mean 1 over people.
    """

    rows: Floats
    people: npt.NDArray[np.int64]
    each: Floats

    @classmethod
    def of(cls, values: Floats, weights: Floats | None = None) -> Distinct:
        """Return the distinct rows of (n, q) values; people of different weight are different."""
        values = np.ascontiguousarray(values, dtype=np.float64)
        if weights is None or not len(values) or np.all(weights == weights[0]):
            found = distinct(values)
            return cls(found.values, np.rint(found.weights).astype(np.int64), np.ones(len(found)))
        each = weights * (len(weights) / weights.sum())
        found = distinct(np.column_stack([values, each]))
        return cls(found.values[:, :-1], np.rint(found.weights).astype(np.int64), found.values[:, -1])

    @property
    def weight(self) -> Floats:
        """(m,) weighted people per row."""
        return self.people * self.each

    def resampled(self, samples: int, seed: int) -> Floats:
        """Return (samples, m) weights of bootstrap samples of all people."""
        n = int(self.people.sum())
        chance = np.random.default_rng(seed)
        counts = chance.multinomial(n, self.people / max(n, 1), size=samples)
        return counts * self.each


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """What repetitions of one number of segments gave.

    k : segments. rand : (b,) adjusted Rand index of each pair. jaccard : (2b, k) per bootstrap solution, of each
    segment of the reference solution the Jaccard index of its most similar segment; None where no reference was given.
    """

    k: int
    rand: Floats
    jaccard: Floats | None = None

    @property
    def spread(self) -> Spread:
        """Global stability."""
        return spread(self.rand)

    @property
    def segments(self) -> tuple[Spread, ...]:
        """SLSW: one spread per segment of the reference; empty without one."""
        return () if self.jaccard is None else tuple(spread(column) for column in self.jaccard.T)


def spread(figures: Floats) -> Spread:
    """Return median and quantiles (type 7) of repetitions."""
    low, quarter, median, three, high = np.quantile(figures, [0.1, 0.25, 0.5, 0.75, 0.9]).tolist()
    return Spread(median, low, quarter, three, high, len(figures))


def bootstrap(
    people: Distinct,
    ks: Sequence[int],
    *,
    fit: Fitter | None = None,
    coded: Sequence[int] = (),
    gamma: float = 1.0,
    reference: Mapping[int, Labels] | None = None,
    repetitions: int = 100,
    starts: int = STARTS,
    seed: int = 0,
    threads: int | None = None,
    tell: Tell = quiet,
) -> dict[int, Bootstrap]:
    """Return the stability of each number of segments that can be (fewer than distinct rows).

    fit : how a weighted sample is segmented and all rows placed; None: k-means on `people.rows`, best of `starts`
    random starts; with columns that are `coded`, k-prototypes, to which a different code costs gamma.
    reference : k -> (m,) labels of the solution whose segments are looked for (SLSW).
    threads : None, as many as the machine has. The result does not depend on it.
    """
    ks = [k for k in ks if 1 < k < len(people.rows)]
    found: dict[int, Bootstrap] = {}
    draws = people.resampled(2 * repetitions, seed)
    several = one_by_one(people, draws, fit) if fit else by_prototypes(people, draws, coded, gamma, starts)
    for step, k in enumerate(ks):
        labels = np.empty((2 * repetitions, len(people.rows)), dtype=np.int16)
        for done, place, part in in_threads(several, len(draws), k, seed, threads if fit is None else 1):
            labels[place] = part
            tell(f"bootstrap of {k} segments", (step + done) / len(ks))
        found[k] = compared(people.weight, labels, k, None if reference is None else reference.get(k))
    return found


def strengths(
    people: Distinct,
    ks: Sequence[int],
    *,
    fit: Fitter | None = None,
    coded: Sequence[int] = (),
    gamma: float = 1.0,
    repetitions: int = 10,
    most: int = 2_000,
    starts: int = STARTS,
    seed: int = 0,
    tell: Tell = quiet,
) -> dict[int, float]:
    """Return the prediction strength (Tibshirani & Walther 2005) of each number of segments, of the same fits.

    The people are cut in halves; a segment is as strong as the share of its pairs that the other half's solution keeps
    together, the weakest counts; mean over halves and repetitions. most : people looked at, a random part of more.
    """
    from segmentary.models.validate.prediction_strength import kept_together

    chance = np.random.default_rng([seed, 11])
    rows = np.repeat(np.arange(len(people.rows)), people.people)
    if len(rows) > most:
        rows = np.sort(chance.choice(rows, most, replace=False))
    n, weight = len(rows), people.each[rows]
    alone = Distinct(people.rows[rows], np.ones(n, dtype=np.int64), weight)
    first = np.zeros((repetitions, n), dtype=np.bool_)
    for half in first:
        half[chance.permutation(n)[: n // 2]] = True
    halves = np.stack([first, ~first], axis=1).reshape(-1, n)
    draws = halves * weight
    several = one_by_one(alone, draws, fit) if fit else by_prototypes(alone, draws, coded, gamma, starts)
    ks = [k for k in ks if 2 * k <= n]
    found: dict[int, float] = {}
    for step, k in enumerate(ks):
        labels = np.empty(draws.shape, dtype=np.intp)
        for done, place, part in in_threads(several, len(draws), k, seed, None if fit is None else 1):
            labels[place] = part
            tell(f"halves of the people in {k} segments", (step + done) / len(ks))
        each = [
            kept_together(labels[b][half], labels[b ^ 1][half], weight[half], int(labels.max()) + 1)
            for b, half in enumerate(halves)
        ]
        found[k] = float(np.mean(each))
    return found


def compared(weight: Floats, labels: npt.NDArray[np.int16], k: int, reference: Labels | None) -> Bootstrap:
    """Return the agreement of (2b, m) labels: of neighbouring ones, and of each with the reference."""
    from segmentary.models.validate import bootstrap_kernel as kernel

    most = max(k, int(labels.max(initial=0)) + 1, 0 if reference is None else int(reference.max(initial=0)) + 1)
    rand = kernel.rands(np.ascontiguousarray(labels[::2]), np.ascontiguousarray(labels[1::2]), weight, most)
    if reference is None:
        return Bootstrap(k, rand)
    jaccard = kernel.jaccards(np.asarray(reference, dtype=np.int16), labels, weight, most)
    return Bootstrap(k, rand, jaccard[:, : int(reference.max(initial=0)) + 1])


Several: TypeAlias = Callable[[slice, int, npt.NDArray[np.uint64]], npt.NDArray[np.int16]]
"""(which samples, k, a seed for each sample) -> their labels of all rows."""


def by_prototypes(people: Distinct, draws: Floats, coded: Sequence[int], gamma: float, starts: int) -> Several:
    """Return how samples are segmented by k-means, k-modes or k-prototypes."""
    from segmentary.models.validate.bootstrap_kernel import Packed

    ready = Packed(people.rows, coded, gamma)
    return lambda place, k, seeds: ready.labels(draws[place], k, starts=starts, seeds=seeds[place])


def one_by_one(people: Distinct, draws: Floats, fit: Fitter) -> Several:
    """Return how samples are segmented by somebody's estimator."""

    def several(place: slice, k: int, seeds: npt.NDArray[np.uint64]) -> npt.NDArray[np.int16]:
        inside = range(*place.indices(len(draws)))
        # sklearn takes seeds of 32 bits.
        return np.stack([fit(people.rows, draws[b], k, int(seeds[b] % 2**31)) for b in inside]).astype(np.int16)

    return several


def in_threads(
    several: Several, samples: int, k: int, seed: int, threads: int | None
) -> Iterator[tuple[float, slice, npt.NDArray[np.int16]]]:
    """Segment all samples, a few at a time in threads; yield the share done, which they are, and their labels.

    Estimators may have threads of their own: with one thread, samples are taken one by one.
    """
    seeds = np.random.default_rng([seed, k]).integers(0, 2**63, samples, dtype=np.uint64)
    workers = threads or os.cpu_count() or 1
    size = 1 if threads == 1 else CHUNK
    places = [slice(start, min(start + size, samples)) for start in range(0, samples, size)]
    pool = ThreadPoolExecutor(workers)
    try:
        parts = pool.map(lambda place: several(place, k, seeds), places)
        for done, (place, part) in enumerate(zip(places, parts, strict=True), 1):
            yield done / len(places), place, part
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass(frozen=True, eq=False)
class Across:
    """How solutions of growing k relate (SLSA).

    ks : in order. labels : per k, (m,) labels renamed so that a segment keeps the place of the one it mostly comes
    from. flows : per step, (k_before, k_after) weighted people. stability : per k, (k,) 1 - entropy / log(k before);
    of the first k NaN.
    """

    ks: tuple[int, ...]
    labels: tuple[Labels, ...]
    flows: tuple[Floats, ...]
    stability: tuple[Floats, ...]


def across(solutions: Mapping[int, Labels], weight: Floats) -> Across:
    """Return how the segments of each k come from those of the k before; (m,) labels per k, -1 left out."""
    ks = tuple(sorted(solutions))
    labels: list[Labels] = []
    flows: list[Floats] = []
    stable: list[Floats] = []
    for place, k in enumerate(ks):
        mine: Labels = np.asarray(solutions[k], dtype=np.intp)
        if place == 0:
            labels.append(mine)
            stable.append(np.full(k, np.nan))
            continue
        before = ks[place - 1]
        mine = renamed(crossed(labels[-1], mine, weight, before, k), mine)
        flow = crossed(labels[-1], mine, weight, before, k)
        labels.append(mine)
        flows.append(flow)
        stable.append(certainty(flow, before))
    return Across(ks, tuple(labels), tuple(flows), tuple(stable))


def crossed(one: Labels, other: Labels, weight: Floats, k: int, l: int) -> Floats:  # noqa: E741
    """Return (k, l) weighted people in both segments."""
    known = (one >= 0) & (other >= 0)
    cells = np.bincount(one[known] * l + other[known], weight[known], minlength=k * l)
    return cells.astype(np.float64).reshape(k, l)


def renamed(flow: Floats, labels: Labels) -> Labels:
    """Rename segments so that as many people as possible keep their label; new ones come after."""
    from scipy.optimize import linear_sum_assignment

    before, after = linear_sum_assignment(-flow)
    names = np.full(flow.shape[1], -1)
    names[after] = before
    free = iter(sorted(set(range(flow.shape[1])) - set(before.tolist())))
    for place in range(len(names)):
        if names[place] < 0:
            names[place] = next(free)
    return np.where(labels >= 0, names[labels], -1)


def certainty(flow: Floats, before: int) -> Floats:
    """Return per segment 1 - entropy of where its people come from, over the largest entropy there can be."""
    shares = flow / np.maximum(flow.sum(axis=0), 1e-300)
    logs = np.log(np.where(shares > 0, shares, 1.0))
    most = np.log(before) if before > 1 else 1.0
    return np.asarray(1.0 + (shares * logs).sum(axis=0) / most)
