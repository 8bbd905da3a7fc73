"""Propensity: honest in time, calibrated, the same in the engine; refusals with reasons."""

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
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import DataError, NoAnswerError
from segmentary.language.tree import EventFilter, EventMeasure, TraitDefinition
from segmentary.models.predict.card import ModelCard
from segmentary.models.predict.features import FeatureTable
from segmentary.models.predict.learners import fit_boosting, fit_logistic
from segmentary.models.predict.metrics import auc, brier, calibration_bins, expected_calibration_error
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.predict.propensity import Propensity, fit_propensity
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

COLUMNS = (
    Column("days_since_order", "numeric", (), "days since the last order"),
    Column("orders", "numeric"),
    Column("town", "nominal", ("Kiel", "Ulm")),
    Column("member", "binary", ("no", "yes")),
)
FEATURES = {
    name: TraitDefinition(name, EventMeasure(EventFilter(("order_completed",)), "count"), "number")
    for name in ("days_since_order", "orders")
}
FIRST = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)


def moment(place: int, n: int = 1_500, *, level: float = -1.0) -> tuple[FeatureTable, Floats]:
    """Return people as of a moment and what came after."""
    chance = np.random.default_rng(place)
    values = np.column_stack(
        [np.round(chance.gamma(1, 60, n)), chance.poisson(3, n), chance.integers(0, 2, n), chance.integers(0, 2, n)]
    ).astype(float)
    values[chance.random(n) < 0.1, 0] = np.nan
    eta = level + 0.4 * values[:, 1] - np.nan_to_num(values[:, 0], nan=150.0) / 60 + values[:, 2] * values[:, 3]
    y = (chance.random(n) < 1 / (1 + np.exp(-eta))).astype(float)
    table = TypedTable(COLUMNS, values, ids=tuple(f"c{i}" for i in range(n)))
    types = {"days_since_order": "number", "orders": "number", "town": "text", "member": "boolean"}
    attributes = {"town": "text", "member": "boolean"}
    return FeatureTable(table, FIRST + dt.timedelta(days=91 * place), types, FEATURES, attributes, n), y  # type: ignore[arg-type]


def fitted(**how: float) -> Propensity:
    tables, happened = zip(*(moment(place, **how) for place in range(3)), strict=True)  # type: ignore[arg-type]
    return fit_propensity(tables, happened, horizon_days=91, target="somebody orders")


@pytest.fixture(scope="module")
def orders() -> Propensity:
    return fitted()


def test_it_holds_on_the_next_moment(orders):
    table, y = moment(7, 6_000)
    p = orders.probability(table.table)
    assert auc(y, p).estimate > 0.75
    assert expected_calibration_error(calibration_bins(y, p)) < 0.03
    told = {one.name: one for one in orders.card.holdout}
    assert told["auc"].estimate.low < auc(y, p).estimate < told["auc"].estimate.high
    assert told["auc"].beats
    assert told["log_loss"].beats
    assert told["auc"].baseline_name == "days since the last order alone"
    assert told["brier"].estimate.low < brier(y, p).estimate < told["brier"].estimate.high


def test_the_card_is_complete(orders):
    card = orders.card
    assert card.kind == "propensity"
    assert card.target == "The chance that somebody orders within 91 days."
    assert (card.people, len(card.cutoffs)) == (4_500, 3)
    assert card.test_cutoff == card.cutoffs[-1] == dt.date(2025, 7, 2)
    assert card.data_until == dt.date(2025, 10, 1)
    assert {one.name for one in card.features} >= {"orders", "days_since_order", "member", "town"}
    assert sum(one.people for one in card.calibration) == 1_500
    assert {one.name for one in card.baseline} == {"days_since_order", "orders", "town", "member", "probability"}
    assert len(card.limits) == 4
    assert ModelCard.from_document(json.loads(json.dumps(card.to_document()))).to_document() == card.to_document()
    assert orders.attributes == {"town": "text", "member": "boolean"}
    assert set(orders.features) == set(FEATURES)


def test_a_document_scores_to_the_last_digit(orders):
    again = Propensity.from_document(json.loads(json.dumps(orders.to_document())))
    table, _ = moment(9)
    np.testing.assert_array_equal(again.probability(table.table), orders.probability(table.table))
    assert again.features == orders.features
    assert again.outputs == orders.outputs


def test_the_same_seed_is_the_same_model(orders):
    assert fitted().to_document() == orders.to_document()


def scored(engine: Engine, orders: Propensity) -> None:
    """Score in an engine and compare with arrays."""
    table, _ = moment(4, 500)
    values = table.table.values
    told = {
        "customer_id": pa.array(table.ids),
        "a": pa.array(values[:, 0], pa.float64(), from_pandas=True),
        "b": pa.array(values[:, 1], pa.float64()),
        "c": pa.array([COLUMNS[2].levels[int(one)] for one in values[:, 2]]),
        "d": pa.array(values[:, 3] == 1),
    }
    engine.ingest("people", pa.table(told))
    columns = dict(zip(table.types, "abcd", strict=True))
    inputs = ScoreInputs(engine, exp.table_("people", quoted=True), columns, table.types, None, "score")
    found = engine.table(orders.score_query(inputs).order_by("customer_id"))
    assert found.column_names == ["customer_id", *orders.outputs]
    place = [table.ids.index(one) for one in found.column("customer_id").to_pylist()]
    p = orders.probability(table.table)
    low, high = orders.chances.bins.interval(p)
    for name, wanted in (("probability", p), ("low", low), ("high", high)):
        got = np.array([float(one) for one in found.column(name).to_pylist()])
        np.testing.assert_allclose(got, wanted[place], rtol=1e-9)
    decile = np.array([int(one) for one in found.column("decile").to_pylist()])
    np.testing.assert_array_equal(decile, 1 + (p[place][:, None] > np.array(orders.chances.cuts)).sum(axis=1))
    assert set(decile) == set(range(1, 11))
    assert ((low <= p) & (p <= high)).all()


def test_the_engine_scores_as_arrays_do(orders):
    scored(DuckDB(), orders)


@pytest.mark.postgres
def test_postgres_scores_as_arrays_do(orders):
    with postgres_server() as address:
        engine = connect(address)
        scored(engine, orders)
        engine.close()


def test_one_moment_is_tested_on_people_left_out():
    table, y = moment(0)
    found = fit_propensity([table], [y], horizon_days=30)
    assert found.card.test_cutoff is None
    assert "not on a later time" in found.card.limits[-1]
    assert next(one for one in found.card.holdout if one.name == "auc").estimate.estimate > 0.7


def test_a_level_that_moved_is_said():
    first, y = moment(0, level=-2.0)
    second, later = moment(1, level=0.5)
    found = fit_propensity([first, second], [y, later], horizon_days=91)
    assert any(one.code == "level" for one in found.card.findings)


def test_what_cannot_be_fitted_is_refused_with_its_reason():
    table, y = moment(0)
    few = np.zeros(len(y))
    few[:20] = 1
    with pytest.raises(NoAnswerError, match=r"20 of 1,500 people.*too few"):
        fit_propensity([table], [few], horizon_days=30, target="somebody orders")
    with pytest.raises(NoAnswerError, match="nearly all"):
        fit_propensity([table], [1 - few], horizon_days=30)
    later, _ = moment(1)
    with pytest.raises(NoAnswerError, match="too few to test"):
        fit_propensity([table, later], [y, few * 0], horizon_days=30)
    with pytest.raises(DataError, match="do not rise"):
        fit_propensity([later, table], [y, y], horizon_days=30)
    with pytest.raises(DataError, match="0 or 1"):
        fit_propensity([table], [y * 3], horizon_days=30)
    with pytest.raises(DataError):
        fit_propensity([], [], horizon_days=30)


def test_a_column_that_knows_the_outcome_is_named():
    table, y = moment(0)
    values = table.table.values.copy()
    values[:, 1] = y * 3 + (np.arange(len(y)) % 2)
    leaking = FeatureTable(TypedTable(COLUMNS, values, ids=table.ids), table.as_of, table.types)
    with pytest.raises(NoAnswerError, match="orders gives the outcome away"):
        fit_propensity([leaking], [y], horizon_days=30)
    values[:, 1] = table.table.values[:, 1]
    chance = np.random.default_rng(0).normal(size=len(y)) * 9
    values[:, 0], values[:, 1] = chance, y * 2 - chance
    together = FeatureTable(TypedTable(COLUMNS, values, ids=table.ids), table.as_of, table.types)
    with pytest.raises(NoAnswerError, match="right almost always"):
        fit_propensity([together], [y], horizon_days=30)


@pytest.mark.real_data
def test_telco_churn_is_told_as_well_as_measured(real_data: Path):
    table, y = telco(real_data)
    fold = np.random.default_rng(0).permutation(len(y)) % 10
    apart = np.empty(len(y))
    for k in range(10):
        train = fold != k
        parts = [fit(table.take(train), y[train]) for fit in (fit_logistic, fit_boosting)]
        apart[~train] = np.mean([one.predict(table.take(~train)) for one in parts], axis=0)
    assert auc(y, apart).estimate >= 0.848
    assert brier(y, apart).estimate <= 0.134


def telco(real_data: Path) -> tuple[TypedTable, Floats]:
    """Return the customers of a telephone company and who left."""
    import gzip

    import pyarrow.csv as csv

    from segmentary.models.table.reading import typed_table

    with gzip.open(real_data / "telco_churn" / "Telco-Customer-Churn.csv.gz") as file:
        frame = csv.read_csv(file)
    y = np.array([one == "Yes" for one in frame.column("Churn").to_pylist()], dtype=float)
    charges = [
        float(one) if (one or "").strip() else None for one in map(str, frame.column("TotalCharges").to_pylist())
    ]
    place = frame.column_names.index("TotalCharges")
    frame = frame.set_column(place, "TotalCharges", pa.array(charges, pa.float64())).drop_columns(["Churn"])
    return typed_table(frame, ids="customerID").table, y
