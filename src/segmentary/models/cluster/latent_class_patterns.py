"""Coded rows as different answer patterns, their items joined in groups so that a step reads few numbers per row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba  # noqa: TID253
import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

MOST_LEVELS = 100_000
"""Codes above this are numbers, not levels."""
DENSE = 1 << 22
"""Up to so many possible patterns are counted in a table; more are sorted."""
GROUP = 512
"""Most joint levels of a group of items: the tables of a group stay in the nearest cache."""


@dataclass(frozen=True, eq=False)
class Items:
    """The items' levels, and how items are joined.

    Attributes
    ----------
    levels : (p,) levels of each item. offsets : (p + 1,) where an item's levels start in tables of all levels.
    radices : (p,) levels, and one more for "missing". groups : (p,) group of each item, ascending.
    sizes : (G,) joint levels of each group. starts : (G,) where a group's joint levels start in tables of all of them.
    member : (sum of sizes, most items of a group) the item levels of a joint level; -1: missing, or no more items.
    """

    levels: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]
    radices: npt.NDArray[np.int64]
    groups: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    member: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Different rows: (m, G) joint levels (numbered through all groups), (m,) weights, (m,) sums of squared weights.

    inverse : (n,) pattern of each row.
    """

    codes: npt.NDArray[np.int32]
    weight: Floats
    squares: Floats
    inverse: npt.NDArray[np.int64]


def checked_codes(x: Floats, given: Sequence[int] | None) -> npt.NDArray[np.int64]:
    """Return (p,) how many levels there are: those given, else up to the highest code; refuse what is no code."""
    low, high, fractions = extremes(x)
    if low < 0:
        raise ValueError("Negative values in data passed to LatentClass (input X): codes of levels are 0, 1, 2 ...")
    if high >= MOST_LEVELS:
        raise ValueError(f"a code is {high:.0f}: codes of levels are 0, 1, 2 ..., not measurements")
    if fractions:
        import warnings

        warnings.warn("codes of levels are whole numbers: the fractions are cut off", UserWarning, stacklevel=4)
    highest = np.array([column_top(x[:, j]) for j in range(x.shape[1])], dtype=np.int64) + 1
    if given is None:
        return highest
    levels = np.asarray(given, dtype=np.int64)
    if levels.shape != (x.shape[1],) or (levels < highest).any():
        raise ValueError(f"levels are {list(given)}, but the codes need at least {highest.tolist()}")
    return levels


def joined(levels: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_], rows: int) -> Items:
    """Join neighbouring items while their joint levels stay few beside the rows."""
    radices = np.maximum(levels, 1) + missing
    cap = int(np.clip(rows // 4, 16, GROUP))
    groups, size = np.zeros(len(levels), dtype=np.int64), 1
    for j, radix in enumerate(radices):
        if j and size * radix > cap:
            groups[j:] += 1
            size = 1
        size *= int(radix)
    sizes = np.array([np.prod(radices[groups == g]) for g in range(groups[-1] + 1)], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    offsets = np.concatenate([[0], np.cumsum(levels)])
    member = np.full((int(sizes.sum()), int(np.bincount(groups).max())), -1, dtype=np.int64)
    for g, (start, joint) in enumerate(zip(starts, sizes, strict=True)):
        rest = np.arange(joint)
        for place, j in enumerate(np.flatnonzero(groups == g)[::-1]):
            code = rest % radices[j]
            rest = rest // radices[j]
            member[start : start + joint, place] = np.where(code < levels[j], offsets[j] + code, -1)
    return Items(levels, offsets, radices, groups, sizes, starts, member)


def patterns(x: Floats, items: Items, weight: Floats) -> Patterns:
    """Return the different rows of (n, p) codes, in an order that does not depend on that of the rows."""
    joint = np.empty((len(x), len(items.sizes)), dtype=np.int32)
    encode(x, items.levels, items.radices, items.groups, joint)
    key, space = joint[:, 0].astype(np.int64), int(items.sizes[0])
    for g in range(1, len(items.sizes)):
        size = int(items.sizes[g])
        if space * size >= 1 << 62:
            known, key = np.unique(key, return_inverse=True)
            space = len(known)
        key = key * size + joint[:, g]
        space *= size
    first, inverse = distinct(key, space)
    codes = joint[first] + items.starts.astype(np.int32)
    count = len(first)
    return Patterns(
        codes,
        np.bincount(inverse, weights=weight, minlength=count).astype(np.float64),
        np.bincount(inverse, weights=weight * weight, minlength=count).astype(np.float64),
        inverse,
    )


def distinct(key: npt.NDArray[np.int64], space: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return a row of each different key, by ascending key, and (n,) the place of each row's key among them."""
    if space > max(DENSE, 2 * len(key)):
        _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
        return first, inverse
    seen = np.full(space, -1, dtype=np.int64)
    seen[key[::-1]] = np.arange(len(key) - 1, -1, -1)
    there = np.flatnonzero(seen >= 0)
    first = seen[there]
    seen[there] = np.arange(len(there))
    return first, seen[key]


def heavy(found: Patterns) -> tuple[npt.NDArray[np.int32], Floats]:
    """Return codes and weights of the patterns that have any weight."""
    there = found.weight > 0
    return np.ascontiguousarray(found.codes[there]), found.weight[there]


@numba.njit(cache=True)
def _extremes(x: Any) -> Any:
    low, high, fractions = np.inf, -np.inf, False
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            value = x[i, j]
            if value == value:
                low, high = min(low, value), max(high, value)
                if value != np.floor(value):
                    fractions = True
    return low, high, fractions


def extremes(x: Floats) -> tuple[float, float, bool]:
    """Return the lowest and highest known value and whether any has a fraction."""
    low, high, fractions = _extremes(x)
    return float(low), float(high), bool(fractions)


def column_top(column: Floats) -> float:
    """Return the highest known code of a column, -1 where nothing is known."""
    top = np.fmax.reduce(column)
    return -1.0 if np.isnan(top) else float(np.floor(top))


@numba.njit(cache=True)
def _encode(x: Any, levels: Any, radices: Any, groups: Any, found: Any) -> None:
    for i in range(x.shape[0]):
        joint, group = 0, 0
        for j in range(x.shape[1]):
            if groups[j] != group:
                found[i, group] = joint
                joint, group = 0, groups[j]
            value = x[i, j]
            # Unknown, or a level that was not there: says nothing, as in `Terms`.
            code = min(levels[j], radices[j] - 1)
            if value == value and value < levels[j]:
                code = int(value)
            joint = joint * radices[j] + code
        found[i, group] = joint


def encode(
    x: Floats,
    levels: npt.NDArray[np.int64],
    radices: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int64],
    found: npt.NDArray[np.int32],
) -> None:
    """Write (n, G) joint levels of (n, p) codes into `found`."""
    _encode(x, levels, radices, groups, found)
