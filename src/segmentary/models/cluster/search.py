"""The search for the best prototypes: many starts on few distinct rows, until they agree; then everybody.

Work is cut into parts by the data alone and put together in their order, so that the result does not depend on the
number of threads.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.models.cluster.exchange_kernels import chain
from segmentary.models.cluster.problem import Problem
from segmentary.models.cluster.prototype_kernels import average, place, refill, step
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

WAVE = 8
"""Starts made together, before it is seen whether they agree."""
MOST_CHAINS = 160
AGREEING = 3
"""So many of the starts have to end at the best cost found for the search to end before `MOST_CHAINS`."""
DRAWN, ELITE, IN_VAIN = 32, 32, 48
"""So many starts are drawn; later ones are children of two of so many of the best."""
SEARCHED = 150_000
"""Rows x columns x segments that are searched as they are; of more a random sample is."""
LITTLE = 200_000
"""Work of all starts below which threads cost more than they bring."""
POLISHED, NEAR_BEST = 3, 1.01
"""Of a sample, so many of the best are taken to everybody, if they cost at most this times what the best does."""
PART_ROWS = 16_384


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


def seed_of(seed: int, place: int) -> npt.NDArray[np.uint64]:
    """Return the state of the random numbers of one start of a search, independent of the others'."""
    return np.asarray(np.random.SeedSequence(seed, spawn_key=(place,)).generate_state(1, np.uint64), dtype=np.uint64)


def search(
    problem: Problem, k: int, *, seed: int, starts: int | None, swaps: int, most: int, tell: Tell = quiet
) -> Found:
    """Return the best prototypes found.

    starts : how many chains of starts and swaps; None: until `AGREEING` of them end at the same best cost, at most
        `MOST_CHAINS`. swaps : so many in a row may be in vain before a chain ends. most : sweeps of one descent.
    """
    if problem.work(k) <= SEARCHED:
        return best_of(chains(problem, k, seed, starts, swaps, most, tell))
    size = max(20 * k, SEARCHED * len(problem) // problem.work(k))
    rows = np.random.default_rng(seed).permutation(len(problem))[:size]
    sample = problem.take(np.sort(rows))
    few = chains(sample, k, seed, WAVE if starts is None else starts, swaps, most, tell)
    ranked = sorted(few, key=lambda one: one.cost)
    worth = [one for at, one in enumerate(ranked) if not at or one.cost > ranked[at - 1].cost * (1 + 1e-9)]
    worth = [one for one in worth[:POLISHED] if one.cost <= worth[0].cost * NEAR_BEST]
    with ThreadPoolExecutor(threads()) as pool:
        found = [polish(problem, one, most, pool, tell) for one in worth]
    best = min(found, key=lambda one: one.cost)
    return replace(best, starts=len(few), agreeing=agreeing(few))


def chains(problem: Problem, k: int, seed: int, starts: int | None, swaps: int, most: int, tell: Tell) -> list[Found]:
    """Return what the starts found, in their order.

    The first are drawn. Where they do not agree, the later ones are children of two of the best, with the prototypes
    of one or the other (Gribel & Vidal 2019).
    """
    limit = MOST_CHAINS if starts is None else starts
    done: list[Found] = []

    def one(place: int) -> Found:
        p = problem
        begun = starts is None and place >= DRAWN
        centres, table = np.zeros((p.x.shape[1], k)), np.zeros((int(p.offsets[-1]), k))
        if begun:
            centres, table = child(done, np.random.default_rng((seed, place)))
        state, middle = seed_of(seed, place), np.zeros(p.x.shape[1])
        cost, centres, table, labels, times = chain(
            p.x, p.codes, p.weights, p.offsets, p.gamma, middle, most, swaps, state, centres, table, begun
        )
        return Found(float(cost), centres, table, labels, int(times))

    little = starts is not None and starts * problem.work(k) < LITTLE
    with nullcontext() if little else ThreadPoolExecutor(threads()) as pool:
        while len(done) < limit:
            wave = []
            for found in (map if pool is None else pool.map)(one, range(len(done), min(len(done) + WAVE, limit))):
                wave.append(found)
                at = len(done) + len(wave)
                tell(f"start {at} of at most {limit}", at / limit)
            done += wave
            if starts is None and (k == 1 or settled(done)):
                break
    return done


def child(done: list[Found], random: np.random.Generator) -> tuple[Floats, Floats]:
    """Return prototypes of which each is that of one or the other of two different ones of the best, matched first."""
    from scipy.optimize import linear_sum_assignment

    ranked = sorted(done, key=lambda one: one.cost)
    elite = [one for at, one in enumerate(ranked) if not at or one.cost > ranked[at - 1].cost * (1 + 1e-9)][:ELITE]
    first, second = (
        (elite[place] for place in random.permutation(len(elite))[:2]) if len(elite) > 1 else (elite[0],) * 2
    )
    apart = ((first.centres[:, :, None] - second.centres[:, None, :]) ** 2).sum(axis=0)
    apart = apart + np.abs(first.table[:, :, None] - second.table[:, None, :]).sum(axis=0) / 2
    mine, theirs = linear_sum_assignment(apart)
    centres, table = first.centres.copy(), first.table.copy()
    for c in np.flatnonzero(random.random(len(mine)) < 0.5):
        centres[:, mine[c]], table[:, mine[c]] = second.centres[:, theirs[c]], second.table[:, theirs[c]]
    return np.ascontiguousarray(centres), np.ascontiguousarray(table)


def settled(done: list[Found]) -> bool:
    """Whether enough of the drawn starts agree, or the last children bettered nothing."""
    drawn = agreeing(done[:DRAWN]) >= AGREEING and min(one.cost for one in done) == min(
        one.cost for one in done[:DRAWN]
    )
    before = done[:-IN_VAIN]
    late = len(before) >= DRAWN and min(one.cost for one in before) <= min(one.cost for one in done) * (1 + 1e-9)
    return drawn or late


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
        middle = np.zeros(q)
        again = refill(p.x, p.codes, p.weights, total[2], near, p.offsets, p.gamma, middle, centres, table)
        tell(f"sweep {times} over {n:,} rows", min(0.99, times / 30))
        if not again and (moved == 0 or now >= cost):
            break
        cost = float(now)
    list(pool.map(lambda b: place(p.x, p.codes, centres, table, labels, near, *b), parts))
    return Found(float((p.weights * near).sum()), centres, table, labels, times)
