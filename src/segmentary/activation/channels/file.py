"""Messages as a file for a tool of one's own: CSV, XLSX or JSON lines, whole or not at all, the same again each time.

A file is not sent message by message: everybody of one origin is judged, the file is written whole, and only then are
they marked. Killed in between, the same file is written once more.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

from segmentary.activation.export import WORKBOOK_ROWS, inert
from segmentary.activation.message import Outgoing
from segmentary.errors import SegmentaryError, SettingsError

FileFormat = Literal["csv", "xlsx", "jsonl"]
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
COLUMNS = (
    "message", "customer_id", "address", "campaign", "segment", "arm", "variant", "purpose", "subject", "text", "html",
    "offer", "unsubscribe_url",
)  # fmt: skip
"""One row is one message. JSON lines also have ``data``."""


def format_named(name: str) -> FileFormat:
    """Return the format of that name.

    Raises
    ------
    SettingsError
        when there is none.
    """
    for one in FORMATS:
        if one == name.lower().lstrip("."):
            return one
    raise SettingsError(f"messages cannot be written as {name!r}", hint=f"one of {', '.join(FORMATS)}")


def write_messages(messages: Iterable[Outgoing], path: Path, file_format: FileFormat) -> int:
    """Write messages to a file, complete or not at all; return how many.

    Text that a spreadsheet would run as a formula gets an apostrophe; JSON lines keep everything as it is.

    Raises
    ------
    SegmentaryError
        when the place cannot be written, or a sheet is too short for them.
    """
    writers: dict[FileFormat, Callable[[Iterable[Outgoing], Path], int]] = {
        "csv": write_csv,
        "xlsx": write_workbook,
        "jsonl": write_lines,
    }
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = writers[file_format](messages, partial)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.replace(path)
        synced(path.parent)
    except OSError as error:
        raise SegmentaryError(f"cannot write {path}: {error.strerror or error}", hint="choose another place") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return written


def synced(folder: Path) -> None:
    """Write a folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def cells(message: Outgoing) -> Sequence[str]:
    """Return a message as one row."""
    content = message.content
    return (
        message.message, message.customer_id, message.address, message.campaign, message.segment, message.arm,
        message.variant, message.purpose, content.subject, content.text, content.html, content.offer,
        content.unsubscribe_url,
    )  # fmt: skip


def rows(messages: Iterable[Outgoing]) -> Iterator[list[object]]:
    """Yield messages as rows that are data in every spreadsheet."""
    for one in messages:
        yield [inert(written(cell)) for cell in cells(one)]


def written(text: str) -> str:
    """Return text that can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def write_csv(messages: Iterable[Outgoing], place: Path) -> int:
    """Write CSV with a heading."""
    count = 0
    with place.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for row in rows(messages):
            writer.writerow(row)
            count += 1
    return count


def write_lines(messages: Iterable[Outgoing], place: Path) -> int:
    """Write one JSON object a line."""
    count = 0
    with place.open("w", encoding="utf-8", newline="\n") as stream:
        for one in messages:
            document = {**dict(zip(COLUMNS, cells(one), strict=True)), "data": dict(one.content.data)}
            stream.write(json.dumps(document) + "\n")
            count += 1
    return count


def write_workbook(messages: Iterable[Outgoing], place: Path) -> int:
    """Write one sheet.

    Raises
    ------
    SegmentaryError
        when there are more messages than a sheet has rows.
    """
    import datetime as dt

    import xlsxwriter

    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(str(place), options) as book:
        # The same messages are the same file, whenever it is written.
        book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001
        sheet = book.add_worksheet("messages")
        bold = book.add_format({"bold": True})
        for number, name in enumerate(COLUMNS):
            sheet.write_string(0, number, name, bold)
        for count, row in enumerate(rows(messages), start=1):
            if count > WORKBOOK_ROWS:
                raise SegmentaryError("more messages than one sheet has rows", hint="use csv or jsonl")
            for number, cell in enumerate(row):
                sheet.write_string(count, number, str(cell)[:32_767])
        sheet.freeze_panes(1, 0)
    return count
