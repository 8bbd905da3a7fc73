"""New people on the columns of old ones: the same kinds, the same levels, the same codes.

`matched` is for tables that were read for themselves (`typed_table`): it knows what reading makes of an answer, and
takes "köln" for "Köln". Values as a store holds them are coded by `segmentary.models.table.coding.coded_as`, which has
to say to the letter what the same assignment says inside an engine; `unmatched` says what was lost there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentary.errors import DataError
from segmentary.models.table.answers import number_of, written
from segmentary.models.table.columns import Column
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats, TypedTable


def matched(table: TypedTable, columns: Sequence[Column]) -> tuple[TypedTable, tuple[Finding, ...]]:
    """Return the table with exactly these columns, its answers in their codes, and what could not be matched.

    Levels are matched by their texts, so that "5" is "5" although nobody among the new people answered "1"; in binary
    columns truth values match yes and no, 0 and 1. An answer the columns do not know is missing, and a finding says how
    many.

    Raises
    ------
    UnknownNameError
        a column is missing.
    DataError
        levels where numbers are needed.
    """
    values = np.empty((len(table), len(columns)))
    found: list[Finding] = []
    for place, column in enumerate(columns):
        own = table.column(column.name)
        x = table.values[:, table.place(column.name)]
        values[:, place] = x if (own.coded, own.levels) == (column.coded, column.levels) else recoded(x, own, column)
        lost = int((~np.isnan(x) & np.isnan(values[:, place])).sum())
        if lost:
            found.append(unknown(column, lost, len(x)))
    return TypedTable(tuple(columns), values, table.weights, table.ids), tuple(found)


def unmatched(frame: pa.Table, table: TypedTable) -> tuple[Finding, ...]:
    """Return of which answers of a frame nothing is left in its coded table (same rows, same order)."""
    found: list[Finding] = []
    for place, column in enumerate(table.columns):
        told = ~np.asarray(pc.is_null(frame.column(column.name), nan_is_null=True).to_numpy(), dtype=np.bool_)
        lost = int((told & np.isnan(table.values[:, place])).sum())
        if lost:
            found.append(unknown(column, lost, len(table)))
    return tuple(found)


def unknown(column: Column, lost: int, people: int) -> Finding:
    """Return the finding that answers are none a column knows."""
    what = "none of its levels" if column.coded else "no numbers"
    message = f"{column.name!r}: {lost:,} of {people:,} answers are {what}: taken as missing."
    hint = "levels: " + ", ".join(map(repr, column.levels[:10])) if column.coded else ""
    return Finding("unknown_level", "warning", message, hint, (column.name,))


def recoded(x: Floats, own: Column, wanted: Column) -> Floats:
    """Return the values of one column as those of another."""
    if not wanted.coded:
        if not own.coded:
            return x
        numbers = [number_of(level) for level in own.levels]
        if None in numbers:
            raise DataError(
                f"column {wanted.name!r} is to be {wanted.kind}: it has the levels {', '.join(own.levels[:5])}",
                hint="read it with the kinds of the solution",
            )
        return looked_up(x, [float(number) for number in numbers if number is not None])
    binary = wanted.kind == "binary"
    codes = {spelled(level, binary): float(code) for code, level in enumerate(wanted.levels)}
    if own.coded:
        return looked_up(x, [codes.get(spelled(level, binary), np.nan) for level in own.levels])
    known = np.unique(x[~np.isnan(x)])
    table = np.array([codes.get(spelled(written(float(value)), binary), np.nan) for value in known])
    return np.where(np.isnan(x), np.nan, np.append(table, np.nan)[np.searchsorted(known, np.nan_to_num(x))])


def looked_up(x: Floats, table: list[float]) -> Floats:
    """Return the entry of each code; missing stays missing."""
    places = np.where(np.isnan(x), len(table), x).astype(np.intp)
    return np.asarray([*table, np.nan])[places]


TRUTH = {"true": "yes", "1": "yes", "false": "no", "0": "no"}


def spelled(level: str, binary: bool) -> str:
    """Return how a level is compared: small letters; of binary columns truth values as yes and no."""
    text = level.strip().casefold()
    return TRUTH.get(text, text) if binary else text
