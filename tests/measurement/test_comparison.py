"""Shares and means by group: exact counts, textbook intervals, small groups marked."""

import datetime as dt
import math
from decimal import Decimal
from statistics import mean, variance

import pytest

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import parse_query
from segmentary.errors import UsageError
from segmentary.measurement.comparison import comparison
from segmentary.models.intervals import wilson

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.fixture
def engine():
    found = DuckDB()
    yield found
    found.close()


def compared(engine, rows, kind="decimal(18, 4)", groups="varchar"):
    listed = ", ".join(f"(cast({value} as {groups}), cast({measure} as {kind}))" for value, measure in rows)
    relation = parse_query(f"select value, measure from (values {listed}) as given(value, measure)")
    return comparison(engine, relation, measure="spent", by="band", as_of=NOW)


def test_shares_in_falling_order_and_the_unknown_group_last(engine):
    rows = [*[("'a'", 1)] * 3, *[("'a'", 0)] * 27, *[("'b'", 1)] * 20, *[("'b'", 0)] * 20, ("null", 1)]
    found = compared(engine, rows)
    assert found.kind == "share"
    assert [(g.value, g.people, g.total) for g in found.groups] == [("b", 40, 20), ("a", 30, 3), (None, 1, 1)]
    assert found.groups[0].estimate == wilson(20, 40)
    assert found.overall.estimate == wilson(24, 71)
    assert [g.note for g in found.groups] == ["", "", "1 customer: too few to be a segment"]


def test_means_with_students_interval(engine):
    spent = [Decimal("10.5"), Decimal("11.5"), Decimal("20"), Decimal("0.25")]
    found = compared(engine, [("'a'", s) for s in spent] + [("'b'", 7)])
    assert found.kind == "mean"
    first, second = found.groups
    # The 97.5 % quantile of Student's t with three degrees of freedom.
    half = 3.182446305 * math.sqrt(variance(map(float, spent)) / 4)
    assert first.estimate.estimate == pytest.approx(float(mean(spent)))
    assert (first.estimate.low, first.estimate.high) == pytest.approx(
        (float(mean(spent)) - half, float(mean(spent)) + half)
    )
    assert first.total == sum(spent)
    assert second.estimate.estimate == 7
    assert math.isnan(second.estimate.low)


def test_everybody_is_the_groups_together(engine):
    values = [1.5, 2.25, 9, 4, 4, 0.5]
    found = compared(engine, [(f"'{'ab'[i % 2]}'", v) for i, v in enumerate(values)])
    half = 2.570581836 * math.sqrt(variance(values) / 6)
    assert found.overall.estimate.estimate == pytest.approx(mean(values))
    assert found.overall.estimate.high - found.overall.estimate.estimate == pytest.approx(half)


def test_who_has_no_value_is_counted_but_not_averaged(engine):
    found = compared(engine, [("'a'", 5), ("'a'", "null"), ("'b'", "null")])
    assert [(g.value, g.people, g.estimate.n) for g in found.groups] == [("a", 2, 1), ("b", 1, 0)]
    assert found.overall.estimate.estimate == 5


def test_groups_of_few_are_marked(engine):
    found = compared(engine, [*[("'few'", 2)] * 10, *[("'some'", 2)] * 11, *[("'many'", 2)] * 30])
    assert {g.value: g.note for g in found.groups} == {
        "few": "10 customers: too few to be a segment",
        "some": "11 customers only: mind the interval",
        "many": "",
    }


@pytest.mark.parametrize(
    ("value", "kind", "called"),
    [
        ("2", "decimal(38, 10)", "2"),
        ("0", "decimal(38, 10)", "0"),
        ("true", "boolean", "yes"),
        ("100", "bigint", "100"),
    ],
)
def test_groups_are_called_by_their_value(engine, value, kind, called):
    assert compared(engine, [(value, 1)], groups=kind).groups[0].value == called


def test_nobody(engine):
    relation = parse_query("select 'a' as value, 1 as measure where 1 = 0")
    found = comparison(engine, relation, measure="m", by="b", as_of=NOW)
    assert found.groups == ()
    assert found.overall.people == 0


def test_too_many_groups_are_no_comparison(engine):
    relation = parse_query("select cast(i as varchar) as value, 1 as measure from range(201) as r(i)")
    with pytest.raises(UsageError, match="201 different values"):
        comparison(engine, relation, measure="m", by="b", as_of=NOW)
