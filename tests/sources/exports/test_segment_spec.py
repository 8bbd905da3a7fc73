"""Calls become events, profiles, accounts, orders and messages; each thing once, at the server's time."""

from collections import Counter

import pytest
from tests.sources.exports.bodies import SEGMENT
from tests.sources.exports.made import made, made_of

from segmentary.sources.exports.calls import calls, happened
from segmentary.sources.exports.segment_orders import AGAIN, order_lines


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    return made(tmp_path_factory.mktemp("segment"), SEGMENT)


def test_a_tracked_call_is_an_event_without_the_address_of_the_visitor(rows):
    event = next(each for each in rows[""] if each["name"] == "report_submitted")
    assert event["record_id"] == "u1"
    assert event["message_id"] == "m2"
    assert event["device"] == "d1"
    assert event["properties"]["utm_campaign"] == "Spring"
    assert event["properties"]["user_agent"] == "Mozilla/5.0"
    assert "8.8.8.8" not in str(rows)


def test_a_page_of_nobody_known_is_an_event_of_the_cookie(rows):
    event = next(each for each in rows[""] if each["name"] == "page_viewed")
    assert event["cookie"] == "a1"
    assert "record_id" not in event
    assert event["properties"]["page_name"] == "Home"


def test_traits_are_dated_attributes_with_their_types(rows):
    values = {each["name"]: (each["value"], each["value_type"]) for each in rows["attributes"]}
    assert values["email"] == ("Ann@Example.org", "text")
    assert values["logins"] == ("5", "number")
    assert values["beta"] == ("true", "boolean")
    assert values["birth_date"] == ("1990-02-03", "date")
    assert values["city"] == ("Rome", "text")
    assert {each["valid_from"] for each in rows["attributes"]} == {"2026-03-01T10:00:00Z"}
    assert rows["profiles"][0]["created_at"] == "2025-01-02T00:00:00Z"


def test_groups_are_accounts_and_memberships(rows):
    assert {each["name"]: each["value"] for each in rows["accounts"]} == {"name": "Acme", "employees": "30"}
    assert [(each["record_id"], each["to_id"]) for each in rows["memberships"]] == [("u1", "acme")] * 2


def test_an_alias_joins_the_old_id_to_the_new_which_survives(rows):
    old, new = rows["profiles"][1:]
    assert (old["record_id"], old["merged_into"], new["record_id"]) == ("old", "u1", "u1")
    assert old["cookie"] == new["cookie"] == "old"


def test_an_order_is_its_lines_and_no_event_and_adds_up_to_its_revenue(rows):
    assert "order_completed" not in {each["name"] for each in rows[""]}
    assert [(each["product_id"], each["amount"]) for each in rows["order_lines"]] == [("p1", "9.09"), ("p2", "10.91")]


def test_a_piece_of_a_call_is_set_aside(rows):
    assert [each["row_number"] for each in rows["rejected"]] == [7]
    assert rows["rejected"][0]["reason"].startswith("set aside: a piece of a call")


def test_refunds_go_back_and_an_order_of_nothing_is_an_event():
    lines = list(order_lines("order_refunded", {"order_id": "o1", "total": "5"}))
    assert [(each["quantity"], each["amount"]) for each in lines] == [("-1", "-5")]
    assert list(order_lines("order_completed", {"revenue": 5})) == []
    assert list(order_lines("order_completed", {"order_id": "o1"})) == []


def test_an_order_told_twice_is_one_order(tmp_path):
    """The same call sent again, and the same order under another call's id; of refunds each call is one."""
    order, refund = SEGMENT[5], {**SEGMENT[5], "event": "Order Refunded", "messageId": "r1"}
    twice = [order, order, {**order, "messageId": "other"}, refund, refund, {**refund, "messageId": "r2"}]
    rows = made(tmp_path, [*SEGMENT[:3], *twice])
    assert [each["row_number"] for each in rows["order_lines"]] == [4, 4, 7, 7, 9, 9]
    assert [each["row_number"] for each in rows["rejected"]] == [5, 6, 8]
    assert {each["reason"] for each in rows["rejected"]} == {"set aside: " + AGAIN}


SENT = {"sentAt": "2026-03-01T10:00:05Z", "receivedAt": "2026-03-01T09:00:06Z"}


@pytest.mark.parametrize(
    ("body", "outer", "expected"),
    [
        ({"timestamp": "2026-03-01T10:00:00Z"}, {}, "2026-03-01T10:00:00Z"),
        # The browser's clock is an hour ahead; five seconds passed before the call was sent.
        ({"timestamp": "2026-03-01T10:00:00Z", **SENT}, {}, "2026-03-01T09:00:01Z"),
        ({"timestamp": "2026-03-01T10:00:00Z"}, SENT, "2026-03-01T09:00:01Z"),
        # Corrected already: by the tool itself, or else it would lie after the sending.
        ({"timestamp": "2026-03-01T09:00:01Z", "originalTimestamp": "2026-03-01T10:00:00Z", **SENT}, {},
         "2026-03-01T09:00:01Z"),
        ({"timestamp": "2026-03-01T10:00:07Z", "sentAt": "2026-03-01T10:00:05Z",
          "receivedAt": "2026-03-01T10:00:08Z"}, {}, "2026-03-01T10:00:07Z"),
        ({"originalTimestamp": "2026-03-01T10:00:00Z", **SENT}, {}, "2026-03-01T09:00:01Z"),
        ({"receivedAt": "2026-03-01T09:00:06Z"}, {}, "2026-03-01T09:00:06Z"),
        ({"timestamp": "soon"}, {}, None),
    ],
)  # fmt: skip
def test_when_a_call_happened(body, outer, expected):
    assert happened(body, outer) == expected


def test_batches_of_rudderstack_and_posthog_are_calls():
    batch = {"batch": [{"type": "track", "event": "a", "userId": "u", "timestamp": "2026-03-01T10:00:00Z"}],
             "sentAt": "2026-03-01T10:00:00Z"}  # fmt: skip
    assert [(each.type, each.user) for each in calls(batch)] == [("track", "u")]
    posthog = {"api_key": "k", "batch": [
        {"event": "$pageview", "timestamp": "2026-03-01T10:00:00Z",
         "properties": {"distinct_id": "dev", "$device_id": "dev", "$current_url": "https://x", "$ip": "8.8.8.8"}},
        {"event": "$identify", "distinct_id": "u1",
         "properties": {"$anon_distinct_id": "dev", "$set": {"email": "a@b.org"}}},
    ]}  # fmt: skip
    page, identify = calls(posthog)
    assert (page.type, page.user, page.cookie) == ("page", None, "dev")
    assert "ip" not in page.properties
    assert (identify.type, identify.user, identify.cookie, identify.traits) == (
        "identify", "u1", "dev", {"email": "a@b.org"})  # fmt: skip


def test_raw_exports_of_mixpanel_are_calls(tmp_path):
    events = [
        {"event": "Signed Up", "properties": {"time": 1772359200, "distinct_id": who, "plan": "pro"}}
        for who in ("$device:d1", "u1")
    ]
    rows = made(tmp_path, events)[""]
    assert [(each.get("record_id"), each.get("cookie")) for each in rows] == [(None, "d1"), ("u1", None)]
    assert {(each["name"], each["happened_at"]) for each in rows} == {("signed_up", "2026-03-01T10:00:00Z")}
    assert rows[0]["properties"] == {"plan": "pro"}


@pytest.mark.real_data
def test_the_samples_of_the_specification(real_data):
    rows = made_of(real_data / "payloads" / "segment_spec_examples.jsonl.gz")
    counts = {name: len(each) for name, each in rows.items()}
    assert counts == {"": 64, "profiles": 4, "attributes": 13, "accounts": 10, "memberships": 3, "order_lines": 2,
                      "messages": 5, "rejected": 0}  # fmt: skip
    names = Counter(each["name"] for each in rows[""])
    assert {name for name in names if name.startswith("email_")} == {
        "email_bounced", "email_delivered", "email_clicked", "email_complained", "email_opened", "email_unsubscribed",
    }  # fmt: skip
    assert names["product_viewed"] == names["product_list_viewed"] == names["push_clicked"] == 1
    assert Counter(each["direction"] for each in rows["messages"]) == {"in": 3, "out": 2}
