"""Charts are ordinary Altair charts: valid, themed, shown in a notebook, with hidden figures left out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from segmentary.report.charts import rfm_map
from segmentary.report.data import ReportData
from segmentary.report.images import charts_of
from segmentary.report.theme import LIGHT, folded, shortened

NAMES = ["sales", "segments", "rfm", "profile", "overlap", "retention", "geography", "changes"]


def values(document: Any) -> list[dict[str, Any]]:
    """All rows of data anywhere in a chart."""
    found: list[dict[str, Any]] = []
    if isinstance(document, dict):
        for key, part in document.items():
            if key == "datasets":
                found += [row for rows in part.values() for row in rows]
            elif key == "values" and isinstance(part, list) and part and isinstance(part[0], dict):
                found += part
            else:
                found += values(part)
    elif isinstance(document, list):
        for part in document:
            found += values(part)
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [340, 900])
def test_every_chart(data: ReportData, name: str, width: int) -> None:
    chart = charts_of(data)[name](width)
    document = chart.to_dict()
    assert document["config"]["axis"]["gridColor"] == LIGHT["grid"]
    assert document["title"]["text"]
    assert "http" not in json.dumps({k: v for k, v in document.items() if k != "$schema"})
    assert values(document)


def test_a_notebook_shows_the_same_chart(data: ReportData) -> None:
    bundle = charts_of(data)["sales"](900)._repr_mimebundle_()
    assert bundle


def test_hidden_groups_are_in_no_chart(data: ReportData) -> None:
    everything = json.dumps([values(draw(900).to_dict()) for draw in charts_of(data).values()])
    assert "Handful" not in everything
    assert "All but few" not in everything
    assert "Ruritania" not in everything


def test_charts_that_have_nothing_to_show_are_left_out(data: ReportData) -> None:
    from dataclasses import replace

    none = replace(
        data, months=(), rfm=None, comparisons=(), overlap=None, retention=None, geography=None, changes=None
    )
    assert list(charts_of(replace(none, segments=()))) == []


def test_rfm_rectangles_cover_the_square_once() -> None:
    covered = [
        (r, f)
        for name in rfm_map.NAMES
        for r0, r1, f0, f1 in rfm_map.rectangles(name)
        for r in range(r0, r1 + 1)
        for f in range(f0, f1 + 1)
    ]
    assert sorted(covered) == [(r, f) for r in range(1, 6) for f in range(1, 6)]
    for name, pairs in rfm_map.NAMES.items():
        cells = {
            f"{r}{f}"
            for r0, r1, f0, f1 in rfm_map.rectangles(name)
            for r in range(r0, r1 + 1)
            for f in range(f0, f1 + 1)
        }
        assert cells == set(pairs)


def test_text_fits() -> None:
    assert folded("one two three", 7) == ["one two", "three"]
    assert folded("", 5) == []
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
