"""Gower's dissimilarity: how different two people are, over what is known of both, whatever kind it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

import numpy as np

from segmentary.models.table.typed_table import Floats

Measure: TypeAlias = Literal["number", "ordinal", "nominal", "asymmetric"]
"""number: |a - b| / range. ordinal: the same of the codes. nominal (and binary whose two answers weigh alike): 0 same,
1 different. asymmetric: binary of which two times no (0) says nothing: such a pair is left out, as if not known."""
MEASURES: tuple[Measure, ...] = ("number", "ordinal", "nominal", "asymmetric")
APART = 1.0
"""What two people are of whom nothing can be compared, for methods that need a number."""


@dataclass(frozen=True, eq=False)
class Gower:
    """How columns are compared.

    Attributes
    ----------
    measures : (q,) of each column. ranges : (q,) largest less smallest known number; 0 of constant columns, in which
        nobody differs. weights : (q,) how much each column counts, not negative, not all 0.

    References
    ----------
    Gower (1971), Biometrics 27(4), 857-871; ordered answers as Kaufman & Rousseeuw (1990), Finding Groups in Data.
    """

    measures: tuple[Measure, ...]
    ranges: Floats
    weights: Floats

    @classmethod
    def of(cls, x: Floats, measures: Sequence[Measure], weights: Sequence[float] | Floats | None = None) -> Self:
        """Return the comparison of the columns of (n, q) rows; NaN is missing.

        Raises
        ------
        ValueError : measures or weights that do not fit the columns.
        """
        q = x.shape[1]
        if len(measures) != q or any(one not in MEASURES for one in measures):
            raise ValueError(f"{q} columns need {q} measures of {', '.join(MEASURES)}, not {list(measures)}")
        given = np.ones(q) if weights is None else np.asarray(weights, dtype=np.float64)
        if given.shape != (q,) or not np.isfinite(given).all() or (given < 0).any() or not given.sum() > 0:
            raise ValueError(f"weights {given.tolist()}: {q} numbers of at least 0 are needed, not all 0")
        low, high = np.fmin.reduce(x, axis=0, initial=np.inf), np.fmax.reduce(x, axis=0, initial=-np.inf)
        # Halved first: the difference of two very large numbers may be larger than any number.
        ranges = np.where(high > low, high / 2 - low / 2, 0.0) * 2 if len(x) else np.zeros(q)
        if not np.isfinite(ranges).all():
            raise ValueError("the range of a column is larger than any number: divide it by something first")
        return cls(tuple(measures), ranges, given)

    def scaled(self, x: Floats) -> Floats:
        """Return rows with numbers and ordered codes divided by their ranges, as the kernel reads them."""
        spread = np.array([one in ("number", "ordinal") for one in self.measures]) & (self.ranges > 0)
        return np.ascontiguousarray(np.where(spread, x / np.where(spread, self.ranges, 1.0), x), dtype=np.float64)

    @property
    def kinds(self) -> Floats:
        """(q,) what the kernel does with a column: 0 difference, 1 same or not, 2 asymmetric, 3 constant."""
        places = [{"number": 0, "ordinal": 0, "nominal": 1, "asymmetric": 2}[one] for one in self.measures]
        return np.where((np.array(places) == 0) & ~(self.ranges > 0), 3, places).astype(np.int64)

    def between(self, a: Floats, b: Floats | None = None) -> Floats:
        """Return (n, m) dissimilarities, 0 to 1, of the rows of a to those of b (None: a); NaN if nothing compares."""
        from segmentary.models.cluster.medoid_kernels import gower_between

        first = self.scaled(a)
        second = first if b is None else self.scaled(b)
        found: Floats = gower_between(first, second, self.kinds, self.weights)
        return found


def gower(
    x: Floats, measures: Sequence[Measure], weights: Sequence[float] | None = None, *, y: Floats | None = None
) -> Floats:
    """Return (n, n) Gower dissimilarities of rows (n, q), or (n, m) to those of y; NaN where nothing is known of both.

    >>> gower(np.array([[0.0, 1], [10, 1], [5, np.nan]]), ["number", "nominal"]).round(2).tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.0, 0.5], [0.5, 0.5, 0.0]]
    """
    return Gower.of(x, measures, weights).between(x, y)
