"""What all deliveries have in common: a sample to profile, numbered rows, rejected rows, limits."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import ROW_NUMBER, FileFacts, SourceColumn
from segmentary.sources.files import LIMITS, Limits
from segmentary.sources.shapes import profile

SAMPLE_ROWS = 10_000
BATCH_ROWS = 50_000
NUMBER_FIELD = pa.field(ROW_NUMBER, pa.int64(), nullable=False)


class Tabular(ABC):
    """A delivery with lazily profiled columns.

    Parameters
    ----------
    name, origin, path : as `Delivery` says.

    Attributes
    ----------
    siblings : the other deliveries of the same source (daily files), where there are any.
    part : its place among the deliveries of its file (sheets of a workbook), from 0.
    held : what must live as long as the delivery, such as an unpacked copy.
    """

    def __init__(self, name: str, origin: str, path: Path | None, *, limits: Limits = LIMITS) -> None:
        self.name = name
        self.origin = origin
        self.path = path
        self.limits = limits
        self.rejected: list[tuple[int, str]] = []
        self.siblings: tuple[Tabular, ...] = ()
        self.part = 0
        self.held: object = None

    @property
    @abstractmethod
    def facts(self) -> FileFacts:
        """How it is written."""

    @property
    @abstractmethod
    def schema(self) -> pa.Schema:
        """The schema of `read`, with ``row_number`` first."""

    @abstractmethod
    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows; append the rows that cannot be parsed to `rejected`."""

    @cached_property
    def sample(self) -> pa.Table:
        """The first rows."""
        taken: list[pa.RecordBatch] = []
        rows = 0
        for batch in self.batches([]):
            taken.append(batch.slice(0, SAMPLE_ROWS - rows))
            rows += taken[-1].num_rows
            if rows >= SAMPLE_ROWS:
                break
        return pa.Table.from_batches(taken, schema=self.schema)

    @cached_property
    def columns(self) -> tuple[SourceColumn, ...]:
        """The columns, profiled on the first rows."""
        return profile(self.sample)

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, without reading rows."""
        return tuple(n for n in self.schema.names if n != ROW_NUMBER)

    def read(self) -> pa.RecordBatchReader:
        """Return all rows, from the beginning."""
        self.rejected = []
        return pa.RecordBatchReader.from_batches(self.schema, self.limited(self.batches(self.rejected)))

    def limited(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass batches on until the limits are reached."""
        rows = size = 0
        for batch in batches:
            rows += batch.num_rows
            size += batch.nbytes
            if rows > self.limits.rows or size > self.limits.decoded_bytes:
                raise SourceError(
                    f"{self.origin}: more than {self.limits.rows:,} rows or {self.limits.decoded_bytes:,} bytes",
                    hint="split it into parts",
                )
            yield batch

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} from {self.origin}>"


def text_schema(names: Sequence[str]) -> pa.Schema:
    """Return the schema of a format whose values are all text."""
    return pa.schema([NUMBER_FIELD, *(pa.field(n, pa.string()) for n in names)])


def text_batches(rows: Iterable[tuple[int, Sequence[str | None]]], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Gather numbered rows of text into batches."""
    numbers: list[int] = []
    gathered: list[Sequence[str | None]] = []
    for number, row in rows:
        numbers.append(number)
        gathered.append(row)
        if len(numbers) == BATCH_ROWS:
            yield text_batch(numbers, gathered, schema)
            numbers, gathered = [], []
    if numbers:
        yield text_batch(numbers, gathered, schema)


def text_batch(numbers: list[int], rows: list[Sequence[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if len(schema) > 1 else []
    arrays = [pa.array(numbers, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def numbered(batch: pa.RecordBatch, first: int, schema: pa.Schema) -> pa.RecordBatch:
    """Return a batch with ``row_number`` in front."""
    numbers = pa.array(range(first, first + batch.num_rows), pa.int64())
    return pa.RecordBatch.from_arrays([numbers, *batch.columns], schema=schema)
