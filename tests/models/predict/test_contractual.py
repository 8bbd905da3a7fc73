"""Contractual churn: planted risks found, leaks refused, engines and arrays say the same."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.engine.engines import postgres_server

from segmentary.engine.base import Engine
from segmentary.engine.connect import connect
from segmentary.engine.dialects.rewriting import rewritten
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import DataError, NoAnswerError, UnknownNameError
from segmentary.models.predict.contractual import ContractualChurn, fit_contractual_churn
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

AS_OF = dt.date(2026, 1, 1)
COLUMNS = (
    Column("months", "numeric"),
    Column("plan", "nominal", ("yearly", "month's", 'two "years"')),
    Column("calls", "count"),
    Column("member", "binary", ("no", "yes")),
    Column("left", "binary", ("no", "yes")),
)
TYPES = {"months": "number", "plan": "text", "calls": "number", "member": "boolean"}


def people(n: int = 1500, seed: int = 0) -> tuple[TypedTable, np.ndarray]:
    """Exponential stays by plan and calls, seen for up to 24 months; and everybody's risk per month."""
    chance = np.random.default_rng(seed)
    plan, calls, member = chance.integers(0, 3, n), chance.poisson(1, n), chance.integers(0, 2, n)
    risk = 0.03 * np.exp(np.array([0.0, 1.2, -0.7])[plan] + 0.4 * np.minimum(calls, 4))
    stay, seen = chance.exponential(1 / risk), chance.integers(1, 25, n)
    months = np.where(stay <= seen, np.ceil(stay), seen).astype(float)
    values = np.column_stack([months, plan, calls, member, stay <= seen]).astype(float)
    values[chance.random(n) < 0.05, 2] = np.nan
    return TypedTable(COLUMNS, values, ids=tuple(f"c{i}" for i in range(n))), risk


def fitted(
    way: str, table: TypedTable, observed: str = "lifetime", horizon: float = 3.0, **options: object
) -> ContractualChurn:
    return fit_contractual_churn(
        table, "months", "left", horizon=horizon, as_of=AS_OF, unit="months", observed=observed, ways=[way], folds=3,
        **options,
    )  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.parametrize("way", ["logistic", "cox", "mean"])
def test_planted_risks_are_found(way: str) -> None:
    table, risk = people()
    churn = fitted(way, table)
    truth = -np.expm1(-3 * risk)
    new, still = table.values.copy(), table.values[:, 4] == 0
    new[:, 0] = 6
    said = churn.predict(TypedTable(COLUMNS, new))
    assert np.corrcoef(said["probability"], truth)[0, 1] > 0.85
    assert said["probability"].mean() == pytest.approx(truth.mean(), rel=0.15)
    assert ((said["low"] <= said["probability"]) & (said["probability"] <= said["high"])).all()
    assert set(said["decile"]) <= set(range(1, 11))
    assert still.any()


def test_the_card_is_filled_and_the_document_says_the_same() -> None:
    table, _ = people()
    heard: list[float] = []
    churn = fit_contractual_churn(
        table,
        "months",
        "left",
        horizon=3.0,
        as_of=AS_OF,
        unit="months",
        folds=3,
        tell=lambda _, done: heard.append(done),
    )
    card = churn.card
    assert "3 months" in card.target
    assert "chosen by cross-validation" in card.method
    assert card.horizon_days == 91
    assert {one.name for one in card.holdout} == {"auc", "log_loss", "brier", "lift_at_10"}
    assert all(one.beats for one in card.holdout)
    assert {one.name for one in card.features} >= {"plan", "calls"}
    assert [one.title for one in card.features if one.name == "plan"] == ['plan (most month\'s, least two "years")']
    assert card.people == 1500
    assert card.positives == int(table.values[:, 4].sum())
    assert any("experiment" in one for one in card.limits)
    assert heard == sorted(heard)
    again = ContractualChurn.from_document(json.loads(json.dumps(churn.to_document(), allow_nan=False)))
    for name, values in again.predict(table).items():
        np.testing.assert_array_equal(values, churn.predict(table)[name])
    same = fit_contractual_churn(table, "months", "left", horizon=3.0, as_of=AS_OF, unit="months", folds=3)
    assert same.to_document() == churn.to_document()


def agrees(engine: Engine) -> None:
    table, _ = people(700, 3)
    frame: dict[str, pa.Array] = {"customer_id": pa.array(table.ids)}
    for place, kind in enumerate(TYPES.values()):
        x = table.values[:, place]
        told: list[object] = [None if np.isnan(v) else v for v in x]
        if kind == "text":
            told = [COLUMNS[place].levels[int(v)] for v in x]
        elif kind == "boolean":
            told = [bool(v) for v in x]
        frame[f"g{place}"] = pa.array(told)
    frame["g0"] = pa.array([None, *frame["g0"].to_pylist()[1:]], pa.float64())
    engine.ingest("people", pa.table(frame))
    table.values[0, 0] = np.nan
    columns = {name: f"g{place}" for place, name in enumerate(TYPES)}
    for way in ("logistic", "cox", "mean"):
        churn = fitted(way, table, attributes=TYPES)
        inputs = ScoreInputs(engine, exp.to_table("people"), columns, TYPES, None, "churn")  # type: ignore[arg-type]
        query = churn.score_query(inputs)
        rows = {row["customer_id"]: row for row in engine.table(query).to_pylist()}
        told_here = churn.predict(table)
        assert set(rows) == set(table.ids[1:])
        for name, values in told_here.items():
            found = [float(rows[one][name]) for one in table.ids[1:]]
            np.testing.assert_allclose(found, values[1:], rtol=1e-9, atol=1e-12)
        rewritten(query, "spark")


def test_the_engine_says_what_the_arrays_say() -> None:
    agrees(DuckDB())


@pytest.mark.postgres
def test_postgres_says_what_the_arrays_say() -> None:
    with postgres_server() as address:
        engine = connect(address)
        agrees(engine)
        engine.close()


def with_column(table: TypedTable, column: Column, values: np.ndarray) -> TypedTable:
    return TypedTable((*table.columns, column), np.column_stack([table.values, values]), None, table.ids)


def test_what_knows_the_end_is_refused() -> None:
    table, _ = people()
    chance = np.random.default_rng(1)
    paid = with_column(table, Column("total_paid", "numeric"), table.values[:, 0] * chance.uniform(20, 30, len(table)))
    churn = fitted("logistic", paid)
    assert [one.columns for one in churn.card.findings if one.code == "leak"] == [("total_paid",)]
    assert "total_paid" not in churn.attributes
    asked = fitted("logistic", paid, keep=["total_paid"])
    assert "total_paid" in asked.attributes
    said = with_column(table, Column("reason_for_leaving", "binary", ("no", "yes")), table.values[:, 4])
    assert "reason_for_leaving" not in fitted("logistic", said).attributes


def test_a_snapshot_says_what_it_is() -> None:
    table, _ = people()
    churn = fitted("logistic", table, "period", 1.0)
    assert any("one snapshot" in one for one in churn.card.limits)
    assert [one.code for one in churn.card.findings if one.level == "warning"] == ["over_represented"]


def test_what_cannot_be_learnt_is_refused() -> None:
    table, _ = people(400)
    nobody = TypedTable(COLUMNS, np.column_stack([table.values[:, :4], np.zeros(400)]))
    with pytest.raises(NoAnswerError, match="left"):
        fitted("logistic", nobody)
    with pytest.raises(NoAnswerError):
        fitted("logistic", table.take(slice(0, 0)))
    with pytest.raises(UnknownNameError):
        fitted("oracle", table)
    with pytest.raises(UnknownNameError):
        fitted("logistic", table, "sometimes")
    with pytest.raises(DataError):
        fit_contractual_churn(table, "months", np.zeros(3), horizon=3.0, as_of=AS_OF)
    with pytest.raises(DataError, match="horizon"):
        fit_contractual_churn(table, "months", "left", horizon=0.0, as_of=AS_OF)
    with pytest.raises(NoAnswerError):
        fitted("cox", table.select(["months", "left"]))


def test_duration_alone_is_enough_for_one_way() -> None:
    table, _ = people()
    churn = fitted("logistic", table.select(["months", "left"]))
    assert set(churn.attributes) == {"months"}


@pytest.mark.real_data
def test_telco_reaches_its_bars(real_data: Path) -> None:
    from benchmarks.golden.survival import telco

    churn = fit_contractual_churn(
        telco(real_data), "tenure", "Churn", horizon=1.0, as_of=AS_OF, observed="period", unit="months",
        ways=["logistic"],
    )  # fmt: skip
    figures = {one.name: one.estimate.estimate for one in churn.card.holdout}
    assert figures["auc"] >= 0.848
    assert figures["brier"] <= 0.134
