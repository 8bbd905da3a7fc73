"""Charts of a segment are drawn, or there is none."""

import pytest
from tests.workspace.segment_shop import shop

from segmentary.workspace.segment_charts import draw


@pytest.mark.parametrize("chart", ["history", "profile"])
@pytest.mark.parametrize("width", [320, 900])
def test_charts_are_drawn(chart, width):
    drawn = draw(shop(), "often", chart, width)
    assert drawn is not None
    assert drawn.to_dict()["$schema"]


def test_there_is_no_other_chart():
    assert draw(shop(), "often", "none", 300) is None
    assert draw(shop(), "given", "profile", 300) is None
