"""New people on the columns of old ones: the same kinds, the same levels, the same codes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
            message = f"{column.name!r}: {lost:,} of {len(x):,} answers are none of its levels: taken as missing."
            hint = "levels: " + ", ".join(map(repr, column.levels[:10]))
            found.append(Finding("unknown_level", "warning", message, hint, (column.name,)))
    return TypedTable(tuple(columns), values, table.weights, table.ids), tuple(found)


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
