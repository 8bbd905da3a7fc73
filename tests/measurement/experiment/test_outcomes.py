"""Outcomes against a person-by-person count, on every engine's terms."""

from __future__ import annotations

import datetime as dt
import random

import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.dialects.rewriting import rewritten
from segmentary.engine.duckdb import DuckDB
from segmentary.errors import NoAnswerError
from segmentary.measurement.experiment.metrics import parse_metric
from segmentary.measurement.experiment.outcomes import cut_at, events_query, outcomes, parts_of, winsorised

START = dt.datetime(2026, 3, 1)
AS_OF = dt.datetime(2026, 4, 15, tzinfo=dt.UTC)
METRICS = [
    parse_metric("buys = any order_completed in 28d before 28d"),
    parse_metric("spend = sum order_completed.amount in 28d before 28d"),
    parse_metric("basket = sum order_completed.amount / count order_completed in 28d"),
    parse_metric("visits = trait visited"),
]


@pytest.fixture(scope="module")
def made():
    chance = random.Random(5)
    engine = DuckDB()
    ids = [f"c{n}" for n in range(60)]
    start = {one: START + dt.timedelta(days=n % 3) for n, one in enumerate(ids)}
    engine.ingest("assigned", pa.table({
        "customer_id": ids, "segment": ["a" if n % 2 else "b" for n in range(60)],
        "arm": ["mail" if n % 3 else "control" for n in range(60)], "assigned_at": [start[one] for one in ids],
    }))  # fmt: skip
    rows = [
        (chance.choice(ids), chance.choice(["order_completed", "order_completed", "visited"]),
         START + dt.timedelta(hours=chance.randint(-1_500, 1_500)), round(chance.random() * 90, 2))
        for _ in range(900)
    ]  # fmt: skip
    rows += [(one, "order_completed", start[one] + dt.timedelta(days=d), 1.0) for one in ids[:9] for d in (-28, 0, 28)]
    names = ("customer_id", "name", "happened_at", "amount")
    engine.ingest("events", pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)}))
    engine.ingest("visits", pa.table({"customer_id": ids[:50], "visited": [n % 4 == 0 for n in range(50)]}))
    traits = {"trait visited": (exp.select("customer_id", "visited").from_("visits"), exp.column("visited"))}
    table = outcomes(engine, exp.table_("assigned"), METRICS, numbers(traits), as_of=AS_OF, into="people")
    yield engine, table, rows, start
    engine.close()


def numbers(traits):
    return {
        name: (query, exp.Case().when(value, exp.Literal.number(1)).else_(exp.Literal.number(0)))
        for name, (query, value) in traits.items()
    }


def test_every_figure_is_that_of_a_count_by_hand(made):
    engine, table, rows, start = made
    found = {(s, a): [0.0] * 5 for s in "ab" for a in ("mail", "control")}
    for number, (one, moment) in enumerate(start.items()):
        cell = found["a" if number % 2 else "b", "mail" if number % 3 else "control"]
        orders = [(at, amount) for who, name, at, amount in rows if (who, name) == (one, "order_completed")]
        after = [
            m for at, m in orders if moment <= at < min(moment + dt.timedelta(days=28), AS_OF.replace(tzinfo=None))
        ]
        before = [m for at, m in orders if moment - dt.timedelta(days=28) <= at < moment]
        for place, value in enumerate((bool(after), sum(after), len(after), bool(before), sum(before))):
            cell[place] += value
    query = exp.select("segment", "arm", *(exp.Sum(this=exp.column(c)) for c in ("y0", "y1", "d2", "x0", "x1")))
    for segment, arm, *figures in engine.rows(query.from_(table).group_by("segment", "arm")):
        assert [float(one) for one in figures] == pytest.approx(found[segment, arm])


def test_a_trait_that_is_not_known_is_left_out_and_a_past_nobody_asked_for_is_0(made):
    engine, table, *_ = made
    counted = engine.rows(exp.select(exp.Count(this=exp.column("y3")), exp.Max(this=exp.column("x3"))).from_(table))
    assert [(int(n), float(x)) for n, x in counted] == [(50, 0.0)]


def test_the_cut_is_the_99th_percentile_of_those_above_0(made):
    engine, table, *_ = made
    values = sorted(float(row[0]) for row in engine.rows(exp.select("y1").from_(table)) if row[0] > 0)
    cut = cut_at(engine, table, 1, percent=90)
    assert cut == pytest.approx(values[-(-len(values) * 90 // 100) - 1])
    top = engine.value(
        exp.select(exp.Max(this=exp.column("y1"))).from_(winsorised(table, [None, cut, None, None]).subquery())
    )
    assert float(top) == pytest.approx(cut)
    engine.create_as("nothing", exp.select(exp.Literal.number(0).as_("y0")))
    assert cut_at(engine, exp.table_("nothing"), 0) is None


def test_people_without_a_moment_of_assignment_have_no_before_and_after():
    engine = DuckDB()
    engine.ingest(
        "assigned",
        pa.table(
            {"customer_id": ["a"], "segment": ["s"], "arm": ["x"], "assigned_at": pa.array([None], pa.timestamp("us"))}
        ),
    )
    with pytest.raises(NoAnswerError, match="do not say when"):
        outcomes(engine, exp.table_("assigned"), METRICS[:1], {}, as_of=AS_OF, into="people")
    engine.close()


@pytest.mark.parametrize("dialect", ["postgres", "spark"])
def test_other_engines_can_say_it(dialect, made):
    for query in (
        events_query(exp.table_("assigned"), exp.table_("ends"), parts_of(METRICS)),
        winsorised(exp.table_("people"), [1.5, 2.5, None, None]),
    ):
        assert rewritten(query, dialect) is not None
