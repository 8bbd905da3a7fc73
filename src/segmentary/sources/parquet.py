"""Parquet files: streamed, nested objects flattened with dots, lists kept as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from segmentary.errors import SourceError
from segmentary.sources.base import FileFacts
from segmentary.sources.delivery import BATCH_ROWS, NUMBER_FIELD, Tabular, numbered
from segmentary.sources.files import LIMITS, Limits, readable
from segmentary.sources.flatten import flatten_batch, flatten_schema

EXPANSION = 1_000
EXPANSION_FROM = 1 << 30


class Parquet(Tabular):
    """One Parquet file."""

    def __init__(self, name: str, path: Path, *, limits: Limits = LIMITS) -> None:
        super().__init__(name, str(path), path, limits=limits)
        self.file = readable(path)
        try:
            with pq.ParquetFile(path) as opened:
                self.source_schema = opened.schema_arrow
                self.row_count = int(opened.metadata.num_rows)
        except (pa.ArrowException, OSError) as error:
            raise SourceError(
                f"{path.name}: not a readable Parquet file", hint="copy or export the file again"
            ) from error
        if self.row_count > limits.rows or len(self.source_schema) > limits.columns:
            raise SourceError(
                f"{path.name}: {self.row_count:,} rows and {len(self.source_schema):,} columns are beyond the limits",
                hint=f"at most {limits.rows:,} rows and {limits.columns:,} columns",
            )

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        return FileFacts("parquet", rows=self.row_count)

    @cached_property
    def schema(self) -> pa.Schema:
        """``row_number`` and the columns, flattened."""
        return pa.schema([NUMBER_FIELD, *flatten_schema(self.source_schema)])

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows."""
        following = 1
        decoded = 0
        packed = self.file.stat().st_size
        try:
            with pq.ParquetFile(self.file) as opened:
                for batch in opened.iter_batches(batch_size=BATCH_ROWS):
                    flat = flatten_batch(batch, self.schema)
                    decoded += flat.nbytes
                    self.check(decoded, following + batch.num_rows, packed)
                    yield numbered(flat, following, self.schema)
                    following += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise SourceError(
                f"{self.file.name}: damaged after row {following - 1:,}", hint="copy or export the file again"
            ) from error

    def check(self, decoded: int, rows: int, packed: int) -> None:
        """Refuse a file whose rows, at this rate, unpack to more than anyone would export."""
        expected = decoded // max(rows, 1) * self.row_count
        if expected > self.limits.decoded_bytes or (expected > EXPANSION_FROM and expected > EXPANSION * packed):
            raise SourceError(
                f"{self.file.name}: would unpack to about {expected >> 20:,} MiB from {packed >> 10:,} KiB",
                hint="no real export does that; look at the file before adding it",
            )
