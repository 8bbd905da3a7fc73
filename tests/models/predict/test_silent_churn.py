"""Silence of active customers: who is active, calibrated on a time not seen, the same in an engine; silent or gone."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.models.predict.shoppers import FEATURES, HORIZON, Shop, shop

from segmentary.engine.base import Engine
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import NoAnswerError
from segmentary.models.predict.bands import tenth_of
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.predict.silence import Recalibration, platt, recalibrated
from segmentary.models.predict.silent_churn import ActiveRule, SilentChurn, fit_silent_churn
from segmentary.models.value.purchases import Purchases

NOW = 300


@cache
def lived() -> Shop:
    return shop()


@cache
def fitted() -> SilentChurn:
    made = lived()
    train = [made.period(NOW - 2 * HORIZON), made.period(NOW - 3 * HORIZON)]
    return fit_silent_churn(
        train, made.period(NOW - HORIZON), horizon_days=HORIZON, features=FEATURES, rule=ActiveRule(90, 2)
    )


def test_who_is_active() -> None:
    # x, days from first to last, days since the last.
    bought = Purchases.from_transactions(
        ["lately", "rare", "rare", "gone", "gone", "once"], [95, 0, 60, 0, 10, 20], [1.0] * 6, until=150
    )
    rule = ActiveRule(within_days=60, gaps=2)
    # lately: 55 days since. rare: 90 days since, a gap of 60, twice that is 120. gone: 140 since, gap 10. once: 130.
    assert dict(zip(bought.ids.tolist(), rule.active(bought).tolist(), strict=True)) == {
        "lately": True,
        "rare": True,
        "gone": False,
        "once": False,
    }
    assert "60 days" in rule.sentence


def test_it_is_calibrated_and_beats_recency_on_a_time_not_seen() -> None:
    figures = {one.name: one for one in fitted().card.holdout}
    assert figures["auc"].estimate.estimate > 0.7
    assert figures["log_loss"].beats
    assert figures["brier"].beats
    assert figures["decile_calibration"].estimate.estimate < 0.25
    assert figures["auc"].baseline_name
    period = lived().period(NOW)
    risk, active = fitted().predict(period.features, period.purchases)
    silent = ~period.bought
    assert abs(risk[active].mean() - silent[active].mean()) < 0.08
    order = np.argsort(risk[active])
    low, high = order[: len(order) // 5], order[-len(order) // 5 :]
    assert silent[active][high].mean() > silent[active][low].mean() + 0.3


def test_silent_is_not_gone() -> None:
    found = {one.code: one.message for one in fitted().card.findings}
    assert "silent is not gone" in found["silent_or_gone"]
    assert fitted().card.kind == "churn"
    weights = {one.name: one.direction for one in fitted().card.features}
    assert weights["bought.days_since"] == "more"


def same_silence(engine: Engine, made: SilentChurn, period: NextPeriod) -> None:
    from tests.models.predict.test_next_purchase import scored

    found = scored(engine, made, period)
    assert found.column_names == ["customer_id", *made.outputs]
    risk, active = made.predict(period.features, period.purchases)
    assert found.column("customer_id").to_pylist() == period.purchases.ids[active].tolist()
    low, high = made.bands.around(risk[active])
    alive = made.ensemble.buying.columns(period.purchases)["bought.alive"][active]
    for name, values in {"probability": risk[active], "low": low, "high": high, "alive": alive}.items():
        told = np.array([float(one) for one in found.column(name).to_pylist()])
        np.testing.assert_allclose(told, values, rtol=1e-9, atol=1e-10, err_msg=name)
    assert found.column("decile").to_pylist() == tenth_of(risk[active], made.cuts).tolist()


def test_the_engine_says_what_the_arrays_say() -> None:
    same_silence(DuckDB(threads=1), fitted(), lived().period(NOW))


def test_the_document_says_the_same() -> None:
    again = SilentChurn.from_document(json.loads(json.dumps(fitted().to_document())))
    period = lived().period(NOW)
    np.testing.assert_array_equal(
        again.predict(period.features, period.purchases)[0], fitted().predict(period.features, period.purchases)[0]
    )
    assert (again.rule, again.cuts, again.bands, again.card) == (
        fitted().rule,
        fitted().cuts,
        fitted().bands,
        fitted().card,
    )


@pytest.mark.parametrize(("everybody", "word"), [(True, "all of"), (False, "none of")])
def test_nothing_to_tell_apart(everybody: bool, word: str) -> None:
    period = lived().period(180)
    bought = np.full(len(period), everybody)
    with pytest.raises(NoAnswerError, match=word):
        fit_silent_churn([replace(period, bought=bought)], None, horizon_days=HORIZON, features=FEATURES)


def test_nobody_is_active() -> None:
    with pytest.raises(NoAnswerError, match="nobody is active"):
        fit_silent_churn([lived().period(180)], None, horizon_days=HORIZON, rule=ActiveRule(-1, 0))


def test_recalibration_sets_level_and_steepness_right() -> None:
    chance = np.random.default_rng(4)
    truth = chance.beta(2, 2, 20_000)
    silent = (chance.random(20_000) > truth).astype(float)
    odds = np.log(truth / (1 - truth))
    told = 1 / (1 + np.exp(-(2 * odds + 1)))  # too steep, and too high
    made, honest = recalibrated(told, silent, held_out=True)
    assert made.slope == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(honest, 1 - truth, atol=0.03)
    np.testing.assert_allclose(made.silent(told), 1 - truth, atol=0.03)


def test_nothing_is_set_right_by_few_or_by_its_own_past() -> None:
    told = np.linspace(0.1, 0.9, 30)
    silent = (np.arange(30) % 2).astype(float)
    assert recalibrated(told, silent, held_out=False)[0] == Recalibration()
    assert recalibrated(told, silent, held_out=True)[0] == Recalibration()
    # The order is never turned around.
    assert platt(np.linspace(0.01, 0.99, 500), (np.arange(500) > 250).astype(float)).slope > 0
