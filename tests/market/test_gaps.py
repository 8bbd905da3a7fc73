"""Gaps: planted ones found, none where there is none (measured), and nothing said where nothing is known."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.base_against_market import against_market
from segmentary.market.gaps import EVERYBODY, MarketGaps, NeedGaps, market_gaps, need_gaps
from segmentary.market.groups import Groups
from segmentary.market.survey_design import SurveyDesign

NEEDS = tuple(f"need {place}" for place in range(8))


def ratings(seed, *, planted=0.0, grumble=0.4, n=300, k=4):
    """Return importance and satisfaction on 1 ... 5: needs differ, people differ in style, everybody grumbles."""
    r = np.random.default_rng(seed)
    labels = r.integers(0, k, n)
    person, style = r.normal(0, 0.6, (n, 1)), r.normal(grumble, 0.5, (n, 1))
    need = r.normal(3.3, 0.5, 8)
    if planted:
        need[2] = 3.3
    level = need + r.normal(0, 0.2, (k, 8))[labels] + person
    importance, satisfaction = level + r.normal(0, 0.9, (n, 8)), level - style + r.normal(0, 0.9, (n, 8))
    if planted:
        importance[labels == 1, 2] += planted
        satisfaction[labels == 1, 2] -= planted
        importance[:, 2] += 0.3
    whole = [np.clip(np.round(one), 1, 5) for one in (importance, satisfaction)]
    return whole[0], whole[1], Groups(tuple("abcd"[:k]), labels), SurveyDesign(r.lognormal(0, 0.4, n))


def test_false_alarms_stay_below_five_in_a_hundred():
    rounds = 200
    alarms = 0
    for seed in range(rounds):
        importance, satisfaction, groups, design = ratings(3000 + seed, grumble=0.8 * (seed % 2), n=200, k=3)
        alarms += bool(need_gaps(importance, satisfaction, NEEDS, groups, design).gaps)
    assert alarms / rounds <= 0.05


def test_without_a_least_distance_equal_needs_still_hold_the_level():
    """All needs alike and no end of the scale in reach: the test itself, with least = 0."""
    rounds = 200
    alarms = 0
    for seed in range(rounds):
        r = np.random.default_rng(seed)
        n = 150
        person = r.normal(0, 0.5, (n, 1))
        importance, satisfaction = (5 + person + r.normal(0, 0.8, (n, 6)) for _ in range(2))
        groups = Groups(("a", "b", "c"), r.integers(0, 3, n))
        design = SurveyDesign(r.lognormal(0, 0.4, n))
        found = need_gaps(importance, satisfaction, NEEDS[:6], groups, design, low=0, high=10, least=0.0)
        alarms += bool(found.gaps)
    assert alarms / rounds <= 0.05 + 2 * (0.05 * 0.95 / rounds) ** 0.5


def test_a_planted_need_is_found_and_only_that():
    hits, others = 0, 0
    for seed in range(40):
        importance, satisfaction, groups, design = ratings(seed, planted=1.2)
        found = need_gaps(importance, satisfaction, NEEDS, groups, design)
        hits += found.cell("b", "need 2").gap
        others += any(one.segment not in ("b", EVERYBODY) or one.need != "need 2" for one in found.gaps)
    assert hits >= 36
    assert others <= 4  # needs differ a little in truth, too


def test_the_opportunity_is_ulwicks():
    importance, satisfaction, groups, design = ratings(0, planted=1.2)
    one = need_gaps(importance, satisfaction, NEEDS, groups, design).cell("b", "need 2")
    assert one.importance.estimate > one.satisfaction.estimate
    assert one.opportunity.estimate == pytest.approx(2 * one.importance.estimate - one.satisfaction.estimate)
    assert one.opportunity.low < one.opportunity.estimate < one.opportunity.high <= 20
    assert one.shortfall.estimate == pytest.approx(one.importance.estimate - one.satisfaction.estimate)
    served = need_gaps(satisfaction, importance, NEEDS, groups, design).cell("b", "need 2")
    assert served.opportunity.estimate == pytest.approx(served.importance.estimate)
    assert served.verdict == "served"


def test_the_opportunity_of_top_boxes():
    importance, satisfaction, groups, design = ratings(0, planted=1.2)
    one = need_gaps(importance, satisfaction, NEEDS, groups, design, top=4).cell("b", "need 2")
    w = design.weights * (groups.labels == 1)
    shares = [10 * (w @ (x[:, 2] >= 4)) / w.sum() for x in (importance, satisfaction)]
    assert one.opportunity.estimate == pytest.approx(2 * shares[0] - shares[1])
    assert one.importance.estimate != pytest.approx(shares[0])


def test_the_interval_of_the_opportunity_holds():
    inside = 0
    for seed in range(200):
        r = np.random.default_rng(seed)
        n = 120
        importance = np.clip(7 + r.normal(0, 1.2, (n, 3)), 0, 10)
        satisfaction = np.clip(5 + r.normal(0, 1.2, (n, 3)), 0, 10)
        one = need_gaps(importance, satisfaction, NEEDS[:3], None, SurveyDesign(np.ones(n)), low=0, high=10).cells[0]
        inside += one.opportunity.low <= 9 <= one.opportunity.high
    assert 0.91 <= inside / 200 <= 0.99


def test_a_grumbling_market_is_not_full_of_gaps():
    importance, satisfaction, groups, design = ratings(1, grumble=1.2)
    found = need_gaps(importance, satisfaction, NEEDS, groups, design)
    assert found.gaps == ()
    assert "general_dissatisfaction" in {one.code for one in found.findings}
    assert found.sentence.startswith("No need is wanted")


def test_missing_answers_empty_and_tiny_segments():
    importance, satisfaction, groups, design = ratings(2, planted=1.2)
    importance[::3, 0] = np.nan
    satisfaction[::4, 1] = np.nan
    labels = np.where(groups.labels == 3, 0, groups.labels)
    labels[:5] = 3
    found = need_gaps(importance, satisfaction, NEEDS, Groups((*groups.names, "none"), labels), design)
    assert found.cell("none", "need 0").verdict == "cannot_say"
    assert found.cell("d", "need 3").suppressed
    assert found.cell("b", "need 0").n < found.cell("b", "need 3").n
    assert found.cell("b", "need 2").gap
    document = json.loads(json.dumps(found.to_document()))
    assert NeedGaps.from_document(document).to_document() == document


def test_everybody_alone_without_segments():
    importance, satisfaction, _, design = ratings(3)
    found = need_gaps(importance, satisfaction, NEEDS, None, design)
    assert found.segments == (EVERYBODY,)
    assert len(found.cells) == 8


def test_constant_and_missing_ratings_say_nothing():
    design = SurveyDesign(np.ones(50))
    same = np.full((50, 3), 3.0)
    assert {one.verdict for one in need_gaps(same, same, NEEDS[:3], None, design).cells} == {"cannot_say"}
    gone = np.full((50, 3), np.nan)
    assert {one.verdict for one in need_gaps(gone, same, NEEDS[:3], None, design).cells} == {"cannot_say"}


def test_what_does_not_fit_is_refused():
    importance, satisfaction, groups, design = ratings(4)
    with pytest.raises(NoAnswerError, match="one need"):
        need_gaps(importance[:, :1], satisfaction[:, :1], NEEDS[:1], groups, design)
    with pytest.raises(DataError, match="do not fit"):
        need_gaps(importance, satisfaction[:, :3], NEEDS, groups, design)
    with pytest.raises(DataError, match="goes from"):
        need_gaps(importance * 2, satisfaction, NEEDS, groups, design)
    with pytest.raises(DataError, match="one name"):
        need_gaps(importance, satisfaction, ("x",) * 8, groups, design)
    with pytest.raises(DataError, match="all segments together"):
        need_gaps(importance, satisfaction, NEEDS, Groups((EVERYBODY,), np.zeros(300, dtype=np.intp)), design)
    with pytest.raises(DataError, match="a scale"):
        need_gaps(importance, satisfaction, NEEDS, groups, design, low=5, high=5)


def test_market_gaps_are_sure_and_large_enough():
    r = np.random.default_rng(0)
    groups = Groups(("a", "b", "c"), r.choice(3, 800, p=[0.5, 0.3, 0.2]))
    design = SurveyDesign(np.full(800, 100.0))
    comparison = against_market([300, 600, 100], groups, design)
    found = market_gaps(comparison)
    assert [one.name for one in found.gaps] == ["a", "c"]
    first = found.gaps[0]
    assert first.missing.estimate == pytest.approx((first.market_share.estimate - 0.3) * 1000)
    assert first.missing.low < first.missing.estimate < first.missing.high
    assert "short by" in first.sentence
    assert [one.name for one in market_gaps(comparison, least=0.15).gaps] == ["a"]
    none = market_gaps(against_market([500, 300, 200], groups, design))
    assert none.gaps == ()
    assert none.sentence == "Of 3 segments none is surely under-served by us."
    assert MarketGaps.from_document(json.loads(json.dumps(found.to_document()))) == found
    assert market_gaps(against_market([300, 600, 100], groups, design, in_people=False)).gaps[0].missing is None


def test_figures_of_nobody_are_not_numbers():
    importance, satisfaction, groups, design = ratings(5)
    empty = Groups(("a", "b"), np.where(groups.labels == 0, 0, -1))
    found = need_gaps(importance, satisfaction, NEEDS, empty, design)
    assert math.isnan(found.cell("b", "need 0").importance.estimate)
