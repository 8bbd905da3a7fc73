"""Who is hidden in a market report: small segments and what would give them away, and nobody for the unplaced."""

import numpy as np

from segmentary.market.groups import Groups
from segmentary.market.sizing import size_market
from segmentary.market.survey_design import SurveyDesign
from segmentary.report.market.data import MarketReportData, Shape


def hidden(*labels: int) -> frozenset[str]:
    groups = Groups(("green", "thrifty", "rest"), np.array(labels))
    sizes = size_market(groups, SurveyDesign(np.full(len(labels), 20.0)))
    return MarketReportData(Shape(below=11), sizes=sizes).hidden


def test_a_few_who_could_not_be_placed_hide_no_segment():
    assert hidden(*[0] * 30, *[1] * 40, *[2] * 50, -1) == {"unassigned"}


def test_a_small_segment_is_hidden_with_the_one_that_gives_it_away():
    assert hidden(*[0] * 4, *[1] * 40, *[2] * 50) == {"green", "thrifty"}
