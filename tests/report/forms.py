"""Reads reports back: tables of pages, sheets of workbooks, charts of slides."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from segmentary.report.cells import cell
from segmentary.report.document import Document
from segmentary.report.workbook import columns_of, values_of


class Page(HTMLParser):
    """Tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


class Cells(HTMLParser):
    """The texts of table cells, what belongs below a figure right behind it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th"):
            self.inside = True
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


def table_texts(text: str) -> set[str]:
    """The texts of all cells of all tables."""
    return set(Cells(text).found)


def sheet_rows(path: Path) -> dict[str, list[list[Any]]]:
    """Sheet -> rows of values."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    return {sheet.title: [[one.value for one in row] for row in sheet.iter_rows()] for sheet in book}


def deck_charts(path: Path) -> list[Any]:
    """All charts of all slides, in order."""
    from pptx import Presentation

    deck = Presentation(str(path))
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def chart_values(chart: Any) -> list[list[float | None]]:
    """The values of each series of a chart, as the slide holds them."""
    return [list(series.values) for series in chart.plots[0].series]


def same_figures(document: Document, page: str, book: Path) -> int:
    """Hold page and workbook against the document; return how many figures of the page were compared."""
    sheets, on_page = sheet_rows(book), table_texts(page)
    compared = 0
    for grid in (one for one in document.grids if one.rows):
        rows = sheets[grid.name]
        assert rows[0] == [title for title, _, _ in columns_of(grid)]
        for given, read in zip(values_of(grid), rows[1:], strict=True):
            for value, found in zip(given, read, strict=True):
                if isinstance(value, float) and value == value and abs(value) != float("inf"):
                    assert found == pytest.approx(value, rel=1e-12)
                elif isinstance(value, (str, int)) and value != "":
                    assert found == value
        for row in grid.rows[: grid.shown]:
            for place, field in enumerate(grid.fields):
                if field.page and not field.note and place:
                    said = cell(row[place], field)
                    assert f"{said.text}{said.note}" in on_page
                    compared += 1
    return compared
