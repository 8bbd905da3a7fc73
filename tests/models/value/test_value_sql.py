"""PostgreSQL says the same of customers, segments, checks and the holdout as DuckDB and arrays do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp
from tests.engine.engines import postgres_server
from tests.models.value.people import shop

from segmentary.engine.base import Engine
from segmentary.engine.connect import connect
from segmentary.engine.duckdb import DuckDB
from segmentary.language.spans import Context
from segmentary.models.predict.prediction import ScoreInputs
from segmentary.models.value.holdout_data import holdout_data
from segmentary.models.value.lifetime_value import OUTPUTS, fit_lifetime_value
from segmentary.models.value.purchases import Purchases, purchases_query
from segmentary.models.value.segment_value import segment_values_of
from segmentary.models.value.spend_sums import SpendSums

pytestmark = pytest.mark.postgres
START = dt.datetime(2024, 1, 1, 12)
CONTEXT = Context(as_of=dt.datetime(2025, 3, 27, tzinfo=dt.UTC))
EVENTS, CUSTOMERS = exp.table_("events"), exp.table_("customers")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Engine]:
    with postgres_server() as url:
        engine = connect(url)
        yield engine
        engine.close()


def filled(engine: Engine) -> Engine:
    ids, days, amounts = shop(200, seed=1)
    amounts[:5] = 0.0
    instants = pa.array([START + dt.timedelta(days=float(day)) for day in days], pa.timestamp("us"))
    engine.ingest(
        "events",
        pa.table(
            {
                "customer_id": [f"c{one:03}" for one in ids],
                "name": ["order_completed"] * len(ids),
                "happened_at": instants,
                "known_at": instants,
                "amount": pa.array([Decimal(f"{one:.4f}") for one in amounts], pa.decimal128(18, 4)),
            }
        ),
    )
    people = [f"c{one:03}" for one in range(200)]
    created = pa.array([START + dt.timedelta(days=100)] * 200, pa.timestamp("us"))
    engine.ingest("customers", pa.table({"customer_id": people, "created_at": created}))
    engine.ingest("members", pa.table({"customer_id": people, "segment": ["a", "b"] * 100}))
    return engine


def test_postgres_says_the_same(postgres: Engine) -> None:
    both = [filled(DuckDB(threads=1)), filled(postgres)]
    sums = [SpendSums.from_engine(one, EVENTS, CUSTOMERS, CONTEXT) for one in both]
    assert sums[0].early.purchases > 0
    for name in ("customers", "orders", "days", "zero", "early", "first_day", "last_day", "extreme"):
        assert getattr(sums[0], name) == getattr(sums[1], name), name
    assert [one.customer_id for one in sums[0].loudest] == [one.customer_id for one in sums[1].loudest]
    held = [holdout_data(one, EVENTS, CONTEXT, days=91) for one in both]
    assert held[0].weekly.tolist() == held[1].weekly.tolist()
    assert held[0].spend == pytest.approx(held[1].spend)
    known = Purchases.from_table(both[0].table(purchases_query(EVENTS, CONTEXT)))
    model = fit_lifetime_value(known, held[0], horizon_days=91, until=CONTEXT.as_of.date())
    scores, values = [], []
    for engine in both:
        engine.create_as("bought", purchases_query(EVENTS, CONTEXT), temporary=True)
        inputs = ScoreInputs(engine, CUSTOMERS, {}, {}, exp.table_("bought"), "score")
        scores.append(engine.table(model.score_query(inputs)).sort_by("customer_id"))
        values.append(segment_values_of(model, inputs, exp.table_("members")))
    assert scores[0]["customer_id"].to_pylist() == scores[1]["customer_id"].to_pylist() == known.ids.tolist()
    told = model.score(known)
    for name in OUTPUTS:
        for one in scores:
            assert np.asarray(one[name].to_pylist(), float) == pytest.approx(getattr(told, name), rel=1e-9), name
    assert [one.segment for one in values[0]] == ["a", "b"]
    for one, other in zip(*values, strict=True):
        assert one.value.high == pytest.approx(other.value.high)
        assert one.alive.low == pytest.approx(other.alive.low)
