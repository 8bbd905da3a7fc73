"""The base against the market: planted gaps found, none without, and honest where little is known."""

import json
import math

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.base_against_market import BaseAgainstMarket, Typed, against_market
from segmentary.market.groups import Groups
from segmentary.market.survey_design import SurveyDesign

SHARES = np.array([0.5, 0.3, 0.15, 0.05])


def survey(seed, n=500, shares=SHARES):
    r = np.random.default_rng(seed)
    return Groups(tuple("abcd"), r.choice(len(shares), n, p=shares)), SurveyDesign(1000 * r.lognormal(0, 0.4, n))


def test_a_planted_gap_is_found():
    groups, design = survey(0)
    found = against_market([350, 550, 60, 40], groups, design)
    assert [one.verdict for one in found.segments] == ["under", "over", "under", "not_clear"]
    first = found.segments[0]
    assert first.gap.estimate == pytest.approx(first.base_share.estimate - first.market_share.estimate)
    assert first.index.estimate == pytest.approx(100 * first.base_share.estimate / first.market_share.estimate)
    assert first.index.low < first.index.estimate < first.index.high < 100
    assert first.penetration.estimate == pytest.approx(350 / first.market_size.estimate)
    assert "the market is here and we are not" in first.sentence
    assert "the market is larger than we are in a, c" in found.sentence.lower()


def test_false_alarms_without_a_gap_stay_below_five_in_a_hundred():
    rounds = 200
    for customers, people in ((2000, 300), (60, 150)):
        alarms = 0
        for seed in range(rounds):
            groups, design = survey(7000 + seed, n=people)
            base = np.random.default_rng(90_000 + seed).multinomial(customers, SHARES)
            alarms += any(one.verdict in ("over", "under") for one in against_market(base, groups, design).segments)
        assert alarms / rounds <= 0.05 + 2 * (0.05 * 0.95 / rounds) ** 0.5, (customers, people)


def test_nobody_of_a_segment_on_one_side():
    groups, design = survey(1)
    found = against_market([500, 300, 200, 0], groups, design)
    none = found.segments[3]
    assert none.verdict == "under"
    assert (none.base_share.estimate, none.index.estimate) == (0, 0)
    assert 0 < none.index.high < 100
    labels = np.where(groups.labels == 3, 0, groups.labels)
    empty = against_market([400, 300, 150, 150], Groups(groups.names, labels), design).segments[3]
    assert empty.verdict == "over"
    assert math.isnan(empty.index.estimate)
    few = against_market([400, 300, 299, 1], Groups(groups.names, labels), design).segments[3]
    assert few.verdict == "not_clear"


def test_unassigned_are_shown_on_both_sides():
    groups, design = survey(2)
    labels = np.where(np.arange(500) % 3 == 0, -1, groups.labels)
    found = against_market([50, 30, 15, 5], Groups(groups.names, labels), design, unassigned=100)
    assert found.base == 200
    assert found.unassigned_base.estimate == 0.5
    assert found.unassigned_market.estimate == pytest.approx(1 / 3, abs=0.05)
    assert [one.code for one in found.findings] == ["many_unassigned", "many_unassigned"]
    assert sum(one.market_share.estimate for one in found.segments) == pytest.approx(1)


def test_weights_that_are_not_people_give_no_penetration():
    groups, design = survey(3)
    assert against_market([5, 3, 2, 1], groups, design, in_people=False).segments[0].penetration is None
    small = SurveyDesign(design.weights / 1e4)
    found = against_market([500, 300, 200, 100], groups, small)
    assert "larger_than_market" in {one.code for one in found.findings}


def test_small_groups_are_flagged():
    groups, design = survey(4, n=60)
    found = against_market([500, 300, 190, 10], groups, design)
    last = found.segments[3]
    assert last.small
    assert last.suppressed


def test_one_respondent_cannot_be_compared():
    found = against_market([5, 3], Groups(("a", "b"), np.zeros(1, dtype=np.intp)), SurveyDesign(np.ones(1)))
    assert {one.verdict for one in found.segments} <= {"cannot_say", "not_clear"}
    assert json.dumps(found.to_document())


def test_what_does_not_fit_is_refused():
    groups, design = survey(5)
    with pytest.raises(DataError):
        against_market([1, 2, 3], groups, design)
    with pytest.raises(DataError):
        against_market([1, 2, 3, -1], groups, design)
    with pytest.raises(NoAnswerError):
        against_market([0, 0, 0, 0], groups, design, unassigned=5)
    with pytest.raises(NoAnswerError):
        against_market([1, 2, 3, 4], Groups(groups.names, np.full(500, -1)), design)


def test_the_comparison_is_a_document():
    groups, design = survey(6)
    found = against_market([500, 300, 150, 50], groups, design)
    document = json.loads(json.dumps(found.to_document()))
    assert BaseAgainstMarket.from_document(document).to_document() == document
    assert document["segments"][0]["sentence"]


def test_what_a_typing_tool_gets_wrong_is_taken_out_of_the_shares():
    """Placed by a tool that sends a third of the second segment to the first, shares are those of the truth again."""
    chance = np.random.default_rng(3)
    misses = 0
    for _ in range(200):
        truth = chance.choice(2, 3_000, p=[0.4, 0.6])
        given = np.where((truth == 1) & (chance.random(3_000) < 1 / 3), 0, truth)
        seen = chance.choice(3_000, 300, replace=False)
        confusion = np.zeros((2, 2))
        np.add.at(confusion, (truth[seen], given[seen]), 1 / 300)
        typed = Typed(tuple(map(tuple, confusion.tolist())), 300)
        counts = np.bincount(given, minlength=2).tolist()
        labels = chance.choice(2, 900, p=[0.4, 0.6])
        found = against_market(
            counts, Groups(("a", "b"), labels), SurveyDesign(np.full(900, 10.0)), typed=typed, in_people=True
        )
        assert counts[0] / 3_000 > 0.5
        misses += any(one.gap.sure for one in found.segments)
        assert abs(found.segments[0].base_share.estimate - 0.4) < 0.12
        assert found.findings[-1].code == "typed"
    assert misses <= 200 * 0.08


def test_a_tool_that_never_errs_changes_nothing():
    groups = Groups(("a", "b"), np.repeat([0, 1], 50))
    design = SurveyDesign(np.full(100, 50.0))
    plain = against_market([30, 70], groups, design)
    typed = against_market([30, 70], groups, design, typed=Typed(((0.5, 0.0), (0.0, 0.5)), 40))
    for one, other in zip(typed.segments, plain.segments, strict=True):
        for name in ("base_share", "gap", "penetration"):
            told, said = getattr(one, name), getattr(other, name)
            wanted = (said.estimate, said.low, said.high)
            assert (told.estimate, told.low, told.high) == pytest.approx(wanted, rel=1e-9)
