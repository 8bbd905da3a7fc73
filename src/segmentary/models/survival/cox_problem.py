"""People as Cox's regression wants them: sorted, standardised, and what stands in the way of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.survival.counts import Codes, Floats, checked, coded

ALIKE = 1e-9
"""Features whose correlations have an eigenvalue below this are one another in other words."""


@dataclass(frozen=True, eq=False)
class CoxProblem:
    """People by stratum, and by duration from long to short.

    order : (n,) the row of each in what was given. x : (n, q) standardised features that vary; used : their places.
    centre, scale : (p,) mean and standard deviation of every feature. time, entry, weight : (n,); left : (n,) bools.
    stratum : (n,) place of its name in strata. late : (n,) or () places by stratum and entry, from late to early.
    """

    order: npt.NDArray[np.intp]
    x: Floats
    used: npt.NDArray[np.intp]
    centre: Floats
    scale: Floats
    time: Floats
    left: npt.NDArray[np.bool_]
    entry: Floats
    weight: Floats
    stratum: Codes
    strata: tuple[str, ...]
    late: npt.NDArray[np.intp]

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.time)

    @property
    def leaving(self) -> npt.NDArray[np.intp]:
        """(m,) the first place in the list of each time at which somebody left."""
        new = np.ones(len(self), dtype=bool)
        new[1:] = (np.diff(self.time) != 0) | (np.diff(self.stratum) != 0)
        block = np.cumsum(new) - 1
        some = np.bincount(block, self.left, minlength=int(block[-1]) + 1 if len(block) else 0) > 0
        return np.flatnonzero(new)[some]

    @property
    def alike(self) -> npt.NDArray[np.intp]:
        """Places (among those used) of features that are a sum of others; empty: none are."""
        if not self.x.shape[1]:
            return np.empty(0, dtype=np.intp)
        values, vectors = np.linalg.eigh((self.x * self.weight[:, None]).T @ self.x / self.weight.sum())
        return np.flatnonzero((np.abs(vectors[:, values < ALIKE]) > 0.05).any(axis=1))


def cox_problem(
    x: npt.ArrayLike,
    durations: npt.ArrayLike,
    events: npt.ArrayLike,
    *,
    entry: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    strata: Any = None,
) -> CoxProblem:
    """Return sorted people; rows of `SurvivalCounts.from_arrays` with a feature more each.

    Raises
    ------
    DataError
        parts do not fit, something is missing or infinite, a duration is negative, an entry is not before it.
    NoAnswerError
        nobody left.
    """
    grid = np.asarray(x, dtype=np.float64)
    grid = grid[:, None] if grid.ndim == 1 else grid
    time = np.asarray(durations, dtype=np.float64)
    left = np.asarray(events, dtype=np.float64)
    code, names = coded(strata, len(time))
    came = None if entry is None else np.asarray(entry, dtype=np.float64)
    weight = None if weights is None else np.asarray(weights, dtype=np.float64)
    if grid.ndim != 2 or len(grid) != len(time):
        raise DataError(f"features of shape {grid.shape} and {len(time):,} durations do not fit")
    if not np.isfinite(grid).all():
        raise DataError("a feature is missing or infinite", hint="fill it in, or leave those people out")
    if checked(time, left, code, came, weight) is not None:
        raise DataError("a duration, an event, an entry or a stratum is missing", hint="leave those people out")
    if not (left > 0).any():
        raise NoAnswerError(f"nobody of {len(time):,} left: there is nothing to learn from", hint="widen the period")
    weight = np.ones(len(time)) if weight is None else weight
    keys: list[Floats | Codes] = [left, -time] if len(names) == 1 else [left, -time, code]
    order = np.argsort(-time, kind="stable") if len(names) == 1 else np.lexsort(keys[1:])
    centre = np.average(grid, axis=0, weights=weight)
    scale = np.sqrt(np.average((grid - centre) ** 2, axis=0, weights=weight))
    used = np.flatnonzero(scale > 1e-10 * np.maximum(1e-300, np.abs(grid).max(axis=0, initial=0.0)))
    sorted_code = code[order]
    late = np.empty(0, dtype=np.intp)
    came = np.zeros(len(time)) if came is None else came
    if (came > 0).any():
        late = np.lexsort((-came[order], sorted_code))
    made = np.ascontiguousarray(((grid[:, used] - centre[used]) / scale[used])[order])
    return CoxProblem(
        order,
        made,
        used,
        centre,
        scale,
        time[order],
        left[order] > 0,
        came[order],
        weight[order],
        sorted_code,
        names,
        late,
    )


def feature_names(names: Sequence[str] | None, p: int) -> tuple[str, ...]:
    """Return the names of features, x1, x2 ... where they have none."""
    found = tuple(names) if names is not None else tuple(f"x{place + 1}" for place in range(p))
    if len(found) != p or len(set(found)) != p:
        raise DataError(f"{p} features and the names {', '.join(found[:8])} do not fit")
    return found
