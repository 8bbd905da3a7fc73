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
from segmentary.models.table.reading import Reading, arrow, typed_table
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


@dataclass(frozen=True, eq=False)
class Reader:
    """How the data is read: wishes as in `segmentary.models.table.reading.typed_table`."""

    columns: Sequence[str] | None = None
    kinds: Mapping[str, Kind] | None = None
    levels: Mapping[str, Sequence[str]] | None = None
    missing: Mapping[str, Sequence[Any]] | Sequence[Any] = ()
    titles: Mapping[str, str] | None = None
    weights: Any = None
    ids: Any = None

    def reading(self, data: Any, columns: Sequence[str] | None) -> Reading:
        """Read the columns to segment by."""
        return typed_table(
            data,
            columns=columns,
            kinds=self.kinds,
            levels=self.levels,
            missing=self.missing,
            weights=self.weights,
            ids=self.ids,
            titles=present(self.titles, data),
        )

    def beside(self, data: Any, columns: Sequence[str]) -> TypedTable:
        """Read other columns of the same data, a row for every row of it."""
        return typed_table(
            data,
            columns=columns,
            kinds=of(self.kinds, columns),
            levels=of(self.levels, columns),
            missing=of(self.missing, columns) or () if isinstance(self.missing, Mapping) else self.missing,
            titles=of(present(self.titles, data), columns),
        ).table


def present(titles: Mapping[str, str] | None, data: Any) -> dict[str, str] | None:
    """Return the titles of columns that are there: a title too many does no harm."""
    return None if titles is None else of(titles, arrow(data, None).column_names)


def of(wishes: Mapping[str, Any] | None, names: Sequence[str]) -> dict[str, Any] | None:
    """Return the wishes about these names."""
    return None if wishes is None else {name: wish for name, wish in wishes.items() if name in names}


def given(data: Any, reader: Reader, *, value: Any = None, descriptors: Any = None, outcome: Any = None) -> Given:
    """Return the typed table of any data, and what goes with it, row by row.

    value, outcome : (n,) numbers, or the name of a column of the data, which is then not segmented by. descriptors : a
    dataframe or `TypedTable` of n rows, or names of columns of the data.

    Raises
    ------
    DataError : the parts differ in length. And what `typed_table` raises.
    """
    findings: tuple[Finding, ...] = ()
    if isinstance(data, TypedTable):
        table = data if reader.columns is None else data.select(reader.columns)
        rows = np.arange(len(data))
    else:
        aside = {one for one in (value, outcome, reader.weights, reader.ids) if isinstance(one, str)}
        aside |= names_of(descriptors)
        wanted = reader.columns
        if wanted is None and aside:
            wanted = [name for name in arrow(data, None).column_names if name not in aside]
        reading = reader.reading(data, wanted)
        table, rows, findings = reading.table, reading.rows, reading.findings
    return Given(
        table,
        rows,
        numbers(value, data, reader, rows, "value"),
        others(descriptors, data, reader, rows),
        numbers(outcome, data, reader, rows, "outcome"),
        findings,
    )


def names_of(wanted: Any) -> set[str]:
    """Return the names in a sequence of texts; none where it is something else."""
    if isinstance(wanted, Sequence) and not isinstance(wanted, str) and all(isinstance(one, str) for one in wanted):
        return set(wanted)
    return set()


def numbers(wanted: Any, data: Any, reader: Reader, rows: npt.NDArray[np.intp], what: str) -> Floats | None:
    """Return a column of numbers for the people of the table; texts become codes."""
    if wanted is None:
        return None
    if isinstance(wanted, str):
        source = data if isinstance(data, TypedTable) else reader.beside(data, [wanted])
        found = source.values[:, source.place(wanted)]
    else:
        plain = np.asarray(wanted)
        if plain.dtype.kind not in "fiub":
            plain = np.unique(plain.astype(str), return_inverse=True)[1]
        found = plain.astype(np.float64)
    if found.ndim != 1 or (len(rows) and len(found) <= int(rows.max())):
        raise DataError(f"{len(rows):,} people and a {what} of shape {found.shape} do not fit")
    return np.asarray(found[rows], dtype=np.float64)


def others(wanted: Any, data: Any, reader: Reader, rows: npt.NDArray[np.intp]) -> TypedTable | None:
    """Return the descriptors of the people of the table."""
    if wanted is None:
        return None
    if isinstance(wanted, TypedTable):
        found = wanted
    elif names_of(wanted):
        found = data.select(list(wanted)) if isinstance(data, TypedTable) else reader.beside(data, list(wanted))
    else:
        found = typed_table(wanted).table
    if len(found) == len(rows):
        return found
    if not len(rows) or len(found) <= int(rows.max()):
        raise DataError(f"{len(rows):,} people and {len(found):,} rows of descriptors do not fit")
    return found.take(rows)
