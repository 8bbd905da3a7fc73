"""Delimited text: comma, semicolon, tab or bar between fields, as spreadsheets and shop systems write it.

A file is scanned once when it is opened (encoding, limits, quotes). If its quotes pair up it is read by Arrow's parser;
otherwise by a careful reader that gives up on one record at a time, never on the rest of the file.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from segmentary.errors import SourceError
from segmentary.sources.base import FileFacts
from segmentary.sources.delivery import Tabular, text_batches, text_schema
from segmentary.sources.files import (
    CHUNK,
    LIMITS,
    DecodedStream,
    Limits,
    TextFacts,
    head,
    text_facts,
    text_of,
    unpacked,
)
from segmentary.sources.names import header_names
from segmentary.sources.quoting import split_records, stray_quotes
from segmentary.sources.shapes import EMAIL, missing, shape_of

DELIMITERS = (",", ";", "\t", "|")
SNIFFED_RECORDS = 200
LONGEST_PREAMBLE = 20
BLOCK = 8 << 20
Header = Literal["auto", "yes", "no"]
EMPTY_ROW = "the row is empty"
NOT_UTF8 = "the row holds bytes that are not UTF-8"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the fields of a delimited file are.

    Attributes
    ----------
    skip : UTF-8 bytes before the first data row.
    """

    delimiter: str
    names: tuple[str, ...]
    skip: int
    warnings: tuple[str, ...]


class Delimited(Tabular):
    """A delimited text file.

    Parameters
    ----------
    encoding, delimiter, header : given by a person; otherwise found out.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        encoding: str = "",
        delimiter: str = "",
        header: Header = "auto",
        limits: Limits = LIMITS,
    ) -> None:
        super().__init__(name, str(path), path, limits=limits)
        self.file = path
        self.text = text_facts(path, encoding=encoding, limits=limits)
        self.layout = find_layout(path, self.text, delimiter=delimiter, header=header, limits=limits)
        self._schema = text_schema(self.layout.names)

    @property
    def facts(self) -> FileFacts:
        """How the file is written."""
        text = self.text
        warnings = (*text.warnings, *self.layout.warnings)
        return FileFacts(
            "csv", text.encoding, self.layout.delimiter, text.bom > 0, text.compressed, self.known_rows, warnings
        )

    @property
    def known_rows(self) -> int | None:
        """The number of rows, where it is known before reading: only for files without data."""
        return 0 if not self.layout.names else None

    @property
    def schema(self) -> pa.Schema:
        """``row_number`` and all columns as text."""
        return self._schema

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows as text."""
        if not self.layout.names:
            return iter(())
        paired = self.text.quotes % 2 == 0 and not self.text.encoding.startswith(("utf-16", "utf-32"))
        if paired and self.text.quotes:
            lines = after(text_of(self.file, self.text), self.layout.skip)
            paired = not stray_quotes(lines, self.layout.delimiter, len(self.layout.names))
        return self.fast(rejected) if paired else self.careful(rejected)

    def fast(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Read with Arrow's parser."""
        names = self.layout.names
        plain = [f"c{i}" for i in range(len(names))]
        refused: list[int] = []

        def refuse(row: pyarrow.csv.InvalidRow) -> str:
            refused.append(row.number)
            rejected.append((row.number, ragged(row.actual_columns, len(names))))
            return "skip"

        with unpacked(self.file) as source:
            stream = DecodedStream(source, self.text, skip=self.layout.skip)
            if not stream.fill():
                return
            reader = arrow_reader(stream, plain, self.layout.delimiter, refuse, self.file.name)
            following = 1
            while (batch := next_batch(reader, self.file.name)) is not None:
                numbers = row_numbers(following, batch.num_rows, refused)
                following = int(numbers[-1]) + 1 if len(numbers) else following
                yield self.screened(batch, numbers, rejected)
        rejected.sort()

    def screened(self, batch: pa.RecordBatch, numbers: np.ndarray, rejected: list[tuple[int, str]]) -> pa.RecordBatch:
        """Take out rows without any value, and rows with bytes that are not UTF-8 in a damaged file."""
        out = pa.RecordBatch.from_arrays([pa.array(numbers), *batch.columns], schema=self._schema)
        reasons = [(EMPTY_ROW, all_empty(batch))]
        if self.text.damaged:
            reasons.append((NOT_UTF8, any_contains(batch, "\ufffd")))
        keep = np.ones(batch.num_rows, dtype=bool)
        for reason, mask in reasons:
            if mask is None:
                continue
            rejected.extend((int(n), reason) for n in numbers[mask & keep])
            keep &= ~mask
        return out if keep.all() else out.filter(pa.array(keep))

    def careful(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Read record by record, giving up on one at a time."""
        lines = text_of(self.file, self.text)
        return text_batches(self.records(after(lines, self.layout.skip), rejected), self._schema)

    def records(
        self, lines: Iterator[str], rejected: list[tuple[int, str]]
    ) -> Iterator[tuple[int, Sequence[str | None]]]:
        """Yield numbered records that fit the header; refuse the others."""
        width = len(self.layout.names)
        for number, found in enumerate(split_records(lines, self.layout.delimiter, width), start=1):
            if isinstance(found, str):
                rejected.append((number, found))
            elif len(found) != width:
                rejected.append((number, ragged(len(found), width)))
            elif not any(found):
                rejected.append((number, EMPTY_ROW))
            elif self.text.damaged and any("\ufffd" in cell for cell in found):
                rejected.append((number, NOT_UTF8))
            else:
                yield number, found


def ragged(fields: int, width: int) -> str:
    return f"{fields} fields where the header has {width}"


def arrow_reader(
    stream: io.RawIOBase, names: list[str], delimiter: str, refuse: object, file: str
) -> pyarrow.csv.CSVStreamingReader:
    try:
        return pyarrow.csv.open_csv(
            io.BufferedReader(stream, CHUNK),
            read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False, block_size=BLOCK),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False, null_values=[]
            ),
        )
    except pa.ArrowInvalid as error:
        raise unreadable(file, error) from error


def next_batch(reader: pyarrow.csv.CSVStreamingReader, file: str) -> pa.RecordBatch | None:
    try:
        return reader.read_next_batch()
    except StopIteration:
        return None
    except pa.ArrowInvalid as error:
        raise unreadable(file, error) from error


def unreadable(file: str, error: Exception) -> SourceError:
    if "straddling" in str(error):
        return SourceError(
            f"{file}: one record is longer than {BLOCK:,} bytes", hint="a quote is probably opened and never closed"
        )
    return SourceError(f"{file}: cannot be parsed as a table", hint="give the delimiter and the encoding")


def row_numbers(following: int, rows: int, refused: list[int]) -> np.ndarray:
    """Return the numbers of delivered rows: consecutive, leaving out the refused ones."""
    skipped = np.array([n for n in refused if n >= following], dtype=np.int64)
    skipped.sort()
    candidates = np.arange(following, following + rows + len(skipped), dtype=np.int64)
    return np.setdiff1d(candidates, skipped, assume_unique=True)[:rows] if len(skipped) else candidates


def all_empty(batch: pa.RecordBatch) -> np.ndarray | None:
    """Return which rows have no value at all, or None where no row can be."""
    mask = None
    for column in batch.columns:
        here = pc.equal(column, "").to_numpy(zero_copy_only=False)
        mask = here if mask is None else mask & here
        if not mask.any():
            return None
    return mask


def any_contains(batch: pa.RecordBatch, pattern: str) -> np.ndarray:
    mask = np.zeros(batch.num_rows, dtype=bool)
    for column in batch.columns:
        mask |= pc.match_substring(column, pattern).to_numpy(zero_copy_only=False)
    return mask


def after(lines: Iterator[str], skip: int) -> Iterator[str]:
    """Leave out the first `skip` UTF-8 bytes: whole lines by construction."""
    for line in lines:
        if skip > 0:
            skip -= len(line.encode())
        else:
            yield line


def find_layout(path: Path, facts: TextFacts, *, delimiter: str, header: Header, limits: Limits) -> Layout:
    """Find the delimiter, the header row and where the data begin."""
    text = head(path)[facts.bom :].decode(facts.encoding, errors="ignore")
    skip = 0
    first_line = text[: text.find("\n") + 1] or text
    if first_line.lower().startswith("sep=") and len(first_line.strip()) == 5:
        delimiter = delimiter or first_line.strip()[4]
        skip = len(first_line)
        text = text[skip:]
    records = sniff_records(text, delimiter or sniff_delimiter(text))
    delimiter = delimiter or sniff_delimiter(text)
    warnings: list[str] = []
    if not records:
        return Layout(delimiter, (), skip, ("the file is empty",))
    start = preamble(records)
    if start:
        warnings.append(f"the first {start} lines are no table and were left out")
    cells, _ = records[start]
    if len(cells) > limits.columns:
        raise SourceError(
            f"{path.name}: {len(cells):,} columns, more than {limits.columns:,}", hint="export fewer columns"
        )
    headed = header == "yes" or (header == "auto" and looks_like_header([r for r, _ in records[start:]]))
    begin = records[start][1] if headed else (records[start - 1][1] if start else 0)
    used = first_line.encode() if skip else b""
    if headed:
        names = header_names(cells, warnings=warnings)
    else:
        names = [f"column_{place}" for place in range(1, len(cells) + 1)]
        warnings.append("the first row looks like data: the columns are called column_1, column_2, ...")
    return Layout(delimiter, tuple(names), len(used) + len(text[:begin].encode()), tuple(warnings))


def sniff_records(text: str, delimiter: str) -> list[tuple[list[str], int]]:
    """Return the first records and, for each, the place in the text where it ends."""
    lines = io.StringIO(text, newline="")
    place = 0
    out: list[tuple[list[str], int]] = []

    def counted() -> Iterator[str]:
        nonlocal place
        for line in lines:
            place += len(line)
            yield line

    try:
        for fields in csv.reader(counted(), delimiter=delimiter):
            if fields:
                out.append((fields, place))
            if len(out) >= SNIFFED_RECORDS:
                break
    except csv.Error:
        pass
    if len(out) > 1 and place == len(text) and not text.endswith("\n"):
        out.pop()  # the head of the file may end in the middle of a record
    return out


def sniff_delimiter(text: str) -> str:
    """Return the delimiter that splits most records into the same number of fields, more than one."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        widths = Counter(len(fields) for fields, _ in sniff_records(text, delimiter))
        if not widths:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = (round(count / widths.total(), 1), width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def preamble(records: list[tuple[list[str], int]]) -> int:
    """Return how many records stand before the header: titles and remarks, each narrower than the table."""
    widths = Counter(len(fields) for fields, _ in records)
    width = max(widths, key=lambda w: (widths[w], w))
    if width < 3 or widths[width] < 2:
        return 0
    for place, (fields, _) in enumerate(records[:LONGEST_PREAMBLE]):
        if sum(1 for f in fields if f.strip()) > max(1, width // 3):
            return place
    return 0


def looks_like_header(rows: list[list[str]]) -> bool:
    """Say whether the first row names the columns rather than being data."""
    first, rest = rows[0], rows[1:SNIFFED_RECORDS]
    values = [cell.strip() for cell in first]
    if any(EMAIL.fullmatch(v) or shape_of(v) in ("date", "time") for v in values):
        return False
    telling = [place for place, v in enumerate(values) if not missing(v) and shape_of(v) in ("integer", "number")]
    if not telling or not rest:
        return True
    counting = all(values[p].isdigit() for p in telling) and len({values[p] for p in telling}) == len(telling) > 2
    if counting and (len(telling) >= len(values) - 1 or years(values[p] for p in telling)):
        return True
    alike = [p for p in telling if numeric_share(rest, p) > 0.8]
    return not alike


def years(values: Iterator[str]) -> bool:
    return all(len(v) == 4 and v[:2] in ("19", "20") for v in values)


def numeric_share(rows: list[list[str]], place: int) -> float:
    cells = [row[place] for row in rows if place < len(row) and not missing(row[place])]
    if not cells:
        return 0.0
    return sum(1 for c in cells if shape_of(c) in ("integer", "number")) / len(cells)
