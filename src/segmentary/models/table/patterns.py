"""Distinct rows with their weights: coded answers repeat, and every method is as fast as there are distinct ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

BLOCK_ROWS = 16_384
"""Rows looked at together: a block of twenty columns stays in the cache."""
EXACT = float(2**53)
"""Whole numbers up to here are exact in floating point."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct rows of a table.

    Attributes
    ----------
    values : (m, p) distinct rows, ordered by first column, then second ...; missing (NaN) equals missing, and comes
        first.
    weights : (m,) sum of the weights of the rows that are so.
    inverse : (n,) the pattern of each row: ``values[inverse]`` is the table.
    """

    values: Floats
    weights: Floats
    inverse: npt.NDArray[np.intp]

    def __len__(self) -> int:
        """Return the number of patterns."""
        return len(self.values)

    @property
    def rows(self) -> int:
        """How many rows they came from."""
        return len(self.inverse)


def distinct(values: Floats, weights: Floats | None = None) -> Patterns:
    """Return the distinct rows of (n, p) values with their total weights; deterministic, independent of row order.

    Whole numbers of a small range (codes) are packed into one integer a row, so the work beyond one sort of n integers
    is one pass over the values. Other columns are ranked first, which costs a sort each.

    weights : (n,); None: every row counts once.
    """
    values = np.asarray(values, dtype=np.float64)
    n, p = values.shape
    if not n or not p:
        inverse = np.zeros(n, dtype=np.intp)
        total = float(n) if weights is None else float(np.sum(weights))
        return Patterns(values[: min(n, 1)].copy(), np.full(min(n, 1), total), inverse)
    inverse, m = packed(values)
    first = np.empty(m, dtype=np.intp)
    first[inverse[::-1]] = np.arange(n - 1, -1, -1)
    return Patterns(values[first], np.bincount(inverse, weights, minlength=m).astype(np.float64), inverse)


def packed(values: Floats) -> tuple[npt.NDArray[np.intp], int]:
    """Return (n,) the place of each row among the distinct rows in their order, and how many there are."""
    n, p = values.shape
    low, sizes, plain = ranges(values)
    ranked: dict[int, npt.NDArray[np.int64]] = {}
    for place in np.flatnonzero(~plain):
        ranked[int(place)], sizes[place] = column_ranks(values[:, place])
    key = np.zeros(n, dtype=np.int64)
    size = 1.0
    start = 0
    while start < p:
        end = start + 1
        if start in ranked:
            part, radix = ranked[start], float(sizes[start])
        else:
            while end < p and end not in ranked and np.prod(sizes[start : end + 1]) <= EXACT:
                end += 1
            part, radix = packed_columns(values[:, start:end], low[start:end], sizes[start:end])
        if size * radix > EXACT:
            key, size = numbered(key, size)
            if size * radix > EXACT:
                part, radix = numbered(part, radix)
        key = key * np.int64(radix) + part
        size *= radix
        start = end
    key, size = numbered(key, size)
    return key.astype(np.intp, copy=False), int(size)


def ranges(values: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return per column its lowest value, how many codes it needs (missing is code 0), and whether it can be packed."""
    n, p = values.shape
    low, high = np.full(p, np.inf), np.full(p, -np.inf)
    plain = np.ones(p, dtype=np.bool_)
    gaps = np.zeros(p, dtype=np.bool_)
    for start in range(0, n, BLOCK_ROWS):
        block = values[start : start + BLOCK_ROWS]
        missing = np.isnan(block)
        gaps |= missing.any(axis=0)
        np.minimum(low, np.where(missing, np.inf, block).min(axis=0), out=low)
        np.maximum(high, np.where(missing, -np.inf, block).max(axis=0), out=high)
        plain &= ((np.floor(block) == block) | missing).all(axis=0)
    empty = low > high
    low, high = np.where(empty, 0.0, low), np.where(empty, -1.0, high)
    plain &= np.isfinite(low) & np.isfinite(high) & (np.abs(low) <= EXACT) & (np.abs(high) <= EXACT)
    with np.errstate(invalid="ignore"):
        sizes = np.where(plain, high - low + 1, 1.0)
    plain &= sizes <= 2.0**31
    # Missing takes code 0 only where something is missing: columns without gaps pack denser.
    return np.where(plain, low - gaps, 0.0), np.where(plain, sizes + gaps, 1.0), plain


def packed_columns(values: Floats, low: Floats, sizes: Floats) -> tuple[npt.NDArray[np.int64], float]:
    """Return one integer per row for neighbouring columns of codes."""
    radix = float(np.prod(sizes))
    steps = np.append(np.cumprod(sizes[::-1])[::-1][1:], 1.0)
    key = np.empty(len(values), dtype=np.int64)
    for start in range(0, len(values), BLOCK_ROWS):
        block = values[start : start + BLOCK_ROWS] - low
        np.nan_to_num(block, copy=False, nan=0.0)
        key[start : start + len(block)] = block @ steps
    return key, radix


def column_ranks(column: Floats) -> tuple[npt.NDArray[np.int64], int]:
    """Return the place of each value among the distinct ones of any column, missing first."""
    found, codes = np.unique(column, return_inverse=True)
    missing = np.isnan(column)
    if not missing.any():
        return codes.astype(np.int64), len(found)
    return np.where(missing, 0, codes + 1).astype(np.int64), len(found)


def numbered(key: npt.NDArray[np.int64], size: float) -> tuple[npt.NDArray[np.int64], float]:
    """Return each key's place among the distinct keys, and how many these are."""
    if size <= max(4.0 * len(key), 65_536.0):  # a table of all keys is smaller than sorting them
        present = np.zeros(int(size), dtype=np.bool_)
        present[key] = True
        places = np.cumsum(present) - 1
        return places[key], float(places[-1] + 1) if len(places) else 0.0
    found, places = np.unique(key, return_inverse=True)
    return places.astype(np.int64, copy=False), float(len(found))
