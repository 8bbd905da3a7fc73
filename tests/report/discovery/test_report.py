"""The discovery report: the verdict first, the same figures in every form, whatever is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.report.discovery import planted
from tests.report.forms import Page, chart_values, deck_charts, same_figures, sheet_rows

from segmentary.models.discover.solution import Solution
from segmentary.report.discovery.extras import Extras
from segmentary.report.discovery.report import discovery_document, render_discovery
from segmentary.report.document import Document
from segmentary.report.files import DocumentFiles


@pytest.fixture(scope="module")
def document(solution: Solution, extras: Extras) -> Document:
    return discovery_document(solution, generated_for="the board", extras=extras)


@pytest.fixture(scope="module")
def files(solution: Solution, extras: Extras, tmp_path_factory: pytest.TempPathFactory) -> DocumentFiles:
    folder = tmp_path_factory.mktemp("discovery") / "new"
    return render_discovery(solution, folder, extras=extras, forms=("html", "xlsx", "pptx"))


@pytest.fixture(scope="module")
def text(files: DocumentFiles) -> str:
    assert files.html is not None
    return files.html.read_text(encoding="utf-8")


def test_the_verdict_comes_first(text: str, solution: Solution) -> None:
    body = text[text.index("<main") :]
    assert "Reproducible, but not natural segments" in body[:1200]
    assert solution.verdict.meaning[:60] in body
    assert body.index("For the decision") < body.index('id="segments"')
    assert solution.criteria.recommendation.doubt in body


def test_all_sections_are_there_and_reachable(text: str) -> None:
    page = Page(text)
    ids = [a["id"] for a in page.all("section") if "id" in a]
    assert ids == [
        "segments",
        "profile",
        "separation",
        "how-many",
        "stability",
        "descriptors",
        "rules",
        "typing",
        "making",
        "glossary",
    ]
    assert {f"#{i}" for i in ids} <= {a.get("href") for a in page.all("a")}


def test_nothing_is_fetched_and_nothing_runs(text: str) -> None:
    page = Page(text)
    assert not page.all("script", "iframe", "link", "object", "embed", "img", "form", "base")
    assert not re.search(r"url\(\s*['\"]?(?!#)", text)
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert text.count("</style>") == text.count("<style") == 1
    assert len(page.all("table")) == len(page.all("caption")) > 10
    assert all(a.get("scope") in ("row", "col") for a in page.all("th"))
    assert all(a.get("aria-label") for a in page.all("div") if a.get("role") == "img")


def test_the_page_and_the_workbook_say_the_same(text: str, files: DocumentFiles, document: Document) -> None:
    assert files.xlsx is not None
    assert same_figures(document, text, files.xlsx) > 200


def test_the_slides_hold_the_same_numbers(files: DocumentFiles, document: Document) -> None:
    assert files.pptx is not None
    drawn = deck_charts(files.pptx)
    natives = [native for figure in document.figures for native in figure.natives]
    assert len(drawn) == len(natives) > 10
    for native, chart in zip(natives, drawn, strict=True):
        for series, values in zip(native.series, chart_values(chart), strict=True):
            wanted = [v for v in series.values if v is not None]
            assert [v for v in values if v is not None] == pytest.approx(wanted)


def test_slides_carry_intervals_and_descriptions(files: DocumentFiles) -> None:
    from pptx import Presentation

    assert files.pptx is not None
    deck = Presentation(str(files.pptx))
    assert all(slide.shapes.title is not None and slide.shapes.title.text for slide in deck.slides)
    charts = [s for slide in deck.slides for s in slide.shapes if s.has_chart]
    assert all(s._element.nvGraphicFramePr.cNvPr.get("descr") for s in charts)
    assert any(b"errBars" in s.chart.part.blob for s in charts)


def test_hidden_figures_are_hidden_in_every_form(tmp_path: Path) -> None:
    given = planted.solution(n=60, k=6)
    files = render_discovery(given, tmp_path, forms=("xlsx",))
    assert files.xlsx is not None
    said = str(sheet_rows(files.xlsx))
    assert "hidden" in said
    document = discovery_document(given)
    small = [s for s in given.description.segments if s.n < 11]
    assert small
    for segment in small:
        assert segment.sentence not in said
        assert segment.sentence not in str(document.parts)
    grid = next(grid for grid in document.grids if grid.name == "Segments")
    shown = [row[3] for row in grid.rows if isinstance(row[3], int)]
    assert all(n >= 11 for n in shown)


@pytest.mark.parametrize("kind", ["natural", "structure_only", "constructive", "cannot_say"])
def test_every_verdict_has_its_words(kind: str) -> None:
    document = discovery_document(planted.solution(kind=kind, k=2))
    assert document.answer.word
    assert document.answer.tone in ("good", "mixed", "caution")


def test_what_is_missing_leaves_no_hole() -> None:
    document = discovery_document(planted.solution(bare=True))
    assert [part.id for part in document.parts] == ["segments", "profile", "how-many", "making", "glossary"]
    assert any("nearest middle" in line for line in document.headlines)


def test_one_segment_and_many(tmp_path: Path) -> None:
    for k, answers, width in ((1, 3, 1046), (8, 40, 342)):
        given = planted.solution(k=k, answers=answers)
        document = discovery_document(given, extras=planted.extras(given))
        for figure in document.figures:
            assert figure.draw(width).to_dict(validate=False)["title"]["text"]
    assert "1 segment of" in discovery_document(planted.solution(k=1)).about


def test_advice_that_is_not_followed_is_said() -> None:
    assert any("not the recommended" in line for line in discovery_document(planted.solution(k=6)).headlines)


def test_the_same_solution_gives_the_same_files(tmp_path: Path) -> None:
    given = planted.solution(bare=True, k=2, answers=3, numbers=False)
    for name in ("one", "two"):
        render_discovery(given, tmp_path / name, forms=("html", "xlsx", "pptx"))
    for name in ("discovery.html", "discovery.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
