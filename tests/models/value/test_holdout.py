"""How well a model does on a time it has not seen: every figure by hand on a model that knows the answer."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from numpy.typing import NDArray
from tests.models.value.people import UNTIL, shop

from segmentary.models.value.choice import purchase_model
from segmentary.models.value.holdout import (
    AVERAGE,
    LAST_PERIOD,
    PurchaseHoldout,
    average_order_value,
    gini_gain,
    log_scores,
    purchase_holdout,
    value_holdout,
)
from segmentary.models.value.holdout_data import HoldoutData


class Steady:
    """Everybody buys once in ten days, for ever."""

    def expected_from_start(self, t: npt.ArrayLike) -> NDArray[np.float64]:
        return np.asarray(t, dtype=np.float64) / 10

    def expected_purchases(
        self, repeat_count: npt.ArrayLike, recency: npt.ArrayLike, age: npt.ArrayLike, horizon: npt.ArrayLike
    ) -> NDArray[np.float64]:
        return np.asarray(repeat_count, dtype=np.float64) * 0 + np.asarray(horizon) / 10


@cache
def held() -> HoldoutData:
    ids, days, amounts = shop(600, seed=3)
    return HoldoutData.from_transactions(ids, days, amounts, cutoff=UNTIL - 91, until=UNTIL)


def test_figures_by_hand() -> None:
    ids, days = ["a"] * 4 + ["b"] * 2 + ["c"], [0, 5, 31, 40, 7, 8, 20]
    data = HoldoutData.from_transactions(ids, days, [1.0] * 7, cutoff=30, until=50)
    found = purchase_holdout(Steady(), data)
    assert (found.people, found.expected, found.actual.estimate) == (3, 2.0, pytest.approx(2 / 3))
    assert found.mae.estimate == pytest.approx((0 + 2 + 2) / 3)
    assert found.total_bias.estimate == pytest.approx(6 / 2 - 1)
    assert math.isnan(found.correlation)  # the model tells nobody apart
    assert [(row.repeat_count, row.people, row.expected, row.actual.estimate) for row in found.by_frequency] == [
        (0, 1, 2.0, 0.0),
        (1, 2, 2.0, 1.0),
    ]
    assert found.rival_mae == pytest.approx((2 + 0 + 1) / 3)
    # 51 days are seven weeks; a is there from day 0, b from 7, c from 20.
    actual, expected = found.tracking.cumulative
    assert actual.tolist() == [1.0, 2.0, 2.0, 2.0, 3.0, 4.0, 4.0]
    assert expected[-1] == pytest.approx((49 + 42 + 29) / 10)
    assert found.tracking.seen == 4
    assert found.tracking.error_after == pytest.approx((3 * 7 * 3 / 10) / 2 - 1)


def test_a_purchase_model_beats_a_constant() -> None:
    judged = purchase_holdout(purchase_model("mbg_nbd").fit(held().before), held())
    steady = purchase_holdout(Steady(), held())
    assert judged.log_score.estimate > steady.log_score.estimate
    assert judged.log_score.estimate > judged.rival_log_score
    assert judged.correlation > 0.3
    assert sum(row.people for row in judged.by_frequency) == judged.people == len(held())
    weighted = sum(row.people * row.expected for row in judged.by_frequency) / judged.people
    assert weighted == pytest.approx(judged.expected)
    assert len(judged.tracking.actual) == len(judged.tracking.expected) == 64


def test_a_document_and_back() -> None:
    judged = purchase_holdout(purchase_model("mbg_nbd").fit(held().before), held())
    document = json.loads(json.dumps(judged.to_document()))
    assert PurchaseHoldout.from_document(document).to_document() == document


def test_the_true_mean_has_the_best_log_score() -> None:
    draw = np.random.default_rng(1)
    rate = draw.gamma(0.5, 2.0, 20_000)
    came = draw.negative_binomial(2, 2 / (2 + rate)).astype(float)  # no Poisson, but of that mean
    scores = [float(log_scores(came, rate * factor).mean()) for factor in (0.7, 0.9, 1.0, 1.1, 1.4)]
    assert scores.index(max(scores)) == 2


def test_value_beside_its_rivals() -> None:
    data = held()
    perfect = value_holdout(data.spend, data)
    assert perfect.figures[0].estimate.estimate == pytest.approx(1.0)
    assert perfect.beats_rivals
    assert perfect.figures[-1].estimate.estimate == pytest.approx(0.0)
    assert set(perfect.rivals) == {LAST_PERIOD, AVERAGE}
    noise = value_holdout(np.random.default_rng(2).random(len(data)), data)
    assert noise.beats_rivals is False
    best = max(perfect.rivals, key=lambda name: perfect.rivals[name])
    rival = data.earlier_spend if best == LAST_PERIOD else average_order_value(data)
    same = value_holdout(rival, data)
    assert same.gain.estimate == pytest.approx(0.0)
    assert same.beats_rivals is None
    assert all(one.baseline_name == best for one in same.figures)


def test_the_young_are_not_taken_for_more_than_they_bought() -> None:
    data = HoldoutData.from_transactions(["new", "old"], [29, 0], [10.0, 10.0], cutoff=30, until=60)
    assert average_order_value(data).tolist() == [10.0, 10.0]


def test_the_gain_is_the_difference_of_ginis() -> None:
    from segmentary.models.predict.metrics import normalised_gini

    data = held()
    one, other = data.before.total_spend, data.before.repeat_count.astype(float)
    found = gini_gain(data.spend, one, other)
    expected = [normalised_gini(data.spend, told, draws=0).estimate for told in (one, other)]
    assert found.estimate == pytest.approx(expected[0] - expected[1])
    assert found.low < found.estimate < found.high


@pytest.mark.real_data
def test_cdnow_weeks_40_to_78(real_data: Path) -> None:
    from benchmarks.golden.spending import holdout

    assert [row.what for row in holdout(real_data) if not row.good] == []
