"""Google Analytics 4 in the schema of its BigQuery export (JSON lines or Parquet): events, orders, devices, sources."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from segmentary.sources.exports.export import (
    Export,
    Made,
    Part,
    Raw,
    Reader,
    Record,
    RowRefused,
    attributes_part,
    events_part,
    plain_part,
)
from segmentary.sources.exports.fields import (
    at,
    document,
    moment,
    number,
    objects,
    priced,
    row_id,
    snake,
    some,
    table,
    text,
    typed,
)
from segmentary.sources.exports.segment_orders import Orders
from segmentary.sources.jsonlines import Text

MARKS = ("event_timestamp", "event_name", "event_params")
NAMES = {
    "page_view": "page_viewed", "screen_view": "screen_viewed", "session_start": "session_started",
    "view_item": "product_viewed", "view_item_list": "product_list_viewed", "select_item": "product_clicked",
    "add_to_cart": "product_added", "remove_from_cart": "product_removed", "view_cart": "cart_viewed",
    "add_to_wishlist": "product_added_to_wishlist", "begin_checkout": "checkout_started",
    "add_payment_info": "payment_info_entered", "purchase": "order_completed", "refund": "order_refunded",
    "view_search_results": "products_searched", "search": "products_searched", "sign_up": "signed_up",
    "login": "signed_in", "click": "link_clicked", "first_visit": "first_visited", "first_open": "first_opened",
    "generate_lead": "lead_generated", "in_app_purchase": "order_completed", "file_download": "file_downloaded",
    "form_submit": "form_submitted", "form_start": "form_started", "video_start": "video_started",
    "video_complete": "video_completed", "scroll": "page_scrolled", "app_remove": "application_uninstalled",
}  # fmt: skip
PLACES = ("country", "region", "city")
NOT_SET = frozenset(("(not set)", "(none)", "(data deleted)", "(other)"))
MAIN, VALUES, LINES = "", "attributes", "order_lines"
# What a parameter is called here; everything else keeps its name.
PARAMETERS = {"page_location": "url", "page_referrer": "referrer", "page_title": "title"}
SESSION = ("ga_session_id", "ga_session_number", "session_engaged", "engaged_session_event")


def given(value: Any, *path: str | int) -> str | None:
    """Return a text at a path; what Google writes for nothing is nothing."""
    found = text(value, *path)
    return None if found in NOT_SET else found


def pairs(value: Any) -> dict[str, Any]:
    """Return repeated key and value records as an object; the lists of Parquet files included."""
    listed = at(value, "list")
    records = (at(each, "element") or each for each in objects(listed)) if listed is not None else objects(value)
    out: dict[str, Any] = {}
    for each in records:
        if name := text(each, "key"):
            out[name] = value_of(table(each, "value"))
    return out


def value_of(values: Mapping[str, Any]) -> Any:
    """Return the one value that is filled; whole numbers, which JSON exports write as text, as numbers."""
    for kind in ("string_value", "int_value", "float_value", "double_value"):
        if (found := values.get(kind)) not in (None, ""):
            return found if kind == "string_value" else Text(said) if (said := number(found)) is not None else None
    return None


def listed(value: Any) -> list[Mapping[str, Any]]:
    """Return repeated records, also in the lists of Parquet files."""
    inner = at(value, "list")
    if inner is None:
        return list(objects(value))
    return [each for one in objects(inner) if isinstance(each := at(one, "element") or one, Mapping)]


class GoogleAnalytics(Export):
    """Events of Google Analytics 4, as BigQuery has them."""

    name = "ga4"
    title = "Google Analytics 4"
    form = "objects"
    follows = True

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export."""
        return "it has the columns of Google Analytics' BigQuery export" if set(MARKS) <= set(raw.names) else ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts."""
        events = events_part(receipt=False)
        lines = ("order_id", "happened_at", "record_id", "cookie", "product_id", "description", "category", "brand",
                 "quantity", "amount", "currency", "channel")  # fmt: skip
        return (
            replace(events, mapping=replace(events.mapping, attributes={name: name for name in PLACES})),
            attributes_part(VALUES, "profile values"),
            plain_part(LINES, "order lines", "order_lines", lines, attributes={"coupon": "coupon"}),
        )

    def reader(self, raw: Raw) -> Reader:
        """Return the reader of rows."""
        seen: dict[str, int] = {}
        told: dict[str, dict[str, str]] = {}
        orders = Orders()

        def read(number_: int, row: Record) -> Iterator[Made]:
            when = moment(row, "event_timestamp")
            name = text(row, "event_name")
            if when is None or name is None:
                raise RowRefused("an event without event_name or event_timestamp")
            who = {"record_id": given(row, "user_id"), "cookie": given(row, "user_pseudo_id")}
            parameters = pairs(at(row, "event_params"))
            event = Event(row, name, when, parameters, identity(row, when, name, parameters, seen))
            yield from of_event(event, who, orders)
            person = who["record_id"] or who["cookie"]
            if person:
                known = told.setdefault(person, {})
                for own, (said, kind, since) in values_of(row, when).items():
                    if known.get(own) != said:
                        known[own] = said
                        yield Made(VALUES, {**who, "name": own, "value": said, "value_type": kind,
                                            "valid_from": since})  # fmt: skip

        return read


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its row, name, moment and parameters, and what makes it itself."""

    row: Record
    said: str
    when: str
    parameters: Mapping[str, Any]
    key: str


def of_event(event: Event, who: Mapping[str, str | None], orders: Orders) -> Iterator[Made]:
    """Yield the event, or the lines of its order."""
    row, when, parameters = event.row, event.when, event.parameters
    name = NAMES.get(event.said) or snake(event.said) or "event"
    channel = {"WEB": "web", "ANDROID": "mobile", "IOS": "mobile"}.get((text(row, "platform") or "").upper())
    if name in ("order_completed", "order_refunded"):
        lines = orders.lines(name, order_of(row, parameters), event.key)
        for line in lines:
            yield Made(LINES, {**who, "happened_at": when, "channel": channel, **line})
        # An order is counted by its lines; an event of the same name would count it twice.
        if lines:
            return
    session = text(parameters.get("ga_session_id"))
    item = next(iter(listed(at(row, "items"))), {})
    yield Made(
        MAIN,
        {
            **who, "name": name, "happened_at": when, "message_id": event.key,
            "session_id": f"{who['cookie'] or who['record_id'] or ''}.{session}" if session else None,
            "order_id": given(row, "ecommerce", "transaction_id"), "channel": channel,
            "sequence": number(row, "batch_event_index"),
            **priced(number(parameters.get("value")), text(parameters.get("currency"))),
            "product_id": given(item, "item_id"), "category": given(item, "item_category"),
            "brand": given(item, "item_brand"), "quantity": number(item, "quantity"),
            "properties": properties_of(row, parameters), **{place: given(row, "geo", place) for place in PLACES},
        },
    )  # fmt: skip


def order_of(row: Record, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the order of a purchase as tracking calls write it. Prices of items are net of their discounts."""
    products = []
    for item in listed(at(row, "items")):
        products.append({
            "product_id": some(given(item, "item_id"), given(item, "item_name")), "name": given(item, "item_name"),
            "category": given(item, "item_category"), "brand": given(item, "item_brand"),
            "price": number(item, "price"), "quantity": number(item, "quantity"), "coupon": given(item, "coupon"),
        })  # fmt: skip
    revenue = some(number(row, "ecommerce", "purchase_revenue"), number(parameters.get("value")),
                   number(row, "ecommerce", "refund_value"))  # fmt: skip
    return {
        "order_id": some(given(row, "ecommerce", "transaction_id"), given(parameters.get("transaction_id"))),
        "revenue": revenue,
        "currency": text(parameters.get("currency")),
        "coupon": given(parameters.get("coupon")),
        "products": products,
    }


def identity(row: Record, when: str, name: str, parameters: Mapping[str, Any], seen: dict[str, int]) -> str:
    """Return what makes an event itself: Google gives it no id. Without a cookie, the whole row does."""
    if given(row, "user_pseudo_id") is None:
        return row_id(row, seen)
    own = ("user_pseudo_id", "event_bundle_sequence_id", "batch_page_id", "batch_ordering_id", "batch_event_index",
           "stream_id")  # fmt: skip
    said = document(parameters) or ""
    whole = "\n".join([when, name, said, *(text(row, each) or "" for each in own)])
    return hashlib.sha256(whole.encode(errors="replace")).hexdigest()[:24]


def properties_of(row: Record, parameters: Mapping[str, Any]) -> str | None:
    """Return the parameters, and what brought the visitor: the session's source before the first visit's."""
    own = {PARAMETERS.get(name, snake(name)): value for name, value in parameters.items() if name not in SESSION}
    click = table(row, "session_traffic_source_last_click", "manual_campaign")
    collected = table(row, "collected_traffic_source")
    return document({
        **own,
        "session_number": parameters.get("ga_session_number"),
        "engaged": {"1": True, "0": False}.get(text(parameters.get("session_engaged")) or ""),
        "utm_source": some(given(click, "source"), given(collected, "manual_source"), given(parameters.get("source"))),
        "utm_medium": some(given(click, "medium"), given(collected, "manual_medium"), given(parameters.get("medium"))),
        "utm_campaign": some(given(click, "campaign_name"), given(collected, "manual_campaign_name"),
                             given(parameters.get("campaign"))),
        "hostname": given(row, "device", "web_info", "hostname"),
    })  # fmt: skip


def values_of(row: Record, when: str) -> dict[str, tuple[str, str, str | None]]:
    """Return what the event says about the person: name -> value, type, since when."""
    device = table(row, "device")
    web = table(device, "web_info")
    source = table(row, "traffic_source")
    said: dict[str, str | None] = {
        "device_type": given(device, "category"), "os": given(device, "operating_system"),
        "os_version": given(device, "operating_system_version"), "device_brand": given(device, "mobile_brand_name"),
        "device_model": some(given(device, "mobile_marketing_name"), given(device, "mobile_model_name")),
        "browser": some(given(web, "browser"), given(device, "browser")),
        "browser_version": some(given(web, "browser_version"), given(device, "browser_version")),
        "language": given(device, "language"), "continent": given(row, "geo", "continent"),
    }  # fmt: skip
    out: dict[str, tuple[str, str, str | None]] = {k: (v, "text", when) for k, v in said.items() if v}
    touched = moment(row, "user_first_touch_timestamp")
    for name, key in (("first_source", "source"), ("first_medium", "medium"), ("first_campaign", "name")):
        if (found := given(source, key)) is not None:
            out[name] = found, "text", touched or when
    if touched:
        out["first_touch_at"] = touched, "time", touched
    for each in listed(at(row, "user_properties")):
        own, values = text(each, "key"), table(each, "value")
        read = typed(value_of(values))
        if own and read is not None and read[0] not in NOT_SET:
            out[snake(own)] = *read, moment(values, "set_timestamp_micros") or when
    return out
