"""Excel workbooks: every sheet with data is a delivery. Cells are delivered as text: numbers plainly, dates as ISO."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from segmentary.errors import SourceError
from segmentary.sources.base import FileFacts
from segmentary.sources.delimited import EMPTY_ROW, looks_like_header, preamble, ragged
from segmentary.sources.delivery import Tabular, text_batches, text_schema
from segmentary.sources.files import LIMITS, Limits, readable
from segmentary.sources.flatten import canonical
from segmentary.sources.names import header_names

LARGEST_UNPACKED = 4 << 30
EXPANSION = 200
EXPANSION_FROM = 64 << 20
HEAD_ROWS = 200


class Sheet(Tabular):
    """One sheet of a workbook."""

    def __init__(self, name: str, path: Path, sheet: str, *, limits: Limits = LIMITS) -> None:
        super().__init__(name, f"{path}[{sheet}]", path, limits=limits)
        self.file = path
        self.sheet = sheet

    @cached_property
    def layout(self) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
        """Rows before the data, column names, warnings."""
        head = [cells for _, cells in zip(range(HEAD_ROWS), self.cells(), strict=False)]
        filled = [(place, [c or "" for c in cells]) for place, cells in enumerate(head) if any(cells)]
        if not filled:
            return 0, (), ("the sheet is empty",)
        warnings: list[str] = []
        width = max(last_filled(cells) for _, cells in filled)
        padded = [cells[:width] + [""] * (width - len(cells)) for _, cells in filled]
        title = preamble([([c for c in cells if c] if sum(map(bool, cells)) < 2 else cells, 0) for cells in padded])
        if title:
            warnings.append(f"the first {filled[title][0]} rows are no table and were left out")
        start, rows = filled[title][0], padded[title:]
        if not looks_like_header(rows):
            warnings.append("the first row looks like data: the columns are called column_1, column_2, ...")
            return start, tuple(f"column_{n}" for n in range(1, width + 1)), tuple(warnings)
        return start + 1, tuple(header_names(rows[0], warnings=warnings)), tuple(warnings)

    @property
    def facts(self) -> FileFacts:
        """How the sheet is written."""
        return FileFacts("excel", warnings=self.layout[2])

    @cached_property
    def schema(self) -> pa.Schema:
        """``row_number`` and every column as text."""
        return text_schema(self.layout[1])

    def batches(self, rejected: list[tuple[int, str]]) -> Iterator[pa.RecordBatch]:
        """Yield all rows."""
        return text_batches(self.rows(rejected), self.schema)

    def rows(self, rejected: list[tuple[int, str]]) -> Iterator[tuple[int, Sequence[str | None]]]:
        """Yield numbered rows; empty rows at the end are no rows, in between they are refused."""
        skip, names, _ = self.layout
        width = len(names)
        if not width:
            return
        empty: list[tuple[int, str]] = []
        for number, cells in enumerate(self.cells(), start=1 - skip):
            if number < 1:
                continue
            if not any(cells):
                empty.append((number, EMPTY_ROW))
                continue
            rejected.extend(empty)
            empty = []
            if any(cells[width:]):
                rejected.append((number, ragged(last_filled(cells), width)))
                continue
            yield number, [*cells[:width], *[None] * (width - len(cells))]

    def cells(self) -> Iterator[list[str | None]]:
        """Yield the cells of every row as text."""
        import openpyxl

        with self.file.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                for row in book[self.sheet].iter_rows(values_only=True):
                    yield [cell_text(v) for v in row]
            finally:
                book.close()


def last_filled(cells: Sequence[str | None]) -> int:
    return max((place for place, cell in enumerate(cells, start=1) if cell), default=0)


def cell_text(value: Any) -> str | None:
    """Return a cell as text; a date at midnight is a date."""
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        return value.isoformat(sep=" ", timespec="microseconds" if value.microsecond else "seconds")
    return canonical(value)


def sheets(name: str, path: Path, *, sheet: str | None = None, limits: Limits = LIMITS) -> list[Sheet]:
    """Return the sheets of a workbook that hold data.

    Raises
    ------
    SourceError
        when the file is no workbook, unpacks to too much, or has no such sheet.
    """
    import openpyxl

    check_archive(readable(path))
    try:
        with path.open("rb") as file:
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            names = [s.title for s in book.worksheets]
            book.close()
    except (KeyError, ValueError, OSError, SyntaxError, TypeError) as error:
        raise SourceError(f"{path.name}: not a readable Excel workbook", hint="save it again as .xlsx") from error
    found = [Sheet(name, path, each, limits=limits) for each in names]
    kept = [each for each in found if each.layout[1]]
    for place, each in enumerate(kept):
        each.part = place
    if sheet is not None:
        if sheet not in names:
            raise SourceError(f"{path.name}: there is no sheet {sheet!r}", hint=f"sheets are: {', '.join(names)}")
        return [each for each in kept if each.sheet == sheet] or [each for each in found if each.sheet == sheet]
    if not kept:
        raise SourceError(f"{path.name}: no sheet holds data", hint="export the table again")
    return kept


def check_archive(path: Path) -> None:
    """Refuse what is no zip archive, and archives that unpack to more than any workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        hint = "save it as .xlsx or .csv; old .xls files and protected workbooks cannot be read"
        raise SourceError(f"{path.name}: not a readable Excel workbook", hint=hint) from error
    packed = path.stat().st_size
    if unpacked > LARGEST_UNPACKED or (unpacked > EXPANSION_FROM and unpacked > EXPANSION * packed):
        raise SourceError(
            f"{path.name}: unpacks to {unpacked:,} bytes from {packed:,}, which no real workbook does",
            hint="open it and save it again, or export it as CSV",
        )
