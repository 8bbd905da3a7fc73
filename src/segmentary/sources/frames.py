"""Dataframes and other tables in memory: pandas, polars, Arrow, DuckDB relations, anything that speaks Arrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import FileFacts
from segmentary.sources.delivery import BATCH_ROWS, NUMBER_FIELD, Tabular, numbered
from segmentary.sources.files import LIMITS, Limits
from segmentary.sources.flatten import canonical, flatten_batch, flatten_schema


class Frame(Tabular):
    """A table in memory."""

    def __init__(self, name: str, table: pa.Table, *, origin: str = "dataframe", limits: Limits = LIMITS) -> None:
        super().__init__(name, origin, None, limits=limits)
        self.table = table
        self._schema = pa.schema([NUMBER_FIELD, *flatten_schema(table.schema)])

    @property
    def facts(self) -> FileFacts:
        """What it is."""
        return FileFacts("dataframe", rows=self.table.num_rows)

    @property
    def schema(self) -> pa.Schema:
        """``row_number`` and the columns with their types, flattened."""
        return self._schema

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows."""
        following = 1
        for batch in self.table.to_batches(max_chunksize=BATCH_ROWS):
            yield numbered(flatten_batch(batch, self._schema), following, self._schema)
            following += batch.num_rows


def is_frame(target: Any) -> bool:
    """Say whether something is a table in memory."""
    if isinstance(target, pa.Table | pa.RecordBatch | pa.RecordBatchReader):
        return True
    if hasattr(target, "__arrow_c_stream__") or hasattr(target, "to_arrow_table") or hasattr(target, "collect_schema"):
        return True
    return type(target).__module__.partition(".")[0] in ("pandas", "polars", "modin", "cudf")


def frame(target: Any, *, name: str | None, limits: Limits = LIMITS) -> Frame:
    """Return a table in memory as a delivery.

    Raises
    ------
    SourceError
        when it cannot become an Arrow table.
    """
    try:
        table = arrow_table(target)
    except (pa.ArrowException, TypeError, ValueError, AttributeError) as error:
        raise SourceError(
            f"this {type(target).__name__} cannot become a table: {str(error).splitlines()[0] if str(error) else ''}",
            hint="give a pandas, polars or Arrow table",
        ) from error
    if table.num_columns > limits.columns:
        raise SourceError(f"{table.num_columns:,} columns, more than {limits.columns:,}", hint="take fewer columns")
    module = type(target).__module__.partition(".")[0]
    return Frame(name or "dataframe", table, origin=f"<{module} {type(target).__name__}>", limits=limits)


def arrow_table(target: Any) -> pa.Table:
    """Return any dataframe as an Arrow table."""
    if isinstance(target, pa.Table):
        return target
    if isinstance(target, pa.RecordBatch):
        return pa.Table.from_batches([target])
    if isinstance(target, pa.RecordBatchReader):
        return target.read_all()
    if type(target).__module__.startswith("pandas"):
        return pandas_table(target)
    if hasattr(target, "to_arrow_table"):  # a DuckDB relation
        return target.to_arrow_table()
    import narwhals as nw

    native = nw.from_native(target, pass_through=True)
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    if isinstance(native, nw.DataFrame):
        return native.to_arrow()
    return pa.RecordBatchReader.from_stream(target).read_all()


def pandas_table(target: Any) -> pa.Table:
    """Return a pandas dataframe; columns of mixed objects become text, an index with a name becomes a column."""
    if getattr(target, "ndim", 2) != 2:
        raise TypeError("one column is no table")
    named = any(n is not None for n in target.index.names)
    plain = target.reset_index() if named else target
    columns: dict[str, pa.Array] = {}
    names: list[str] = []
    for place, label in enumerate(plain.columns):
        values = plain.iloc[:, place]
        names.append(str(label))
        columns[str(place)] = pandas_column(values)
    return pa.Table.from_arrays(list(columns.values()), names=names)


def pandas_column(values: Any) -> pa.Array:
    try:
        found = pa.Array.from_pandas(values)
    except (pa.ArrowException, TypeError, ValueError):
        found = pa.array([None if blank(v) else canonical(v) for v in values], pa.string())
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def blank(value: Any) -> bool:
    if isinstance(value, Mapping | list | tuple | set):
        return False
    return value is None or value != value
