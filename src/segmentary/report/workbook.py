"""A document as a workbook: one sheet per grid, every figure a number with its interval beside it, texts only text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from segmentary.models.intervals import Interval
from segmentary.report.document import Document, Field, Grid, Value, Withheld
from segmentary.report.xlsx import WIDEST

FORMATS = {
    "text": {"quote_prefix": True, "text_wrap": True, "valign": "top"},
    "count": {"num_format": "#,##0", "valign": "top"},
    "share": {"num_format": "0.0%", "valign": "top"},
    "points": {"num_format": "0.0%", "valign": "top"},
    "number": {"num_format": "0.000", "valign": "top"},
    "fixed": {"num_format": "0.00", "valign": "top"},
    "signed": {"num_format": "+0.00;-0.00;0.00", "valign": "top"},
    "amount": {"num_format": "#,##0", "valign": "top"},
    "money": {"num_format": "#,##0.00", "valign": "top"},
    "p": {"num_format": "0.0000", "valign": "top"},
    "yes": {"valign": "top"},
}
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_document(document: Document, path: Path) -> Path:
    """Write the workbook. Nothing in it is a formula; the same document gives the same file."""
    import datetime as dt

    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), {**options, "in_memory": True})
    # A fixed date of making: what the file says must follow from the document alone.
    book.set_properties({"title": document.title[:255], "created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 - naive by the format
    formats = {name: book.add_format(how) for name, how in FORMATS.items()}
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    taken: set[str] = set()
    for grid in (readme(document), *(grid for grid in document.grids if grid.rows)):
        write_grid(book.add_worksheet(sheet_name(grid.name, taken)), grid, head, formats)
    book.close()
    return path


def sheet_name(name: str, taken: set[str]) -> str:
    """Return a name a sheet may have, not taken yet."""
    plain = FORBIDDEN.sub(" ", name).strip()[:31] or "Sheet"
    found, number = plain, 2
    while found.lower() in taken:
        found = f"{plain[:27]} {number}"
        number += 1
    taken.add(found.lower())
    return found


def readme(document: Document) -> Grid:
    """Return the first sheet: what the report says in words."""
    a = document.answer
    rows: list[tuple[Value, ...]] = [("Title", document.title), ("About", document.about), ("Answer", a.word)]
    rows += [
        (what, text)
        for what, text in (("Answer", a.sentence), ("For the decision", a.meaning), ("Doubt", a.doubt))
        if text
    ]
    rows += [(label, f"{figure} ({note})" if note else figure) for label, figure, note in document.tiles]
    rows += [("Headline", text) for text in document.headlines]
    rows += [("Hidden", f"groups below {document.below} people are hidden, with what would give them away")]
    for part in document.parts:
        rows += [(part.title, text) for text in (*part.lead, *part.notes)]
        rows += [(term, meaning) for term, meaning in part.terms]
    rows += list(document.made)
    return Grid("Read me", "", (Field("What"), Field("Text")), tuple(rows))


def columns_of(grid: Grid) -> list[tuple[str, int, str]]:
    """Return title, place of the field and part (value, low, high) of each column: intervals take three."""
    found = []
    for place, one in enumerate(grid.fields):
        found.append((one.title, place, "value"))
        if any(isinstance(row[place], Interval) for row in grid.rows):
            found += [(f"{one.title} low", place, "low"), (f"{one.title} high", place, "high")]
    return found


def part_of(value: Value, part: str) -> str | int | float | bool | None:
    """Return what one of the three columns of a field holds."""
    match value:
        case Interval():
            return {"value": value.estimate, "low": value.low, "high": value.high}[part]
        case Withheld():
            return str(value.value)
        case _:
            return value if part == "value" else None


def write_grid(sheet: Any, grid: Grid, head: Any, formats: dict[str, Any]) -> None:
    columns = columns_of(grid)
    widths = [min(len(title), 22) + 2 for title, _, _ in columns]
    for at, (title, _, _) in enumerate(columns):
        sheet.write_string(0, at, title, head)
    for number, values in enumerate(values_of(grid), start=1):
        for at, ((_, place, _), value) in enumerate(zip(columns, values, strict=True)):
            write_value(sheet, (number, at), value, grid.fields[place], formats)
            widths[at] = max(widths[at], len(value) + 1 if isinstance(value, str) else 11)
    for at, width in enumerate(widths):
        sheet.set_column(at, at, min(width, WIDEST))
    sheet.freeze_panes(1, 1)
    if grid.rows:
        sheet.autofilter(0, 0, len(grid.rows), len(columns) - 1)


def write_value(
    sheet: Any, at: tuple[int, int], value: str | float | None, field: Field, formats: dict[str, Any]
) -> None:
    match value:
        case None:
            return
        case bool():
            sheet.write_boolean(*at, value, formats["yes"])
        case str():
            sheet.write_string(*at, value[:32_767], formats["text"])
        case float() if value != value or value in (float("inf"), float("-inf")):
            return
        case _:
            sheet.write_number(*at, value, formats["number" if field.kind == "text" else field.kind])


def values_of(grid: Grid) -> Iterator[Sequence[str | int | float | bool | None]]:
    """Return the rows as the workbook holds them."""
    columns = columns_of(grid)
    for row in grid.rows:
        yield [part_of(row[place], part) for _, place, part in columns]
