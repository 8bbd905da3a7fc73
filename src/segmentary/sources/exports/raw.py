"""Files as exports see them: JSON as objects (not flattened), tables as rows of text, a webhook's body as one row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Literal

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import ROW_NUMBER
from segmentary.sources.delivery import Tabular
from segmentary.sources.exports.export import HEAD_ROWS, Record
from segmentary.sources.files import text_of
from segmentary.sources.jsonlines import (
    BAD_TEXT,
    CUT,
    DECODER,
    DEEPEST,
    NO_OBJECT,
    TOO_DEEP,
    JsonRecords,
    NoJson,
    numbered,
)
from segmentary.sources.parquet import Parquet

LARGEST_BODY = 32 << 20
ROWS_AT_ONCE = 2_000
ITEMS = "[]"
"""A line that is a list is a row with its elements under this key."""


@dataclass(frozen=True)
class RawFile:
    """One delivery, before it is flattened. ``body``: the whole file is one row."""

    delivery: Tabular
    body: bool = False

    @property
    def name(self) -> str:
        """Name of the source."""
        return self.delivery.name

    @property
    def form(self) -> Literal["objects", "table"]:
        """What the rows are."""
        return "objects" if isinstance(self.delivery, JsonRecords | Parquet) else "table"

    @cached_property
    def head(self) -> tuple[Record, ...]:
        """The first rows."""
        if self.form == "table":
            # Whoever proposes a mapping needs the sample, too: the file is not read twice for it.
            rows = self.delivery.sample.slice(0, HEAD_ROWS).to_pylist()
            return tuple({k: v for k, v in row.items() if k != ROW_NUMBER} for row in rows)
        if isinstance(self.delivery, Parquet):
            return tuple(found for _, found in islice(parquet_rows(self.delivery, HEAD_ROWS), HEAD_ROWS))
        return tuple(found for _, found in islice(self.records([]), HEAD_ROWS))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Column names, or the keys of the first rows."""
        if self.form == "table":
            return self.delivery.names
        return tuple(dict.fromkeys(key for found in self.head for key in found))

    def records(self, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, Record]]:
        """Yield numbered rows; what cannot be read goes to `rejected`."""
        if isinstance(self.delivery, JsonRecords):
            return json_rows(self.delivery, rejected, body=self.body)
        if isinstance(self.delivery, Parquet):
            return parquet_rows(self.delivery)
        return table_rows(self.delivery, rejected)


def is_document(delivery: Tabular) -> bool:
    """Say whether a JSON file is one object that may be a webhook's body."""
    if not isinstance(delivery, JsonRecords) or delivery.lines or delivery.text.decoded_bytes > LARGEST_BODY:
        return False
    first = next((line for line in text_of(delivery.file, delivery.text) if line.strip()), "")
    return first.lstrip().startswith("{")


def json_rows(delivery: JsonRecords, rejected: list[tuple[int, str]], *, body: bool) -> Iterator[tuple[int, Record]]:
    """Yield the objects of a JSON file; lists become rows with their elements."""
    pieces = ["".join(text_of(delivery.file, delivery.text))] if body else delivery.pieces()
    return numbered(pieces, parsed, rejected, damaged=delivery.text.damaged)


def parsed(text: str) -> dict[str, Any]:
    """Return one JSON object; numbers stay as written (`jsonlines.Text`).

    Raises
    ------
    NoJson
        with the reason, when it is none.
    """
    try:
        value = DECODER.decode(text)
        if isinstance(value, list):
            value = {ITEMS: value} if value else {}
        if not isinstance(value, dict):
            raise NoJson(NO_OBJECT)
        # Only escapes can bring half a character into text that was decoded.
        check(value, 0, surrogates="\\u" in text)
    except RecursionError:
        raise NoJson(TOO_DEEP) from None
    except json.JSONDecodeError:
        raise NoJson(CUT) from None
    return value


def check(value: Any, depth: int, *, surrogates: bool) -> None:
    """Refuse what is nested too deeply or cannot be stored as text."""
    if depth > DEEPEST:
        raise NoJson(TOO_DEEP)
    match value:
        case dict():
            for key, inner in value.items():
                check(key, depth, surrogates=surrogates)
                check(inner, depth + 1, surrogates=surrogates)
        case list():
            for inner in value:
                check(inner, depth + 1, surrogates=surrogates)
        case str() if surrogates and not value.isascii():
            try:
                str.__str__(value).encode()
            except UnicodeEncodeError:
                raise NoJson(BAD_TEXT) from None


def parquet_rows(delivery: Parquet, at_once: int = ROWS_AT_ONCE) -> Iterator[tuple[int, Record]]:
    """Yield the rows of a Parquet file with their nested values."""
    import pyarrow.parquet as pq

    number = decoded = 0
    packed = delivery.file.stat().st_size
    try:
        with pq.ParquetFile(delivery.file) as opened:
            for batch in opened.iter_batches(batch_size=at_once):
                decoded += batch.nbytes
                delivery.check(decoded, number + batch.num_rows, packed)
                for row in batch.to_pylist():
                    number += 1
                    yield number, row
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{delivery.file.name}: damaged after row {number:,}", hint="copy or export the file again"
        ) from error


def table_rows(delivery: Tabular, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield the rows of a table."""
    for batch in delivery.limited(delivery.batches(rejected)):
        for start in range(0, batch.num_rows, ROWS_AT_ONCE):
            for row in batch.slice(start, ROWS_AT_ONCE).to_pylist():
                yield row.pop(ROW_NUMBER), row
