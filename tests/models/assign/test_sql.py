"""Who belongs where: in arrays and inside an engine by the same figures."""

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
from segmentary.errors import UnsupportedError
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.sql import PLACES, Input, assignment_query
from segmentary.models.assign.terms import Terms
from segmentary.models.table.coding import coded_as
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (
    Column("age", "numeric"),
    Column("orders", "count"),
    Column("agrees", "ordinal", ("1", "2", "3", "4", "5")),
    Column('town\'s "name"', "nominal", ("Köln", "O'Hara; drop table x", "", "Ulm")),
    Column("member", "binary", ("no", "yes")),
)
TYPES = ("number", "number", "number", "text", "boolean")


def people(seed: int, n: int = 400) -> TypedTable:
    """Random people; one in eight values is missing, ties are common."""
    chance = np.random.default_rng(seed)
    values = np.column_stack(
        [
            np.round(chance.normal(40, 15, n), 1),
            chance.poisson(4, n),
            chance.integers(0, 5, n),
            chance.integers(0, 4, n),
            chance.integers(0, 2, n),
        ]
    ).astype(float)
    values[chance.random(values.shape) < 0.125] = np.nan
    values[0] = np.nan
    return TypedTable(COLUMNS, values, ids=tuple(f"c{i:04d}" for i in range(n)))


def stored(engine: Engine, table: TypedTable) -> dict[str, Input]:
    """Put people into an engine as a workspace holds traits."""
    columns: dict[str, pa.Array] = {"customer_id": pa.array(table.ids)}
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
        types = {"text": pa.string(), "boolean": pa.bool_(), "number": pa.decimal128(38, 10)}
        columns[f"g{place}"] = pa.array(told, type=types[kind])
    engine.ingest("people", pa.table(columns))
    return {c.name: Input(f"g{i}", TYPES[i]) for i, c in enumerate(COLUMNS)}  # type: ignore[arg-type]


def random_preparation(chance: np.random.Generator) -> Preparation:
    ways = [
        Transform("standardise", centre=40.0, scale=15.0),
        Transform("log", centre=1.2, scale=0.7),
        Transform("yeo_johnson", power=float(chance.choice([0.0, 0.4, 1.0, 2.0, -0.7])), centre=1.0, scale=0.5),
        Transform("rank", knots=(0.0, 1.0, 1.0, 3.0, 7.5, 40.0, 90.0), centre=0.5, scale=0.3),
        Transform(),
    ]
    features = [Feature(c.name, ways[int(chance.integers(5))], fill=float(chance.normal())) for c in COLUMNS[:3]]
    features += [Feature(COLUMNS[3].name, ways[0], level=level) for level in range(4)]
    features.append(Feature("member"))
    centred = ("age", "agrees") if chance.random() < 0.5 else ()
    return Preparation(tuple(features), centred)


def random_assigner(seed: int) -> Assigner:
    chance = np.random.default_rng(seed)
    k = int(chance.integers(1, 6))
    preparation = random_preparation(chance) if seed % 2 else None
    q = len(COLUMNS) if preparation is None else len(preparation.features)
    grid = (k, q)
    terms = Terms(
        chance.normal(size=k),
        np.round(chance.normal(size=grid), 2),
        np.zeros(grid) if seed % 3 else -np.abs(np.round(chance.normal(size=grid), 2)) / 40,
        None if seed % 5 else chance.normal(size=(k, q, q)) / 60,
        {} if preparation else {2: np.log(chance.dirichlet(np.ones(5), k)), 3: np.round(chance.normal(size=(k, 4)))},
        {} if preparation else {1: chance.normal(size=(2, k))},
        {} if preparation else {0: chance.normal(size=(3, k)) / 900},
    )
    labels = tuple(f"segment's {i}" for i in range(k))
    return Assigner(labels, COLUMNS, preparation, terms, least_known=int(chance.integers(0, 4)))


def agrees(engine: Engine, seed: int) -> None:
    table, assigner = people(seed), random_assigner(seed)
    inputs = stored(engine, table)
    query = assignment_query(assigner, exp.table_("people", quoted=True), inputs).order_by("customer_id")
    found = engine.table(query)
    places = assigner.assign(table)
    wanted = [None if place < 0 else assigner.labels[place] for place in places]
    assert found.column("label").to_pylist() == wanted
    sure = assigner.probabilities(table)
    for k in range(len(assigner.labels)):
        told = [np.nan if v is None else float(v) for v in found.column(f"p{k}").to_pylist()]
        np.testing.assert_allclose(told, sure[:, k], atol=1.01 * 10**-PLACES)
    confident = [np.nan if v is None else float(v) for v in found.column("confidence").to_pylist()]
    np.testing.assert_allclose(
        confident, np.where(places < 0, np.nan, np.max(sure, axis=1, initial=0.0)), atol=1.01 * 10**-PLACES
    )


@pytest.fixture(scope="module")
def duckdb() -> DuckDB:
    return DuckDB()


@pytest.mark.parametrize("seed", range(30))
def test_the_engine_places_people_as_the_arrays_do(duckdb, seed):
    agrees(duckdb, seed)


@pytest.mark.postgres
def test_postgres_places_people_as_the_arrays_do():
    with postgres_server() as address:
        engine = connect(address)
        for seed in range(30):
            agrees(engine, seed)
        engine.close()


def test_of_equal_scores_the_first_segment_wins(duckdb):
    columns = (Column("x", "numeric"),)
    terms = Terms(np.array([0.1 + 0.2, 0.3, 0.3]), np.zeros((3, 1)), np.zeros((3, 1)))
    assigner = Assigner(("a", "b", "c"), columns, None, terms)
    table = TypedTable(columns, np.array([[1.0]]), ids=("one",))
    duckdb.ingest("tied", pa.table({"customer_id": ["one"], "x": pa.array([Decimal(1)])}))
    query = assignment_query(assigner, exp.table_("tied", quoted=True), {"x": Input("x", "number")})
    assert duckdb.rows(query)[0][1] == "a"
    assert assigner.assign(table).tolist() == [0]


def test_a_column_that_is_not_there_is_unknown_for_everybody(duckdb):
    assigner = random_assigner(3)
    stored(duckdb, people(3))
    rows = duckdb.rows(assignment_query(assigner, exp.table_("people", quoted=True), {}))
    assert {row[1] for row in rows} == {None}


def test_a_date_cannot_be_a_level(duckdb):
    assigner = random_assigner(2)
    with pytest.raises(UnsupportedError):
        assignment_query(assigner, exp.table_("people", quoted=True), {COLUMNS[3].name: Input("d", "date")})


def test_a_document_is_the_same_assigner():
    for seed in range(8):
        assigner = random_assigner(seed)
        again = Assigner.from_document(assigner.to_document())
        table = people(seed)
        assert (again.assign(table) == assigner.assign(table)).all()
        np.testing.assert_array_equal(again.probabilities(table), assigner.probabilities(table))


def test_texts_are_numbers_and_levels_in_the_engine_as_in_arrays(duckdb):
    columns = (Column("size", "numeric"), Column("grade", "ordinal", ("1", "2", "3")))
    terms = Terms(np.zeros(2), np.array([[0.0, 0.0], [1.0, 1.0]]), np.zeros((2, 2)))
    assigner = Assigner(("low", "high"), columns, None, terms)
    texts = ["1.5", " 2 ", "3.0", "01", "1_0", "nan", "inf", "1e400", "0x1f", "٣", "-4", ".5", "many", "", "2e0", None]
    frame = pa.table({"customer_id": [f"c{i:02d}" for i in range(len(texts))], "size": texts, "grade": texts})
    duckdb.ingest("spelled", frame)
    inputs = {name: Input(name, "text") for name in ("size", "grade")}
    rows = duckdb.rows(assignment_query(assigner, exp.table_("spelled", quoted=True), inputs).order_by("customer_id"))
    table = coded_as(frame, columns)
    wanted = [None if place < 0 else assigner.labels[place] for place in assigner.assign(table)]
    assert [row[1] for row in rows] == wanted
    np.testing.assert_allclose(
        [np.nan if row[4] is None else float(row[4]) for row in rows], assigner.probabilities(table)[:, 1], atol=2e-6
    )
    assert wanted.count(None) == 9
