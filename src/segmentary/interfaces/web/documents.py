"""Reports on pages: the one document that page, workbook, paper and slides are written from, inside the site.

A page gives `view(document, charts)` to ``documents/document.html.j2``; ``charts`` is the address below which
`chart_answer` gives out each figure as ``NAME.json`` (live) and ``NAME.svg`` (picture).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response

from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.charts import picture_answer, spec_answer
from segmentary.report.cells import tables
from segmentary.report.document import Document, Part
from segmentary.report.page import Table

PICTURE_WIDTH = 760
NARROWEST, WIDEST = 240, 1600
SIGNS = {"good": "●", "mixed": "◐", "caution": "○"}


@dataclass(frozen=True, slots=True)
class PartView:
    """One section: what the document says of it, and its tables as text."""

    part: Part
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as a page shows it."""

    document: Document
    sign: str
    parts: tuple[PartView, ...]
    charts: str


def view(document: Document, charts: str) -> DocumentView:
    """Return what a page shows of a document; charts : the address below which its figures are given out."""
    parts = tuple(PartView(part, tuple(tables(part.grids, document))) for part in document.parts)
    return DocumentView(document, SIGNS[document.answer.tone], parts, charts)


def chart_answer(document: Document, name: str, form: str, width: int) -> Response:
    """Return a figure of a document as Vega-Lite (``json``) or as a picture (``svg``).

    Raises
    ------
    NotFound
        when it has no such figure.
    """
    found: Sequence[object] = [one for one in document.figures if one.name == name]
    if not found or form not in ("json", "svg"):
        raise NotFound("there is no such chart")
    (figure,) = found[:1]
    drawn = figure.draw(max(NARROWEST, min(width, WIDEST)))  # type: ignore[attr-defined]
    return spec_answer(drawn) if form == "json" else picture_answer(drawn, name)
