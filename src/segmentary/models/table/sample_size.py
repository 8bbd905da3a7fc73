"""Whether there are enough people for so many columns, and whether columns say the same twice.

Dolnicar, Grün, Leisch & Schmidt (2014), Journal of Travel Research 53(3), and Dolnicar, Grün & Leisch (2016), Journal
of Business Research 69(2): at least 70 people per segmentation variable, 100 to be comfortable; correlated items need
more people and add little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.models.table.findings import Finding
from segmentary.models.table.response_style import correlations
from segmentary.models.table.typed_table import TypedTable

ENOUGH_PER_COLUMN = 70
COMFORTABLE_PER_COLUMN = 100
CORRELATED = 0.7
INFLATED = 10.0
FEWEST_EFFECTIVE = 10
PAIRS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two columns and their correlation (weighted, of ranks of codes: Pearson's on codes and numbers)."""

    one: str
    other: str
    r: float


def size_findings(table: TypedTable, *, most_segments: int = 2) -> tuple[Finding, ...]:
    """Return whether there are enough people, by their effective number, for the columns of the table.

    most_segments : the largest number of segments that will be tried.

    Raises
    ------
    NoAnswerError
        see `enough`.
    """
    enough(table, segments=most_segments)
    found: list[Finding] = []
    columns, people = len(table.columns), table.effective_n
    who = f"{len(table):,} people" if table.weights is None else f"{people:,.0f} people (effectively, by their weights)"
    each = people / columns
    if each < ENOUGH_PER_COLUMN:
        message = (
            f"{who} for {columns} columns are {each:.0f} per column: below {ENOUGH_PER_COLUMN}, segments often do not "
            "come back in another sample."
        )
        affordable = max(1, int(people // ENOUGH_PER_COLUMN))
        hint = f"take at most {affordable} of the columns, or ask {columns * ENOUGH_PER_COLUMN:,} people"
        found.append(Finding("too_few_people", "warning", message, hint))
    elif each < COMFORTABLE_PER_COLUMN:
        message = f"{who} for {columns} columns are {each:.0f} per column: enough, and comfortable from 100."
        found.append(Finding("few_people", "note", message))
    return tuple(found)


def enough(table: TypedTable, *, segments: int) -> None:
    """Refuse to look for so many segments among so few people.

    Raises
    ------
    NoAnswerError
        when there are fewer than two people per segment, or the weights leave fewer than ten people's worth.
    """
    if len(table) < 2 * segments or not len(table):
        raise NoAnswerError(
            f"{segments} segments cannot be looked for among {len(table):,} people",
            hint=f"at least {2 * segments} people are needed, {ENOUGH_PER_COLUMN} per column are enough",
        )
    if table.effective_n < FEWEST_EFFECTIVE:
        raise NoAnswerError(
            f"{len(table):,} people weigh as much as {table.effective_n:.1f}: too few to look for segments among",
            hint="ask more people, or trim the largest weights",
        )


def correlated(table: TypedTable) -> tuple[Pair, ...]:
    """Return pairs of columns (not nominal) with |r| >= .7, the strongest first."""
    names = [column.name for column in table.columns if column.kind != "nominal"]
    if len(names) < 2:
        return ()
    r = correlations(table.select(names).values, table.weight)
    rows, others = np.nonzero(np.triu(np.abs(r) >= CORRELATED, 1))
    found = [Pair(names[i], names[j], float(r[i, j])) for i, j in zip(rows, others, strict=True)]
    return tuple(sorted(found, key=lambda pair: (-abs(pair.r), pair.one, pair.other)))


def inflation(table: TypedTable) -> dict[str, float]:
    """Return the variance inflation factor of each column that is not nominal: 1 / (1 - R^2 on all the others)."""
    names = [column.name for column in table.columns if column.kind != "nominal"]
    if len(names) < 2 or len(table) <= len(names):
        return {}
    r = correlations(table.select(names).values, table.weight)
    inverse = np.linalg.pinv(r, hermitian=True)
    # A column that is a sum of others has no inverse: what the others leave of it is none.
    values, vectors = np.linalg.eigh(r)
    hollow = (vectors[:, values < 1e-8] ** 2).sum(axis=1) > 1e-6
    return {
        name: float("inf") if hollow[place] else max(1.0, float(inverse[place, place]))
        for place, name in enumerate(names)
    }


def correlation_findings(table: TypedTable) -> tuple[Finding, ...]:
    """Return which columns say the same twice."""
    found: list[Finding] = []
    pairs = correlated(table)
    if pairs:
        shown = ", ".join(f"{pair.one!r} and {pair.other!r} ({pair.r:+.2f})" for pair in pairs[:PAIRS_SHOWN])
        more = f" and {len(pairs) - PAIRS_SHOWN} more pairs" if len(pairs) > PAIRS_SHOWN else ""
        message = f"Columns that say nearly the same count twice in every distance: {shown}{more}."
        columns = tuple(dict.fromkeys(name for pair in pairs for name in (pair.one, pair.other)))
        found.append(Finding("correlated", "warning", message, "keep one of each pair", columns))
    paired = {name for pair in pairs for name in (pair.one, pair.other)}
    told = {name: factor for name, factor in inflation(table).items() if factor >= INFLATED and name not in paired}
    if told:
        shown = ", ".join(f"{name!r} ({factor:.0f})" for name, factor in told.items())
        message = f"Columns that the others together nearly tell (variance inflation of 10 and more): {shown}."
        found.append(Finding("redundant", "warning", message, "leave some out", tuple(told)))
    return tuple(found)
