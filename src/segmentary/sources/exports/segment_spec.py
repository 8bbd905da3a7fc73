"""Tracking calls of Segment's spec, RudderStack's and PostHog's: events, profiles, accounts, orders and chat messages.

Envelopes with a ``payload``, lines, and bodies with a ``batch`` are all read. The address of the visitor is not kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from segmentary.sources.exports.calls import Call, calls, unwrapped
from segmentary.sources.exports.export import (
    Export,
    Made,
    Part,
    Raw,
    Reader,
    Record,
    SetAside,
    attributes_part,
    events_part,
    messages_part,
    plain_part,
)
from segmentary.sources.exports.fields import (
    document,
    first,
    leaves,
    moment,
    number,
    priced,
    row_id,
    snake,
    some,
    table,
    text,
    typed,
)
from segmentary.sources.exports.segment_orders import ORDERS, Orders, money_of, order_id, product_id
from segmentary.sources.reactions import event_name

TRANSLATED = {
    "viewed_product_category": "product_list_viewed",
    "viewed_product": "product_viewed",
    "added_product": "product_added",
    "removed_product": "product_removed",
    "completed_order": "order_completed",
    "email_sent": event_name("sent"),
    "email_delivered": event_name("delivered"),
    "email_bounced": event_name("bounced"),
    "email_opened": event_name("opened"),
    "email_link_clicked": event_name("clicked"),
    "email_marked_as_spam": event_name("complained"),
    "unsubscribed": event_name("unsubscribed"),
    "push_notification_received": event_name("delivered", "push"),
    "push_notification_tapped": event_name("clicked", "push"),
    "push_notification_bounced": event_name("bounced", "push"),
    "pageview": "page_viewed",
}
# What is said in a chat, and by whom: "sent" is what the visitor sent.
SAID = {
    "live_chat_conversation_started": "in",
    "live_chat_message_sent": "in",
    "live_chat_message_received": "out",
    "message_sent": "in",
    "message_received": "out",
}
OWN_ADDRESS = ("signed_up", "signed_in", "user_registered", "account_created")
NEVER_KEPT = frozenset(("ip", "ip_address", "password", "credit_card", "card_number"))
PERSONAL = {
    "name": "full_name", "firstname": "first_name", "lastname": "last_name", "first_name": "first_name",
    "last_name": "last_name", "birthday": "birth_date", "state": "region", "postal_code": "postal_code", "zip":
    "postal_code", "createdat": "created_at",
}  # fmt: skip
REACTION_PROPERTIES = {
    "campaign": ("campaign_name", "campaign_id"),
    "message": ("email_id",),
    "url": ("link_url", "url"),
}
MAIN, PROFILES, VALUES, ACCOUNTS, MEMBERS, LINES, MESSAGES = (
    "", "profiles", "attributes", "accounts", "memberships", "order_lines", "messages",
)  # fmt: skip
FRAGMENT = "a piece of a call, without type, event or anybody's id"
NOBODY = "a call that changes a profile but names nobody"


class SegmentSpec(Export):
    """Calls of Segment's tracking spec."""

    name = "segment_spec"
    title = "Segment spec"
    form = "objects"
    follows = True

    def recognises(self, raw: Raw) -> str:
        """Return why the file is this export: most rows are calls with a type of the spec."""
        fitting = sum(1 for row in raw.head if self.fits(row))
        if fitting * 2 > len(raw.head):
            return "its rows are track, identify, page, group or alias calls"
        return ""

    def fits(self, row: Record) -> bool:
        """Say whether a row is a call; a type alone is not enough, many tools write one."""
        body = unwrapped(row)
        if isinstance(body, Mapping) and isinstance(body.get("batch"), list):
            return any(True for _ in calls(row))
        marks = ("userId", "anonymousId", "messageId", "user_id", "context", "integrations", "originalTimestamp",
                 "groupId", "previousId", "distinct_id", "properties", "traits")  # fmt: skip
        one = body[0] if isinstance(body, list) and body else body
        if not isinstance(one, Mapping) or not any(mark in one for mark in marks):
            return False
        return next(calls({"payload": one}), None) is not None

    def parts(self, raw: Raw) -> tuple[Part, ...]:
        """Return the parts."""
        profiles = ("record_id", "cookie", "created_at", "merged_into", "valid_from")
        lines = (
            "order_id", "happened_at", "record_id", "email", "cookie", "product_id", "description", "category",
            "brand", "quantity", "amount", "currency", "channel",
        )  # fmt: skip
        accounts = plain_part(
            ACCOUNTS, "account values", "attributes", ("record_id", "name", "value", "value_type", "valid_from"),
            receipt="valid_from", id_space="account", constants={"entity_type": "account"},
        )  # fmt: skip
        line_part = plain_part(LINES, "order lines", "order_lines", lines, receipt="happened_at",
                               attributes={"coupon": "coupon"})  # fmt: skip
        values = attributes_part(VALUES, "profile values")
        return (
            events_part(),
            plain_part(PROFILES, "profiles", "customers", profiles),
            Part(values.name, values.title, values.mapping, "valid_from"),
            accounts,
            plain_part(MEMBERS, "memberships in accounts", "relations", ("record_id", "to_id", "valid_from"),
                       constants={"to_type": "account", "kind": "works_at"}),
            line_part,
            messages_part(MESSAGES, "chat messages"),
        )  # fmt: skip

    def reader(self, raw: Raw) -> Reader:
        """Return the reader of rows."""
        rows = Rows()
        return rows.read


class Rows:
    """Makes canonical rows of calls; remembers which memberships it has told of and which rows it has numbered."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}
        self.members: set[tuple[str, str]] = set()
        self.orders = Orders()

    def read(self, number: int, record: Record) -> Iterator[Made]:
        """Yield what one row of the file holds."""
        made = False
        aside = SetAside(FRAGMENT)
        for place, call in enumerate(calls(record)):
            try:
                for each in self.of(call, record, place):
                    made = True
                    yield each
            except SetAside as why:
                aside = why
            else:
                aside = SetAside(NOBODY) if call.type in ("identify", "alias", "group") else aside
        if not made:
            raise aside

    def of(self, call: Call, record: Record, place: int) -> Iterator[Made]:
        """Yield what one call holds."""
        who = {"record_id": call.user, "cookie": call.cookie, "email": address(call)}
        if call.group and call.user and (call.user, call.group) not in self.members:
            self.members.add((call.user, call.group))
            since = call.at if call.type == "group" else None
            yield Made(MEMBERS, {"record_id": call.user, "to_id": call.group, "valid_from": since})
        match call.type:
            case "identify":
                yield from profile(call, who)
            case "alias":
                yield from merge(call)
            case "group":
                account = {"record_id": call.group, "valid_from": call.at}
                yield from values_of(call.traits, account, ACCOUNTS) if call.group else ()
            case _:
                key = call.id or f"{row_id(record, self.seen)}-{place}"
                yield from occurrence(call, who, key, self.orders)


def address(call: Call) -> str | None:
    """Return the person's own e-mail address, where the call says it."""
    own = text(call.traits, "email") if call.type == "identify" else None
    if snake(call.event or "") in OWN_ADDRESS:
        own = own or text(call.properties, "email")
    found = some(own, text(call.context, "traits", "email"))
    return found if found and "@" in found else None


def profile(call: Call, who: Mapping[str, str | None]) -> Iterator[Made]:
    """Yield the record and the attributes of an identify call."""
    if not any(who.values()):
        return
    phone = text(call.traits, "phone")
    created = some(moment(call.traits, "createdAt"), moment(call.traits, "created_at"))
    values = list(values_of(call.traits, {**who, "phone": phone, "valid_from": call.at}, VALUES))
    if created or not values:
        named = {"record_id": call.user, "cookie": call.cookie} if call.user or call.cookie else None
        if named is not None:
            yield Made(PROFILES, {**named, "created_at": created, "valid_from": call.at})
    company = text(call.traits, "company", "id")
    if company and call.user:
        yield Made(MEMBERS, {"record_id": call.user, "to_id": company, "valid_from": call.at})
    yield from values


def merge(call: Call) -> Iterator[Made]:
    """Yield what joins the id somebody had before to the one they have now: the new one survives."""
    before = call.previous or call.cookie
    if not before or not call.user or before == call.user:
        return
    since = call.at
    yield Made(PROFILES, {"record_id": before, "cookie": before, "merged_into": call.user, "valid_from": since})
    yield Made(PROFILES, {"record_id": call.user, "cookie": before, "valid_from": since})


def values_of(traits: Mapping[str, Any], who: Mapping[str, str | None], part: str) -> Iterator[Made]:
    """Yield one row per trait."""
    for name, value in leaves(traits):
        plain = name.removeprefix("address_")
        called = PERSONAL.get(plain, plain) if part == VALUES else plain
        found = typed(value)
        if called in NEVER_KEPT or found is None:
            continue
        said, kind = found
        if kind == "text" and (when := moment(said)) is not None and not said.isdigit():
            said, kind = (said[:10], "date") if len(said) <= 10 else (when, "time")
        yield Made(part, {**who, "name": called, "value": said, "value_type": kind})


def occurrence(call: Call, who: Mapping[str, str | None], key: str, orders: Orders) -> Iterator[Made]:
    """Yield the event of a call; an order becomes its lines, a chat message a message."""
    name = event_of(call)
    properties = call.properties
    channel = channel_of(call)
    if name in ORDERS:
        lines = orders.lines(name, properties, key)
        for line in lines:
            yield Made(LINES, {**who, "happened_at": call.at, "channel": channel, **line})
        # An order is counted by its lines; an event of the same name would count it twice.
        if lines:
            return
    said = first(properties, "message_body", "message_text")
    if name in SAID and said:
        agent = (text(properties, "role") or "").lower() in ("agent", "assistant", "bot")
        yield Made(
            MESSAGES,
            {
                **who, "message_id": key, "text": said, "happened_at": call.at, "channel": "chat",
                "direction": "out" if agent else SAID[name],
                "conversation_id": first(properties, "conversation_id", "conversationId"),
            },
        )  # fmt: skip
        if name != "live_chat_conversation_started":
            return
    yield Made(
        MAIN,
        {
            **who, "name": name, "happened_at": call.at, "message_id": key,
            "device": text(call.context, "device", "id"),
            "order_id": order_id(properties),
            "session_id": some(first(properties, "session_id", "sessionId"), text(call.context, "sessionId"),
                               text(call.context, "session_id")),
            **priced(money_of(properties), first(properties, "currency")),
            "product_id": product_id(properties) if is_product(properties) else None,
            "category": first(properties, "category"), "brand": first(properties, "brand"),
            "quantity": number(properties, "quantity"), "channel": channel, "properties": written(call, name),
        },
    )  # fmt: skip


def event_of(call: Call) -> str:
    """Return the name of the event."""
    if call.type in ("page", "screen"):
        return f"{call.type}_viewed"
    name = snake(call.event or "event") or "event"
    return TRANSLATED.get(name, name)


def is_product(properties: Mapping[str, Any]) -> bool:
    """Say whether an ``id`` among the properties is that of a product."""
    return any(name in properties for name in ("product_id", "sku", "price", "itemId", "productId"))


def channel_of(call: Call) -> str | None:
    """Return where the call was made."""
    said = {"browser": "web", "client": "web"}.get(call.channel or "", call.channel)
    if said:
        return said
    if text(call.context, "device", "type") or text(call.context, "app", "name"):
        return "mobile"
    return "web" if text(call.context, "page", "url") or text(call.context, "userAgent") else None


def written(call: Call, name: str) -> str | None:
    """Return the properties of an event: its own, where it happened, and what brought the visitor."""
    context = call.context
    page = table(context, "page")
    own = {key: value for key, value in leaves(call.properties) if key not in NEVER_KEPT}
    around = {
        "page_name": call.event if call.type in ("page", "screen") else None,
        "url": text(page, "url"),
        "path": text(page, "path"),
        "referrer": text(page, "referrer"),
        "user_agent": some(text(context, "userAgent"), text(context, "user_agent")),
        "locale": text(context, "locale"),
        "timezone": text(context, "timezone"),
        "os": text(context, "os", "name"),
        "device_model": text(context, "device", "model"),
        "app_version": text(context, "app", "version"),
        "account_id": call.group,
        **{f"utm_{word}": text(context, "campaign", word) for word in ("source", "medium", "term", "content")},
        "utm_campaign": text(context, "campaign", "name"),
        "time_of_receipt": True if call.at is None else None,
    }
    if name.startswith(("email_", "push_")):
        around |= {key: first(call.properties, *names) for key, names in REACTION_PROPERTIES.items()}
    return document({**around, **own})
