"""Snowplow's atomic events: page views, pings, clicks, transactions, consent; sessions and users as its web model has.

What decides whether an event belongs to its session (the rules of Snowplow's own web model):

* it was sent within `DAYS_LATE` days of happening (by the visitor's clock);
* the collector took it within `SESSION_DAYS` days of the session's first event;
* a page view or ping names its page view.

An event that does not is kept, without session, and says why in ``outside_session``. Sessions are the different
session ids of ``page_viewed`` and ``page_pinged``; page views are the events ``page_viewed`` with a session.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from segmentary.sources.exports.export import (
    Export,
    Made,
    Part,
    Raw,
    Reader,
    Record,
    RowRefused,
    SetAside,
    events_part,
    plain_part,
)
from segmentary.sources.exports.fields import at, document, first, moment, number, plain, priced, snake, some, text
from segmentary.sources.exports.mail_events import decoded
from segmentary.sources.exports.segment_orders import AGAIN
from segmentary.sources.web_agents import is_bot

DAYS_LATE = 3
SESSION_DAYS = 3
MARKS = ("event_id", "collector_tstamp", "domain_userid", "v_collector", "domain_sessionid")
NAMES = {
    "page_view": "page_viewed", "page_ping": "page_pinged", "link_click": "link_clicked",
    "button_click": "button_clicked", "submit_form": "form_submitted", "focus_form": "form_focused",
    "change_form": "form_changed", "site_search": "searched", "add_to_cart": "product_added",
    "remove_from_cart": "product_removed", "consent_preferences": "cookie_consent_given",
    "cmp_visible": "cookie_banner_seen", "application_error": "application_failed",
}  # fmt: skip
VIEWS = ("page_view", "page_ping")
PAGE, ROBOTS, PREFERENCES = (
    "contexts_com_snowplowanalytics_snowplow_web_page",
    "contexts_com_iab_snowplow_spiders_and_robots",
    "unstruct_event_com_snowplowanalytics_snowplow_consent_preferences",
)
PLACES = {"country": "geo_country", "region": "geo_region_name", "city": "geo_city", "postal_code": "geo_zipcode"}
KEPT = {
    "url": "page_url", "path": "page_urlpath", "title": "page_title", "referrer": "page_referrer",
    "referrer_medium": "refr_medium", "referrer_source": "refr_source", "utm_medium": "mkt_medium",
    "utm_source": "mkt_source", "utm_term": "mkt_term", "utm_content": "mkt_content", "utm_campaign": "mkt_campaign",
    "user_agent": "useragent", "locale": "br_lang", "timezone": "os_timezone", "app_id": "app_id",
    "session_index": "domain_sessionidx", "category": "se_category", "action": "se_action", "label": "se_label",
    "property": "se_property", "value": "se_value",
}  # fmt: skip
MAIN, CONSENTS, LINES = "", "consents", "order_lines"
GRANTING = {"allow_all": True, "allow_selected": True, "implicit_consent": True, "deny_all": False, "withdrawn": False,
            "expired": False}  # fmt: skip


@dataclass(slots=True)
class Before:
    """What must be known before the first event is read.

    Attributes
    ----------
    began : session -> first collector time; views : page view -> (time, event) of its first page view.
    itemised : orders whose items are events of their own; told : transactions and items read so far, which are sent
        again like any event.
    """

    began: dict[str, str] = field(default_factory=dict)
    views: dict[str, tuple[str, str]] = field(default_factory=dict)
    itemised: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def take(self, row: Record) -> None:
        """Look at one event."""
        session, collected = text(row, "domain_sessionid"), moment(row, "collector_tstamp")
        if session and collected and collected < self.began.get(session, "~") and not is_late(row):
            self.began[session] = collected
        kind = kind_of(row)
        if kind == "page_view" and (view := page_view_id(row)) and session:
            found = (happened(row) or "~", text(row, "event_id") or "")
            if not is_late(row):
                self.views[view] = min(found, self.views.get(view, ("~~", "")))
        elif kind == "transaction_item" and (order := text(row, "ti_orderid")):
            self.itemised.add(order)


def kind_of(row: Record) -> str:
    """Return the name of the event, as Snowplow has it."""
    return first(row, "event_name", "event") or "event"


def happened(row: Record) -> str | None:
    return next((found for name in ("derived_tstamp", "collector_tstamp", "dvce_created_tstamp")
                 if (found := moment(row, name))), None)  # fmt: skip


def is_late(row: Record) -> bool:
    """Say whether the visitor's device sent the event days after it happened."""
    made, sent = moment(row, "dvce_created_tstamp"), moment(row, "dvce_sent_tstamp")
    return bool(made and sent) and between(made, sent) > dt.timedelta(days=DAYS_LATE)


def between(start: str | None, end: str | None) -> dt.timedelta:
    if start is None or end is None:
        return dt.timedelta(0)
    return dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(start)


def context(row: Record, prefix: str) -> Mapping[str, Any]:
    """Return the first object of a context column, whichever its version, as JSON text or nested."""
    for name, value in row.items():
        if name.startswith(prefix) and value is not None:
            found = decoded(value) if isinstance(value, str) else value
            inner = at(found, 0) if isinstance(found, list) else found
            if isinstance(inner, Mapping):
                return inner
    return {}


def page_view_id(row: Record) -> str | None:
    return text(context(row, PAGE), "id")


class Snowplow(Export):
    """Snowplow's table ``atomic.events``."""

    name = "snowplow"
    title = "Snowplow events"
    form = "any"

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export."""
        return "it has the columns of Snowplow's events" if set(MARKS) <= set(raw.names) else ""

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts."""
        events = events_part(receipt=False)
        columns = ("record_id", "cookie", "purpose", "granted", "happened_at", "evidence")
        consents = plain_part(CONSENTS, "cookie consents", "consents", columns, constants={"channel": "web"})
        lines = ("order_id", "happened_at", "record_id", "cookie", "product_id", "description", "category", "quantity",
                 "amount", "currency")  # fmt: skip
        return (
            replace(events, mapping=replace(events.mapping, attributes={name: name for name in PLACES})),
            consents,
            plain_part(LINES, "order lines", "order_lines", lines),
        )

    def reader(self, raw: Raw) -> Reader:
        """Return the reader of rows."""
        before = Before()
        for _, row in raw.records([]):
            before.take(row)

        def read(number: int, row: Record) -> Iterator[Made]:
            if text(row, "event_id") is None:
                raise RowRefused("an event without event_id")
            yield from of_event(row, before)

        return read


def of_event(row: Record, before: Before) -> Iterator[Made]:
    """Yield what one event holds."""
    kind, when = kind_of(row), happened(row)
    who = {"record_id": text(row, "user_id"), "cookie": text(row, "domain_userid")}
    line = order_line(kind, row, before)
    if line is not None:
        event = text(row, "event_id") or ""
        if event in before.told:
            raise SetAside(AGAIN)
        before.told.add(event)
        yield Made(LINES, {**who, "happened_at": when, **line})
        return
    outside = why_outside(kind, row, before)
    view = page_view_id(row)
    name = NAMES.get(kind) or snake(first(row, "se_action") or kind if kind == "event" else kind)
    if (
        kind == "page_view"
        and view
        and outside is None
        and before.views.get(view, ("", ""))[1] != text(row, "event_id")
    ):
        name = "page_view_repeated"
    robot = text(context(row, ROBOTS), "spiderOrRobot") == "true" or is_bot(text(row, "useragent"))
    properties = {
        **{own: text(row, column) for own, column in KEPT.items()},
        "page_view_id": view,
        "outside_session": outside,
        "bot": robot or None,
        "tracked_session": text(row, "domain_sessionid") if outside else None,
    }
    yield Made(
        MAIN,
        {
            **who, "name": name, "happened_at": when, "message_id": text(row, "event_id"),
            "session_id": None if outside else text(row, "domain_sessionid"), "channel": text(row, "platform"),
            "properties": document(properties), **{own: text(row, column) for own, column in PLACES.items()},
        },
    )  # fmt: skip
    if kind == "consent_preferences":
        yield from consents(context(row, PREFERENCES), who, when)


def why_outside(kind: str, row: Record, before: Before) -> str | None:
    """Return why an event does not belong to its session, None where it does."""
    session = text(row, "domain_sessionid")
    if session is None:
        return "no session"
    if is_late(row):
        return "sent days after it happened"
    if between(before.began.get(session), moment(row, "collector_tstamp")) > dt.timedelta(days=SESSION_DAYS):
        return "the session is older than three days"
    if kind in VIEWS and page_view_id(row) is None:
        return "no page view id"
    return None


def order_line(kind: str, row: Record, before: Before) -> dict[str, str | None] | None:
    """Return the line of an order's item, or of an order whose items are not told."""
    if kind == "transaction_item" and text(row, "ti_orderid"):
        price, quantity = number(row, "ti_price"), number(row, "ti_quantity") or "1"
        whole = plain(Decimal(price) * Decimal(quantity)) if price is not None else None
        return {
            "order_id": text(row, "ti_orderid"), "product_id": text(row, "ti_sku"), "description": text(row, "ti_name"),
            "category": text(row, "ti_category"), "quantity": quantity, **priced(whole, text(row, "ti_currency")),
        }  # fmt: skip
    order = text(row, "tr_orderid")
    if kind == "transaction" and order and order not in before.itemised and number(row, "tr_total"):
        return {"order_id": order, "quantity": "1", **priced(number(row, "tr_total"), text(row, "tr_currency"))}
    return None


def consents(said: Mapping[str, Any], who: Mapping[str, str | None], when: str | None) -> Iterator[Made]:
    """Yield what a visitor allowed in a cookie banner: never marketing by mail, always cookies of a purpose."""
    granted = GRANTING.get(first(said, "eventType", "event_type") or "")
    scopes = at(said, "consentScopes") or at(said, "consent_scopes")
    if granted is None or not any(who.values()):
        return
    named = [each for scope in scopes if (each := text(scope))] if isinstance(scopes, list) else []
    for scope in named or ["any"]:
        yield Made(CONSENTS, {**who, "purpose": f"cookies_{snake(scope)}", "granted": str(granted).lower(),
                              "happened_at": when, "evidence": some(first(said, "consentUrl", "consent_url"),
                                                                    "cookie banner")})  # fmt: skip
