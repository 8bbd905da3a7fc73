"""The profile of segments: alike columns beside each other, markers in full colour, hidden figures nowhere."""

from __future__ import annotations

import pytest

from segmentary.report.charts.segment_profile import EDGE, LESS, MORE, PLAIN, Bar, chart, headed, kind_of, order


def bar(value, *, segment="one", row="likes green", marker=True):
    return Bar(segment, row, value, None, None, 0.5, marker, "said")


def rows_of(drawn):
    return [row for rows in drawn.to_dict()["datasets"].values() for row in rows]


def test_columns_that_go_together_stand_together():
    found = order([[0.9, 0.1], [0.1, 0.9], [0.88, 0.12], [0.12, 0.88]])
    assert {frozenset(found[:2]), frozenset(found[2:])} == {frozenset({0, 2}), frozenset({1, 3})}
    assert found[0] in (0, 2)


def test_too_few_rows_no_segments_and_missing_figures_keep_an_order():
    assert order([]) == []
    assert order([[0.1], [0.2]]) == [0, 1]
    assert order([[], [], []]) == [0, 1, 2]
    assert sorted(order([[float("nan")], [float("nan")], [0.0], [0.0]])) == [0, 1, 2, 3]


def test_only_markers_are_in_full_colour():
    assert [kind_of(bar(value)) for value in (0.9, 0.5, 0.1, None)] == [MORE, MORE, LESS, PLAIN]
    assert kind_of(bar(0.9, marker=False)) == PLAIN


@pytest.mark.parametrize("width", [340, 760])
def test_a_hidden_figure_is_nowhere_and_far_ones_stay_on_the_axis(width):
    bars = [bar(None), bar(9.0, row="spend"), bar(0.2, row="age", marker=False)]
    hidden, far, plain = rows_of(chart(bars, ["one"], ["likes green", "spend", "age"], percent=False, width=width))
    assert (hidden["value"], hidden["said"]) == (None, "")
    assert (far["value"], far["said"]) == (EDGE, "said")
    assert plain["said"] == ""
    assert rows_of(chart(bars, ["one"], ["likes green", "spend", "age"], percent=True))[1]["value"] == 1.0


def test_a_head_has_two_lines_at_most():
    assert headed("Buyers", 20) == "Buyers"
    lines = headed("people who buy often and live in the city and have a garden", 20).split("\n")
    assert len(lines) == 2
    assert max(map(len, lines)) <= 20
