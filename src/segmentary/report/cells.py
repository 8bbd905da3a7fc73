"""Values as people read them: a figure, and small below it its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence

from segmentary.models.intervals import Interval
from segmentary.report.document import Document, Field, Grid, Value, Withheld
from segmentary.report.numbers import count, money, number, p_value, percent
from segmentary.report.page import Cell, Table

NOTHING = "–"


def figure(value: float | None, field: Field, currency: str = "") -> str:
    """Return one number as its field says it."""
    if value is None or not math.isfinite(value):
        return NOTHING
    match field.kind:
        case "count":
            said = count(value)
        case "share":
            said = percent(value, digits=digits_of(value))
        case "amount":
            said = amount(value)
        case "points":
            said = f"{round(value * 100, 1) + 0.0:+.1f} points"
        case "fixed":
            said = f"{round(value, 2) + 0.0:.2f}"
        case "signed":
            said = f"{round(value, 2) + 0.0:+.2f}"
        case "p":
            said = p_value(value)
        case "money":
            said = money(value, currency) if currency else number(value)
        case "yes":
            said = "yes" if value else ""
        case _:
            said = number(value)
    return f"{said} {field.unit}".rstrip()


def digits_of(share: float) -> int:
    """Return how many decimals a percentage has: more where it is small."""
    size = abs(share)
    return 1 if size >= 0.005 or size == 0 else 2 if size >= 0.0005 else 3


def amount(value: float) -> str:
    """Return a large number as people say it: 1.03 million, 926,000."""
    size = abs(value)
    for scale, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if size >= scale:
            return f"{number(value / scale)} {word}"
    if size < 1000:
        return number(value)
    scale = 10 ** (math.floor(math.log10(size)) - 2)
    return count(round(value / scale) * scale)


def interval_text(interval: Interval, field: Field, currency: str = "") -> str:
    """Return the ends of an interval, the unit once."""
    plain = Field(field.title, field.kind)
    low, high = figure(interval.low, plain, currency), figure(interval.high, plain, currency)
    if field.kind == "share" and math.isfinite(interval.high) and math.isfinite(interval.low):
        # Both ends with the decimals the estimate has.
        digits = digits_of(interval.estimate)
        low, high = percent(interval.low, digits=digits), percent(interval.high, digits=digits)
    if NOTHING in (low, high):
        return ""
    if field.kind == "share":
        low = low.removesuffix("%")
    if field.kind == "points":
        low = low.removesuffix(" points")
    return f"{low} to {high}"


def cell(value: Value, field: Field, currency: str = "") -> Cell:
    """Return a value as a cell."""
    numeric = field.kind not in ("text", "yes")
    match value:
        case None:
            return Cell(NOTHING, numeric=numeric)
        case Withheld():
            return Cell(value.value, numeric=numeric)
        case str():
            return Cell(value, numeric=numeric)
        case Interval():
            return Cell(figure(value.estimate, field, currency), interval_text(value, field, currency), numeric)
        case _:
            return Cell(figure(value, field, currency), numeric=numeric)


def table(grid: Grid, currency: str = "") -> Table:
    """Return a grid as a table of the page: notes go below the first column."""
    kept = [place for place, one in enumerate(grid.fields) if one.page and not one.note]
    notes = [place for place, one in enumerate(grid.fields) if one.page and one.note]
    rows = []
    for row in grid.rows[: grid.shown]:
        first = cell(row[0], grid.fields[0], currency)
        below = [cell(row[place], grid.fields[place], currency).text for place in notes]
        small = "; ".join(text for text in (first.note, *below) if text and text != NOTHING)
        rows.append(
            (
                Cell(first.text, small, numeric=False),
                *(cell(row[place], grid.fields[place], currency) for place in kept[1:]),
            )
        )
    caption = grid.caption
    if len(grid.rows) > grid.shown:
        caption += f" (the first {count(grid.shown)} of {count(len(grid.rows))}; the workbook has all)"
    return Table(caption, tuple(grid.fields[place].title for place in kept), tuple(rows))


def tables(grids: Sequence[Grid], document: Document) -> list[Table]:
    """Return the grids that pages show as tables."""
    return [table(grid, document.currency) for grid in grids if grid.rows and grid.shown]
