"""What a discovery is given: the table, and beside it money, other columns and an outcome, all for the same people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError
from segmentary.models.table.columns import Kind
from segmentary.models.table.findings import Finding
from segmentary.models.table.reading import typed_table
from segmentary.models.table.typed_table import Floats, TypedTable


@dataclass(frozen=True, eq=False)
class Given:
    """The people of a discovery.

    table : what is segmented by. rows : (n,) which rows of the data they are (those without a weight are not in it).
    value : (n,) money, or None. descriptors : other columns, or None. outcome : (n,) what is to be explained later, or
    None. findings : what was noticed while reading.
    """

    table: TypedTable
    rows: npt.NDArray[np.intp]
    value: Floats | None = None
    descriptors: TypedTable | None = None
    outcome: Floats | None = None
    findings: tuple[Finding, ...] = ()


def given(
    data: Any,
    *,
    columns: Sequence[str] | None,
    kinds: Mapping[str, Kind] | None,
    weights: Any,
    ids: Any,
    value: Any,
    descriptors: Any,
    outcome: Any,
    titles: Mapping[str, str] | None = None,
) -> Given:
    """Return the typed table of any data, and what goes with it, row by row.

    value, outcome : (n,) numbers, or the name of a column of the data, which is then not segmented by. descriptors : a
    dataframe or `TypedTable` of n rows, or names of columns of the data.

    Raises
    ------
    DataError : the parts differ in length. And what `typed_table` raises.
    """
    if isinstance(data, TypedTable):
        table, rows, findings = data, np.arange(len(data)), ()
        if columns is not None:
            table = table.select(columns)
    else:
        named = {one for one in (value, outcome) if isinstance(one, str)} | names_of(descriptors)
        wanted = columns
        if wanted is None and named:
            aside = named | {one for one in (weights, ids) if isinstance(one, str)}
            wanted = [name for name in names_in(data) if name not in aside]
        reading = typed_table(data, columns=wanted, kinds=kinds, weights=weights, ids=ids, titles=known(titles, data))
        table, rows, findings = reading.table, reading.rows, reading.findings
    n = len(data) if isinstance(data, TypedTable) else None
    return Given(
        table,
        rows,
        numbers(value, data, rows, n, "value"),
        others(descriptors, data, rows, titles),
        numbers(outcome, data, rows, n, "outcome"),
        tuple(findings),
    )


def names_of(wanted: Any) -> set[str]:
    """Return the names in a sequence of texts; none where it is something else."""
    if isinstance(wanted, Sequence) and not isinstance(wanted, str) and all(isinstance(one, str) for one in wanted):
        return set(wanted)
    return set()


def names_in(data: Any) -> list[str]:
    from segmentary.models.table.reading import arrow

    return list(arrow(data, None).column_names)


def numbers(wanted: Any, data: Any, rows: npt.NDArray[np.intp], n: int | None, what: str) -> Floats | None:
    """Return a column of numbers for the people of the table; texts become codes."""
    if wanted is None:
        return None
    if isinstance(wanted, str):
        if isinstance(data, TypedTable):
            found = data.values[:, data.place(wanted)]
        else:
            found = typed_table(data, columns=[wanted]).table.values[:, 0]
    else:
        found = np.asarray(wanted)
        if found.dtype.kind not in "fiub":
            found = np.unique(found.astype(str), return_inverse=True)[1]
        found = found.astype(np.float64)
    expected = n if n is not None else (int(rows.max()) + 1 if len(rows) else 0)
    if found.ndim != 1 or len(found) < expected:
        raise DataError(f"{expected:,} people and a {what} of shape {found.shape} do not fit")
    return np.asarray(found[rows], dtype=np.float64)


def read_others(data: Any, wanted: Any, titles: Mapping[str, str] | None) -> TypedTable:
    return typed_table(data, columns=wanted, titles=known(titles, data)).table


def known(titles: Mapping[str, str] | None, data: Any) -> dict[str, str]:
    """Return the titles of columns that are there."""
    names = set(getattr(data, "column_names", None) or getattr(data, "columns", None) or titles or ())
    return {name: title for name, title in (titles or {}).items() if name in names}


def others(
    wanted: Any, data: Any, rows: npt.NDArray[np.intp], titles: Mapping[str, str] | None = None
) -> TypedTable | None:
    """Return the descriptors of the people of the table."""
    if wanted is None:
        return None
    if isinstance(wanted, TypedTable):
        found = wanted
    elif names_of(wanted):
        found = data.select(list(wanted)) if isinstance(data, TypedTable) else read_others(data, wanted, titles)
    else:
        found = typed_table(wanted).table
    if len(found) == len(rows):
        return found
    if not len(rows) or len(found) <= int(rows.max()):
        raise DataError(f"{len(rows):,} people and {len(found):,} rows of descriptors do not fit")
    return found.take(rows)
