"""One step after another: sizes by a Markov chain with people coming in, as a forecast and as draws for its interval.

Shares of a row come of all steps seen, or of the latest. What chance adds is not the multinomial error alone, which is
tiny among thousands of people, but that one month is not like another: each drawn future step is one of the steps seen
(with Dirichlet noise of its counts), the steps themselves weighted at random (the Bayesian bootstrap).

References: Anderson & Goodman (1957), Annals of Mathematical Statistics 28(1); Rubin (1981), Annals of Statistics 9(1),
"The Bayesian bootstrap".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.dynamics.states import Counts

Floats = npt.NDArray[np.float64]
RECENT = 3
ALPHAS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, eq=False)
class Inflow:
    """How many new people come per step: exponential smoothing.

    alpha : 0: the mean of all steps, 1: the last. level : what is expected. variance : of one step around it.
    where : (k + 1,) shares of the parts they come into.
    """

    alpha: float
    level: float
    variance: float
    where: Floats

    @property
    def title(self) -> str:
        """The model in words."""
        if self.alpha == 0:
            return "the mean of all periods"
        return "the last period" if self.alpha == 1 else f"exponential smoothing ({self.alpha:g})"


def shares_of(steps: Counts, recent: int | None = None) -> Floats:
    """Return (k + 1, k + 2) shares of each row, the last column those who are gone; rows nobody was in stay put.

    steps : (t, k + 3, k + 3) as of `count_moves`. recent : only the last so many.
    """
    size = steps.shape[1] - 2
    used = steps[-recent:] if recent is not None else steps
    counts = used[:, :size, : size + 1].sum(axis=0).astype(float)
    total = counts.sum(axis=1, keepdims=True)
    stay = np.eye(size, size + 1)
    return np.where(total > 0, counts / np.maximum(total, 1), stay)


def inflow_of(steps: Counts) -> Inflow:
    """Return the model of new people: smoothed by what would have told the next step best."""
    size = steps.shape[1] - 2
    came = steps[:, size, :size].sum(axis=1).astype(float)
    where = steps[:, size, :size].sum(axis=0).astype(float)
    where = where / where.sum() if where.sum() else np.eye(1, size)[0]
    tried = [(smoothed(came, alpha), alpha) for alpha in ALPHAS]
    (level, variance), alpha = min(tried, key=lambda one: (one[0][1], one[1]))
    return Inflow(alpha, level, max(variance, level), where)


def smoothed(values: Floats, alpha: float) -> tuple[float, float]:
    """Return the level after the last value and the mean squared error of telling each value by those before."""
    if not len(values):
        return 0.0, 0.0
    level, errors = float(values[0]), list[float]()
    for number, value in enumerate(values[1:], 1):
        errors.append(float(value - level))
        # Weight 0 stands for the plain mean.
        level += (float(value) - level) * (alpha or 1 / (number + 1))
    return level, float(np.mean(np.square(errors))) if errors else 0.0


def expected(size: Floats, shares: Floats, inflow: Inflow, ahead: int) -> Floats:
    """Return (ahead, k + 1) expected sizes."""
    found = np.zeros((ahead, len(size)))
    now = size.astype(float)
    for step in range(ahead):
        now = now @ shares[:, : len(now)] + inflow.level * inflow.where
        found[step] = now
    return found


def drawn(size: Counts, steps: Counts, inflow: Inflow, ahead: int, draws: int, chance: np.random.Generator) -> Floats:
    """Return (draws, ahead, k + 1) drawn sizes."""
    count, parts = len(steps), len(size)
    pooled = shares_of(steps)
    weights = chance.dirichlet(np.ones(count), size=draws)
    reach = np.cumsum(weights, axis=1)
    found = np.zeros((draws, ahead, parts))
    now = np.repeat(size[None, :].astype(np.int64), draws, axis=0)
    for step in range(ahead):
        picked = np.minimum(count - 1, (chance.random((draws, 1)) > reach).sum(axis=1))
        after = np.zeros((draws, parts), dtype=np.int64)
        for row in range(parts):
            base = steps[picked, row, : parts + 1] + pooled[row] + 1e-9
            gamma = chance.standard_gamma(base)
            after += chance.multinomial(now[:, row], gamma / gamma.sum(axis=1, keepdims=True))[:, :parts]
        came = new_people(inflow, draws, chance)
        after += chance.multinomial(came, np.broadcast_to(inflow.where, (draws, parts)))
        found[:, step] = now = after
    return found


def new_people(inflow: Inflow, draws: int, chance: np.random.Generator) -> Counts:
    """Draw how many come: negative binomial with the variance that was seen."""
    mean, variance = inflow.level, inflow.variance
    if mean <= 0:
        return np.zeros(draws, dtype=np.int64)
    if variance <= mean * 1.001:
        return chance.poisson(mean, draws).astype(np.int64)
    shape = mean * mean / (variance - mean)
    return chance.poisson(chance.gamma(shape, mean / shape, draws)).astype(np.int64)
