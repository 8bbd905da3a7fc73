"""Small bodies of every export of objects, written for the tests after the public documentation of each tool."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

SEGMENT: list[Any] = [
    {"type": "identify", "userId": "u1", "anonymousId": "a1", "messageId": "m1", "timestamp": "2026-03-01T10:00:00Z",
     "traits": {"email": "Ann@Example.org", "firstName": "Ann", "plan": "pro", "logins": 5, "beta": True,
                "createdAt": "2025-01-02T00:00:00Z", "birthday": "1990-02-03", "address": {"city": "Rome"},
                "company": {"id": "acme", "name": "Acme"}}},
    {"type": "track", "event": "Report Submitted", "userId": "u1", "messageId": "m2",
     "timestamp": "2026-03-01T10:01:00Z", "properties": {"plan": "pro", "tags": ["a", "b"]},
     "context": {"ip": "8.8.8.8", "userAgent": "Mozilla/5.0", "campaign": {"name": "Spring", "source": "news"},
                 "page": {"url": "https://shop.example/a"}, "locale": "en-GB", "device": {"id": "d1", "type": "ios"}}},
    {"type": "page", "name": "Home", "anonymousId": "a1", "messageId": "m3", "timestamp": "2026-03-01T09:59:00Z"},
    {"type": "group", "groupId": "acme", "userId": "u1", "messageId": "m4", "timestamp": "2026-03-01T10:02:00Z",
     "traits": {"name": "Acme", "employees": 30}},
    {"type": "alias", "previousId": "old", "userId": "u1", "messageId": "m5", "timestamp": "2026-03-01T10:03:00Z"},
    {"type": "track", "event": "Order Completed", "userId": "u1", "messageId": "m6",
     "timestamp": "2026-03-01T10:04:00Z",
     "properties": {"order_id": "o1", "revenue": 20, "currency": "EUR",
                    "products": [{"product_id": "p1", "price": 10, "quantity": 1},
                                 {"product_id": "p2", "price": 6, "quantity": 2}]}},
    {"integrations": {"All": True}},
]  # fmt: skip

MAIL: list[Any] = [
    {"event": "hard_bounce", "email": "Bad@Example.org", "ts_epoch": 1772359200000, "message-id": "<m1@shop>",
     "reason": "no such user"},
    [{"event": "open", "email": "ann@example.org", "timestamp": 1772359200, "sg_event_id": "e1",
      "sg_message_id": "m2", "sg_machine_open": True, "useragent": "Mozilla/5.0"}],
    {"RecordType": "SubscriptionChange", "MessageID": "m3", "Recipient": "ann@example.org", "Origin": "Recipient",
     "ChangedAt": "2026-03-02T10:00:00Z", "SuppressSending": False},
    {"type": "activity.spam_complaint", "data": {"id": "x", "created_at": "2026-03-01T10:00:00Z",
                                                 "email": {"recipient": {"email": "bob@example.org"}}}},
    [{"msys": {}}],
    {"FromFull": {"Email": "ann@example.org"}, "MessageID": "m9", "Subject": "Re: Spring",
     "Date": "Sun, 01 Mar 2026 12:00:00 +0100",
     "TextBody": "I want the red one.\n\nOn Sun, 1 Mar 2026 at 10:00, Shop <s@shop.example> wrote:\n> Which?",
     "Headers": [{"Name": "Message-ID", "Value": "<r1@home>"}, {"Name": "In-Reply-To", "Value": "<m2@shop>"}]},
    {"signature": {}, "event-data": {"event": "failed", "severity": "permanent", "id": "g1", "timestamp": 1772359200.5,
                                     "recipient": "bad@example.org"}},
    {"eventType": "Complaint", "mail": {"messageId": "s1", "destination": ["bob@example.org"]},
     "complaint": {"timestamp": "2026-03-01T10:00:00Z", "complainedRecipients": [{"emailAddress": "bob@example.org"}]}},
    {"events": [{"event": "click", "timestamp": 1772359200, "message_id": "t1", "email": "ann@example.org",
                 "event_id": "te1", "sending_stream": "bulk", "url": "https://shop.example"}]},
    {"mandrill_events": '[{"event": "unsub", "ts": 1772359200, "msg": {"email": "cy@example.org", "_id": "a"}}]'},
]  # fmt: skip

CHATS: list[Any] = [
    {"responseId": "r1", "session": "projects/x/agent/sessions/s1",
     "queryResult": {"queryText": "hi", "intent": {"displayName": "greet"}, "intentDetectionConfidence": 0.9,
                     "languageCode": "en", "parameters": {"city": "Rome"}, "fulfillmentText": "Hello!"},
     "originalDetectIntentRequest": {"source": "facebook", "payload": {
         "data": {"sender": {"id": "77"}, "recipient": {"id": "1"}, "message": {"text": "hi"},
                  "timestamp": 1772359200000}}}},
    {"id": "d1", "timestamp": "2026-03-01T10:00:00Z", "sessionId": "s2", "lang": "en",
     "result": {"resolvedQuery": "price?", "metadata": {"intentName": "price", "webhookUsed": "false"}, "score": 0.5,
                "fulfillment": {"speech": "10 euros"}}},
    {"sender_id": "r9", "events": [
        {"event": "action", "name": "action_listen", "timestamp": 1772359200.1},
        {"event": "user", "text": "I want shoes", "timestamp": 1772359200.2, "message_id": "u1",
         "parse_data": {"intent": {"name": "buy", "confidence": 0.8}, "entities": [{"entity": "item", "value": "x"}]}},
        {"event": "bot", "text": "Which size?", "timestamp": 1772359200.3}]},
    {"event": "message_created", "id": 5, "content": "Where is my parcel?", "message_type": "incoming",
     "created_at": "2026-03-01T10:00:00Z", "private": False, "account": {"id": 1}, "conversation": {"id": 3},
     "sender": {"id": 8, "name": "Ann", "email": "ann@example.org", "phone_number": "+391234567890"}},
    {"event": "contact_updated", "id": 8, "name": "Ann", "email": "ann@example.org", "account": {"id": 1},
     "custom_attributes": {"tier": "gold"}, "created_at": "2026-03-01T10:00:00Z"},
    {"event": "conversation_typing_on", "account": {"id": 1}, "conversation": {"id": 3}},
]  # fmt: skip

CHAT_LOG: list[Any] = [
    {"conversation_id": "c1", "role": "user", "content": "hello", "timestamp": "2026-03-01T10:00:00Z", "user_id": "u1"},
    {"conversation_id": "c1", "role": "assistant", "content": "Good day!", "timestamp": "2026-03-01T10:00:01Z",
     "user_id": "u1"},
    {"conversation_id": "c2", "role": "system", "content": "be kind", "timestamp": "2026-03-01T10:00:01Z"},
]  # fmt: skip

CONVERSATIONS: list[Any] = [
    {"conversation_id": "c9", "customer_id": "u2", "created_at": "2026-03-01T10:00:00Z",
     "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": [{"text": "hey"}]}]},
]  # fmt: skip


def parameter(key: str, **value: Any) -> Body:
    """Return one parameter of Google Analytics as BigQuery exports it: every kind of value, one filled."""
    kinds = ("string_value", "int_value", "float_value", "double_value")
    return {"key": key, "value": {kind: value.get(kind) for kind in kinds}}


def ga4_event(name: str, at: int, *, user: str = "p1.1", user_id: str | None = None, **more: Any) -> Body:
    """Return one event in the schema of Google Analytics' BigQuery export; integers as text, as JSON exports have them.

    at : seconds since 1970.
    """
    parameters = [
        parameter("ga_session_id", int_value="1772359000"),
        parameter("ga_session_number", int_value="2"),
        parameter("page_location", string_value="https://shop.example/shoes"),
        parameter("session_engaged", string_value="1"),
        *more.pop("parameters", ()),
    ]
    return {
        "event_date": "20260301", "event_timestamp": str(at * 1_000_000), "event_name": name,
        "event_params": parameters, "event_bundle_sequence_id": "7", "user_id": user_id, "user_pseudo_id": user,
        "user_properties": [{"key": "tier", "value": {"string_value": "gold",
                                                      "set_timestamp_micros": str(at * 1_000_000)}}],
        "user_first_touch_timestamp": "1767225600000000",
        "device": {"category": "mobile", "operating_system": "iOS", "operating_system_version": "17.2",
                   "language": "en-gb", "mobile_brand_name": "Apple", "mobile_model_name": "iPhone",
                   "web_info": {"browser": "Safari", "browser_version": "17.2", "hostname": "shop.example"}},
        "geo": {"city": "Rome", "country": "Italy", "continent": "Europe", "region": "Lazio", "metro": "(not set)"},
        "traffic_source": {"name": "(direct)", "medium": "(none)", "source": "(direct)"},
        "collected_traffic_source": {"manual_source": "news", "manual_medium": "email",
                                     "manual_campaign_name": "spring"},
        "stream_id": "1", "platform": "WEB", "items": [], "ecommerce": {},
        **more,
    }  # fmt: skip


SHOES: Body = {"item_id": "s1", "item_name": "Shoes", "item_category": "Footwear", "price": 40.0, "quantity": "2"}
GA4: list[Any] = [
    ga4_event("page_view", 1_772_359_200),
    ga4_event("view_item", 1_772_359_230, items=[SHOES]),
    ga4_event("purchase", 1_772_359_260, user_id="u1", items=[SHOES],
              ecommerce={"transaction_id": "t1", "purchase_revenue": 72.0},
              parameters=[parameter("currency", string_value="EUR"), parameter("value", double_value=72.0)]),
    ga4_event("page_view", 1_772_359_290, user="p2.2", device={"category": "desktop", "operating_system": "Windows"}),
]  # fmt: skip


def snowplow_event(name: str, number: int, **more: Any) -> Body:
    """Return one of Snowplow's events."""
    moment = f"2026-03-01 10:0{number}:00.000"
    return {
        "app_id": "shop", "platform": "web", "collector_tstamp": moment, "dvce_created_tstamp": moment,
        "dvce_sent_tstamp": moment, "derived_tstamp": moment, "event": name, "event_name": name,
        "event_id": f"e{number}", "v_collector": "x", "user_id": "u1", "domain_userid": "d1",
        "user_ipaddress": "1.2.3.4",
        "domain_sessionid": "s1", "domain_sessionidx": "1", "page_url": "https://shop.example",
        "useragent": "Mozilla/5.0", "geo_country": "IT", "geo_city": "Rome",
        "contexts_com_snowplowanalytics_snowplow_web_page_1_0_0": '[{"id": "v1"}]', **more,
    }  # fmt: skip


CONSENT = "unstruct_event_com_snowplowanalytics_snowplow_consent_preferences_1_0_0"
SNOWPLOW: list[Any] = [
    snowplow_event("page_view", 1),
    snowplow_event("page_ping", 2),
    snowplow_event("page_view", 3, event_id="e1"),
    snowplow_event("consent_preferences", 4,
                   **{CONSENT: '{"eventType": "allow_selected", "consentScopes": ["analytics"]}'}),
    snowplow_event("page_view", 5, event_id="e5", dvce_created_tstamp="2026-02-01 10:00:00"),
    snowplow_event("transaction_item", 6, ti_orderid="o1", ti_sku="p1", ti_price="4", ti_quantity="2"),
]  # fmt: skip

SAMPLES: dict[str, tuple[str, list[Any]]] = {
    "segment": ("segment_spec", SEGMENT),
    "mail": ("mail_webhooks", MAIL),
    "chats": ("chats", CHATS),
    "chat_log": ("chats", CHAT_LOG),
    "conversations": ("chats", CONVERSATIONS),
    "ga4": ("ga4", GA4),
    "snowplow": ("snowplow", SNOWPLOW),
}
