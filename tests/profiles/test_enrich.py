from __future__ import annotations

from profiles_warehouse import at

from segmentary.profiles.asof import holding
from segmentary.profiles.enrich import enrich
from segmentary.schema import ALL_TABLES
from segmentary.settings import Settings

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) Version/17.2 Mobile/15E148 Safari/604.1"


def filled(warehouse):
    warehouse.customers("c", "d")
    warehouse.attribute("c", "country", "UK")
    warehouse.event("c", "page_viewed", "2025-12-01", {"user_agent": SAFARI})
    warehouse.answers("c", eco_1=4, eco_2=5)
    warehouse.attribute("c", "employees", "12", "number")
    warehouse.attribute("c", "email_opt_in", "true", "boolean")
    warehouse.add(
        "records",
        {
            "source": "crm",
            "id_space": "customer",
            "record_id": "c",
            "entity_type": "customer",
            "created_at": at("2024-02-29T12:00:00"),
        },
    )


def test_nothing_to_enrich(warehouse):
    assert set(enrich(warehouse.engine, Settings()).rows.values()) == {0}


def test_every_module_adds_its_part(warehouse):
    filled(warehouse)
    done = enrich(warehouse.engine, Settings())
    assert all(rows for part, rows in done.rows.items() if part != "voices")
    found = warehouse.derived("c")
    assert found["country_code"] == "GB"
    assert found["os"] == "iOS"
    assert found["company_size"] == "small"
    assert found["attitude_eco"] == "4.5000"
    assert found["may_contact_email"] == "true"
    assert found["created_at"] == "2024-02-29T12:00:00"
    assert warehouse.derived("d") == {}


def test_again_is_the_same(warehouse):
    filled(warehouse)
    enrich(warehouse.engine, Settings())
    first = sorted(warehouse.engine.rows(holding(None, None)))
    rows = warehouse.query("select count(*) from customer_attributes")
    enrich(warehouse.engine, Settings())
    assert sorted(warehouse.engine.rows(holding(None, None))) == first
    assert warehouse.query("select count(*) from customer_attributes") == rows


def test_no_table_is_left_behind(warehouse):
    filled(warehouse)
    enrich(warehouse.engine, Settings())
    tables = {name for (name,) in warehouse.query("select table_name from duckdb_tables()")}
    assert tables == {table.name for table in ALL_TABLES} | {"scale_reliability"}


def test_what_a_source_says_itself_wins(warehouse):
    filled(warehouse)
    warehouse.attribute("d", "os", "BeOS")
    warehouse.attribute("d", "created_at", "2020-01-01T00:00:00", "time")
    enrich(warehouse.engine, Settings())
    found = warehouse.derived("c")
    assert "os" not in found
    assert "created_at" not in found
    assert found["device_type"] == "mobile"
