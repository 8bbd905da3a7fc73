"""The value of customers: the same in arrays and in engines, tested on a time not seen, and honest about itself."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.models.value.people import UNTIL, shop

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import text
from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.value.holdout_data import HoldoutData
from segmentary.models.value.lifetime_value import OUTPUTS, LifetimeValue, fit_lifetime_value
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.spend_terms import counted

DAY = dt.date(2025, 7, 1)


@cache
def fitted() -> LifetimeValue:
    ids, days, amounts = shop(1_500, seed=1)
    purchases = Purchases.from_transactions(ids, days, amounts, until=UNTIL)
    held = HoldoutData.from_transactions(ids, days, amounts, cutoff=UNTIL - 91, until=UNTIL)
    return fit_lifetime_value(purchases, held, horizon_days=91, until=DAY)


def purchases_table(purchases: Purchases) -> pa.Table:
    return pa.table(
        {
            "customer_id": pa.array([f"c{one}" for one in purchases.ids]),
            "repeat_count": purchases.repeat_count,
            "recency_days": purchases.recency.astype(np.int64),
            "age_days": purchases.age.astype(np.int64),
            "mean_spend": pa.array(purchases.mean_spend, from_pandas=True),
            "spend_days": purchases.spend_days,
            "first_spend": purchases.first_spend,
            "total_spend": purchases.total_spend,
        }
    )


def inputs_with(purchases: Purchases, engine: DuckDB) -> ScoreInputs:
    engine.ingest("bought", purchases_table(purchases))
    people = [*(f"c{one}" for one in purchases.ids), "never bought"]
    engine.ingest("people", pa.table({"customer_id": people}))
    return ScoreInputs(engine, exp.table_("people"), {}, {}, exp.table_("bought"), "score")


@pytest.mark.parametrize("changes", [{}, {"annual_discount": 0.1, "margin": 0.4}, {"first_ratio": 0.0}])
def test_engine_and_arrays_agree(changes: dict[str, float]) -> None:
    model = LifetimeValue.from_document({**fitted().to_document(), **changes})
    ids, days, amounts = shop(300, seed=2)
    amounts[:40] = 0.0  # unpaid first and later days
    purchases = Purchases.from_transactions(ids, days, amounts, until=UNTIL)
    engine = DuckDB(threads=1)
    query = model.score_query(inputs_with(purchases, engine))
    found = engine.table(query).sort_by("customer_id")
    assert found.schema.names == ["customer_id", *OUTPUTS]
    table = model.score(purchases)
    order = np.argsort([f"c{one}" for one in purchases.ids])
    for name in OUTPUTS:
        assert found[name].to_numpy() == pytest.approx(getattr(table, name)[order], rel=1e-12), name


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect: str) -> None:
    purchases = Purchases.from_transactions(*shop(50, seed=3), until=UNTIL)
    assert text(fitted().score_query(inputs_with(purchases, DuckDB(threads=1))), dialect)


def test_what_a_score_is() -> None:
    model = fitted()
    purchases = Purchases.from_transactions(*shop(300, seed=4), until=UNTIL)
    table = model.score(purchases)
    assert (table.low < table.value).all()
    assert (table.value < table.high).all()
    assert ((table.alive > 0) & (table.alive <= 1)).all()
    spend = model.spend.expected_spend(*spent(purchases, model.first_ratio))
    assert table.value == pytest.approx(table.purchases * spend, rel=1e-9)
    by_hand = model.lifetime.expected_purchases(purchases.repeat_count, purchases.recency, purchases.age, 91)
    assert table.purchases == pytest.approx(by_hand, rel=1e-9)


def spent(purchases: Purchases, ratio: float) -> tuple[np.ndarray, np.ndarray]:
    days, money = counted(purchases, ratio)
    return days, money / np.maximum(days, 1)


def test_discount_and_margin() -> None:
    document = fitted().to_document()
    purchases = Purchases.from_transactions(*shop(100, seed=5), until=UNTIL)
    year = {"horizon_days": 365}
    plain = LifetimeValue.from_document({**document, **year}).score(purchases)
    later = LifetimeValue.from_document({**document, **year, "annual_discount": 0.1}).score(purchases)
    half = LifetimeValue.from_document({**document, **year, "margin": 0.5}).score(purchases)
    assert ((later.value > plain.value / 1.1) & (later.value < plain.value)).all()
    assert half.value == pytest.approx(plain.value / 2)
    assert later.purchases.tolist() == plain.purchases.tolist()


def test_the_card_says_how_and_how_well() -> None:
    card = fitted().card
    assert card.kind == "clv"
    assert card.target == "Money a customer is expected to spend in the next 91 days"
    assert (card.data_until, card.people) == (DAY, 1_500)
    assert card.test_cutoff is None  # days here are mere numbers
    assert {one.name for one in card.holdout} >= {"gini", "mae", "decile_calibration", "total_bias", "purchases_mae"}
    gini = card.holdout[0]
    assert gini.beats
    assert gini.estimate.low < gini.estimate.estimate < gini.estimate.high
    assert sum(one.people for one in card.calibration) == gini.estimate.n
    assert sum(one.importance for one in card.features) == pytest.approx(1.0)
    assert any("two years" in one for one in card.limits)
    assert any("single customer" in one for one in card.limits)
    assert [one.name for one in card.baseline] == ["value", "purchases", "alive"]
    assert sum(card.baseline[0].shares) == pytest.approx(1.0)
    assert set(fitted().tests) == {"bg_nbd", "mbg_nbd", "pareto_nbd"}


def test_a_document_and_back_is_the_same_to_the_last_digit() -> None:
    document = json.loads(json.dumps(fitted().to_document()))
    back = LifetimeValue.from_document(document)
    assert back.to_document() == document
    purchases = Purchases.from_transactions(*shop(100, seed=6), until=UNTIL)
    for name in OUTPUTS:
        assert getattr(back.score(purchases), name).tolist() == getattr(fitted().score(purchases), name).tolist()
    with pytest.raises(DataError, match="not a fitted value"):
        LifetimeValue.from_document({"kind": "next"})


def test_without_a_holdout_it_says_so() -> None:
    purchases = Purchases.from_transactions(*shop(300, seed=7), until=UNTIL)
    made = fit_lifetime_value(purchases, None, horizon_days=365, until=DAY)
    assert made.lifetime.kind == "mbg_nbd"
    assert made.card.holdout == ()
    assert made.card.test_cutoff is None
    assert any("not been tested" in one for one in made.card.limits)


def test_one_purchase_model_may_be_asked_for() -> None:
    purchases = Purchases.from_transactions(*shop(300, seed=8), until=UNTIL)
    made = fit_lifetime_value(purchases, None, horizon_days=365, until=DAY, model="bg_nbd", first_purchase="ignore")
    assert made.lifetime.kind == "bg_nbd"
    assert made.first_ratio == 0
    assert any("BG/NBD" in one and "by construction" in one for one in made.card.limits)


def test_a_test_that_cannot_be_made_is_said() -> None:
    ids, days, amounts = shop(300, seed=9)
    purchases = Purchases.from_transactions(ids, days, amounts, until=UNTIL)
    once = Purchases.from_transactions(np.arange(300), np.zeros(300), np.ones(300), until=10)
    held = HoldoutData.from_purchases(once, once, once, days=91)
    made = fit_lifetime_value(purchases, held, horizon_days=91, until=DAY)
    assert "not_tested" in [one.code for one in made.card.findings]


def test_what_has_no_answer_is_refused() -> None:
    purchases = Purchases.from_transactions(*shop(300, seed=9), until=UNTIL)
    nothing = Purchases.from_transactions([], np.zeros(0), [], until=UNTIL)
    with pytest.raises(NoAnswerError):
        fit_lifetime_value(nothing, None, horizon_days=91, until=DAY)
    unpaid = replace(purchases, spend_days=purchases.spend_days * 0, mean_spend=purchases.mean_spend * np.nan)
    with pytest.raises(NoAnswerError, match="positive spend"):
        fit_lifetime_value(unpaid, None, horizon_days=91, until=DAY)
    for wrong in (
        {"horizon_days": 0},
        {"horizon_days": 9, "margin": 0.0},
        {"horizon_days": 9, "annual_discount": -1.0},
    ):
        with pytest.raises(UsageError):
            fit_lifetime_value(purchases, None, until=DAY, **wrong)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="purchases"):
        fitted().score_query(ScoreInputs(DuckDB(threads=1), exp.table_("people"), {}, {}, None, "score"))


def test_nobody_to_score() -> None:
    nothing = Purchases.from_transactions([], np.zeros(0), [], until=UNTIL)
    assert len(fitted().score(nothing).value) == 0
    engine = DuckDB(threads=1)
    assert engine.table(fitted().score_query(inputs_with(nothing, engine))).num_rows == 0


def test_fillers_are_left_out_of_fitting_but_scored() -> None:
    ids, days, amounts = shop(400, seed=10)
    ids, days = np.append(ids, np.full(300, 400)), np.append(days, np.arange(300.0))
    amounts = np.append(amounts, np.full(300, 500.0))
    purchases = Purchases.from_transactions(ids, days, amounts, until=UNTIL)
    held = HoldoutData.from_transactions(ids, days, amounts, cutoff=UNTIL - 91, until=UNTIL)
    made = fit_lifetime_value(purchases, held, horizon_days=91, until=DAY, leave_out=[400])
    assert made.card.people == 400
    assert made.card.holdout[0].estimate.n == len(held) - 1
    (found,) = [one for one in made.card.findings if one.code == "left_out"]
    assert found.message.startswith("1 customer left out of fitting and testing, with ")
    assert len(made.score(purchases).value) == 401
