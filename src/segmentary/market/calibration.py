"""The arithmetic of raking: weights nearest to the given ones that reach the margins, between bounds where asked.

Without bounds a step of a margin has a closed form; with bounds it solves for the factor of each level with the bounds
in force, which is coordinate ascent on the dual of the same problem, not a cut afterwards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

MISSING = "(missing)"
"""The level of those whose level is unknown."""


@dataclass(frozen=True, eq=False)
class Coded:
    """A margin as codes: codes (n,), names (L,), targets (L,) shares."""

    name: str
    codes: npt.NDArray[np.intp]
    names: tuple[str, ...]
    targets: Floats


def calibrate(
    base: Floats, margins: Sequence[Coded], bounds: tuple[float, float] | None, tolerance: float, most: int
) -> tuple[Floats, int, float]:
    """Return (n,) weights adding up to 1, the rounds it took, and the largest distance to a target."""
    log = np.zeros(len(base))
    weights = bounded(base, log, bounds)
    misfit = math.inf
    before = math.inf
    rounds = 0
    for rounds in range(1, most + 1):
        for one in margins:
            held = np.bincount(one.codes, weights, len(one.names))
            if bounds is None:
                with np.errstate(divide="ignore", invalid="ignore"):
                    factor = np.where((held > 0) & (one.targets > 0), one.targets / held, 1.0)
                weights = weights * factor[one.codes]
            else:
                log = log + shifts(base, log, one, bounds)[one.codes]
                weights = bounded(base, log, bounds)
        misfit = largest_misfit(weights, margins)
        if misfit <= tolerance:
            break
        # Margins that contradict each other oscillate: no progress over a hundred rounds is none ever.
        if rounds % 100 == 0:
            if misfit > 0.99 * before:
                break
            before = misfit
    return weights, rounds, misfit


def bounded(base: Floats, log: Floats, bounds: tuple[float, float] | None) -> Floats:
    weights = base * np.exp(np.clip(log, -700, 700))
    return weights if bounds is None else np.where(base > 0, np.clip(weights, *bounds), 0.0)


def shifts(base: Floats, log: Floats, margin: Coded, bounds: tuple[float, float]) -> Floats:
    """Return (L,) what to add to the log factors of each level so that it reaches its target within the bounds."""
    low, high = np.full(len(margin.names), -60.0), np.full(len(margin.names), 60.0)
    for _ in range(70):
        middle = (low + high) / 2
        held = np.bincount(margin.codes, bounded(base, log + middle[margin.codes], bounds), len(margin.names))
        below = held < margin.targets
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    found = (low + high) / 2
    # Where every weight is at a bound the target cannot be reached: a shift without end would drown the next margin.
    return np.where(np.abs(found) > 30, 0.0, found)


def largest_misfit(weights: Floats, margins: Sequence[Coded]) -> float:
    """Return the largest distance of a share to its target."""
    return max(float(np.abs(np.bincount(one.codes, weights, len(one.names)) - one.targets).max()) for one in margins)


def indicators(margins: Sequence[Coded]) -> Floats:
    """Return (n, c) which level of each margin a respondent has."""
    return np.hstack([(one.codes[:, None] == np.arange(len(one.names))).astype(np.float64) for one in margins])
