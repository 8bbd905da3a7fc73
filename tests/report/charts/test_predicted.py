"""Charts of predictions: every one is drawn for walls and telephones, with axes named, also of very little."""

import json

import pytest

from segmentary.report.charts import against_diagonal, beside_rival, found_first, histogram, tracking, weights

WIDTHS = [342, 760]


def text(chart):
    return json.dumps(chart.to_dict(), ensure_ascii=False)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("share", [True, False])
def test_the_diagonal_is_there_and_the_axes_have_names(width, share):
    tenths = [against_diagonal.Tenth(0.1, 0.2, -0.1, 0.3), against_diagonal.Tenth(0.5, 0.4, 0.3, 0.6)]
    drawn = text(against_diagonal.chart(tenths, "t", "s", share=share, axes=("said", "came, EUR"), width=width))
    assert '"said"' in drawn
    assert '"came, EUR"' in drawn
    assert ('"sqrt"' in drawn) != share
    assert against_diagonal.chart([], "t", "s", share=share, width=width).to_dict()


@pytest.mark.parametrize("width", WIDTHS)
def test_each_figure_has_its_own_scale_and_says_which_way_is_better(width):
    rows = [
        beside_rival.Row("order", 0.8, 0.7, 0.9, "higher is better: 0.80", 0.6),
        beside_rival.Row("total", -0.1, None, None, "nearer to 0 is better", None, 0.0, ".1%"),
    ]
    drawn = text(beside_rival.chart(rows, "t", "s", width=width))
    assert "higher is better" in drawn
    assert '"x": "independent"' in drawn
    assert beside_rival.RIVAL in drawn
    assert beside_rival.RIGHT in drawn


@pytest.mark.parametrize("width", WIDTHS)
def test_weights_say_which_way(width):
    rows = [weights.Weight("spend so far", 0.6, "more"), weights.Weight("recency", 0.4, "less")]
    drawn = text(weights.chart(rows, "t", "s", width=width))
    assert "more of it, less" in drawn
    assert "60%" in drawn
    assert "either way" not in drawn


@pytest.mark.parametrize("width", WIDTHS)
def test_tracking_adds_up_and_marks_what_was_not_seen(width):
    drawn = tracking.chart(
        [1.0, 2.0, 3.0], [tracking.Line("m", (1.0, 1.0, 1.0), True)], 2, "t", "s", width=width
    ).to_dict()
    values = json.dumps(drawn)
    assert '"value": 6.0' in values
    assert '"datum": 2' in values


@pytest.mark.parametrize("width", WIDTHS)
def test_gains_have_chance_beside_them_and_the_best_where_it_is_known(width):
    curve = ((0.0, 0.0), (0.5, 0.9), (1.0, 1.0))
    axes = ("share of people", "share found")
    assert found_first.BEST in text(
        found_first.chart(curve, ((0.0, 0.0), (0.2, 1.0), (1.0, 1.0)), "t", "s", axes=axes, width=width)
    )
    drawn = text(found_first.chart(curve, (), "t", "s", axes=axes, width=width))
    assert found_first.BEST not in drawn
    assert found_first.CHANCE in drawn


@pytest.mark.parametrize("width", WIDTHS)
def test_hidden_columns_are_dots(width):
    columns = [histogram.Column("0 to 10", None, "3"), histogram.Column("10 to 20", 40, "40")]
    drawn = text(histogram.chart(columns, "t", "s", axis="score", width=width))
    assert '"·"' in drawn
    assert '"3"' not in drawn
    assert histogram.chart([], "t", "s", axis="score", width=width).to_dict()
