"""A formula says the same in arrays and in every engine."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.engine.engines import postgres_server

from segmentary.engine.base import Engine
from segmentary.engine.connect import connect
from segmentary.engine.duckdb import DuckDB
from segmentary.models.assign.sql import Input
from segmentary.models.predict.formula import Encoding, Formula
from segmentary.models.predict.formula_sql import formula_expression, formula_query
from segmentary.models.predict.learners import fit_boosting, fit_logistic, fit_tweedie
from segmentary.models.table.coding import coded_as
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

COLUMNS = (
    Column("spend", "numeric"),
    Column("orders", "count"),
    Column("agrees", "ordinal", ("1", "2", "3", "4", "5")),
    Column('town\'s "name"', "nominal", ("Köln", "O'Hara; drop table x", "Ulm")),
    Column("member", "binary", ("no", "yes")),
)
TYPES = ("number", "number", "number", "text", "boolean")


def people(seed: int, n: int = 600) -> TypedTable:
    """Random people; one in eight values is missing, ties and huge values are there."""
    chance = np.random.default_rng(seed)
    values = np.column_stack(
        [
            np.round(np.exp(chance.normal(3, 2, n)), 2),
            chance.poisson(3, n),
            chance.integers(0, 5, n),
            chance.integers(0, 3, n),
            chance.integers(0, 2, n),
        ]
    ).astype(float)
    values[chance.random(values.shape) < 0.125] = np.nan
    values[0] = np.nan
    values[1, 0], values[2, 0] = 1e14, -1e14
    return TypedTable(COLUMNS, values, ids=tuple(f"c{i:04d}" for i in range(n)))


def outcome(table: TypedTable, seed: int) -> tuple[Floats, Floats]:
    chance = np.random.default_rng(seed + 1)
    v = np.nan_to_num(np.clip(table.values, -100, 1000), nan=1.0)
    eta = 0.4 * v[:, 1] + np.log1p(np.maximum(v[:, 0], 0)) / 3 - 2 + (v[:, 3] == 2) * (v[:, 4] - 0.5)
    happened = (chance.random(len(eta)) < 1 / (1 + np.exp(-eta))).astype(float)
    return happened, happened * np.round(np.exp(eta / 3) * chance.gamma(2, 10, len(eta)), 2)


def formulas(seed: int) -> dict[str, Formula]:
    table = people(seed)
    happened, amount = outcome(table, seed)
    return {
        "logistic": fit_logistic(table, happened, penalty=1.0),
        "boosted": fit_boosting(table, happened, trees=20, seed=seed),
        "amount": fit_tweedie(table, amount, penalty=1.0),
        "boosted amount": fit_boosting(table, amount, loss="tweedie", trees=20),
        "plain": fit_boosting(table, amount, loss="squared", trees=10),
    }


def stored(engine: Engine, table: TypedTable) -> dict[str, Input]:
    """Put people into an engine as a workspace holds traits; one town nobody has heard of."""
    columns: dict[str, pa.Array] = {"customer_id": pa.array(table.ids)}
    types = {"text": pa.string(), "boolean": pa.bool_(), "number": pa.decimal128(38, 10)}
    for place, (column, kind) in enumerate(zip(COLUMNS, TYPES, strict=True)):
        told: list[object] = []
        for value in table.values[:, place]:
            if np.isnan(value):
                told.append(None)
            elif kind == "text":
                told.append(column.levels[int(value)])
            elif kind == "boolean":
                told.append(bool(value))
            else:
                told.append(Decimal(column.levels[int(value)]) if column.coded else Decimal(str(value)))
        if kind == "text":
            told[3:6] = ["never seen", "", "Ulm'"]
        columns[f"g{place}"] = pa.array(told, type=types[kind])
    engine.ingest("people", pa.table(columns))
    return {c.name: Input(f"g{i}", TYPES[i]) for i, c in enumerate(COLUMNS)}  # type: ignore[arg-type]


def agrees(engine: Engine, seed: int) -> None:
    made = formulas(seed)
    table = people(seed + 100)
    inputs = stored(engine, table)
    table.values[3:6, 3] = np.nan
    query = formula_query(made, exp.table_("people", quoted=True), inputs).order_by("customer_id")
    found = engine.table(query)
    for name, formula in made.items():
        told = np.array([float(one) for one in found.column(name).to_pylist()])
        np.testing.assert_allclose(told, formula.predict(table), rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.fixture(scope="module")
def duckdb() -> DuckDB:
    return DuckDB()


@pytest.mark.parametrize("seed", range(5))
def test_the_engine_says_what_the_arrays_say(duckdb: DuckDB, seed: int) -> None:
    agrees(duckdb, seed)


@pytest.mark.postgres
def test_postgres_says_what_the_arrays_say() -> None:
    with postgres_server() as address:
        engine = connect(address)
        for seed in range(5):
            agrees(engine, seed)
        extremes(engine)
        engine.close()


def extremes(engine: Engine) -> None:
    """What is no number is unknown, and the largest numbers break nothing."""
    columns = (Column("x", "numeric"),)
    x = [0.0, -0.0, 1e308, -1e308, 1e-300, np.nan, np.inf, -np.inf, None]
    engine.ingest("odd", pa.table({"place": pa.array(range(len(x))), "x": pa.array(x, pa.float64())}))
    made = [
        Formula(columns, (Encoding("x", way, -50.0, 50.0, 1.0, 3.0, 0.25),), 0.1, (900.0,), link=link)
        for way in ("number", "log")
        for link in ("identity", "logit", "log")
    ]
    made += [Formula(columns, (Encoding("x", "missing", centre=0.5, scale=0.5),), -1.0, (2.0,), link="logit")]
    query = exp.select(exp.column("place", quoted=True)).from_(exp.table_("odd", quoted=True)).order_by("place")
    for place, formula in enumerate(made):
        query = query.select(formula_expression(formula, {"x": exp.column("x", quoted=True)}).as_(f"p{place}"))
    found = engine.table(query)
    known = np.array([[np.nan if v is None or not np.isfinite(v) else v] for v in x])
    for place, formula in enumerate(made):
        told = np.array(found.column(f"p{place}").to_pylist(), dtype=float)
        np.testing.assert_allclose(told, formula.predict(TypedTable(columns, known)), rtol=1e-9)


def test_what_is_no_number_is_unknown(duckdb: DuckDB) -> None:
    extremes(duckdb)


def test_columns_that_are_not_there_are_unknown_for_everybody(duckdb: DuckDB) -> None:
    made = formulas(1)
    stored(duckdb, people(1))
    found = duckdb.table(formula_query(made, exp.table_("people", quoted=True), {}))
    nobody = TypedTable(COLUMNS, np.full((1, len(COLUMNS)), np.nan))
    for name, formula in made.items():
        told = set(found.column(name).to_pylist())
        assert len(told) == 1
        assert float(told.pop()) == pytest.approx(formula.predict(nobody)[0], rel=1e-9)


def test_coding_and_the_engine_know_the_same_levels(duckdb: DuckDB) -> None:
    table = people(2)
    stored(duckdb, table)
    frame = duckdb.table(exp.select("*").from_(exp.table_("people", quoted=True)).order_by("customer_id"))
    names = ["customer_id", *(column.name for column in COLUMNS)]
    again = coded_as(frame.rename_columns(names), COLUMNS, ids="customer_id")
    table.values[3:6, 3] = np.nan
    np.testing.assert_allclose(again.values, table.values, rtol=1e-15)
