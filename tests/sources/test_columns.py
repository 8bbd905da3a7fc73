"""Attributes as canonical text: their type by the column's, their value by the engine, nothing where it is no such."""

from __future__ import annotations

import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.sources.base import SourceMapping
from segmentary.sources.columns import canonical, typed
from segmentary.sources.steps import Steps
from segmentary.sources.values import Column

MAPPING = SourceMapping(
    kind="customers", date_order="day_first", decimal_mark=",", timezone="America/New_York", time_format=""
)


@pytest.fixture(scope="module")
def engine():
    database = DuckDB(threads=1)
    yield database
    database.close()


def read(engine, values, kind, *, sql_type="VARCHAR", codes=()):
    """Return what values that arrived in one column become."""
    pieces = [exp.select(exp.cast(exp.Literal.string(one), sql_type).as_("arrived")) for one in values]
    engine.create_as("arriving", exp.union(*pieces, distinct=False), temporary=True)
    steps = Steps("arriving", "arriving")
    value = canonical(Column(exp.column("arrived"), sql_type, steps), kind, MAPPING, zone="UTC", codes=codes)
    return [row[0] for row in engine.rows(exp.select(value).from_(steps.relation()))]


@pytest.mark.parametrize(
    ("sql_type", "kind"),
    [
        ("VARCHAR", None), ("BOOLEAN", "boolean"), ("BIGINT", "number"), ("DOUBLE", "number"),
        ("DECIMAL(18,4)", "number"), ("DATE", "date"), ("TIMESTAMP WITH TIME ZONE", "time"), ("TIMESTAMP_NS", "time"),
        ("INTEGER[]", "list"), ("STRUCT(a INTEGER)", "list"), ("JSON", "list"), ("UUID", "text"), ("BLOB", "text"),
    ],
)  # fmt: skip
def test_a_typed_column_says_what_it_holds(sql_type, kind):
    assert typed(sql_type) == kind


def test_numbers_lose_what_means_nothing(engine):
    assert read(engine, ["1.234,50", "7", "0,0", "many", "n/a"], "number") == ["1234.5", "7", "0", None, None]


def test_words_for_yes_and_no_are_read_and_others_are_missing(engine):
    assert read(engine, ["Yes", "opted_out", "maybe", "-"], "boolean") == ["true", "false", None, None]


def test_a_birthday_stays_on_its_day_and_a_time_moves_to_utc(engine):
    assert read(engine, ["03.02.1990", "1990-02-03", "31.02.1990"], "date") == ["1990-02-03", "1990-02-03", None]
    assert read(engine, ["03.02.2024 22:00", "never"], "time") == ["2024-02-04T03:00:00", None]


def test_a_word_that_may_be_a_name_is_missing_only_where_the_source_says_so(engine):
    assert read(engine, ["None", "null", "NA", "99"], "text") == ["None", None, "NA", "99"]
    assert read(engine, ["None", "99"], "text", codes=("99", "none")) == [None, None]
    assert read(engine, ["12", "99"], "number", codes=("99",)) == ["12", None]
    assert read(engine, ["12", "99"], "number", sql_type="BIGINT", codes=("99",)) == ["12", None]
