"""Charts of discovery and market reports: names stay apart, figures have room, hidden ones are said."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np

from segmentary.models.intervals import Interval
from segmentary.models.validate.criteria import Spread
from segmentary.report.charts import (
    boxes,
    bubbles,
    descent,
    dots,
    dumbbell,
    heat,
    mosaic,
    needs,
    segment_profile,
    tornado,
    trend_panels,
    typing_curve,
)
from segmentary.report.theme import LIGHT, unique

LONG = "a name that is far too long for the room it has beside a chart, number "


def drawn(chart: object) -> str:
    return json.dumps(chart.to_dict(), ensure_ascii=False)  # type: ignore[attr-defined]


def test_names_that_become_equal_stay_apart() -> None:
    assert unique(["a", "b", "a", "a"]) == ["a", "b", "a (2)", "a (3)"]
    rows = [dots.Dot(f"{LONG}{i}", 0.1 * i, None, None, "x") for i in range(4)]
    text = drawn(dots.chart(rows, "t", "s", width=342))
    names = {part for part in text.split('"') if part.startswith("a name")}
    assert len(names) == 4


def test_columns_that_go_together_stand_together() -> None:
    rows = [[0.9, 0.1], [0.1, 0.9], [0.88, 0.12], [0.12, 0.88]]
    order = segment_profile.order(rows)
    assert {order.index(0) // 2, order.index(2) // 2} in ({0}, {1})
    assert segment_profile.order([[0.1]]) == [0]
    assert segment_profile.order([]) == []


def test_a_hidden_bar_says_so() -> None:
    bars = [
        segment_profile.Bar("one", "q", None, None, None, 0.5, False, ""),
        segment_profile.Bar("two", "q", 0.8, 0.7, 0.9, 0.5, True, "80%"),
    ]
    text = drawn(segment_profile.chart(bars, ["one", "two"], ["q"], percent=True))
    assert "hidden" in text
    assert segment_profile.MORE in text
    assert segment_profile.kind_of(bars[0]) == segment_profile.PLAIN
    assert segment_profile.kind_of(bars[1]) == segment_profile.MORE


def test_intervals_leave_room_for_their_figures() -> None:
    data: list[dict[str, object]] = [{"high": 1.0, "said": "x" * 30}]
    assert dots.furthest(data, 0.0, 300, 1.0) > 1.6
    assert dots.furthest([], 0.0, 300, 1.0) >= 1.0


def test_mosaic_shades_by_residual_and_fills_the_square() -> None:
    cells = [
        mosaic.Cell(0, "a", 0.5, 5.0),
        mosaic.Cell(0, "b", 0.5, -5.0),
        mosaic.Cell(1, "a", None, 9.0),
        mosaic.Cell(1, "b", 0.75, 2.5),
    ]
    assert [mosaic.kind_of(cell) for cell in cells] == ["more far", "less far", "plain", "more near"]
    rects, heads, sides = mosaic.placed(cells, [3, 1], ["one", "two"], ["a", "b"], 900)
    assert [side["name"] for side in sides] == ["a", "b"]
    assert len(heads) == 2
    assert all(0 <= float(str(r["y"])) <= float(str(r["y2"])) <= 1 for r in rects)
    assert rects[2]["said"] == "hidden"


def test_flows_go_from_block_to_block() -> None:
    columns = [descent.Column(2, (0.6, 0.4), (None, None)), descent.Column(3, (0.5, 0.3, 0.2), (0.9, 0.4, 1.0))]
    flows = [[[0.5, 0.1, 0.0], [0.0, 0.2, 0.2]]]
    assert LIGHT["step3"] in drawn(descent.chart(columns, flows, chosen=3))
    bands = descent.bands(0, flows[0], descent.placed((0.6, 0.4)), descent.placed((0.5, 0.3, 0.2)), 0.1)
    assert {row["band"] for row in bands} == {"0-0-0", "0-0-1", "0-1-1", "0-1-2"}


def test_names_of_bubbles_do_not_lie_on_each_other() -> None:
    given = [bubbles.Bubble(f"s{i}", (5 + 0.1 * i,) * 3, (5 + 0.05 * i,) * 3, 10.0, "chosen") for i in range(4)]
    rows = [{"x": b.x[0], "y": b.y[0], "size": b.size, "name": b.name} for b in given]
    placed = bubbles.apart(rows, 500, 900)
    for side in ("left", "right"):
        ups = sorted(row["up"] for row in placed if row["side"] == side)
        assert all(b - a >= 0.3 for a, b in pairwise(ups))
    assert "✕" in drawn(bubbles.chart([bubbles.Bubble("x", (1, 1, 1), (2, 2, 2), math.nan, "knocked out")], "people"))


def test_maps_shade_both_sides() -> None:
    assert [heat.step_of(d) for d in (None, -0.9, -0.3, -0.01, 0.0, 1.0)] == [-9, -2, -1, 0, 0, 6]
    cells = [heat.Cell("r", "c", None, "hidden"), heat.Cell("r", "d", -0.8, "-1 -")]
    assert "hidden" in drawn(heat.chart(cells, ["r"], ["c", "d"], "t", "s"))


def test_the_others_draw_at_both_widths() -> None:
    one = Interval(0.4, 0.3, 0.5, 90)
    spread = Spread(0.8, 0.6, 0.7, 0.9, 0.95, 50)
    trend = trend_panels.Trend("a", "growing", "growing", (trend_panels.Point("2024", 1, 0.2, 0.1, 0.3, True),))
    for width in (342, 1046):
        for chart in (
            boxes.chart([("a", spread)], "t", "s", axis="x", limits=((0.6, "w"),), width=width),
            dumbbell.chart([dumbbell.Pair("a", one, one, "over", "+1")], width=width),
            needs.chart([needs.Need("a", "b", 8, 3, True)], ["a"], width=width),
            tornado.chart([tornado.Swing("a", 1.0, 3.0, True)], 2.0, str, width=width),
            trend_panels.chart([trend], share=True, width=width),
            typing_curve.chart([(1, one), (2, one)], wanted=0.5, chosen=2, width=width),
        ):
            assert chart.to_dict()["title"]["text"]
    assert np.isfinite(typing_curve.chart([(1, one)], wanted=None).to_dict()["width"])
