"""Members of a segment as a file: CSV, Parquet or XLSX, safe to open in a spreadsheet, and saying what it is.

Text that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, CSV injection). Beside a CSV lies
``NAME.about.json``; a workbook has a sheet *about*; a Parquet file carries the same as metadata.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import os
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from segmentary.errors import SegmentaryError, UsageError

Format = Literal["csv", "parquet", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "parquet", "xlsx")
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "|")
WORKBOOK_ROWS = 1_048_575


@dataclass(frozen=True, slots=True)
class About:
    """What an exported file is: which segment, which version of its definition, as of when, made by whom."""

    segment: str
    version: str
    sentence: str
    as_of: str
    exported_at: str
    exported_by: str
    people: int
    left_out: Mapping[str, int]
    for_contact: str
    purpose: str
    columns: tuple[str, ...]


def format_of(path: Path, wanted: str | None = None) -> Format:
    """Return the format a file name or an explicit wish asks for.

    Raises
    ------
    UsageError
        when neither names a known one.
    """
    name = (wanted or path.suffix.lstrip(".")).lower()
    for one in FORMATS:
        if name == one:
            return one
    raise UsageError(
        f"cannot export as {name or 'a file without ending'!r}",
        hint=f"one of {', '.join(FORMATS)}, or an advertising platform's",
    )


def is_dangerous(text: str) -> bool:
    """Say whether a spreadsheet might run this text; full-width forms count, since some programs fold them."""
    folded = unicodedata.normalize("NFKC", text.lstrip(" \u00a0\ufeff"))
    return folded.startswith(DANGEROUS) or text.startswith(DANGEROUS)


def inert(value: object) -> object:
    """Return a cell that is data in every spreadsheet program."""
    if isinstance(value, str):
        clean = value.replace("\0", "")
        return f"'{clean}" if is_dangerous(value) else clean
    return value


def write_export(table: pa.Table, path: Path, file_format: Format, about: About) -> list[Path]:
    """Write the file completely or not at all; return what was written.

    Raises
    ------
    SegmentaryError
        when the place cannot be written, or a workbook would be too long.
    """
    if file_format == "xlsx" and table.num_rows > WORKBOOK_ROWS:
        raise SegmentaryError(
            f"{table.num_rows:,} people do not fit into one sheet ({WORKBOOK_ROWS:,} rows)", hint="use csv or parquet"
        )
    writers: dict[Format, Callable[[pa.Table, Path, About], None]] = {
        "csv": write_csv,
        "parquet": write_parquet,
        "xlsx": write_workbook,
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = [whole(path, lambda place: writers[file_format](table, place, about))]
        if file_format == "csv":
            beside = path.with_name(path.name + ".about.json")
            text = json.dumps(asdict(about), indent=2, ensure_ascii=False)
            written.append(whole(beside, lambda place: place.write_text(text + "\n", encoding="utf-8")))
    except OSError as error:
        raise SegmentaryError(f"cannot write {path}: {error}", hint="choose another place") from error
    return written


def whole(path: Path, fill: Callable[[Path], object]) -> Path:
    partial = path.with_name(f".{path.name}.partial")
    try:
        fill(partial)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def write_csv(table: pa.Table, place: Path, about: About) -> None:
    del about
    with place.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([inert(name) for name in table.column_names])
        for batch in table.to_batches(max_chunksize=10_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                writer.writerow([inert(plain(cell)) for cell in row])


def write_parquet(table: pa.Table, place: Path, about: About) -> None:
    import pyarrow.parquet as pq

    metadata = {**(table.schema.metadata or {}), b"segmentary": json.dumps(asdict(about)).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), place, compression="zstd")


def write_workbook(table: pa.Table, place: Path, about: About) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(place), options) as book:
        sheet = book.add_worksheet("people")
        bold = book.add_format({"bold": True})
        for number, name in enumerate(table.column_names):
            sheet.write_string(0, number, str(inert(name)), bold)
        line = 1
        for batch in table.to_batches(max_chunksize=10_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                for number, cell in enumerate(row):
                    write_cell(sheet, line, number, plain(cell))
                line += 1
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("about")
        for number, (name, value) in enumerate(asdict(about).items()):
            notes.write_string(number, 0, name, bold)
            notes.write_string(number, 1, str(inert(value if isinstance(value, str) else json.dumps(value))))


def write_cell(sheet: Any, line: int, number: int, value: object) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(line, number, value)
        case int() | float() if abs(value) < 2**53:
            sheet.write_number(line, number, value)
        case _:
            sheet.write_string(line, number, str(inert(str(value))))


def plain(cell: object) -> object:
    """Return a cell as text or number: decimals without trailing zeros, instants as UTC text."""
    match cell:
        case Decimal():
            whole_number = cell == cell.to_integral_value()
            return int(cell) if whole_number else float(cell) if abs(cell) < 10**12 else str(cell.normalize())
        case dt.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case dt.date():
            return cell.isoformat()
        case _:
            return cell
