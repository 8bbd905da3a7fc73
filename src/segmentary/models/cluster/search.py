"""The search for the best prototypes: many starts on few distinct rows, until they agree; then everybody.

Work is cut into parts by the data alone and put together in their order, so that the result does not depend on the
number of threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.models.cluster.exchange_kernels import chain
from segmentary.models.cluster.problem import Problem
from segmentary.models.cluster.prototype_kernels import average, place, step
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

WAVE = 8
"""Starts made together, before it is seen whether they agree."""
MOST_CHAINS = 40
AGREEING = 3
"""So many of the starts have to end at the best cost found for the search to end before `MOST_CHAINS`."""
SWAPS = 10
"""Swaps in a row that may be in vain before a chain ends."""
SEARCHED = 150_000
"""Rows x columns x segments that are searched as they are; of more a random sample is."""
POLISHED, NEAR_BEST = 3, 1.01
"""Of a sample, so many of the best are taken to everybody, if they cost at most this times what the best does."""
PART_ROWS = 16_384
STILL = 1e-7
"""A sweep over everybody that lowers the cost by less than this share is the last."""


@dataclass(frozen=True, eq=False)
class Found:
    """Prototypes found.

    centres : (q, k). table : (L, k) what a level costs. labels : (m,). iterations : sweeps of the best start. starts,
    agreeing : how many there were, and how many of them ended at this cost.
    """

    cost: float
    centres: Floats
    table: Floats
    labels: npt.NDArray[np.int32]
    iterations: int
    starts: int = 1
    agreeing: int = 1


def threads() -> int:
    """Return how many threads are used: those numba may use ($NUMBA_NUM_THREADS, else the processors there are)."""
    import numba

    return int(numba.get_num_threads())


def seeds(seed: int, count: int, first: int = 0) -> list[npt.NDArray[np.uint64]]:
    """Return independent states for starts first, first + 1 ... of a search."""
    root = np.random.SeedSequence(seed)
    places = range(first, first + count)
    return [np.random.SeedSequence(root.entropy, spawn_key=(i,)).generate_state(1, np.uint64) for i in places]


def search(
    problem: Problem, k: int, *, seed: int, starts: int | None = None, most: int = 300, tell: Tell = quiet
) -> Found:
    """Return the best prototypes found.

    starts : how many chains of starts and swaps; None: until `AGREEING` of them end at the same best cost, at most
        `MOST_CHAINS`. most : sweeps of one descent.
    """
    if problem.work(k) <= SEARCHED:
        return best_of(chains(problem, k, seed, starts, most, tell))
    size = max(20 * k, SEARCHED * len(problem) // problem.work(k))
    rows = np.random.default_rng(seed).permutation(len(problem))[:size]
    sample = problem.take(np.sort(rows))
    few = chains(sample, k, seed, WAVE if starts is None else starts, most, tell)
    ranked = sorted(few, key=lambda one: one.cost)
    worth = [one for at, one in enumerate(ranked) if not at or one.cost > ranked[at - 1].cost * (1 + 1e-9)]
    worth = [one for one in worth[:POLISHED] if one.cost <= worth[0].cost * NEAR_BEST]
    with ThreadPoolExecutor(threads()) as pool:
        found = [polish(problem, one, most, pool, tell) for one in worth]
    best = min(found, key=lambda one: one.cost)
    return replace(best, starts=len(few))


def chains(problem: Problem, k: int, seed: int, starts: int | None, most: int, tell: Tell) -> list[Found]:
    """Return what the starts found, in their order."""
    limit = MOST_CHAINS if starts is None else starts
    done: list[Found] = []

    def one(state: npt.NDArray[np.uint64]) -> Found:
        p = problem
        cost, centres, table, labels, times = chain(
            p.x, p.codes, p.weights, k, p.offsets, p.gamma, np.zeros(p.x.shape[1]), most, SWAPS, state
        )
        return Found(float(cost), centres, table, labels, int(times))

    with ThreadPoolExecutor(threads()) as pool:
        while len(done) < limit:
            for found in pool.map(one, seeds(seed, min(WAVE, limit - len(done)), len(done))):
                done.append(found)
                tell(f"start {len(done)} of at most {limit}", len(done) / limit)
            if starts is None and (k == 1 or agreeing(done) >= AGREEING):
                break
    return done


def agreeing(found: list[Found]) -> int:
    """Return how many ended at the best cost."""
    best = min(one.cost for one in found)
    return sum(one.cost <= best * (1 + 1e-9) for one in found)


def best_of(found: list[Found]) -> Found:
    """Return the best, the first of equals."""
    best = min(found, key=lambda one: one.cost)
    return replace(best, starts=len(found), agreeing=agreeing(found))


def polish(problem: Problem, begun: Found, most: int, pool: ThreadPoolExecutor, tell: Tell) -> Found:
    """Return the prototypes after sweeps over everybody from those begun with, until the cost stands still."""
    p = problem
    n, k = len(p), begun.centres.shape[1]
    centres, table = begun.centres.copy(), begun.table.copy()
    labels, near = np.full(n, -1, dtype=np.int32), np.zeros(n)
    parts = [(first, min(first + PART_ROWS, n)) for first in range(0, n, PART_ROWS)]
    q, levels = p.x.shape[1], len(table)
    shapes = ((k, q), (k, q), (k,), (levels, k), (2,))
    cost, times = np.inf, 0

    def part(bounds: tuple[int, int]) -> Any:
        sums = [np.zeros(shape) for shape in shapes]
        step(p.x, p.codes, p.weights, centres, table, labels, near, *bounds, *sums)
        return sums

    while times < most:
        times += 1
        total = [np.zeros(shape) for shape in shapes]
        for sums in pool.map(part, parts):
            for whole, one in zip(total, sums, strict=True):
                whole += one
        now, moved = total[4]
        average(total[0], total[1], total[3], p.offsets, p.gamma, centres, table)
        tell(f"sweep {times} over {n:,} rows", min(0.99, times / 30))
        if moved == 0 or now > cost * (1 - STILL):
            break
        cost = float(now)
    list(pool.map(lambda b: place(p.x, p.codes, centres, table, labels, near, *b), parts))
    return Found(float((p.weights * near).sum()), centres, table, labels, times)
