from __future__ import annotations

from profiles_warehouse import at

from segmentary.profiles.derived import append_mapped, distinct_raw, keep, raw_attribute, remove_all, text_table


def test_every_holder_of_a_raw_value_gets_what_is_known_of_it(warehouse):
    warehouse.customers("c", "d", "e")
    warehouse.attribute("c", "pet", "cat", valid_from=at("2025-01-01"), valid_to=at("2026-06-01"))
    warehouse.attribute("d", "pet", "cat")
    warehouse.attribute("e", "pet", "yeti")
    raw = raw_attribute("pet")
    assert distinct_raw(warehouse.engine, raw) == ["cat", "yeti"]
    facts = {"cat": {"legs": ("4", "number")}, "yeti": {"legs": (None, "number")}}
    assert append_mapped(warehouse.engine, "pets", raw, facts) == 2
    rows = warehouse.query("select * from customer_attributes where name = 'legs' order by customer_id")
    assert rows[0] == ("c", "legs", "4", "number", at("2025-01-01"), at("2026-06-01"), at("2026-01-01"), "derived:pets")
    assert [row[0] for row in rows] == ["c", "d"]


def test_nothing_known_adds_nothing(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "pet", "yeti")
    raw = raw_attribute("pet")
    assert append_mapped(warehouse.engine, "pets", raw, {}) == 0
    assert append_mapped(warehouse.engine, "pets", raw, {"yeti": {"legs": (None, "number")}}) == 0


def test_people_we_do_not_serve_get_nothing(warehouse):
    warehouse.attribute("gone", "pet", "cat")
    assert append_mapped(warehouse.engine, "pets", raw_attribute("pet"), {"cat": {"legs": ("4", "number")}}) == 0


def test_removing_leaves_what_was_received(warehouse):
    warehouse.customers("c")
    warehouse.attribute("c", "pet", "cat")
    warehouse.attribute("c", "legs", "4", source="derived:pets")
    remove_all(warehouse.engine)
    assert warehouse.query("select name from customer_attributes") == [("pet",)]


def test_keep_and_tables_of_nothing():
    assert keep({"a": ("1", "text"), "b": ("2", "text")}, frozenset({"a"})) == {"b": ("2", "text")}
    assert text_table(("x", "y"), []).num_rows == 0
