"""Gamma-Gamma: CDNOW's published figures, recovery of what was planted, and what is said where it does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.models.value.people import bought_and_spent, cdnow

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.value.gamma_gamma import GammaGamma, likelihood


@pytest.mark.real_data
def test_cdnow_as_published(real_data: Path) -> None:
    x, _, _, spend = cdnow(real_data)
    model = GammaGamma().fit(x, spend)
    assert model.people_ == 946
    assert list(model.params_.values()) == pytest.approx([6.249, 3.745, 15.45], rel=1e-3)
    assert model.log_likelihood_ == pytest.approx(-4055.92, abs=0.01)
    assert model.population_spend() == pytest.approx(35.17, rel=1e-3)
    assert model.note_ == ""


def test_the_gradient_is_that_of_the_likelihood() -> None:
    days, spend = bought_and_spent(200, seed=3)
    objective = likelihood(days, spend, np.ones(200))
    theta = np.array([0.3, 0.9, 1.2])
    _, gradient = objective(theta)
    for place in range(3):
        step = np.zeros(3)
        step[place] = 1e-5
        slope = (objective(theta + step)[0] - objective(theta - step)[0]) / 2e-5
        assert gradient[place] == pytest.approx(slope, rel=1e-6)


def test_planted_parameters_are_inside_their_intervals() -> None:
    inside = []
    truth = np.log([6.25, 3.74, 15.44])
    for seed in range(60):
        model = GammaGamma().fit(*bought_and_spent(400, seed=seed))
        low, high = np.log([bounds[1:] for bounds in model.parameter_interval().values()]).T
        inside.append((low < truth) & (truth < high))
    assert 0.90 <= np.mean(inside) <= 0.99


def test_weights_are_people() -> None:
    days, spend = bought_and_spent(100, seed=1)
    once = GammaGamma().fit(np.repeat(days, 3), np.repeat(spend, 3))
    weighted = GammaGamma().fit(days, spend, np.full(100, 3))
    assert weighted.params_ == pytest.approx(once.params_, rel=1e-6)
    assert weighted.people_ == 300


def test_money_in_cents_is_the_same_model() -> None:
    days, spend = bought_and_spent(300, seed=2)
    euros, cents = GammaGamma().fit(days, spend), GammaGamma().fit(days, spend * 100)
    assert cents.population_spend() == pytest.approx(100 * euros.population_spend(), rel=1e-6)
    assert cents.log_likelihood_ == pytest.approx(euros.log_likelihood_ - 300 * np.log(100), rel=1e-8)


def test_few_purchases_are_drawn_to_the_mean() -> None:
    model = GammaGamma().fit(*bought_and_spent(500, seed=4))
    mean = model.population_spend()
    one, many = model.expected_spend([1, 50], [100.0, 100.0])
    assert mean < one < many < 100
    assert model.expected_spend([0, 3, 2], [70.0, np.nan, 0.0]) == pytest.approx([mean] * 3)
    estimate, low, high = model.expected_spend_interval([0, 1, 50], [0.0, 100.0, 100.0])
    assert (low < estimate).all()
    assert (estimate < high).all()
    assert high[0] / low[0] > high[2] / low[2]


def test_what_cannot_be_used_is_counted() -> None:
    days, spend = bought_and_spent(50, seed=5)
    days[:3], spend[3:7] = 0, [0.0, -5.0, np.nan, np.inf]
    model = GammaGamma().fit(days, spend)
    assert model.people_ == 43
    assert list(model.left_out_.values()) == [3, 4]


def test_a_mean_that_does_not_exist_becomes_a_median() -> None:
    draw = np.random.default_rng(6)
    rate = draw.gamma(0.7, 1 / 10, 800)
    days = draw.integers(1, 6, 800).astype(float)
    spend = draw.gamma(3.0 * days, 1 / rate) / days
    model = GammaGamma().fit(days, spend)
    assert model.params_["q"] < 1
    assert model.statistic_ == "median"
    assert "median" in model.note_
    values = model.expected_spend([0, 1, 5], [0.0, 20.0, 20.0])
    assert np.isfinite(values).all()
    assert (values > 0).all()
    assert values[0] == pytest.approx(np.median(3.0 / rate), rel=0.25)


@pytest.mark.parametrize(("days", "spend"), [([2], [30.0]), ([1, 2, 3], [10.0, 20.0, 30.0]), ([1] * 20, [9.99] * 20)])
def test_too_little_is_pooled_and_said(days: list[int], spend: list[float]) -> None:
    model = GammaGamma().fit(days, spend)
    assert model.expected_spend([0, 1, 9], [0.0, 1.0, 999.0]) == pytest.approx([np.mean(spend)] * 3, rel=0.01)
    assert "everybody is expected to spend the mean" in model.note_
    assert np.isfinite(model.expected_spend_interval([0], [0.0])).all()


def test_people_who_do_not_differ() -> None:
    draw = np.random.default_rng(9)
    model = GammaGamma().fit(np.full(100, 50), draw.gamma(100.0, 0.2, 100))
    assert "not found to differ" in model.note_
    assert model.expected_spend([1], [60.0])[0] == pytest.approx(20.0, rel=0.05)


def test_extremes_end() -> None:
    draw = np.random.default_rng(7)
    spend = draw.lognormal(3, 1, 200)
    spend[0] = 1e12
    model = GammaGamma().fit(np.ones(200), spend)
    assert np.isfinite(model.expected_spend([1], [20.0])).all()
    assert "edge" not in model.note_


def test_what_has_no_answer_is_refused() -> None:
    with pytest.raises(NoAnswerError, match="repeat purchase"):
        GammaGamma().fit([0, 0], [1.0, 2.0])
    with pytest.raises(NoAnswerError):
        GammaGamma().fit([], [])
    with pytest.raises(DataError, match="do not match"):
        GammaGamma().fit([1], [1.0, 2.0])
    with pytest.raises(UsageError, match="not been fitted"):
        GammaGamma().expected_spend([1], [1.0])


def test_a_document_and_back() -> None:
    model = GammaGamma().fit(*bought_and_spent(100, seed=8))
    document = json.loads(json.dumps(model.to_document()))
    back = GammaGamma.from_document(document)
    assert back.to_document() == document
    assert back.expected_spend([0, 2], [0.0, 40.0]).tolist() == model.expected_spend([0, 2], [0.0, 40.0]).tolist()
    assert back.standard_errors_ == model.standard_errors_
    with pytest.raises(DataError, match="not a fitted spend model"):
        GammaGamma.from_document({"model": "rfm"})
