from __future__ import annotations

from segmentary.profiles.observed import attribute_types, event_types, together


def test_nothing(warehouse):
    assert attribute_types(warehouse.engine) == {}
    assert event_types(warehouse.engine) == {}


def test_types_of_attributes(warehouse):
    for name, value, kind in [
        ("age", "30", "number"),
        ("mixed", "30", "number"),
        ("mixed", "thirty", "text"),
        ("since", "2026-01-01", "date"),
        ("since", "2026-01-01T10:00:00", "time"),
        ("odd", "x", "no such type"),
    ]:
        warehouse.attribute("c", name, value, kind)
    warehouse.attribute("c", "empty", None)
    assert attribute_types(warehouse.engine) == {"age": "number", "mixed": "text", "odd": "text", "since": "time"}


def test_together():
    assert together(["number"]) == "number"
    assert together(["boolean", "number"]) == "text"


def test_types_of_events(warehouse):
    warehouse.event("c", "page_viewed", "2026-01-01", {"page": "/", "n": 1, "ok": True, "tags": ["a"], "void": None})
    warehouse.event("c", "page_viewed", "2026-01-02", {"n": 1.5, "page": 7}, session_id="s")
    found = event_types(warehouse.engine)
    assert found == {
        "page_viewed": {
            "name": "text",
            "source": "text",
            "happened_at": "time",
            "session_id": "text",
            "page": "text",
            "n": "number",
            "ok": "boolean",
            "tags": "list",
        }
    }


def test_where_there_are_orders_there_may_be_refunds(warehouse):
    warehouse.event("c", "order_completed", "2026-01-01", {"discount": 1.5}, amount=10, channel="web")
    found = event_types(warehouse.engine)
    assert found["order_refunded"] == found["order_completed"]
    assert found["order_refunded"]["amount"] == "number"
    assert "category" not in found["product_purchased"]
