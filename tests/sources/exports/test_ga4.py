"""Google Analytics' rows, as JSON lines and as Parquet with nested columns: sessions, devices, sources, orders once."""

import copy

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.exports.bodies import GA4, ga4_event
from tests.sources.exports.made import made, made_of

from segmentary.sources.exports.ga4 import pairs


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return made(tmp_path_factory.mktemp("ga4"), GA4)


def test_events_have_sessions_people_and_sources(rows):
    first, viewed, other = rows[""]
    assert first["session_id"] == "p1.1.1772359000"
    assert other["session_id"] == "p2.2.1772359000"
    assert first["happened_at"] == "2026-03-01T10:00:00Z"
    assert (viewed["name"], viewed["product_id"], viewed["category"]) == ("product_viewed", "s1", "Footwear")
    assert first["properties"] == {
        "url": "https://shop.example/shoes", "session_number": 2, "engaged": True, "utm_source": "news",
        "utm_medium": "email", "utm_campaign": "spring", "hostname": "shop.example"}  # fmt: skip
    assert (first["country"], first["city"]) == ("Italy", "Rome")


def test_a_purchase_is_the_lines_of_an_order_and_no_event(rows):
    assert "order_completed" not in {each["name"] for each in rows[""]}
    (line,) = rows["order_lines"]
    assert (line["order_id"], line["amount"], line["quantity"], line["record_id"]) == ("t1", "72", "2", "u1")


def test_devices_and_first_sources_are_attributes_told_once(rows):
    mobile = {each["name"]: each["value"] for each in rows["attributes"] if each["cookie"] == "p1.1"}
    assert mobile["device_type"] == "mobile"
    assert mobile["os"] == "iOS"
    assert mobile["tier"] == "gold"
    assert "first_medium" not in mobile
    told = [each["name"] for each in rows["attributes"] if each["cookie"] == "p2.2"]
    assert len(told) == len(set(told))
    assert mobile["first_touch_at"] == "2026-01-01T00:00:00Z"


def test_parquet_with_nested_columns_says_the_same(rows, tmp_path):
    def typed(event):
        numbers = ("event_timestamp", "event_bundle_sequence_id", "user_first_touch_timestamp")
        out = {**event, **{name: int(event[name]) for name in numbers}}
        out["ecommerce"] = event["ecommerce"] or {"transaction_id": None, "purchase_revenue": None}
        for each in out["event_params"]:
            each["value"]["int_value"] = each["value"]["int_value"] and int(each["value"]["int_value"])
        return out

    pq.write_table(pa.Table.from_pylist([typed(copy.deepcopy(event)) for event in GA4]), tmp_path / "events.parquet")
    again = made_of(tmp_path / "events.parquet")
    assert again[""] == rows[""]
    assert again["order_lines"] == rows["order_lines"]
    assert [(each["name"], each["value"]) for each in again["attributes"]] == [
        (each["name"], each["value"]) for each in rows["attributes"]
    ]


def test_the_lists_of_older_parquet_exports_are_read():
    old = {"list": [{"element": {"key": "a", "value": {"string_value": "x", "int_value": None}}}]}
    assert pairs(old) == pairs([{"key": "a", "value": {"string_value": "x"}}]) == {"a": "x"}


def test_an_event_sent_twice_has_one_id_and_another_moment_another(tmp_path):
    events = [
        ga4_event("scroll", 1_772_359_200),
        ga4_event("scroll", 1_772_359_200),
        ga4_event("scroll", 1_772_359_201),
    ]
    ids = [each["message_id"] for each in made(tmp_path, events)[""]]
    assert ids[0] == ids[1] != ids[2]
