"""Ribbons of who went where: sizes are shares of everybody, parts nobody is in take no room."""

from __future__ import annotations

import pytest

from segmentary.report.charts.flow import GAP, POINTS, Ribbon, chart, curve, stacked


def rows_of(drawn, column):
    return [row for rows in drawn.to_dict()["datasets"].values() for row in rows if column in row]


@pytest.mark.parametrize("width", [340, 760])
def test_ribbons_are_as_wide_as_their_share(width):
    ribbons = [Ribbon("new", "gone", 30), Ribbon("new", "loyal", 10), Ribbon("loyal", "loyal", 60)]
    rows = rows_of(chart(ribbons, ["new", "loyal"], ["loyal", "gone"], "t", "s", width=width), "ribbon")
    assert len(rows) == 3 * (POINTS + 1)
    # In the order of the parts, not of the rows: new to loyal comes first.
    assert [round(rows[i * (POINTS + 1)]["y"] - rows[i * (POINTS + 1)]["y2"], 9) for i in range(3)] == [0.1, 0.3, 0.6]


def test_a_part_of_nobody_has_no_name_at_its_side():
    drawn = chart([Ribbon("a", "b", 5)], ["a", "empty"], ["b", "empty"], "t", "s")
    assert [(row["name"], row["side"]) for row in rows_of(drawn, "side")] == [("a", "left"), ("b", "right")]


def test_nobody_at_all_is_a_chart_too():
    assert chart([], [], [], "t", "s").to_dict()
    assert chart([Ribbon("a", "b", 0)], ["a"], ["b"], "t", "s").to_dict()


def test_parts_stand_below_each_other_with_gaps():
    assert stacked(["a", "b", "c"], {"a": 0.5, "b": 0.0, "c": 0.5}) == {"a": 0.0, "b": 0.5 + GAP, "c": 0.5 + GAP}
    border = curve(0, "a", 0.0, 1.0, 0.2)
    assert (border[0]["y"], border[-1]["y"], border[-1]["y2"]) == (0, -1.0, -1.2)
