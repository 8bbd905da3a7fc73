"""The canonical tables are consistent with themselves."""

import re

import pytest

from segmentary.schema import ALL_TABLES, DERIVED, PROVENANCE, RECEIVED, SQL_TYPES

LOWER_SNAKE = re.compile(r"[a-z][a-z0-9_]*\Z")
BY_NAME = pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)


def test_names_are_distinct():
    names = [table.name for table in ALL_TABLES]
    assert len(names) == len(set(names))


@BY_NAME
def test_columns_are_named_typed_and_explained(table):
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert LOWER_SNAKE.match(column.name)
        assert column.type in SQL_TYPES
        assert column.meaning.strip()


@BY_NAME
def test_a_table_says_what_one_row_is_and_its_key_exists(table):
    assert table.row.strip()
    assert set(table.key) <= set(table.names)


def test_received_tables_carry_their_origin():
    origin = tuple(column.name for column in PROVENANCE)
    for table in RECEIVED:
        assert table.names[: len(origin)] == origin
        assert table.key == ("source", "row_key")
        assert table.family == "received"


def test_derived_tables_speak_of_customers_groups_or_places():
    for table in DERIVED:
        assert {"customer_id", "group_id", "table_name", "list_name"} & set(table.names)
        assert table.family == "derived"


@BY_NAME
def test_money_is_exact_and_times_are_instants(table):
    for column in table.columns:
        if "amount" in column.name or column.name in ("unit_price", "discount"):
            assert column.type == "decimal"
        if column.name.endswith("_at"):
            assert column.type == "instant"
