"""Shared members as a map: shares of the row, small parts hidden, no division by nobody."""

from __future__ import annotations

import pytest

from segmentary.report.charts.overlap import chart
from segmentary.report.figures import Overlap


def cells(sizes, both, width=760):
    names = tuple(sizes)
    drawn = chart(Overlap(names, {name: name.title() for name in names}, sizes, both), width=width).to_dict()
    rows = [row for rows in drawn["datasets"].values() for row in rows]
    return {(row["row"], row["column"]): (row["label"], row["step"]) for row in rows}


def test_a_cell_is_the_share_of_its_row():
    found = cells({"vip": 100, "new": 400}, {("vip", "new"): 50, ("new", "vip"): 50})
    # 12.5 stands in the middle, and goes to the even neighbour.
    assert found == {("Vip", "New"): ("50", 4), ("New", "Vip"): ("12", 2)}


def test_hidden_and_empty_are_a_dot_and_very_few_are_not_nobody():
    found = cells(
        {"vip": 1000, "few": None, "none": 0},
        {("vip", "few"): None, ("few", "vip"): None, ("vip", "none"): 0, ("none", "vip"): 0, ("few", "none"): 3},
    )
    assert found["Vip", "Few"] == found["Few", "None"] == found["None", "Vip"] == ("·", -1)
    assert found["Vip", "None"] == ("0", 0)
    assert cells({"a": 1000, "b": 5}, {("a", "b"): 1, ("b", "a"): 1})["A", "B"] == ("<1", 0)


@pytest.mark.parametrize("names", [[], ["alone"]])
def test_fewer_than_two_segments_share_nothing(names):
    assert cells(dict.fromkeys(names, 5), {}) == {}


def test_on_a_telephone_columns_are_numbers():
    assert set(cells({"a": 5, "b": 5}, {}, width=340)) == {("1  A", "2"), ("2  B", "1")}
