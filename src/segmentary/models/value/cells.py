"""Distinct (x, t_x, T) with counts: all that the lifetime models need of a population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

Floats: TypeAlias = npt.NDArray[np.float64]
LARGEST_COUNT = 1_000_000
"""No customer has as many purchase days: it is a till, a reseller, or a filler id."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Distinct summaries; arrays of shape (n_cells,).

    repeat_count, recency, age : x, t_x, T. count : customers of that cell. covariates : (n_cells, k) or nothing.
    """

    repeat_count: Floats
    recency: Floats
    age: Floats
    count: Floats
    covariates: Floats | None = None

    def __len__(self) -> int:
        """Return the number of distinct cells."""
        return len(self.count)

    @property
    def n_customers(self) -> int:
        """How many customers the cells stand for."""
        return round(float(self.count.sum()))

    @classmethod
    def from_table(cls, table: pa.Table) -> Self:
        """Return the cells of an Arrow table with the columns of `cells_query`, in order.

        Raises
        ------
        DataError
            see `checked`.
        """
        read = [
            np.asarray(table.column(name).cast("float64").to_numpy(zero_copy_only=False), dtype=np.float64)
            for name in ("repeat_count", "recency_days", "age_days", "customers")
        ]
        checked(*read[:3])
        order = np.lexsort((read[2], read[1], read[0]))
        return cls(*(one[order] for one in read))

    def cells(self) -> Cells:
        """Return itself: what a model is fitted to may be purchases or cells."""
        return self


def checked(x: Floats, t_x: Floats, age: Floats) -> None:
    """Refuse what cannot be a customer's summary.

    Raises
    ------
    DataError
        when lengths differ, a number is missing, negative or not whole (x), the last purchase lies after the end
        (t_x > T), or there are repeat purchases without time between first and last, or the reverse.
    """
    if not len(x) == len(t_x) == len(age):
        raise DataError("x, t_x and T differ in length", hint="one of each per customer")
    rules = (
        (~(np.isfinite(x) & np.isfinite(t_x) & np.isfinite(age)), "a missing x, t_x or T"),
        ((x < 0) | (t_x < 0) | (age < 0), "a negative x, t_x or T"),
        (x != np.floor(x), "a number of repeat purchases that is not whole"),
        (x > LARGEST_COUNT, "more than a million repeat purchases"),
        (t_x > age, "a last purchase after the end of what was watched (t_x > T)"),
        ((x == 0) & (t_x > 0), "no repeat purchase, but time between the first and the last one"),
        ((x > 0) & (t_x == 0), "repeat purchases, but no time between the first and the last one"),
    )
    for wrong, what in rules:
        if wrong.any():
            at = int(np.flatnonzero(wrong)[0])
            raise DataError(
                f"{int(wrong.sum())} of {len(x)} customers have {what}; the first: "
                f"x {x[at]:g}, t_x {t_x[at]:g}, T {age[at]:g}",
                hint="purchases of one day count as one, and the end of what was watched is at or after the last one",
            )


def distinct(
    x: Floats, t_x: Floats, age: Floats, *, count: Floats | None = None, covariates: Floats | None = None
) -> Cells:
    """Return the distinct rows with how many customers each stands for, sorted."""
    checked(x, t_x, age)
    if covariates is not None and len(covariates) != len(x):
        raise DataError(f"{len(x)} customers, but covariates of {len(covariates)}", hint="one row per customer")
    weight = np.ones(len(x)) if count is None else np.asarray(count, dtype=np.float64)
    if covariates is None and len(x) and (found := whole_cells(x, t_x, age, weight)) is not None:
        return found
    columns = [x, t_x, age] if covariates is None else [x, t_x, age, *np.asarray(covariates, dtype=np.float64).T]
    if covariates is not None and not np.isfinite(covariates).all():
        raise DataError("a missing covariate", hint="fill it or leave the customer out")
    order = np.lexsort(tuple(reversed(columns)))
    rows = [column[order] for column in columns]
    new = np.ones(len(x), dtype=bool)
    if len(x):
        new[1:] = np.any([row[1:] != row[:-1] for row in rows], axis=0)
    at = np.flatnonzero(new)
    total = np.add.reduceat(weight[order], at) if len(at) else weight
    kept = [row[at] for row in rows]
    return Cells(kept[0], kept[1], kept[2], total, None if covariates is None else np.column_stack(kept[3:]))


def whole_cells(x: Floats, t_x: Floats, age: Floats, weight: Floats) -> Cells | None:
    """Return the distinct cells of whole numbers (days): one sort of one number. Nothing where they are not whole."""
    t_range, x_range = float(age.max()) + 1, float(x.max()) + 1
    if x_range * t_range * t_range > 2**53 or (t_x != np.floor(t_x)).any() or (age != np.floor(age)).any():
        return None
    keys, place = np.unique((x * t_range + t_x) * t_range + age, return_inverse=True)
    count = np.asarray(np.bincount(place, weights=weight, minlength=len(keys)), dtype=np.float64)
    rest, t_last = np.divmod(keys, t_range)
    again, t_mid = np.divmod(rest, t_range)
    return Cells(again, t_mid, t_last, count)
