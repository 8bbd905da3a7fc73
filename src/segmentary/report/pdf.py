"""A document on paper (A4) by typst: the same figures, the charts as vector drawings, tagged for screen readers."""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from segmentary.errors import UsageError
from segmentary.report.cells import tables
from segmentary.report.document import Document, Figure
from segmentary.report.html import HERE
from segmentary.report.images import svg
from segmentary.report.page import Table
from segmentary.report.theme import LIGHT

PAPER_WIDTH = 760
HINT = 'pip install "segmentary[pdf]"'


def installed() -> bool:
    """Say whether the extra is there."""
    return importlib.util.find_spec("typst") is not None


def write_pdf(document: Document, path: Path) -> Path:
    """Write the document.

    Raises
    ------
    UsageError : when typst is not installed.
    """
    if not installed():
        raise UsageError("a PDF needs the optional package typst", hint=HINT)
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copy(HERE / "templates" / "document.typ", root / "document.typ")
        content = content_of(document, root)
        (root / "document.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        drawn = typst.compile(str(root / "document.typ"), root=str(root), format="pdf")
        path.write_bytes(drawn)
    return path


def content_of(document: Document, folder: Path) -> dict[str, Any]:
    """Return the document as JSON values, its charts written into the folder."""
    a = document.answer
    return {
        "title": document.title,
        "about": document.about,
        "below": document.below,
        "colours": LIGHT,
        "answer": {"word": a.word, "tone": a.tone, "sentence": a.sentence, "meaning": a.meaning, "doubt": a.doubt},
        "tiles": [{"label": label, "figure": figure, "note": note} for label, figure, note in document.tiles],
        "headlines": list(document.headlines),
        "parts": [
            {
                "title": part.title,
                "lead": list(part.lead),
                "notes": list(part.notes),
                "terms": [list(term) for term in part.terms],
                "portraits": [
                    {
                        "title": one.title,
                        "badge": one.badge,
                        "tags": list(one.tags),
                        "sentence": one.sentence,
                        "facts": [list(fact) for fact in one.facts],
                        "markers": list(one.markers),
                    }
                    for one in part.portraits
                ],
                "figures": [drawing(figure, folder) for figure in part.figures],
                "tables": [sheet(one) for one in tables(part.grids, document)],
            }
            for part in document.parts
        ],
    }


def drawing(figure: Figure, folder: Path) -> dict[str, Any]:
    """Return a chart with its file. As PDF it carries its own letters: they need not be on this machine."""
    import vl_convert

    file = f"{figure.name}.pdf"
    (folder / file).write_bytes(bytes(vl_convert.svg_to_pdf(svg(figure.draw(PAPER_WIDTH), figure.name, title=False))))
    return {"title": figure.title, "note": figure.note, "file": file, "share": 100}


def sheet(one: Table) -> dict[str, Any]:
    return {
        "caption": one.caption,
        "columns": list(one.columns),
        "widths": [width(one, place) for place in range(len(one.columns))],
        "numeric": [any(row[place].numeric for row in one.rows) for place in range(len(one.columns))],
        "rows": [[[cell.text, cell.note] for cell in row] for row in one.rows],
    }


def width(one: Table, place: int) -> float:
    """Return how wide a column is among the others: by its longest text, long ones folded."""
    texts = [text for row in one.rows for text in (row[place].text, row[place].note)]
    longest = max((len(text) for text in texts), default=0)
    word = min(14, max((len(part) for part in one.columns[place].split()), default=0))
    return float(max(6, word, min(longest, 30), 0.5 * min(longest, 80)))
