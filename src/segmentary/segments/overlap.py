"""How much segments share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.segments.membership import MEMBERSHIP, Place, column, counts_query, has_bit, place_of


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
    """Count every pair of segments from the stored masks, in one pass."""
    if not names or not engine.has_table(MEMBERSHIP):
        return Overlap(dict.fromkeys(names, 0), ())
    sizes = dict(zip(names, engine.rows(counts_query(names, positions))[0], strict=True))
    couples = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    shared: list[int] = []
    for start in range(0, len(couples), 400):
        query = exp.Select().from_(exp.table_(MEMBERSHIP, quoted=True))
        for number, (a, b) in enumerate(couples[start : start + 400]):
            query = query.select(both(place_of(positions[a]), place_of(positions[b])).as_(f"n{number}"), copy=False)
        shared.extend(engine.rows(query)[0])
    pairs = tuple(pair(a, b, n, sizes) for (a, b), n in zip(couples, shared, strict=True))
    return Overlap(sizes, pairs)


def both(a: Place, b: Place) -> exp.Expr:
    """Count the customers that have both bits."""
    tests = [has_bit(column(place.column), exp.Literal.number(place.weight)) for place in (a, b)]
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=exp.and_(*tests)))


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
