"""Building blocks of SQL mean what their twins in Python mean."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language import sql


@pytest.fixture(scope="module")
def engine():
    database = DuckDB()
    yield database
    database.close()


def value(engine: DuckDB, expression: exp.Expr) -> Any:
    return engine.value(exp.select(expression))


def test_nothing_and_everything(engine):
    assert value(engine, sql.every([])) is True
    assert value(engine, sql.some([])) is False
    assert value(engine, sql.one_of(literal(1), [])) is False
    assert value(engine, sql.true_only(sql.nothing("boolean"))) is False


@pytest.mark.parametrize("given", [True, False])
def test_connectives_keep_their_meaning_however_they_nest(engine, given):
    either = sql.some([literal(given), literal(False)])
    assert value(engine, sql.every([either, literal(True)])) is given
    assert value(engine, exp.Not(this=sql.wrapped(sql.every([literal(True), either.copy()])))) is (not given)


@pytest.mark.parametrize("text", ["O'Brien", "a\\", '"; drop table x; --', "é", ""])
def test_constants_come_back_as_they_are(engine, text):
    assert value(engine, sql.constant(text)) == text


def test_numbers_are_exact(engine):
    assert value(engine, sql.constant(Decimal("0.1"))) == Decimal("0.1")
    assert value(engine, sql.constant(10**17)) == 10**17
    with pytest.raises(DefinitionError, match="too large"):
        sql.constant(10**20)
    with pytest.raises(DefinitionError, match="NUL"):
        sql.constant("a\0b")


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("12.50", "number", Decimal("12.5")),
        ("12,50", "number", None),
        ("true", "boolean", True),
        ("yes", "boolean", None),
        ("2026-02-28", "date", dt.date(2026, 2, 28)),
        ("2026-02-30", "date", None),
        ('["a", null, {"b": 1}, 2]', "list", ["a", "2"]),
        ('{"a": 1}', "list", None),
        ("no list", "list", None),
    ],
)
def test_text_is_read_or_missing(engine, text, kind, found):
    engine.ingest("texts", pa.table({"text": [text]}))
    read = exp.select(sql.read_sql(sql.column("text", "texts"), kind)).from_(exp.table_("texts", quoted=True))
    assert engine.value(read) == found


def test_keys_with_slashes_and_tildes_break_out_of_no_path(engine):
    document = literal('{"a/b": {"~": "here"}, "a": {"b": {"~": "not here"}}}')
    assert value(engine, sql.json_scalar(document, ("a/b", "~"))) == "here"
    assert value(engine, sql.json_scalar(document.copy(), ("a",))) is None


@pytest.mark.parametrize(("low", "high"), [("2.9", "2.10"), ("1.0.0-rc2", "1.0.0"), ("v1.0.0-rc1", "1.0.0-rc2+build5")])
def test_versions_sort_as_versions(engine, low, high):
    assert value(engine, sql.version_sql(literal(low))) < value(engine, sql.version_sql(literal(high)))


def test_days_begin_where_people_live(engine):
    instant = literal(dt.datetime(2026, 3, 29, 22, 30))
    assert value(engine, sql.local_date_sql(instant, "Europe/Berlin")) == dt.date(2026, 3, 30)
    assert value(engine, sql.local_date_sql(instant.copy(), "UTC")) == dt.date(2026, 3, 29)
    start = sql.day_start_sql(literal(dt.date(2026, 3, 30)), "Europe/Berlin")
    assert value(engine, start) == dt.datetime(2026, 3, 29, 22)


@pytest.mark.parametrize(
    ("left", "right", "quotient"),
    [("1", "3", "0.333333"), ("-1", "3", "-0.333333"), ("2", "3", "0.666666"), ("1", "0", None), ("0", "7", "0")],
)
def test_quotients_are_cut_never_rounded(engine, left, right, quotient):
    found = value(engine, sql.quotient_sql(sql.constant(Decimal(left)), sql.constant(Decimal(right))))
    assert found == (None if quotient is None else Decimal(quotient))


def test_what_does_not_fit_is_missing(engine):
    huge = sql.constant(Decimal(10**17))
    assert value(engine, sql.product_sql(huge, huge.copy(), 6)) is None
    assert value(engine, sql.coerced_sql(literal(True), "boolean", "date", "UTC")) is None
