"""Scores and shares against hand counts, their intervals against simulation."""

import math

import numpy as np
import pytest

from segmentary.measurement.loyalty.questions import Question
from segmentary.measurement.loyalty.satisfaction import (
    Answers,
    SpendingSums,
    change_of,
    csat_figure,
    nps_figure,
    score_of,
    share_of,
    wave_score,
)

NPS = Question("pulse", "recommend", "nps", 0, 10, ("w1", "w2"))


def plain(good, rest, bad):
    return Answers(good + rest + bad, good, bad, rest, good + rest + bad)


def test_a_score_by_hand():
    found = score_of(plain(50, 30, 20))
    assert found.estimate == pytest.approx(30)
    assert found.n == 100
    assert found.low < 30 < found.high
    assert math.isnan(score_of(Answers()).estimate)
    certain = score_of(plain(20, 0, 0))
    assert certain.estimate == certain.high == 100
    assert certain.low < 95  # twenty people are not everybody


@pytest.mark.parametrize(("shares", "n"), [((0.2, 0.3, 0.5), 30), ((0.6, 0.3, 0.1), 60), ((0.9, 0.08, 0.02), 100)])
def test_intervals_of_scores_hold(shares, n):
    rng = np.random.default_rng(1)
    truth = 100 * (shares[0] - shares[2])
    held = [score_of(plain(*map(int, rng.multinomial(n, shares)))) for _ in range(2_000)]
    assert 0.93 <= np.mean([one.low <= truth <= one.high for one in held]) <= 0.985


def test_weights_make_answers_worth_less():
    even = plain(50, 30, 20)
    uneven = Answers(100, 50.0, 20.0, 30.0, 200.0)
    assert uneven.worth == 50
    assert score_of(uneven).estimate == score_of(even).estimate
    assert score_of(uneven).high - score_of(uneven).low > score_of(even).high - score_of(even).low
    assert share_of(50.0, uneven).n == 100


def test_figures_are_against_everybody_else():
    found = nps_figure("pro", NPS, "w2", plain(60, 20, 20), plain(100, 100, 200))
    assert found.own.estimate == pytest.approx(40)
    assert found.others.estimate == pytest.approx(100 * (40 - 180) / 300)
    assert found.gap.estimate == pytest.approx(found.own.estimate - found.others.estimate)
    assert found.what == "recommend of pulse, w2"
    asked = Question("pulse", "happy", "csat", 1, 5, ("w1",))
    figure = csat_figure("pro", asked, "", plain(80, 10, 10), plain(140, 30, 30))
    assert (figure.own.estimate, figure.others.estimate) == (0.8, 0.6)
    assert nps_figure("none", NPS, "w2", Answers(), plain(1, 1, 1)).gap is None


def test_the_change_of_a_panel_is_surer_than_that_of_strangers():
    one, two = plain(50, 30, 20), plain(60, 30, 10)
    strangers = change_of(one, two, "w1", "w2", None)
    # All hundred answered twice, nearly alike.
    panel = change_of(one, two, "w1", "w2", (100, 30.0, 50.0, 60.0))
    assert strangers.change.estimate == panel.change.estimate == pytest.approx(20)
    assert panel.change.high - panel.change.low < strangers.change.high - strangers.change.low
    assert panel.both == 100
    assert change_of(plain(1, 0, 0), two, "w1", "w2", None) is None
    assert change_of(plain(9, 0, 0), plain(9, 0, 0), "w1", "w2", None) is None


def test_intervals_of_changes_hold_in_a_panel():
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(600):
        rank, fresh = rng.uniform(size=150), rng.uniform(size=150)
        first = np.where(rank < 0.4, 1, np.where(rank < 0.7, 0, -1))
        again = np.where(rng.uniform(size=150) < 0.6, rank, fresh)
        second = np.where(again < 0.5, 1, np.where(again < 0.8, 0, -1))
        counts = [plain(int((x == 1).sum()), int((x == 0).sum()), int((x == -1).sum())) for x in (first, second)]
        pair = (150, float(first.sum()), float(second.sum()), float((first * second).sum()))
        change = change_of(*counts, "a", "b", pair).change
        held += change.low <= 20 <= change.high
    assert 0.925 <= held / 600 <= 0.975


def test_a_wave():
    found = wave_score("w1", plain(50, 30, 20))
    assert (found.promoters.estimate, found.passives.estimate, found.detractors.estimate) == (0.5, 0.3, 0.2)


def test_share_of_wallet():
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(500):
        spent = rng.lognormal(5, 0.5, 80)
        ours = spent * rng.beta(3, 3, 80)
        sums = SpendingSums(80, ours.sum(), spent.sum(), (ours**2).sum(), (ours * spent).sum(), (spent**2).sum())
        held += sums.interval.low <= 0.5 <= sums.interval.high
    assert 0.92 <= held / 500 <= 0.98
    assert math.isnan(SpendingSums().share)
    assert SpendingSums(1, 5.0, 10.0).interval.high == 1.0
    assert sums.without(sums).people == 0
