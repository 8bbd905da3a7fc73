"""Tracking calls in one form, whoever wrote them: Segment's spec, RudderStack, PostHog, Mixpanel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from segmentary.sources.exports.export import Record
from segmentary.sources.exports.fields import first, moment, objects, some, table, text
from segmentary.sources.exports.raw import ITEMS

CALLS = ("track", "identify", "group", "alias", "page", "screen")
ENVELOPE = frozenset(("source", "block", "payload", "name", "provider", "test", "platform", "received_at", "headers"))
ANONYMOUS = "anonymous_id"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``user`` is the customer's id, ``cookie`` the browser's; ``at`` is corrected and in UTC."""

    type: str
    event: str | None
    user: str | None
    cookie: str | None
    at: str | None
    id: str | None
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]
    context: Mapping[str, Any]
    group: str | None = None
    previous: str | None = None
    channel: str | None = None


def unwrapped(record: Record) -> Record | list[Any]:
    """Return what an envelope around a body holds; anything else as it is."""
    if "payload" in record and not set(record) - ENVELOPE:
        inner = record["payload"]
        if isinstance(inner, Mapping | list):
            return inner
    return record[ITEMS] if ITEMS in record and isinstance(record[ITEMS], list) else record


def calls(record: Record) -> Iterator[Call]:
    """Yield the calls of one row: a call, a list of them, or a body with a ``batch``."""
    body = unwrapped(record)
    if isinstance(body, list):
        bodies: Iterator[Mapping[str, Any]] = objects(body)
        outer: Mapping[str, Any] = {}
    elif isinstance(body.get("batch"), list):
        bodies, outer = objects(body, "batch"), body
    else:
        bodies, outer = iter((body,)), {}
    for each in bodies:
        found = posthog_call(each, outer) if is_posthog(each) else segment_call(each, outer)
        if found is not None:
            yield found


def is_posthog(body: Mapping[str, Any]) -> bool:
    """Say whether a call is PostHog's: an event with a distinct_id and no type of Segment's."""
    named = text(body, "distinct_id") or text(body, "properties", "distinct_id")
    return named is not None and text(body, "event") is not None and text(body, "userId") is None


def call_type(body: Mapping[str, Any]) -> str | None:
    """Return the type of a call; older ones say action, or only name an event."""
    found = some(text(body, "type"), text(body, "action"))
    if found in CALLS:
        return found
    return "track" if text(body, "event") and isinstance(body.get("properties"), Mapping) else None


def segment_call(body: Mapping[str, Any], outer: Mapping[str, Any]) -> Call | None:
    """Return a call of Segment's spec, None where the object is none."""
    kind = call_type(body)
    if kind is None:
        return None
    context = {**table(outer, "context"), **table(body, "context")}
    return Call(
        type=kind,
        event=text(body, "event") if kind == "track" else text(body, "name"),
        user=first(body, "userId", "user_id"),
        cookie=first(body, "anonymousId", ANONYMOUS),
        at=happened(body, outer),
        id=first(body, "messageId", "message_id"),
        properties=table(body, "properties"),
        traits=table(body, "traits"),
        context=context,
        group=some(first(body, "groupId", "group_id"), text(context, "groupId")),
        previous=first(body, "previousId", "previous_id"),
        channel=text(body, "channel"),
    )


def happened(body: Mapping[str, Any], outer: Mapping[str, Any]) -> str | None:
    """Return when a call happened by the server's clock.

    A browser's clock may be wrong by years: where the call says when it was sent by the same clock, and the server says
    when it came, the time in between counts back from the coming. A time later than the sending, or not after the
    coming of a call sent "later" than it came, has been corrected already.
    """
    stamp = first_moment(body, "timestamp", "originalTimestamp", "original_timestamp")
    original = first_moment(body, "originalTimestamp", "original_timestamp")
    if moment(body, "timestamp") is not None and original is not None:
        return stamp
    sent = first_moment(body, "sentAt", "sent_at") or first_moment(outer, "sentAt", "sent_at")
    received = first_moment(body, "receivedAt", "received_at") or first_moment(outer, "receivedAt", "received_at")
    if stamp is None:
        return received or sent
    if sent is None or received is None:
        return stamp
    at, left, came = (dt.datetime.fromisoformat(each) for each in (stamp, sent, received))
    if at > left or (left > came >= at):
        return stamp
    return moment(came - (left - at))


def first_moment(body: Mapping[str, Any], *names: str) -> str | None:
    for name in names:
        if name in body and (found := moment(body, name)) is not None:
            return found
    return None


POSTHOG_CALLS = {
    "$identify": "identify",
    "$set": "identify",
    "$create_alias": "alias",
    "$groupidentify": "group",
    "$pageview": "page",
    "$screen": "screen",
}


def posthog_call(body: Mapping[str, Any], outer: Mapping[str, Any]) -> Call:
    """Return a call of PostHog's (or Mixpanel's, which are alike) in Segment's form."""
    event = text(body, "event") or ""
    properties = table(body, "properties")
    distinct = some(text(body, "distinct_id"), text(properties, "distinct_id"))
    device = some(text(properties, "$device_id"), text(properties, "$anon_distinct_id"))
    if distinct and distinct.startswith("$device:"):
        distinct = device = distinct.removeprefix("$device:")
    anonymous = distinct == device or (
        text(properties, "$user_id") is None and text(properties, "$is_identified") == "false"
    )
    kind = POSTHOG_CALLS.get(event, "track")
    plain = {k.removeprefix("$"): v for k, v in properties.items() if k not in POSTHOG_OWN}
    traits = {**table(properties, "$set_once"), **table(body, "$set"), **table(properties, "$set")}
    call = Call(
        type=kind,
        event=event.removeprefix("$") if kind == "track" else text(properties, "title"),
        user=None if anonymous else distinct,
        cookie=device or (distinct if anonymous else None),
        at=happened(body, outer) or first_moment(properties, "time", "$time"),
        id=some(text(body, "uuid"), text(properties, "$insert_id")),
        properties=plain,
        traits=traits,
        context={"userAgent": text(properties, "$raw_user_agent") or text(properties, "$user_agent")},
    )
    if kind == "alias":
        return replace(call, previous=text(properties, "alias"))
    if kind == "group":
        return replace(call, group=text(properties, "$group_key"), traits=table(properties, "$group_set"))
    return call


POSTHOG_OWN = frozenset(
    ("distinct_id", "token", "$set", "$set_once", "$device_id", "$user_id", "$is_identified", "$insert_id", "$time",
     "time",
     "$sent_at", "$lib", "$lib_version", "$ip", "$geoip_disable", "$raw_user_agent", "$user_agent", "$anon_distinct_id",
     "$group_key", "$group_set", "$process_person_profile", "$elements", "$active_feature_flags"),
)  # fmt: skip
