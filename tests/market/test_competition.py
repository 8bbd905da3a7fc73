"""Brands by segment: shares that add up, planted strengths found, none without, double jeopardy."""

import json

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.competition import Competition, brand_shares
from segmentary.market.groups import Groups
from segmentary.market.survey_design import SurveyDesign

BRANDS = ("we", "x", "y")


def brands(seed, planted=True, n=700):
    r = np.random.default_rng(seed)
    labels = r.integers(0, 3, n)
    chance = np.array([[0.3, 0.3, 0.3]] * 3)
    if planted:
        chance[0] = [0.6, 0.2, 0.3]
    users = (r.random((n, 3)) < chance[labels]).astype(float)
    amounts = users * (1 + r.poisson(2, (n, 3)))
    return users, amounts, Groups(tuple("abc"), labels), SurveyDesign(r.lognormal(0, 0.4, n))


def test_planted_strength_is_found():
    users, amounts, groups, design = brands(0)
    found = brand_shares(users, BRANDS, groups, design, amounts=amounts, ours="we")
    assert found.cell("a", "we").stands_out == "stronger"
    assert found.cell("b", "y").stands_out == "no"
    assert found.leaders == ("we", "", "")
    assert "We (we) have more users than elsewhere in a." in found.sentence
    for segment in "abc":
        rows = [one for one in found.shares if one.segment == segment]
        assert sum(one.volume.estimate for one in rows) == pytest.approx(1)
        assert all(0 <= one.users.low <= one.users.estimate <= one.users.high <= 1 for one in rows)
        assert all(one.requirement.estimate >= one.volume.estimate for one in rows)


def test_shares_are_weighted_ratios():
    users, amounts, groups, design = brands(1)
    one = brand_shares(users, BRANDS, groups, design, amounts=amounts).cell("b", "x")
    w = design.weights * (groups.labels == 1)
    assert one.users.estimate == pytest.approx(w @ users[:, 1] / w.sum())
    assert one.volume.estimate == pytest.approx(w @ amounts[:, 1] / (w @ amounts.sum(axis=1)))
    own = w * users[:, 1]
    assert one.requirement.estimate == pytest.approx(own @ amounts[:, 1] / (own @ amounts.sum(axis=1)))
    assert one.frequency.estimate == pytest.approx(own @ amounts[:, 1] / own.sum())


def test_false_alarms_stay_below_five_in_a_hundred():
    rounds = 250
    alarms = 0
    for seed in range(rounds):
        users, _, groups, design = brands(5000 + seed, planted=False, n=300)
        found = brand_shares(users, BRANDS, groups, design)
        alarms += any(one.stands_out in ("stronger", "weaker") for one in found.shares)
    assert alarms / rounds <= 0.05 + 2 * (0.05 * 0.95 / rounds) ** 0.5


def test_nobody_among_five_is_no_proof():
    r = np.random.default_rng(11)
    users = (r.random((600, 1)) < 0.3).astype(float)
    users[:5] = 0
    labels = np.ones(600, dtype=np.intp)
    labels[:5] = 0
    found = brand_shares(users, ("we",), Groups(("few", "many"), labels), SurveyDesign(np.ones(600)))
    assert found.cell("few", "we").stands_out == "no"
    assert found.cell("few", "we").difference.p > 0.1


def test_false_alarms_with_tiny_segments():
    rounds = 200
    alarms = 0
    for seed in range(rounds):
        r = np.random.default_rng(70_000 + seed)
        users = (r.random((200, 2)) < [0.3, 0.05]).astype(float)
        labels = np.repeat([0, 1, 2], [8, 15, 177])
        found = brand_shares(users, ("we", "x"), Groups(tuple("abc"), labels), SurveyDesign(r.lognormal(0, 0.4, 200)))
        alarms += any(one.stands_out in ("stronger", "weaker") for one in found.shares)
    assert alarms / rounds <= 0.05 + 2 * (0.05 * 0.95 / rounds) ** 0.5


def test_double_jeopardy_sees_a_loved_niche():
    r = np.random.default_rng(2)
    n = 4000
    users = (r.random((n, 4)) < [0.5, 0.4, 0.3, 0.1]).astype(float)
    frequency = 2 * 0.6 / (1 - np.array([0.5, 0.4, 0.3, 0.1]))
    frequency[3] *= 2
    amounts = users * r.gamma(4, frequency / 4, (n, 4))
    groups = Groups(("all",), np.zeros(n, dtype=np.intp))
    found = brand_shares(users, ("a", "b", "c", "niche"), groups, SurveyDesign(np.ones(n)), amounts=amounts)
    ratios = {one.brand: one for one in found.double_jeopardy}
    assert ratios["niche"].ratio_low > 1.3
    assert all(0.7 < ratios[name].ratio < 1.1 for name in "abc")


def test_missing_and_empty_and_single():
    users, _, groups, design = brands(3)
    users[:, 2] = np.nan
    users[:100, 0] = np.nan
    labels = np.where(groups.labels == 2, 1, groups.labels)
    found = brand_shares(users, BRANDS, Groups(("a", "b", "nobody"), labels), design)
    assert found.cell("a", "y").users.n == 0
    assert found.cell("a", "y").stands_out == "cannot_say"
    assert found.cell("nobody", "we").stands_out == "cannot_say"
    assert found.cell("a", "we").users.missing > 0
    assert found.leaders[2] == ""
    assert found.double_jeopardy == ()
    alone = brand_shares(users[:, :1], ("we",), groups, design)
    assert alone.leaders == ("we", "we", "we")


def test_what_does_not_fit_is_refused():
    users, amounts, groups, design = brands(4)
    with pytest.raises(DataError, match="not among the brands"):
        brand_shares(users, BRANDS, groups, design, ours="us")
    with pytest.raises(DataError, match="one name"):
        brand_shares(users, ("x", "x", "y"), groups, design)
    with pytest.raises(DataError, match="0 or 1"):
        brand_shares(amounts, BRANDS, groups, design)
    with pytest.raises(DataError, match="do not fit"):
        brand_shares(users, BRANDS, groups, design, amounts=amounts[:, :2])
    with pytest.raises(NoAnswerError):
        brand_shares(np.zeros((0, 1)), ("x",), Groups(("a",), np.zeros(0, dtype=np.intp)), SurveyDesign(np.zeros(0)))


def test_competition_is_a_document():
    users, amounts, groups, design = brands(5)
    found = brand_shares(users, BRANDS, groups, design, amounts=amounts, ours="we")
    document = json.loads(json.dumps(found.to_document()))
    assert Competition.from_document(document).to_document() == document
