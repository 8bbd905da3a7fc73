"""Other people in the columns of a solution: coded as those it was found in were."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentary.errors import UnknownNameError
from segmentary.models.table.columns import NUMBER, Column
from segmentary.models.table.typed_table import Floats, TypedTable


def coded_as(frame: pa.Table, columns: Sequence[Column], *, ids: str = "") -> TypedTable:
    """Return the rows of a table in columns that are known already.

    A value that is none of the levels, or no number, is missing: `segmentary.models.assign.sql` says the same inside
    an engine. ids : the column that names the rows.

    Raises
    ------
    UnknownNameError
        when the table has not a column.
    """
    for column in columns:
        if column.name not in frame.column_names:
            raise UnknownNameError("column", column.name, frame.column_names)
    values = [codes(column, frame.column(column.name)) for column in columns]
    grid = np.column_stack(values) if values else np.empty((frame.num_rows, 0))
    names = tuple(str(one) for one in frame.column(ids).to_pylist()) if ids else ()
    return TypedTable(tuple(columns), grid, None, names)


def codes(column: Column, told: pa.ChunkedArray) -> Floats:
    """Return the numbers or codes of one column."""
    kind = told.type
    if pa.types.is_boolean(kind):
        found = told.cast(pa.int8())
        return floats(found) if not column.coded or len(column.levels) == 2 else np.full(len(told), np.nan)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers = floats(told)
        numbers[~np.isfinite(numbers)] = np.nan
        return numbers if not column.coded else looked_up(numbers, column)
    texts = told.cast(pa.string())
    if not column.coded:
        return numbers_of(texts)
    trimmed = pc.utf8_trim_whitespace(texts)
    found = floats(pc.index_in(trimmed, value_set=pa.array(column.levels, pa.string())))
    return np.where(np.isnan(found), looked_up(numbers_of(texts), column), found)


def numbers_of(texts: pa.ChunkedArray) -> Floats:
    return np.array([number(text) for text in texts.to_pylist()], dtype=np.float64)


def floats(told: pa.ChunkedArray) -> Floats:
    return np.array(told.cast(pa.float64()).to_numpy(), dtype=np.float64)


def looked_up(numbers: Floats, column: Column) -> Floats:
    """Return the code of the level whose text is the number."""
    found = np.full(len(numbers), np.nan)
    for code, level in enumerate(column.levels):
        found[numbers == number(level)] = code
    return found


def number(text: str | None) -> float:
    """Return what a text says as a number, NaN where it says none."""
    return float(text) if text is not None and re.match(NUMBER, text, re.ASCII) else float("nan")
