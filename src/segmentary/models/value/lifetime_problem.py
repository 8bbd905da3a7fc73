"""What the lifetime models share beside themselves: what they are fitted to, how it is searched, what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.value.cells import Cells, Floats, checked
from segmentary.models.value.maximum import Objective

FEWEST_CUSTOMERS = 10


class HasCells(Protocol):
    """Purchases, or cells themselves."""

    def cells(self) -> Cells:
        """Return the distinct cells."""
        ...


@dataclass(frozen=True, slots=True)
class CellScores:
    """What a model says of each cell; arrays of shape (n_cells,), low and high the interval at the level asked for."""

    purchases: Floats
    purchases_low: Floats
    purchases_high: Floats
    alive: Floats
    alive_low: Floats
    alive_high: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """A likelihood ready to be searched, with times divided by `unit`.

    full, never : objectives of the model with dropout, and of the NBD (r, alpha) without. constant : what the change of
    unit takes from the log-likelihood. free : see `maximise`.
    """

    full: Objective
    never: Objective
    starts: Sequence[Floats]
    never_starts: Sequence[Floats]
    constant: float
    unit: float
    free: int


def learnable(cells: Cells) -> None:
    """Refuse data from which nothing can be learnt."""
    checked(cells.repeat_count, cells.recency, cells.age)
    n = cells.n_customers
    if n < FEWEST_CUSTOMERS:
        raise NoAnswerError(
            f"purchases of {n} customer{'' if n == 1 else 's'} say nothing about how long customers stay",
            hint=f"at least {FEWEST_CUSTOMERS} are needed, some hundred to learn anything",
        )
    if not cells.age.any():
        raise NoAnswerError("no time has passed since anybody's first purchase", hint="watch customers for longer")
    if not cells.repeat_count.any():
        raise NoAnswerError(
            f"none of {n} customers bought a second time: there is no rate of buying to learn",
            hint="watch customers for longer, or look at first purchases alone",
        )


def broadcast(given: Sequence[npt.ArrayLike]) -> list[Floats]:
    """Return arrays of one length; x, t_x and T, where they are the first three, are checked."""
    arrays = [np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in given]
    arrays = [np.ascontiguousarray(one) for one in np.broadcast_arrays(*arrays)]
    if any(one.ndim != 1 for one in arrays):
        raise DataError("tables where columns are wanted", hint="arrays of one dimension")
    if len(arrays) >= 3:
        checked(*arrays[:3])
    later = arrays[3:] if len(arrays) >= 3 else arrays
    if any(not (np.isfinite(one) & (one >= 0)).all() for one in later):
        raise DataError("a missing or negative length of time", hint="horizons are zero or more")
    return arrays


def from_logits(logits: Floats) -> Floats:
    """Return 1 / (1 + exp(-logit)) without overflow."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits)))
