from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from profiles_warehouse import Warehouse, at, context
from sqlglot import exp

from segmentary.profiles.asof import holding, profile_query, universe_query

EVERY_TYPE = {"t": "text", "n": "number", "b": "boolean", "d": "date", "i": "time", "l": "list"}


def profile(warehouse, attributes, when, **options):
    query, given_ = profile_query(attributes, when, **options)
    columns = {place.column: name for name, place in given_.items()}
    rows = warehouse.engine.table(query).to_pylist()
    return {row["customer_id"]: {columns[c]: v for c, v in row.items() if c != "customer_id"} for row in rows}


def test_the_universe_is_everyone_seen_before_as_of(warehouse):
    warehouse.customers("always")
    warehouse.customers("before", first_seen_at=at("2026-01-31T23:59:59.999999"))
    warehouse.customers("exactly", first_seen_at=at("2026-02-01"))
    warehouse.customers("later", first_seen_at=at("2026-02-02"))
    rows = warehouse.engine.rows(universe_query(context("2026-02-01")))
    assert sorted(rows) == [("always",), ("before",)]


def test_nobody(warehouse):
    assert warehouse.engine.rows(universe_query(context("2026-02-01"))) == []
    assert profile(warehouse, EVERY_TYPE, context("2026-02-01")) == {}
    assert profile(warehouse, {}, context("2026-02-01")) == {}


def test_every_type_arrives_as_itself(warehouse):
    texts = {"t": "Zoë", "n": "12.50", "b": "true", "d": "2026-03-01", "i": "2026-03-01T12:00:00", "l": '["a"]'}
    for name, text in texts.items():
        warehouse.attribute("c", name, text, EVERY_TYPE[name])
    found = profile(warehouse, EVERY_TYPE, context("2026-02-01"))["c"]
    assert found == {
        "t": "Zoë",
        "n": Decimal("12.5"),
        "b": True,
        "d": dt.date(2026, 3, 1),
        "i": dt.datetime(2026, 3, 1, 12),
        "l": '["a"]',
    }


def test_text_that_does_not_read_as_its_type_is_missing(warehouse):
    for name in ("n", "b", "d", "i"):
        warehouse.attribute("c", name, "no such thing", EVERY_TYPE[name])
    assert set(profile(warehouse, EVERY_TYPE, context("2026-02-01"))["c"].values()) == {None}


def test_large_and_small_numbers_are_exact(warehouse):
    warehouse.attribute("c", "n", "9007199254740993", "number")
    warehouse.attribute("d", "n", "0.1000000001", "number")
    found = profile(warehouse, {"n": "number"}, context("2026-02-01"))
    assert found["c"]["n"] == Decimal("9007199254740993")
    assert found["d"]["n"] == Decimal("0.1000000001")


def test_a_value_holds_from_just_after_its_beginning_until_its_end(warehouse):
    warehouse.attribute("c", "t", "spring", valid_from=at("2026-03-01"), valid_to=at("2026-06-01"))
    held = {when: profile(warehouse, {"t": "text"}, context(when)) for when in ("2026-03-01", "2026-06-01")}
    assert held == {"2026-03-01": {}, "2026-06-01": {"c": {"t": "spring"}}}
    assert profile(warehouse, {"t": "text"}, context("2026-03-01T00:00:00.000001")) == {"c": {"t": "spring"}}
    assert profile(warehouse, {"t": "text"}, context("2026-06-01T00:00:00.000001")) == {}


def test_only_what_was_known_counts(warehouse):
    warehouse.attribute("c", "t", "old", known_at=at("2026-01-01"))
    warehouse.attribute("c", "t", "new", valid_from=at("2025-12-01"), known_at=at("2026-02-01"))
    asked = {"t": "text"}
    assert profile(warehouse, asked, context("2026-03-01", "2026-01-15"))["c"] == {"t": "old"}
    assert profile(warehouse, asked, context("2026-03-01", "2026-02-01"))["c"] == {"t": "new"}
    assert profile(warehouse, asked, context("2026-03-01"))["c"] == {"t": "new"}


def test_ties_go_to_the_trusted_source_then_to_what_was_learnt_last(warehouse):
    warehouse.attribute("c", "t", "from the shop", source="shop", known_at=at("2026-01-02"))
    warehouse.attribute("c", "t", "from the crm", source="crm", known_at=at("2026-01-01"))
    asked = {"t": "text"}
    assert profile(warehouse, asked, context("2026-03-01"))["c"] == {"t": "from the shop"}
    found = profile(warehouse, asked, context("2026-03-01"), sources_priority=("crm", "shop"))
    assert found["c"] == {"t": "from the crm"}


def test_names_never_reach_the_column_names(warehouse):
    hostile = 'a"; drop table customers; --'
    warehouse.attribute("c", hostile, "x'y")
    query, given_ = profile_query({hostile: "text"}, context("2026-03-01"))
    assert given_[hostile].column == "p0"
    assert warehouse.engine.rows(query) == [("c", "x'y")]


SHARED = Warehouse()
moments = st.sampled_from([None, *(at(f"2026-0{m}-01") for m in range(1, 6))])
versions = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), moments, moments, st.sampled_from([1, 2, 3])), max_size=8
)


@given(rows=versions, as_of=st.sampled_from(["2026-01-01", "2026-03-01", "2026-03-01T00:00:01", "2026-06-01"]))
def test_the_winner_is_that_of_the_definition_in_any_order_of_arrival(rows, as_of):
    SHARED.query("delete from customer_attributes")
    SHARED.add(
        "customer_attributes",
        *(
            {
                "customer_id": "c",
                "name": name,
                "value": value,
                "value_type": "text",
                "valid_from": begin,
                "valid_to": end,
                "known_at": at(f"2026-01-0{day}"),
                "source": "crm",
            }
            for name, value, begin, end, day in rows
        ),
    )
    moment = at(as_of)
    expected = {}
    for name, group in itertools.groupby(sorted(rows, key=lambda r: r[0]), key=lambda r: r[0]):
        held = [r for r in group if (r[2] is None or r[2] < moment) and (r[3] is None or r[3] >= moment)]
        if held:
            expected[name] = max(held, key=lambda r: (r[2] or at("0001-01-01"), r[4], r[1]))[1]
    found = {name: value for _, name, value, _ in SHARED.engine.rows(holding(None, context(as_of)))}
    assert found == expected


def test_many_attributes_are_one_pass_over_the_table(warehouse):
    n = 1_000
    warehouse.query(
        f"insert into customer_attributes (customer_id, name, value, value_type, known_at, source)"
        f" select 'c' || (i % {n}), 'a' || (i // {n}), cast(i % 1000 as varchar), 'number', timestamp '2026-01-01', ''"
        f" from range({20 * n}) as t (i)"
    )
    query, _ = profile_query({f"a{i}": "number" for i in range(20)}, context("2026-02-01"))
    # Once for everybody, and once more for those with several values of one attribute.
    assert [table.name for table in query.find_all(exp.Table)].count("customer_attributes") == 2
    assert warehouse.engine.create_as("profile", query, temporary=True) == n
