"""The table every method of this room reads: typed columns, one row per person, missing values, weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, UnknownNameError
from segmentary.models.table.columns import Column

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TypedTable:
    """People and what is known of them, as numbers with a meaning.

    Attributes
    ----------
    columns : (p,) what each column is.
    values : (n, p) numbers; of coded kinds the code of the level; missing is NaN. Never infinite.
    weights : (n,) survey or frequency weights, positive, in any scale; None: everybody counts once.
    ids : (n,) who the row is, as texts; empty: rows have no name.
    """

    columns: tuple[Column, ...]
    values: Floats
    weights: Floats | None = None
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a table whose parts do not fit each other."""
        if self.values.ndim != 2 or self.values.shape[1] != len(self.columns):
            raise DataError(f"{len(self.columns)} columns and values of shape {self.values.shape} do not fit")
        if len({column.name for column in self.columns}) != len(self.columns):
            raise DataError("two columns have one name")
        if np.isinf(self.values).any():
            raise DataError("a value is infinite", hint="make it missing, or correct it")
        if self.weights is not None:
            if self.weights.shape != (len(self.values),):
                raise DataError(f"{len(self.values)} rows and weights of shape {self.weights.shape} do not fit")
            if not (np.isfinite(self.weights).all() and (self.weights > 0).all()):
                raise DataError("a weight is missing, zero, negative or infinite", hint="leave those rows out first")
        if self.ids and len(self.ids) != len(self.values):
            raise DataError(f"{len(self.values)} rows and {len(self.ids)} ids do not fit")

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def weight(self) -> Floats:
        """(n,) weights with mean 1; ones where there are none."""
        if self.weights is None:
            return np.ones(len(self.values))
        return self.weights * (len(self.weights) / self.weights.sum()) if len(self.weights) else self.weights

    @property
    def effective_n(self) -> float:
        """How many people of equal weight this is worth (Kish 1965): (sum w)^2 / sum w^2."""
        w = self.weight
        return float(w.sum() ** 2 / (w @ w)) if len(w) else 0.0

    def place(self, name: str) -> int:
        """Return where a column stands."""
        if name not in self.names:
            raise UnknownNameError("column", name, self.names)
        return self.names.index(name)

    def column(self, name: str) -> Column:
        """Return what a column is."""
        return self.columns[self.place(name)]

    def select(self, names: Sequence[str]) -> TypedTable:
        """Return the table of these columns, in this order."""
        places = [self.place(name) for name in names]
        return TypedTable(tuple(self.columns[i] for i in places), self.values[:, places], self.weights, self.ids)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> TypedTable:
        """Return the table of these rows (places, a mask, or a slice)."""
        weights = None if self.weights is None else self.weights[rows]
        ids: tuple[str, ...] = ()
        if self.ids:
            ids = tuple(np.asarray(self.ids, dtype=object)[rows].tolist())
        return TypedTable(self.columns, self.values[rows], weights, ids)
