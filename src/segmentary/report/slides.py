"""A document as slides: charts as the office program's own, editable, with their numbers and intervals inside."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from segmentary.errors import UsageError
from segmentary.report.cells import tables
from segmentary.report.document import Document, Native, Part
from segmentary.report.native import add_chart
from segmentary.report.page import Table
from segmentary.report.theme import LIGHT, shortened

HINT = 'pip install "segmentary[slides]"'
INCH = 914_400
WIDE, HIGH = 13.333, 7.5
LEFT, TOP, ROOM, DEPTH = 0.6, 1.35, 12.13, 5.55
ROWS, COLUMNS, CARDS = 11, 8, 6
FONT = "Calibri"


def installed() -> bool:
    """Say whether the extra is there."""
    return importlib.util.find_spec("pptx") is not None


def write_slides(document: Document, path: Path) -> Path:
    """Write the slides.

    Raises
    ------
    UsageError : when python-pptx is not installed.
    """
    if not installed():
        raise UsageError("slides need the optional package python-pptx", hint=HINT)
    import datetime as dt

    import pptx

    deck: Any = pptx.Presentation()
    deck.slide_width, deck.slide_height = int(WIDE * INCH), int(HIGH * INCH)
    properties = deck.core_properties
    properties.title, properties.author = document.title[:255], "Segmentary"
    # A fixed date of making: the file follows from the document alone.
    properties.created = properties.modified = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - naive by the format
    opening(deck, document)
    for part in document.parts:
        for title, draw in slides_of(part, document):
            draw(new_slide(deck, title))
    deck.save(str(path))
    return path


def slides_of(part: Part, document: Document) -> Iterator[tuple[str, Any]]:
    """Return title and content of every slide of a section."""
    for start in range(0, len(part.portraits), CARDS):
        some = part.portraits[start : start + CARDS]
        yield part.title, lambda slide, some=some: cards(slide, some)
    charted = [(figure, native) for figure in part.figures for native in figure.natives]
    for figure, native in charted:
        yield native.title or figure.title, lambda slide, f=figure, n=native: chart(slide, n, f.note, part.lead)
    found = tables(part.grids, document) if not charted or part.open_grids else []
    for one in found:
        for start in range(0, min(len(one.rows), 2 * ROWS), ROWS):
            rows = one.rows[start : start + ROWS]
            piece = Table(one.caption, one.columns, rows)
            yield part.title, lambda slide, piece=piece: table(slide, piece)
    texts = [*part.lead, *part.notes] if not charted else []
    if part.terms or (texts and not found and not part.portraits):
        lines = [*texts, *(f"{term}: {meaning}" for term, meaning in part.terms)]
        for start in range(0, len(lines), 7):
            yield part.title, lambda slide, some=lines[start : start + 7]: words(slide, some)


def new_slide(deck: Any, title: str) -> Any:
    """Return a slide with only a title, so that readers of slides find it in the outline."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    shape = slide.shapes.title
    shape.left, shape.top, shape.width, shape.height = box(LEFT, 0.35, ROOM, 0.9)
    shape.text_frame.word_wrap = True
    shape.text_frame.text = shortened(title, 110)
    dress(shape.text_frame, 26 if len(title) < 60 else 20, bold=True)
    return slide


def box(left: float, top: float, width: float, height: float) -> tuple[int, int, int, int]:
    return int(left * INCH), int(top * INCH), int(width * INCH), int(height * INCH)


def colour(role: str) -> Any:
    return import_module("pptx.dml.color").RGBColor.from_string(LIGHT[role].removeprefix("#").upper())


def dress(frame: Any, size: float, *, bold: bool = False, role: str = "ink") -> None:
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.vertical_anchor = MSO_ANCHOR.TOP
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.name = Pt(size), bold, FONT
            run.font.color.rgb = colour(role)


def write(slide: Any, text: str, at: tuple[int, int, int, int], size: float, **how: Any) -> Any:
    shape = slide.shapes.add_textbox(*at)
    shape.text_frame.word_wrap = True
    shape.text_frame.text = text
    dress(shape.text_frame, size, **how)
    return shape


def opening(deck: Any, document: Document) -> None:
    """Draw the first slide: the answer before anything else."""
    a = document.answer
    slide = new_slide(deck, document.title)
    write(slide, document.about, box(LEFT, 1.1, ROOM, 0.4), 12, role="muted")
    write(slide, a.word, box(LEFT, 1.6, ROOM, 0.6), 24, bold=True, role="blue")
    lines = [a.sentence, *([f"For the decision: {a.meaning}"] if a.meaning else [])]
    lines += [f"Doubt: {a.doubt}"] if a.doubt else []
    write(slide, "\n".join(lines), box(LEFT, 2.25, ROOM, 2.6), 14 if sum(map(len, lines)) < 700 else 12)
    tiles = document.tiles[:6]
    for place, (label, figure, note) in enumerate(tiles):
        width = ROOM / len(tiles)
        at = LEFT + place * width
        write(slide, label, box(at, 5.2, width - 0.15, 0.3), 11, role="muted")
        write(slide, figure, box(at, 5.5, width - 0.15, 0.5), 20, bold=True)
        write(slide, note, box(at, 6.0, width - 0.15, 0.9), 10, role="muted")
    if document.headlines:
        words(new_slide(deck, "In short"), document.headlines[:7])


def words(slide: Any, lines: Any) -> None:
    from pptx.util import Pt

    long = sum(map(len, lines)) > 900
    shape = write(slide, "\n".join(f"•  {line}" for line in lines), box(LEFT, TOP, ROOM, DEPTH), 13 if long else 16)
    for paragraph in shape.text_frame.paragraphs:
        paragraph.space_after = Pt(8)


def cards(slide: Any, some: Any) -> None:
    """Draw up to six segments, three beside each other."""
    across = min(3, len(some)) if len(some) != 4 else 2
    down = -(-len(some) // across)
    wide, high = ROOM / across, DEPTH / down
    for place, one in enumerate(some):
        left, top = LEFT + place % across * wide, TOP + place // across * high
        title = f"{one.badge}  {one.title}" if one.badge else one.title
        write(slide, shortened(title, 70), box(left, top, wide - 0.2, 0.4), 14, bold=True, role="blue")
        facts = [f"{label}: {figure}{f' ({note})' if note else ''}" for label, figure, note in one.facts]
        text = "\n".join([shortened(one.sentence, 260), *facts])
        write(slide, text, box(left, top + 0.55, wide - 0.2, high - 0.6), 11 if down == 1 else 10)


def chart(slide: Any, native: Native, note: str, lead: tuple[str, ...]) -> None:
    """Draw a chart of the office program's own, with what its marks mean below it, and what is found in the notes."""
    frame = add_chart(slide, native, box(LEFT, TOP, ROOM, DEPTH - 0.45))
    # Screen readers say this for the whole chart.
    frame._element.nvGraphicFramePr.cNvPr.set("descr", f"{native.title} {note}")
    write(slide, note, box(LEFT, TOP + DEPTH - 0.35, ROOM, 0.6), 10, role="muted")
    slide.notes_slide.notes_text_frame.text = "\n".join((*lead, note))


def table(slide: Any, one: Table) -> None:
    """Draw a table; columns beyond the room of a slide stay in the workbook."""
    columns = one.columns[:COLUMNS]
    at = box(LEFT, TOP, ROOM, 0.36 * (len(one.rows) + 1))
    frame = slide.shapes.add_table(len(one.rows) + 1, len(columns), *at)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", one.caption)
    drawn = frame.table
    first = 0.3 if len(columns) > 2 else 0.4
    for place in range(len(columns)):
        share = first if place == 0 else (1 - first) / max(1, len(columns) - 1)
        drawn.columns[place].width = int(ROOM * INCH * share)
    for place, title in enumerate(columns):
        cell(drawn.cell(0, place), title, head=True)
    for number, row in enumerate(one.rows, start=1):
        for place, item in enumerate(row[: len(columns)]):
            text = item.text if not item.note else f"{item.text} ({item.note})"
            cell(drawn.cell(number, place), shortened(text, 120), numeric=item.numeric)
    write(slide, one.caption, box(LEFT, 6.95, ROOM, 0.4), 10, role="muted")


def cell(target: Any, text: str, *, head: bool = False, numeric: bool = False) -> None:
    from pptx.enum.text import PP_ALIGN

    target.text_frame.text = text
    dress(target.text_frame, 10, bold=head, role="muted" if head else "ink")
    target.fill.solid()
    target.fill.fore_color.rgb = colour("step1" if head else "paper")
    target.margin_top = target.margin_bottom = 20_000
    for paragraph in target.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if numeric else PP_ALIGN.LEFT
