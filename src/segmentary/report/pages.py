"""A document as one HTML page that needs nothing else: no script, no request, both lights, telephone to wall."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markupsafe import Markup

from segmentary.report.cells import tables
from segmentary.report.document import Document, Figure
from segmentary.report.html import HERE, NARROW, WIDE, Drawing, environment, inline, style

SIGNS = {"good": "●", "mixed": "◐", "caution": "○"}


def page(document: Document) -> str:
    """Return the page."""
    return (
        environment()
        .get_template("document.html.j2")
        .render(
            document=document,
            sign=SIGNS[document.answer.tone],
            style=Markup(sheet()),  # noqa: S704 - our own style sheet
            drawings={figure.name: drawing(figure) for figure in document.figures},
            tables={part.id: tables(part.grids, document) for part in document.parts},
        )
    )


def drawing(figure: Figure) -> Drawing:
    """Return a chart as inline SVG, for wide windows and for telephones."""
    wide, narrow = (
        inline(figure.draw(width), f"{figure.name}-{word}") for width, word in ((WIDE, "wide"), (NARROW, "narrow"))
    )
    return Drawing(figure.title, figure.note, wide, narrow)


@cache
def sheet() -> str:
    """Return the style sheet of reports, and what documents have beyond it."""
    own = Path(HERE / "templates" / "document.css").read_text(encoding="utf-8")
    return f"{style()}\n{own}"
