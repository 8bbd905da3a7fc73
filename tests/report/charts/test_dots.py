"""Estimates as dots: intervals, rows of the same shortened name, groups, and nothing at all."""

from __future__ import annotations

import json

import pytest

from segmentary.report.charts.dots import Dot, chart, furthest


def rows_of(drawn):
    return [row for rows in drawn.to_dict()["datasets"].values() for row in rows]


@pytest.mark.parametrize("width", [340, 760])
def test_every_row_stands_with_its_interval(width):
    rows = [Dot("mail", 0.2, 0.1, 0.3, "20% (10 to 30%)"), Dot("none", 0.1, None, None, "10%", strong=False)]
    mail, none = rows_of(chart(rows, "t", "s", width=width))
    assert (mail["low"], mail["high"]) == (0.1, 0.3)
    assert none["low"] == none["high"] == none["value"]
    assert mail["said"] == ("20%" if width == 340 else "20% (10 to 30%)")


def test_names_alike_after_shortening_stay_two_rows():
    long = "a segment whose name is longer than any telephone is wide, number "
    rows = [Dot(long + end, 0.5, 0.4, 0.6, "50%") for end in "12"]
    assert len({row["name"] for row in rows_of(chart(rows, "t", "s", width=340))}) == 2


def test_several_groups_differ_in_colour_and_shape_and_one_does_not():
    def drawn(*groups):
        return json.dumps(chart([Dot("x", 1, 0, 2, "1", group=one) for one in groups], "t", "s").to_dict())

    assert '"yOffset"' in drawn("before", "after")
    assert '"yOffset"' not in drawn("before")


def test_nothing_to_show_and_figures_all_alike_are_still_charts():
    assert chart([], "t", "s").to_dict()
    assert chart([Dot("x", 3.0, 3.0, 3.0, "3")], "t", "s", zero=False).to_dict()


def test_the_axis_leaves_room_for_the_figure():
    short, long = ({"high": 1.0, "said": "1" * letters} for letters in (1, 40))
    assert 1 < furthest([short], 0.0, 500, 1.0) < furthest([short, long], 0.0, 500, 1.0)
