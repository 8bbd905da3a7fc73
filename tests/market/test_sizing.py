"""Sizes of segments in the market: parts that add up, small and empty ones said."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.groups import Groups
from segmentary.market.sizing import MarketSizes, size_market
from segmentary.market.survey_design import SurveyDesign


def market(seed: int = 0, n: int = 600):
    r = np.random.default_rng(seed)
    labels = r.choice([0, 1, 2, -1], n, p=[0.5, 0.3, 0.15, 0.05])
    return SurveyDesign(r.lognormal(5, 0.5, n)), Groups(("big", "mid", "low"), labels), r.gamma(2, 50, n)


def test_parts_add_up_to_the_market():
    design, groups, spend = market()
    found = size_market(groups, design, value=spend, unit="EUR", people="households")
    rows = (*found.segments, found.unassigned)
    assert sum(one.size.estimate for one in rows) == pytest.approx(found.population.estimate)
    assert sum(one.share.estimate for one in rows) == pytest.approx(1)
    assert sum(one.value.estimate for one in rows) == pytest.approx(found.total_value.estimate)
    assert sum(one.value_share.estimate for one in rows) == pytest.approx(1)
    assert found.total_value.estimate == pytest.approx(design.weights @ spend)
    assert sum(one.n for one in rows) == found.n == 600


def test_people_without_a_value_count_as_the_mean_of_their_segment():
    design, groups, spend = market()
    some = spend.copy()
    some[::3] = np.nan
    found = size_market(groups, design, value=some)
    for one in found.segments:
        assert one.value.estimate == pytest.approx(one.mean_value.estimate * one.size.estimate)
    assert sum(one.value.estimate for one in found.segments) < found.total_value.estimate
    assert "missing_value" in {one.code for one in found.findings}
    nothing = size_market(groups, design, value=np.where(groups.labels == 2, np.nan, spend))
    assert math.isnan(nothing.segments[2].value.estimate)
    assert nothing.segments[2].value.n == 0


def test_small_and_empty_segments_are_said():
    r = np.random.default_rng(1)
    labels = np.zeros(200, dtype=np.intp)
    labels[:5] = 1
    labels[5:25] = 2
    groups = Groups(("all", "tiny", "small", "empty"), labels)
    found = size_market(groups, SurveyDesign(r.uniform(1, 2, 200)), value=r.uniform(size=200))
    assert [one.suppressed for one in found.segments] == [False, True, False, False]
    assert [one.small for one in found.segments] == [False, True, True, True]
    empty = found.segments[3]
    assert (empty.size.estimate, empty.share.estimate) == (0, 0)
    assert empty.share.high > 0
    assert "nobody among those asked" in empty.sentence
    assert "only 5 respondents" in found.segments[1].sentence
    assert {"small_segments", "empty_segments"} <= {one.code for one in found.findings}
    assert found.unassigned is None


def test_without_weights_a_warning():
    _, groups, _ = market()
    found = size_market(groups, SurveyDesign.unweighted(600))
    assert found.findings[0].code == "unweighted"
    assert found.segments[0].value is None


def test_weights_of_mean_one_size_the_sample_only():
    design, groups, _ = market()
    scaled = SurveyDesign(design.weights / design.weights.mean())
    found = size_market(groups, scaled)
    assert "sample_weights" in {one.code for one in found.findings}
    assert found.sentence.startswith("Sizes are those of the sample, 600 respondents")
    assert size_market(groups, design).sentence.startswith("The market is about ")


def test_refunds_do_not_break_shares_of_value():
    design, groups, spend = market()
    spend[:50] = -20
    found = size_market(groups, design, value=spend)
    assert sum(one.value_share.estimate for one in (*found.segments, found.unassigned)) == pytest.approx(1)
    assert size_market(groups, design, value=-spend).segments[0].value_share is None


def test_nobody_cannot_be_sized():
    with pytest.raises(NoAnswerError):
        size_market(Groups(("a",), np.zeros(0, dtype=np.intp)), SurveyDesign(np.zeros(0)))
    with pytest.raises(DataError):
        size_market(Groups(("a",), np.zeros(3, dtype=np.intp)), SurveyDesign(np.ones(2)))


def test_one_respondent():
    found = size_market(
        Groups(("a",), np.zeros(1, dtype=np.intp)), SurveyDesign(np.array([7.0])), value=np.array([3.0])
    )
    assert found.population.estimate == 7
    assert not found.total_value.known
    assert json.dumps(found.to_document())
    assert "–" not in found.sentence


def test_sizes_are_a_document():
    design, groups, spend = market()
    found = size_market(groups, design, value=spend, unit="EUR", people="households")
    document = json.loads(json.dumps(found.to_document()))
    assert MarketSizes.from_document(document).to_document() == document
    assert "households" in document["sentence"]
    assert document["segments"][0]["sentence"].startswith("big is ")
