"""How far coders agree beyond chance: Krippendorff's alpha of any number of coders, Cohen's kappa of two.

Nominal codes; texts some coders did not code count by those who did. Intervals are the bootstrap's over texts.

References: Krippendorff (2004), Content Analysis, ch. 11; Cohen (1960), Educational and Psychological Measurement
20(1); Hayes & Krippendorff (2007), Communication Methods and Measures 1(1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import Interval

DRAWS = 1_000
ENOUGH, TENTATIVE = 0.8, 0.667
"""Krippendorff's borders: reliable, and good enough for tentative conclusions."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far coders agree. alpha, kappa : with interval; kappa None unless there are two coders.

    texts : coded by at least two. same : share of texts on which all who coded them agree.
    """

    alpha: Interval
    kappa: Interval | None
    same: Interval
    texts: int
    coders: int

    @property
    def verdict(self) -> str:
        """What that means, by Krippendorff's borders, at the lower end of the interval."""
        if math.isnan(self.alpha.low):
            return "cannot say"
        if self.alpha.low >= ENOUGH:
            return "reliable"
        return "good enough for tentative conclusions" if self.alpha.low >= TENTATIVE else "not reliable"


def agreement(codes: Sequence[Sequence[str | None]], *, seed: int = 0, level: float = 0.95) -> Agreement:
    """Return how far coders agree. codes : (n_texts, n_coders), None where a coder did not code a text."""
    from segmentary.models.intervals import wilson

    kept = [row for row in codes if sum(one is not None for one in row) >= 2]
    names = sorted({one for row in kept for one in row if one is not None})
    place = {name: i for i, name in enumerate(names)}
    n, coders = len(kept), len(codes[0]) if codes else 0
    counts = np.zeros((n, max(1, len(names))))
    for i, row in enumerate(kept):
        for one in row:
            if one is not None:
                counts[i, place[one]] += 1
    same = wilson(int((counts.max(axis=1) == counts.sum(axis=1)).sum()) if n else 0, n, level=level)
    chance = np.random.default_rng(seed)
    draws = [chance.integers(0, n, n) for _ in range(DRAWS)] if n > 1 else []
    alpha = bounded(alpha_of(counts), [alpha_of(counts[rows]) for rows in draws], n, level)
    kappa = None
    if coders == 2 and n:
        pairs = np.array([[place[str(one)] for one in row] for row in kept], dtype=np.intp)
        kappa = bounded(kappa_of(pairs, len(names)), [kappa_of(pairs[rows], len(names)) for rows in draws], n, level)
    return Agreement(alpha, kappa, same, n, coders)


def alpha_of(counts: npt.NDArray[np.float64]) -> float:
    """Return 1 - observed / expected disagreement; NaN when only one code was ever given."""
    by_text = counts.sum(axis=1)
    totals = counts.sum(axis=0)
    n = float(totals.sum())
    expected = n * n - float((totals * totals).sum())
    if expected == 0 or n < 2:
        return math.nan
    observed = float(((by_text**2 - (counts * counts).sum(axis=1)) / (by_text - 1)).sum())
    return 1 - (n - 1) * observed / expected


def kappa_of(pairs: npt.NDArray[np.intp], k: int) -> float:
    """Return (observed - expected) / (1 - expected) agreement of two coders; NaN when both gave one code only."""
    seen = (pairs[:, 0] == pairs[:, 1]).mean()
    shares = [np.bincount(pairs[:, i], minlength=k) / len(pairs) for i in (0, 1)]
    expected = float(shares[0] @ shares[1])
    return float((seen - expected) / (1 - expected)) if expected < 1 else math.nan


def bounded(estimate: float, draws: Sequence[float], n: int, level: float) -> Interval:
    """Return an estimate with the percentile interval of its draws, as far as they are known."""
    known = [one for one in draws if not math.isnan(one)]
    if math.isnan(estimate) or len(known) < DRAWS / 2:
        return Interval(estimate, math.nan, math.nan, n, level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate), n, level)
