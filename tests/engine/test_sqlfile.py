"""Fixed queries: every $name bound as a node, one door for values, nothing formatted into text."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from segmentary.engine.duckdb import DuckDB
from segmentary.engine.sqlfile import column, identifier, literal, parsed, query, text
from segmentary.errors import UnsupportedError

SQL = """
with spending as (
    select o.customer_id, sum(o.amount) as spent
    from $orders as o
    where o.happened_at >= $since and o.kind in $kinds
    group by o.customer_id
)
select c.customer_id, coalesce(s.spent, 0) as spent
from $customers as c left join spending as s on s.customer_id = c.customer_id
order by spent desc, c.customer_id
"""
NASTY = ["'", '"', "\\", "--", "/*", "*/", ";", "$x", "%s", "{x}", "é", "😀", "\t", "\n", "''; drop table t; --", ""]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "spending.sql"
    path.write_text(SQL, encoding="utf-8")
    return path


def bound(file, **changes):
    values = {
        "orders": exp.table_("orders"),
        "customers": exp.select("*").from_("people"),
        "since": dt.datetime(2026, 1, 1),
        "kinds": ("sale", "gift"),
        **changes,
    }
    return query(file, **values)


def test_values_and_relations_are_bound(file):
    sql = text(bound(file), "duckdb")
    assert "$" not in sql
    assert 'FROM "orders" AS "o"' in sql
    assert '(SELECT * FROM "people") AS "c"' in sql
    assert "IN ('sale', 'gift')" in sql


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_every_engine_gets_its_own_text(file, dialect):
    assert text(bound(file), dialect)


def test_an_engine_nobody_knows_is_refused(file):
    with pytest.raises(UnsupportedError, match="clickhouse"):
        text(bound(file), "clickhouse")


def test_binding_does_not_change_the_parsed_file(file):
    before = parsed(file).sql()
    bound(file)
    assert parsed(file).sql() == before


@pytest.mark.parametrize("given_names", [{}, {"orders": exp.table_("o")}, {"nothing": 1}])
def test_missing_and_unknown_names_are_told(file, given_names):
    with pytest.raises(TypeError, match=r"spending\.sql: missing"):
        query(file, **given_names)


def test_a_value_cannot_stand_for_a_relation(file):
    with pytest.raises(TypeError, match="stands for a relation"):
        bound(file, orders="orders")


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        float("nan"),
        float("inf"),
        Decimal("NaN"),
        Decimal("Infinity"),
        "a\0b",
        object(),
        b"x",
        {"a": 1},
        dt.timedelta(1),
    ],
)
def test_values_without_an_exact_meaning_are_refused(value):
    with pytest.raises(TypeError, match="cannot become a SQL literal"):
        literal(value)


@pytest.fixture(scope="module")
def engine():
    database = DuckDB()
    yield database
    database.close()


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (None, None),
        (True, True),
        (False, False),
        (-7, -7),
        (2**40, 2**40),
        (Decimal("1E+3"), Decimal(1000)),
        (Decimal("1000.00"), Decimal("1000.00")),
        (Decimal("-0.10"), Decimal("-0.10")),
        (dt.date(1900, 1, 1), dt.date(1900, 1, 1)),
        (dt.datetime(2026, 3, 1, 12, 30, 0, 123456), dt.datetime(2026, 3, 1, 12, 30, 0, 123456)),
        (dt.datetime(2026, 3, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=2))), dt.datetime(2026, 3, 1, 10)),
        *((nasty, nasty) for nasty in NASTY),
    ],
)
def test_a_literal_comes_back_as_it_went(engine, value, back):
    found = engine.value(exp.select(literal(value).as_("v")))
    assert found == back
    assert type(found) is type(back)


@given(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=("Cs",))))
def test_text_never_changes_the_shape_of_a_statement(value):
    tree = exp.select(literal(value).as_("v")).from_(exp.table_("t", quoted=True))
    for dialect in ("duckdb", "postgres"):
        again = parse_one(text(tree, dialect), read=dialect)
        assert [type(node) for node in again.walk()] == [type(node) for node in tree.walk()]
        assert again.expressions[0].this.name == value


@pytest.mark.parametrize("name", [n for n in NASTY if n])
def test_any_name_is_only_a_name(engine, name):
    tree = exp.select(exp.alias_(literal(1), identifier(name)))
    assert engine.table(tree).column_names == [name]


@pytest.mark.parametrize("name", [n for n in NASTY if n])
def test_any_name_is_only_a_column(engine, name):
    told = exp.select(exp.alias_(literal(7), identifier(name))).subquery("told")
    assert engine.rows(exp.select(column(name, "told"), column(name)).from_(told)) == [(7, 7)]
