"""EM from many starts: short runs first, the best few to their end, accelerated; and what every mixture reports.

References: Dempster, Laird & Rubin (1977), JRSS B 39(1); Biernacki, Celeux & Govaert (2003), CSDA 41 (short runs before
long ones); Varadhan & Roland (2008), Scandinavian Journal of Statistics 35(2) (SQUAREM, scheme S3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

Starts: TypeAlias = int | Literal["auto"]

SHORT_STEPS = 24
"""EM steps of a short run."""
ROUND = 20
"""Short runs of a round, unless a model wants another number; the best fifth of them goes to its end."""
ROUNDS = 24
"""Rounds at most where the number of starts is "auto"."""
ENOUGH = 3
"""Where it is "auto": stop when the best has been found that often ..."""
PATIENCE = (8, 2)
"""... and so many rounds in a row have found nothing better: on few rows; on many or a sample of them."""
SURE = (4, 1)
"""The same where nine in ten runs found the best."""
MANY = 20_000
"""Rows x components from which there are many."""


class Problem(Protocol):
    """A mixture and the rows it is fitted to; parameters are one flat vector. size: rows x components."""

    weight: float
    size: int

    def start(self, rng: np.random.Generator, turn: int) -> Floats:
        """Return parameters to start from; `turn` counts the starts, so that kinds of starts can take turns."""

    def shake(self, place: Floats, rng: np.random.Generator) -> Floats:
        """Return other parameters near good ones: a component given up, another divided."""

    def step(self, place: Floats) -> tuple[Floats, float]:
        """Return the parameters after one EM step and the log-likelihood *before* it (NaN: nothing to go on with)."""

    def inside(self, place: Floats) -> Floats:
        """Return the nearest parameters that are allowed: an accelerated step can leave what is."""


@dataclass(frozen=True, eq=False)
class Found:
    """Where the best run ended: its parameters, log-likelihood, steps, whether it settled, and how often it was found.

    reached : long runs that ended within a tie of the best. runs : long runs. starts : short runs.
    """

    place: Floats
    log_likelihood: float
    steps: int
    settled: bool
    reached: int = 1
    runs: int = 1
    starts: int = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Let linear algebra use one thread: its sums then have one order, whatever the machine."""
    with pools().limit(limits=1, user_api="blas"):
        yield


@cache
def pools() -> Any:
    """Return what sets the threads of the linear algebra that is loaded (looking for it takes milliseconds)."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def climb(problem: Problem, place: Floats, steps: int) -> tuple[Floats, float]:
    """Return the parameters after plain EM steps, and the log-likelihood one step before (-inf where it broke)."""
    known = -np.inf
    for _ in range(steps):
        after, known = problem.step(place)
        if not np.isfinite(known):
            return place, -np.inf
        place = after
    return place, known


def settle(problem: Problem, place: Floats, *, tol: float, max_iter: int, tell: Tell = quiet) -> Found:
    """Run accelerated EM until a cycle of three steps gains less than `tol` per unit of weight.

    An extrapolated point that is worse than the plain step before it is not taken: the likelihood never falls.
    """
    used, longest, before = 0, 1.0, -np.inf
    while used < max_iter:
        first, at_place = problem.step(place)
        second, at_first = problem.step(first)
        used += 2
        if not (np.isfinite(at_place) and np.isfinite(at_first)):
            return Found(place, before, used, False)
        r, v = first - place, second - 2 * first + place
        length = float(np.sqrt(r @ r) / max(np.sqrt(v @ v), 1e-300))
        place = second
        if length > 1.0:
            taken = min(length, longest)
            far = problem.inside(second + (taken - 1) * (2 * r + (taken + 1) * v) if taken > 1 else second)
            beyond, at_far = problem.step(far)
            used += 1
            if np.isfinite(at_far) and at_far >= at_first:
                place = beyond
                longest = longest * 4 if taken == longest else longest
            else:
                longest = max(1.0, longest / 4) if taken == longest else longest
                longest = max(longest, 2.0)
        tell(f"log-likelihood {at_first:.3f} after {used} steps", min(0.99, used / max_iter))
        if at_first - before < tol * problem.weight:
            return Found(place, at_first, used, True)
        before = at_first
    return Found(place, before, used, False)


def search(
    problem: Problem,
    *,
    seed: int,
    n_init: Starts,
    tol: float,
    max_iter: int,
    sample: Problem | None = None,
    alone: bool = False,
    batch: int = ROUND,
    sound: Callable[[Any, Floats], bool] = lambda problem, place: True,
    tell: Tell = quiet,
) -> Found:
    """Return the best of many runs.

    Parameters
    ----------
    n_init : short runs; the best fifth goes to its end. "auto": rounds of `batch` until the best was found `ENOUGH`
        times and nothing better for some rounds, `ROUNDS` at most. Every other start of later rounds is near the best.
    sample : the same model on fewer rows: the search happens there, and only its best few go on to all rows.
    alone : one start is enough (one component).
    batch : short runs of a round.
    sound : whether a run's parameters are to be believed; others are taken only where no run is.
    """
    rng = np.random.default_rng(seed)
    looked = problem if sample is None else sample
    n_round = 1 if alone else batch if n_init == "auto" else n_init
    rounds = 1 if alone or n_init != "auto" else ROUNDS
    ended: list[Found] = []
    doubtful: list[Found] = []
    many = sample is not None or looked.size > MANY
    starts, since, best_before = 0, 0, -np.inf
    for turn in range(rounds):
        short = []
        best_yet = max(ended, key=lambda one: one.log_likelihood).place if ended else None
        for half in range(n_round):
            new = looked.start(rng, starts) if best_yet is None or half % 2 else looked.shake(best_yet, rng)
            short.append(climb(looked, new, SHORT_STEPS if n_round > 1 else 1))
            starts += 1
            tell(f"start {starts}", 0.8 * starts / (n_round * rounds))
        short.sort(key=lambda one: -one[1])
        for place, known in short[: max(1, -(-n_round // 5))]:
            if np.isfinite(known):
                run = settle(looked, place, tol=tol, max_iter=max_iter)
                (ended if sound(looked, run.place) else doubtful).append(run)
                tell(f"run {len(ended)}: log-likelihood {run.log_likelihood:.3f}", 0.8 * (turn + 1) / rounds)
        best_now = max((one.log_likelihood for one in ended), default=-np.inf)
        since = 0 if best_now > best_before + alike(best_now, looked.weight) else since + 1
        best_before = max(best_now, best_before)
        alike_now = agreed(ended, looked.weight) if ended else 0
        if alike_now >= ENOUGH and since >= (SURE if alike_now >= 0.9 * len(ended) else PATIENCE)[many]:
            break
    ended = best_first(ended) or best_first(doubtful)
    if not ended:
        raise ValueError("no start led to a mixture: components die out or collapse; take fewer components")
    reached = agreed(ended, looked.weight)
    best = ended[0]
    if sample is not None:
        best = finish(problem, ended, tol=tol, max_iter=max_iter, tell=tell)
    return Found(best.place, best.log_likelihood, best.steps, best.settled, reached, len(ended), starts)


def finish(problem: Problem, ended: list[Found], *, tol: float, max_iter: int, tell: Tell) -> Found:
    """Take the best few ends of a sample to all rows: a few steps each, then the best to its end."""
    different: list[Found] = []
    for one in ended:
        if all(abs(one.log_likelihood - other.log_likelihood) > 1e-6 * problem.weight for other in different):
            different.append(one)
    tried = [climb(problem, one.place, 4) for one in different[:3]] if len(different) > 1 else []
    place = max(tried, key=lambda one: one[1])[0] if tried else different[0].place
    return settle(problem, place, tol=tol, max_iter=max_iter, tell=tell)


def best_first(runs: list[Found]) -> list[Found]:
    """Return the runs that ended anywhere, the likeliest first."""
    return sorted((one for one in runs if np.isfinite(one.log_likelihood)), key=lambda one: -one.log_likelihood)


def agreed(ended: list[Found], weight: float) -> int:
    """Return how many runs ended as high as the best, but for what convergence leaves open."""
    best = max(one.log_likelihood for one in ended)
    return sum(one.log_likelihood >= best - alike(best, weight) for one in ended)


def alike(log_likelihood: float, weight: float) -> float:
    """Return how far apart two runs may end that found the same."""
    return 1e-6 * weight + 1e-9 * abs(log_likelihood)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a fitted mixture reports of itself; smaller AIC, BIC and ICL are better."""

    aic: float
    bic: float
    icl: float
    entropy: float
    classification_error: float


def criteria(log_likelihood: float, parameters: int, probabilities: Floats, weight: Floats) -> Criteria:
    """Return the criteria of a fit.

    ICL is BIC - 2 sum log(probability of the most likely segment) (Biernacki, Celeux & Govaert 2000; flexmix, mclust).
    Entropy is 1 - entropy of membership / its largest value: 1 is sure of everybody. n is the sum of the weights.
    """
    total, k = weight.sum(), probabilities.shape[1]
    bic = -2 * log_likelihood + parameters * np.log(total)
    most = np.maximum(probabilities.max(axis=1), 1e-300)
    spread = -(weight @ (probabilities * np.log(np.maximum(probabilities, 1e-300))).sum(axis=1))
    return Criteria(
        float(-2 * log_likelihood + 2 * parameters),
        float(bic),
        float(bic - 2 * (weight @ np.log(most))),
        float(1.0 - spread / (total * np.log(k))) if k > 1 else 1.0,
        float(weight @ (1.0 - most) / total),
    )


def by_size(shares: Floats, profiles: Floats) -> Any:
    """Return the order of segments: the largest first; of equals, the one with the higher profile, (k, anything)."""
    keys = [np.round(-profiles[:, j], 9) for j in range(profiles.shape[1] - 1, -1, -1)]
    return np.lexsort([*keys, np.round(-shares, 9)])
