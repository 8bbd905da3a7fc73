"""The next days: planted customers are put in order, tested on a time not seen, and scored the same in an engine."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.engine.engines import postgres_server
from tests.models.predict.shoppers import FEATURES, HORIZON, NAMES, Shop, shop

from segmentary.engine.base import Engine
from segmentary.engine.connect import connect
from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import text
from segmentary.errors import DataError, NoAnswerError
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.predict.next_purchase import NextPurchase, fit_next
from segmentary.models.predict.prediction import Prediction, ScoreInputs
from segmentary.models.predict.reconciling import reconcile
from segmentary.models.predict.silent_churn import SilentChurn
from segmentary.models.predict.totals import DailyTotals, forecast_total

NOW = 300


@cache
def lived() -> Shop:
    return shop()


@cache
def fitted() -> NextPurchase:
    made = lived()
    train = [made.period(NOW - 2 * HORIZON), made.period(NOW - 3 * HORIZON)]
    return fit_next(train, made.period(NOW - HORIZON), horizon_days=HORIZON, features=FEATURES)


def test_the_order_is_better_than_plain_ways_on_a_time_not_seen() -> None:
    figures = {one.name: one for one in fitted().card.holdout}
    assert figures["auc"].estimate.estimate > 0.75
    assert figures["gini"].estimate.low <= figures["gini"].estimate.estimate <= figures["gini"].estimate.high
    # Customers live exactly as lifetime and spend model have it: no method does better than these two here.
    assert figures["gini"].baseline is not None
    assert figures["gini"].estimate.estimate > figures["gini"].baseline - 0.02
    assert figures["log_loss"].beats
    assert figures["decile_calibration"].estimate.estimate < 0.3
    card = fitted().card
    assert card.test_cutoff == max(card.cutoffs)
    assert card.kind == "next"
    assert card.positives is not None
    assert 0 < card.positives < card.people
    assert abs(sum(one.importance for one in card.features) - 1) < 1e-9
    weights = {one.name: one.direction for one in card.features}
    assert weights["bought.days_since"] == "less"
    assert weights["bought.value"] == "more"
    assert {one.name for one in card.baseline} >= {"spend", "probability"}


def test_what_comes_next_lies_about_the_predictions() -> None:
    period = lived().period(NOW)
    guess = fitted().ensemble.guess(period.features, period.purchases)
    low, high = fitted().bands.around(guess.spend)
    order = np.argsort(guess.spend)
    inside = [low[part].mean() <= period.spend[part].mean() <= high[part].mean() for part in np.array_split(order, 10)]
    assert sum(inside) >= 8
    assert (guess.chance > 0).all()
    assert (guess.chance < 1).all()
    assert abs(guess.chance.mean() - period.bought.mean()) < 0.08


def test_windows_longer_than_the_history_are_left_out() -> None:
    made = lived()
    short = fit_next([made.period(80), made.period(70)], None, horizon_days=HORIZON, features=FEATURES)
    assert set(short.features) <= {"orders_30d", "spend_30d"}
    found = {one.code: one for one in short.card.findings}
    assert set(found["short_history"].columns) == {"orders_91d", "spend_91d"}
    assert "no_holdout" in found
    assert short.card.holdout == ()
    assert short.card.test_cutoff is None
    assert set(fitted().features) <= set(NAMES)


def test_the_same_seed_says_the_same() -> None:
    made = lived()
    again = fit_next(
        [made.period(NOW - 3 * HORIZON), made.period(NOW - 2 * HORIZON)],
        made.period(NOW - HORIZON),
        horizon_days=HORIZON,
        features=FEATURES,
    )
    assert json.dumps(again.to_document()) == json.dumps(fitted().to_document())


def test_the_document_says_the_same() -> None:
    document = json.loads(json.dumps(fitted().to_document()))
    again = NextPurchase.from_document(document)
    period = lived().period(NOW)
    one, other = (made.ensemble.guess(period.features, period.purchases) for made in (fitted(), again))
    np.testing.assert_array_equal(one.spend, other.spend)
    np.testing.assert_array_equal(one.chance, other.chance)
    assert again.features == fitted().features
    assert again.card == fitted().card
    assert again.bands == fitted().bands


def test_spend_is_brought_to_the_total_and_both_are_shown() -> None:
    made = lived()
    period = made.period(NOW)
    guess = fitted().ensemble.guess(period.features, period.purchases)
    totals = DailyTotals.from_transactions(made.ids, made.days, made.amounts, until=NOW, step_days=14)
    both = reconcile(len(period), float(guess.spend.sum()), forecast_total(totals, horizon_days=HORIZON))
    scaled = fitted().reconciled(both)
    assert scaled.factor == both.factor
    assert scaled.total == both
    assert NextPurchase.from_document(json.loads(json.dumps(scaled.to_document()))).total == both
    assert scaled.card.findings[-1].code == "reconciled"
    beside = fitted().beside(both)
    assert beside.factor == 1.0
    assert beside.total == both
    assert {"total", "season_unknown"} <= {one.code for one in beside.card.findings}
    assert fitted().without_total("too little").card.findings[-1].code == "total_unknown"
    actual = period.spend.sum()
    assert both.forecast.total.low < actual < both.forecast.total.high


# ---------------------------------------------------------------- in an engine


def scored(engine: Engine, made: Prediction, period: NextPeriod) -> pa.Table:
    """Score the people of a period inside an engine."""
    query = exp.select("*").from_(scoring(engine, made, period).subquery("scored")).order_by("customer_id")
    return engine.table(query)


def scoring(engine: Engine, made: Prediction, period: NextPeriod, extra: int = 3) -> exp.Query:
    """Return the query of the scores of a period's people, and of some who never bought."""
    ids = [*period.purchases.ids.tolist(), *(f"new{i}" for i in range(extra))]
    values = np.vstack([period.features.values, np.full((extra, len(NAMES)), np.nan)])
    columns = {f"r{j}": pa.array(values[:, j], from_pandas=True) for j in range(len(NAMES))}
    engine.ingest("people", pa.table({"customer_id": ids, **columns}))
    bought = period.purchases
    engine.ingest(
        "purchases",
        pa.table(
            {
                "customer_id": bought.ids.tolist(),
                "repeat_count": bought.repeat_count,
                "recency_days": bought.recency.astype(np.int64),
                "age_days": bought.age.astype(np.int64),
                "mean_spend": pa.array(bought.mean_spend, from_pandas=True),
                "spend_days": bought.spend_days,
                "first_spend": bought.first_spend,
                "total_spend": bought.total_spend,
            }
        ),
    )
    inputs = ScoreInputs(
        engine,
        exp.table_("people", quoted=True),
        {name: f"r{j}" for j, name in enumerate(NAMES)},
        dict.fromkeys(NAMES, "number"),
        exp.table_("purchases", quoted=True),
        "score",
    )
    return made.score_query(inputs)


def agrees(engine: Engine, made: NextPurchase, period: NextPeriod) -> None:
    found = scored(engine, made, period)
    assert found.column_names == ["customer_id", *made.outputs]
    assert found.column("customer_id").to_pylist() == period.purchases.ids.tolist()
    guess = made.ensemble.guess(period.features, period.purchases)
    low, high = made.bands.around(guess.spend)
    expected = {
        "spend": guess.spend * made.factor,
        "spend_low": low * made.factor,
        "spend_high": high * made.factor,
        "probability": guess.chance,
    }
    for name, values in expected.items():
        told = np.array([float(one) for one in found.column(name).to_pylist()])
        np.testing.assert_allclose(told, values, rtol=1e-9, atol=1e-10, err_msg=name)


def test_the_engine_says_what_the_arrays_say() -> None:
    agrees(DuckDB(threads=1), fitted(), lived().period(NOW))
    agrees(DuckDB(threads=1), replace(fitted(), factor=1.5), lived().period(NOW))


def test_spark_has_words_for_it() -> None:
    from tests.models.predict.test_silent_churn import fitted as silent

    for made in (replace(fitted(), left_out=("0",), factor=0.5), silent()):
        assert "select" in text(scoring(DuckDB(threads=1), made, lived().period(NOW)), "spark").lower()


def test_who_is_no_customer_has_no_row() -> None:
    found = scored(DuckDB(threads=1), replace(fitted(), left_out=("c00001", "0")), lived().period(NOW))
    names = found.column("customer_id").to_pylist()
    assert "c00001" not in names
    assert len(names) == len(lived().period(NOW)) - 1


@pytest.mark.postgres
def test_postgres_says_what_the_arrays_say() -> None:
    from tests.models.predict.test_silent_churn import fitted as silent
    from tests.models.predict.test_silent_churn import same_silence

    with postgres_server() as address:
        engine = connect(address)
        agrees(engine, fitted(), lived().period(NOW))
        churn = silent()
        assert isinstance(churn, SilentChurn)
        same_silence(engine, churn, lived().period(NOW))
        engine.close()


# ---------------------------------------------------------------- what nothing can be learnt from


def changed(period: NextPeriod, bought: np.ndarray) -> NextPeriod:
    return replace(period, bought=bought, spend=np.where(bought, np.maximum(period.spend, 5.0), 0.0))


def test_nobody_bought() -> None:
    made = lived()
    train = [changed(made.period(day), np.zeros(len(made.period(day)), dtype=bool)) for day in (180, 120)]
    count = sum(map(len, train))
    with pytest.raises(NoAnswerError, match=f"none of {count:,} customers bought"):
        fit_next(train, None, horizon_days=HORIZON, features=FEATURES)


def test_one_buyer_and_everybody_buys() -> None:
    made = lived()
    period = made.period(180)
    alone = np.zeros(len(period), dtype=bool)
    alone[int(np.argmax(period.purchases.repeat_count))] = True
    one = fit_next([changed(period, alone)], None, horizon_days=HORIZON, features=FEATURES)
    assert "few_events" in {finding.code for finding in one.card.findings}
    assert np.isfinite(one.ensemble.guess(period.features, period.purchases).spend).all()
    everybody = fit_next([changed(period, ~np.zeros_like(alone))], None, horizon_days=HORIZON, features=FEATURES)
    assert everybody.ensemble.guess(period.features, period.purchases).chance.mean() > 0.6
    agrees(DuckDB(threads=1), everybody, period)


def test_a_test_in_which_nobody_bought_says_so() -> None:
    made = lived()
    test = made.period(NOW - HORIZON)
    silent = changed(test, np.zeros(len(test), dtype=bool))
    found = fit_next([made.period(NOW - 2 * HORIZON)], silent, horizon_days=HORIZON, features=FEATURES)
    figures = {one.name: one for one in found.card.holdout}
    assert "gini" not in figures
    assert np.isnan(figures["auc"].estimate.estimate)
    NextPurchase.from_document(json.loads(json.dumps(found.to_document())))


def test_no_moment_and_moments_that_overlap() -> None:
    made = lived()
    with pytest.raises(NoAnswerError, match="no past moment"):
        fit_next([], None, horizon_days=HORIZON)
    with pytest.raises(DataError, match="reach beyond"):
        fit_next([made.period(200)], made.period(210), horizon_days=HORIZON)


def test_customers_who_bought_once_only() -> None:
    once = Shop(np.array([f"c{i}" for i in range(60)]), np.arange(60), np.full(60, 10.0), np.full(60, 1e9))
    period = changed(once.period(100), np.arange(60) % 2 == 0)
    with pytest.raises(NoAnswerError, match="second time"):
        fit_next([period], None, horizon_days=HORIZON)


def test_a_filler_id_is_left_out_and_named() -> None:
    made = lived()
    guests = Shop(
        np.concatenate([made.ids, np.repeat("0", 2 * NOW)]),
        np.concatenate([made.days, np.arange(2 * NOW) % NOW]),
        np.concatenate([made.amounts, np.full(2 * NOW, 500.0)]),
        made.left,
    )
    train, test = [guests.period(NOW - 2 * HORIZON)], guests.period(NOW - HORIZON)
    found = fit_next(train, test, horizon_days=HORIZON, features=FEATURES)
    plain = fit_next(
        [made.period(NOW - 2 * HORIZON)], made.period(NOW - HORIZON), horizon_days=HORIZON, features=FEATURES
    )
    assert found.left_out == ("0",)
    assert "filler_ids" in {one.code for one in found.card.findings}
    assert [one.estimate for one in found.card.holdout] == [one.estimate for one in plain.card.holdout]


def test_cancelling_ends_it() -> None:
    made = lived()

    def stop(sentence: str, done: float) -> None:
        assert 0 <= done <= 1
        if done > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit_next([made.period(180)], None, horizon_days=HORIZON, tell=stop)


def test_days_are_dates() -> None:
    card = fitted().card
    assert isinstance(card.data_from, dt.date)
    assert card.data_from < min(card.cutoffs) < card.data_until


def test_nobody_to_score_and_somebody_who_came_today() -> None:
    made = lived()
    today = Shop(np.array(["new"]), np.array([NOW]), np.array([12.0]), np.array([1e9]))
    agrees(DuckDB(threads=1), fitted(), today.period(NOW + 1))
    period = made.period(NOW)
    found = scored(DuckDB(threads=1), fitted(), period.only(np.zeros(len(period), dtype=bool)))
    assert found.num_rows == 0
