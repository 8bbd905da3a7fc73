"""The market report: the choice first, the same figures in every form, small groups hidden everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.forms import Page, chart_values, deck_charts, same_figures
from tests.report.market import planted

from segmentary.report.document import HIDDEN, Document
from segmentary.report.files import DocumentFiles
from segmentary.report.market.data import MarketReportData, Shape
from segmentary.report.market.report import market_document, render_market


@pytest.fixture(scope="module")
def document(data: MarketReportData) -> Document:
    return market_document(data)


@pytest.fixture(scope="module")
def files(data: MarketReportData, tmp_path_factory: pytest.TempPathFactory) -> DocumentFiles:
    return render_market(data, tmp_path_factory.mktemp("market"), forms=("html", "xlsx", "pptx"))


@pytest.fixture(scope="module")
def text(files: DocumentFiles) -> str:
    assert files.html is not None
    return files.html.read_text(encoding="utf-8")


def test_the_choice_comes_first(text: str, data: MarketReportData) -> None:
    assert data.recommendation is not None
    body = text[text.index("<main") :]
    assert body.index("Serve ") < body.index('id="target"') < body.index('id="sizes"')
    ids = [a["id"] for a in Page(text).all("section") if "id" in a]
    assert ids == ["target", "sizes", "trends", "potential", "base", "needs", "competition", "matrix", "glossary"]


def test_what_cannot_be_said_is_named_with_its_reason(data: MarketReportData) -> None:
    told = replace(data, comparison=None, unanswered=("nobody is placed",))
    part = next(one for one in market_document(told).parts if one.id == "unanswered")
    assert part.lead == ("Nobody is placed.",)


def test_hostile_names_are_text(text: str) -> None:
    page = Page(text)
    assert not page.all("script", "iframe", "link", "img", "object")
    assert "&lt;script&gt;" in text
    assert len(page.all("table")) == len(page.all("caption")) > 8
    assert all(a.get("scope") in ("row", "col") for a in page.all("th"))


def test_the_page_and_the_workbook_say_the_same(text: str, files: DocumentFiles, document: Document) -> None:
    assert files.xlsx is not None
    assert same_figures(document, text, files.xlsx) > 150


def test_the_slides_hold_the_same_numbers(files: DocumentFiles, document: Document) -> None:
    assert files.pptx is not None
    natives = [native for figure in document.figures for native in figure.natives]
    for native, chart in zip(natives, deck_charts(files.pptx), strict=True):
        for series, values in zip(native.series, chart_values(chart), strict=True):
            wanted = [
                y for at, y in enumerate(series.values) if y is not None and (not series.x or series.x[at] is not None)
            ]
            assert [v for v in values if v is not None] == pytest.approx(wanted)


def test_small_segments_are_hidden_in_every_section() -> None:
    data = planted.market(tiny=True)
    document = market_document(data)
    assert "Family tables" in data.hidden
    assert len(data.hidden) >= 2
    for grid in document.grids:
        for row in grid.rows:
            if any(name in str(value) for name in data.hidden for value in row[:2]):
                numbers = [value for value in row if isinstance(value, float) and value == value]
                assert not numbers, (grid.name, row)
    for figure in document.figures:
        drawn = str(figure.draw(900).to_dict(validate=False))
        if figure.name not in ("competition",):
            assert "Family tables" not in drawn, figure.name
    for line in (*document.headlines, document.answer.meaning):
        assert "Family tables" not in line


def test_parts_that_are_not_there_have_no_section(data: MarketReportData) -> None:
    assert [p.id for p in market_document(replace(data, recommendation=None, matrix=None, trends=None)).parts] == [
        "sizes",
        "potential",
        "base",
        "needs",
        "competition",
        "glossary",
    ]
    nothing = market_document(MarketReportData(Shape("Nothing yet")))
    assert nothing.answer.word == "Nothing to report"
    assert [p.id for p in nothing.parts] == ["glossary"]


def test_an_estimate_of_few_is_hidden(data: MarketReportData) -> None:
    assert data.sizes is not None
    one = data.sizes.segments[0]
    assert data.estimate(one.name, one.share) == one.share.interval
    assert data.estimate(one.name, replace(one.share, n=4)) is HIDDEN
    assert data.estimate(one.name, None) is None


def test_nothing_at_all_is_a_page(tmp_path: Path) -> None:
    files = render_market(MarketReportData(), tmp_path, forms=("html", "xlsx"))
    assert files.html is not None
    assert "Nothing to report" in files.html.read_text(encoding="utf-8")
