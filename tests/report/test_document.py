"""A report before it has a form: grids fit their fields, what is hidden is a gap, reading order is kept."""

from __future__ import annotations

import pytest

from segmentary.models.intervals import Interval
from segmentary.report.document import HIDDEN, Answer, Document, Field, Figure, Grid, Part, ends, parts_of, series_of


def grid(name, *rows):
    return Grid(name, "What it holds", (Field("Segment"), Field("People", "count")), rows)


def test_a_row_that_does_not_fit_is_refused_by_name():
    assert grid("empty").rows == ()
    with pytest.raises(ValueError, match="'sizes': 2 fields and a row of 1"):
        grid("sizes", ("a", 1), ("b",))


def test_charts_and_grids_come_in_reading_order_and_empty_parts_fall_out():
    def figure(name):
        return Figure(name, name, "", lambda width: width)

    first = Part("a", "A", figures=(figure("x"),), grids=(grid("one"), grid("two")))
    last = Part("b", "B", figures=(figure("y"),), grids=(grid("three"),))
    parts = parts_of(None, first, None, last)
    document = Document("d", "D", "", Answer("Yes", "good", "It is.", ""), (), (), parts)
    assert document.parts == (first, last)
    assert [one.name for one in document.figures] == ["x", "y"]
    assert [one.name for one in document.grids] == ["one", "two", "three"]
    assert document.below == 11


def test_hidden_and_missing_figures_are_gaps_and_nought_is_not():
    found = series_of("share", [Interval(0.0, 0.0, 0.1, 40), HIDDEN, None])
    assert (found.values, found.low, found.high) == ((0.0, None, None), (0.0, None, None), (0.1, None, None))
    assert series_of("share", []).values == ()
    assert ends(None) == (None, None, None)
