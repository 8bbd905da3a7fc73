"""How much segments share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column
from segmentary.segments.membership import MEMBERSHIP, place_of

BITS_AT_ONCE = 1 << 28
"""Segments times customers that are looked at together: 32 MB of bits."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two segments. ``jaccard`` is shared / in either; ``share_of_first`` is shared / first; missing when empty."""

    first: str
    second: str
    shared: int
    either: int
    jaccard: float | None
    share_of_first: float | None
    share_of_second: float | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """Sizes and every pair of the segments asked for."""

    sizes: Mapping[str, int]
    pairs: tuple[Pair, ...]


def overlap(engine: Engine, names: Sequence[str], positions: Mapping[str, int]) -> Overlap:
    """Count every pair of segments from the stored masks, in one pass.

    Every segment becomes a row of bits, one per customer; a pair is an AND and a count of bits. Customers are taken so
    many at a time that the rows stay small.
    """
    import numpy as np

    if not names or not engine.has_table(MEMBERSHIP):
        return Overlap(dict.fromkeys(names, 0), ())
    places = [place_of(positions[name]) for name in names]
    masks = sorted({place.mask for place in places})
    query = exp.select(*(column(f"mask{number}") for number in masks)).from_(exp.table_(MEMBERSHIP, quoted=True))
    held = engine.table(query)
    columns = {number: held.column(f"mask{number}").to_numpy() for number in masks}
    total = len(names)
    shared = np.zeros((total, total), dtype=np.int64)
    step = max(64, BITS_AT_ONCE // total // 64 * 64)
    for start in range(0, held.num_rows, step):
        bits = np.zeros((total, -(-min(step, held.num_rows - start) // 64) * 8), dtype=np.uint8)
        for row, place in enumerate(places):
            flags = (columns[place.mask][start : start + step] >> place.bit) & 1
            packed = np.packbits(flags.astype(bool))
            bits[row, : len(packed)] = packed
        words = bits.view(np.uint64)
        for row in range(total):
            shared[row, row:] += np.bitwise_count(words[row] & words[row:]).sum(axis=1, dtype=np.int64)
    sizes = {name: int(shared[row, row]) for row, name in enumerate(names)}
    pairs = tuple(pair(names[i], names[j], int(shared[i, j]), sizes) for i in range(total) for j in range(i + 1, total))
    return Overlap(sizes, pairs)


def pair(a: str, b: str, shared: int, sizes: Mapping[str, int]) -> Pair:
    either = sizes[a] + sizes[b] - shared
    return Pair(
        a,
        b,
        shared,
        either,
        shared / either if either else None,
        shared / sizes[a] if sizes[a] else None,
        shared / sizes[b] if sizes[b] else None,
    )
