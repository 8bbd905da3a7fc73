"""In which combinations of segments people are: what no pair of circles can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column
from segmentary.ledger.definitions import positions
from segmentary.segments.membership import flags_query

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

MOST_COMBINED = 12
SHOWN = 24


@dataclass(frozen=True, slots=True)
class Combination:
    """People who are in all of these segments and in none of the others that were asked for."""

    segments: tuple[str, ...]
    people: int


def combinations(workspace: Workspace, names: Sequence[str], *, limit: int = SHOWN) -> tuple[Combination, ...]:
    """Return the most frequent combinations of segments as served, who is in none left out."""
    if not names:
        return ()
    flags = flags_query(names, positions(workspace.ledger)).subquery("flags")
    columns = [column(f"s{number}") for number in range(len(names))]
    people = exp.Count(this=exp.Star())
    query = (
        exp.select(*(one.copy() for one in columns), people.as_("people", quoted=True))
        .from_(flags)
        .where(exp.or_(*(one.copy() for one in columns)))
        .group_by(*(one.copy() for one in columns))
        .order_by(exp.Ordered(this=column("people"), desc=True), *(one.copy() for one in columns))
        .limit(limit)
    )
    return tuple(
        Combination(tuple(name for name, inside in zip(names, row, strict=False) if inside), int(row[-1]))
        for row in workspace.warehouse.rows(query)
    )
