"""The page: self-contained, inert, accessible, the same every time."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.report.forms import Page

from segmentary.report.data import ReportData
from segmentary.report.html import WIDE, ReportFiles, html, inline, render_report
from segmentary.report.images import charts_of
from segmentary.report.theme import DARK, LIGHT


@pytest.fixture(scope="module")
def files(data: ReportData, tmp_path_factory: pytest.TempPathFactory) -> ReportFiles:
    return render_report(data, tmp_path_factory.mktemp("report") / "new")


@pytest.fixture(scope="module")
def text(files: ReportFiles) -> str:
    return files.html.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


def test_nothing_is_fetched_and_nothing_runs(text: str, page: Page) -> None:
    assert not page.all("script", "iframe", "link", "object", "embed", "img", "form", "base")
    for attributes in (a for _, a in page.tags):
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("href", "src", "xlink:href", "action", "data"):
            assert (attributes.get(name) or "#").startswith("#")
    assert not re.search(r"url\(\s*['\"]?(?!#)", text)
    assert "@import" not in text
    policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_hostile_names_are_text(text: str) -> None:
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    # The style sheet ends where we end it.
    assert text.count("</style>") == text.count("<style") == 1


def test_tables_have_captions_and_scopes(page: Page) -> None:
    assert len(page.all("table")) == len(page.all("caption")) > 8
    assert all(a.get("scope") in ("row", "col") for a in page.all("th"))
    assert [a.get("lang") for a in page.all("html")] == ["en"]
    drawings = [a for a in page.all("div") if a.get("role") == "img"]
    assert len(drawings) == 16
    assert all(a.get("aria-label") for a in drawings)


def test_every_section_is_reachable(page: Page) -> None:
    ids = [a["id"] for a in page.all("section") if "id" in a]
    assert ids == [
        "sales",
        "segments",
        "rfm",
        "profile",
        "overlap",
        "retention",
        "geography",
        "changes",
        "quality",
        "reading",
    ]
    assert {f"#{i}" for i in ids} <= {a.get("href") for a in page.all("a")}


def test_figures_have_units_n_and_intervals(text: str) -> None:
    assert "95% interval" in text
    assert re.search(r"n = \d", text)
    assert "€" in text
    assert "identified customers, before refunds" in text


def test_colours_have_roles_in_both_lights() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(colours: dict[str, str]) -> None:
    assert contrast(colours["ink"], colours["paper"]) >= 12
    assert contrast(colours["muted"], colours["paper"]) >= 4.5
    assert contrast(colours["blue"], colours["paper"]) >= 4.5
    for role in ("orange", "green", "purple", "slate"):
        assert contrast(colours[role], colours["paper"]) >= 2.8
    for step in range(1, 8):
        words = colours["on_high" if step > 4 else "on_low"]
        assert contrast(words, colours[f"step{step}"]) >= (4.5 if step != 5 else 3.8)


def test_the_same_data_give_the_same_page(data: ReportData, text: str) -> None:
    # Every drawing of a page is made once more here, but only one of them: the rest differs in nothing but its data.
    again = inline(charts_of(data)["sales"](WIDE), "sales-wide")
    assert str(again) in text
    few = replace(data, months=(), rfm=None, comparisons=(), overlap=None, retention=None, geography=None)
    few = replace(few, segments=(), changes=None)
    assert html(few) == html(few)


def test_marks_of_different_drawings_have_different_ids(text: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


def test_files(files: ReportFiles) -> None:
    assert files.html.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert files.xlsx.stat().st_size > 5000
    names = sorted(f.name for f in files.images)
    charts = ["changes", "geography", "overlap", "profile", "retention", "rfm", "sales", "segments"]
    assert names == sorted(f"{c}.{kind}" for c in charts for kind in ("png", "svg"))
    for file in files.images:
        head = file.read_bytes()[:8]
        assert head == b"\x89PNG\r\n\x1a\n" if file.suffix == ".png" else head.startswith(b"<svg")
        if file.suffix == ".svg":
            assert "<script" not in file.read_text(encoding="utf-8")
