"""How firm a choice of segments is: weights and data varied, and the smallest change of weights that changes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentary.errors import DataError
from segmentary.market.criterion import AXES, Criterion
from segmentary.market.record import Record
from segmentary.market.wording import listed
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, slots=True)
class WeightShift(Record):
    """The smallest change of weights that changes the choice.

    moved : share of the weight (of one axis) that has to move in all; NaN where no weighting does it. out, into : the
    segment that would leave the first m and the one that would enter. moves : (from criterion, to criterion, share).
    """

    moved: float
    out: str
    into: str
    moves: tuple[tuple[str, str, float], ...]

    @property
    def sentence(self) -> str:
        """The change in words."""
        if not math.isfinite(self.moved):
            return "No weighting of these criteria changes the choice."
        parts = [f"{share * 100:.0f} points of weight from {one} to {other}" for one, other, share in self.moves]
        return (
            f"{self.into} would replace {self.out} after moving {listed(parts) or 'no weight at all: they are equal'}."
        )


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores and weights as arrays: scores (k, c), weights (c,) adding up to blend and 1 - blend over the axes."""

    scores: Floats
    weights: Floats
    axis: Floats
    blend: float

    @property
    def total(self) -> Floats:
        """(k,) blended scores."""
        return self.scores @ self.weights


def axis_weights(criteria: Sequence[Criterion], blend: float) -> tuple[Floats, Floats]:
    """Return (c,) weights, blend in all over attractiveness, 1 - blend over competitiveness; and (c,) the axis."""
    axis = np.array([AXES.index(one.axis) for one in criteria], dtype=np.float64)
    raw = np.array([one.weight for one in criteria])
    found = np.zeros(len(criteria))
    for place, share in enumerate((blend, 1 - blend)):
        own = axis == place
        if own.any() and raw[own].sum() <= 0:
            raise DataError(f"all weights of {AXES[place]} are zero")
        if own.any():
            found[own] = raw[own] / raw[own].sum() * share
    return found, axis


def axis_scores(scored: Scored, place: int, scores: Floats) -> Floats:
    """Return the (..., k) weighted means of the scores of one axis."""
    own = scored.axis == place
    raw = scored.weights[own]
    share = raw / raw.sum() if raw.sum() > 0 else np.full(own.sum(), 1 / own.sum())
    return np.asarray(scores[..., own] @ share)


def vary_weights(scored: Scored, spread: float, draws: int, generator: np.random.Generator) -> Floats:
    """Return (draws, c) weights around the given ones: Dirichlet within each axis, sums of the axes as they are."""
    # A Dirichlet share of 1/2 with concentration a in all has the variance 1 / (4 (a + 1)).
    concentration = 1 / (4 * spread**2) - 1
    found = np.zeros((draws, len(scored.weights)))
    for place in range(2):
        own = np.flatnonzero((scored.axis == place) & (scored.weights > 0))
        if len(own):
            whole = scored.weights[own].sum()
            found[:, own] = generator.dirichlet(concentration * scored.weights[own] / whole, draws) * whole
    return found


def vary_scores(criteria: Sequence[Criterion], scores: Floats, draws: int, generator: np.random.Generator) -> Floats:
    """Return (draws, k, c) scores with values drawn from their errors."""
    found = np.repeat(scores[None], draws, axis=0)
    for place, one in enumerate(criteria):
        errors = np.nan_to_num(np.asarray(one.errors)) if one.errors else np.zeros(len(one.values))
        if errors.any():
            values = np.asarray(one.values) + generator.standard_normal((draws, len(errors))) * errors
            # The ends of a relative scale are estimates themselves: the best here could be better still.
            found[:, :, place] = one.scores(values, cut=not one.relative)
    return found


def survival(totals: Floats, alive: Floats, chosen: list[int], m: int) -> tuple[Floats, float]:
    """Return (k,) the share of draws with each segment among the first m, and the share with exactly the chosen."""
    masked = np.where(alive, np.round(totals, 12), -np.inf)
    order = np.argsort(-masked, axis=1, kind="stable")[:, :m]
    inside = np.zeros(totals.shape, dtype=bool)
    np.put_along_axis(inside, order, True, axis=1)
    return inside.mean(axis=0), float(inside[:, chosen].all(axis=1).mean()) if m else 0.0


def smallest_shift(
    scored: Scored, names: Sequence[str], criteria: Sequence[str], chosen: list[int], others: list[int]
) -> WeightShift:
    """Return the smallest move of weight within the axes after which one of the others overtakes one of the chosen."""
    best = WeightShift(math.nan, "", "", ())
    for inside in chosen:
        for outside in others:
            moves = shift_between(scored, inside, outside, criteria)
            if moves is None:
                continue
            moved = sum(one[2] for one in moves)
            if not best.moved <= moved:
                best = WeightShift(moved, names[inside], names[outside], moves)
    return best


def shift_between(
    scored: Scored, inside: int, outside: int, criteria: Sequence[str]
) -> tuple[tuple[str, str, float], ...] | None:
    """Return the moves of weight that make two segments equal: greedy, which is optimal (each move is linear)."""
    apart = scored.scores[inside] - scored.scores[outside]
    left = float(apart @ scored.weights)
    if left <= 0:
        return ()
    options = []
    for place, whole in enumerate((scored.blend, 1 - scored.blend)):
        own = np.flatnonzero(scored.axis == place)
        to = int(own[np.argmin(apart[own])])
        # Shares are of the weight of an axis, so a move of one point counts as the blend lets it.
        options += [(float(apart[one] - apart[to]) * whole, int(one), to, whole) for one in own if whole > 0]
    moves = []
    for gain, source, to, whole in sorted(options, key=lambda one: (-one[0], one[1])):
        available = float(scored.weights[source]) / whole
        if gain <= 1e-12 or available <= 0:
            continue
        share = min(available, left / gain)
        moves.append((criteria[source], criteria[to], share))
        left -= share * gain
        if left <= 1e-9:
            return tuple(moves)
    return None
