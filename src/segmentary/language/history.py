"""What is known of one person, as the oracle sees it: attributes in time and events."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from segmentary.language.kinds import MOMENT_PARTS, property_type
from segmentary.language.tree import Context, ValueType
from segmentary.language.values import Known, bounded, coerced, items_of, json_text, normal, read


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did.

    ``happened_at`` is an aware UTC instant; ``properties`` hold everything that has no field of its own.
    """

    name: str
    happened_at: dt.datetime
    source: str = ""
    sequence: int = 0
    message_id: str = ""
    order_id: str | None = None
    session_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    product_id: str | None = None
    category: str | None = None
    brand: str | None = None
    quantity: Decimal | None = None
    channel: str | None = None
    properties: Mapping[str, object] = field(default_factory=dict)
    known_at: dt.datetime | None = None

    @property
    def place(self) -> tuple[dt.datetime, str, int, str]:
        """The key events are ordered by: never by arrival."""
        return self.happened_at, self.source, self.sequence, self.message_id


@dataclass(frozen=True, slots=True)
class AttributeVersion:
    """One value of one attribute in time, as canonical text."""

    name: str
    value: str
    value_type: ValueType = "text"
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None
    known_at: dt.datetime | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of a customer about a purpose and a channel (``any`` for all)."""

    purpose: str
    channel: str
    granted: bool
    happened_at: dt.datetime | None = None
    known_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Belonging:
    """A customer's membership of a group, in time: ``valid_from`` <= as-of < ``valid_to``, missing ends open."""

    group: Literal["account", "household"]
    group_id: str
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None
    known_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One entity with everything ever known about it: a customer, or a group (which has attributes only)."""

    customer_id: str
    attributes: tuple[AttributeVersion, ...] = ()
    events: tuple[Event, ...] = ()
    created_at: dt.datetime | None = None
    decisions: tuple[Decision, ...] = ()
    belongings: tuple[Belonging, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry into (or exit from) a segment, as the membership log holds it."""

    segment: str
    entity_id: str
    entered: bool
    valid_at: dt.datetime
    detected_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a named list, in degrees."""

    name: str
    latitude: Decimal
    longitude: Decimal


def known_by(known_at: dt.datetime | None, context: Context) -> bool:
    """Say whether something learnt then counts."""
    return context.known_at is None or (known_at is not None and known_at <= context.known_at)


def past_events(person: Person, context: Context) -> tuple[Event, ...]:
    """Return the events before as-of that were known, in order, each message once (the first one of its order)."""
    return events_before(known_events(person, context), context.as_of)


def known_events(person: Person, context: Context) -> tuple[Event, ...]:
    """Return the events that were known, those after as-of included, in order, each message once."""
    seen: set[tuple[str, str]] = set()
    kept: list[Event] = []
    for event in sorted(person.events, key=lambda e: e.place):
        if not known_by(event.known_at, context):
            continue
        if event.message_id:
            key = event.source, event.message_id
            if key in seen:
                continue
            seen.add(key)
        kept.append(event)
    return tuple(kept)


def events_before(ordered: tuple[Event, ...], moment: dt.datetime) -> tuple[Event, ...]:
    """Return those of events in order that lie before a moment."""
    return ordered[: bisect_left(ordered, moment, key=lambda event: event.happened_at)]


def in_universe(person: Person, context: Context) -> bool:
    """Say whether somebody is there at as-of: first event, dated attribute or creation before it; undated always."""
    since = there_since(person, context)
    return since is None or since < context.as_of


def there_since(person: Person, context: Context) -> dt.datetime | None:
    """Return the moment after which somebody is there, by what was known; None for always."""
    dates = [event.happened_at for event in person.events if known_by(event.known_at, context)]
    dates += [a.valid_from for a in person.attributes if a.valid_from is not None and known_by(a.known_at, context)]
    if person.created_at is not None:
        dates.append(person.created_at)
    undated = any(a.valid_from is None for a in person.attributes if known_by(a.known_at, context))
    return None if undated else min(dates, default=None)


def attributes_at(person: Person, context: Context) -> dict[str, AttributeVersion]:
    """Return the version of every attribute that holds at as-of: the latest begun, of those the latest known.

    A value holds from just after its ``valid_from``, as events count only when they happened strictly before as-of.
    """
    chosen: dict[str, AttributeVersion] = {}
    for version in person.attributes:
        begun = version.valid_from is None or version.valid_from < context.as_of
        ended = version.valid_to is not None and version.valid_to < context.as_of
        if not begun or ended or not known_by(version.known_at, context):
            continue
        if version.name not in chosen or later(version) > later(chosen[version.name]):
            chosen[version.name] = version
    return chosen


def later(version: AttributeVersion) -> tuple[dt.datetime, dt.datetime, str, str]:
    """Return the key of which the largest wins among versions that hold at once."""
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return version.valid_from or earliest, version.known_at or earliest, version.value, version.value_type


def attribute_value(version: AttributeVersion, kind: ValueType) -> Known | None:
    """Return the value of an attribute as its declared type."""
    return read(version.value, kind)


def inside(document: object, path: Iterable[str]) -> object:
    """Return what a path of keys (or list positions) leads to in a JSON document; None where it leads nowhere."""
    for key in path:
        if isinstance(document, Mapping):
            document = document.get(key)
        elif isinstance(document, list | tuple) and key.isascii() and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            return None
    return document


def property_value(event: Event, path: tuple[str, ...], kind: ValueType, zone: ZoneInfo) -> Known | None:
    """Return a property of an event, read as a type."""
    own = property_type(path)
    if path[0] == "happened_at" and len(path) > 1:
        local = event.happened_at.astimezone(zone)
        return coerced(moment_part(local, path), own, kind, zone)
    if len(path) == 1 and path[0] in BUILT_IN_FIELDS:
        built_in = getattr(event, path[0])
        if isinstance(built_in, Decimal):
            built_in = bounded(built_in)
        return coerced(built_in, own, kind, zone)
    found = inside(event.properties, path)
    if kind == "list":
        return items_of_json(found)
    return coerced(json_text(found), "text", kind, zone)


def items_of_json(found: object) -> Known | None:
    """Return the items of a JSON array, or of the text of one."""
    if isinstance(found, str):
        return items_of(found)
    if not isinstance(found, list | tuple):
        return None
    return tuple(normal(text) for text in map(json_text, found) if text is not None)


def moment_part(local: dt.datetime, path: tuple[str, ...]) -> Known | None:
    if len(path) != 2 or path[1] not in MOMENT_PARTS:
        return None
    match path[1]:
        case "date":
            return local.date()
        case "weekday":
            return Decimal(local.isoweekday())
        case part:
            return Decimal(getattr(local, part))


BUILT_IN_FIELDS = frozenset(
    (
        "name",
        "happened_at",
        "source",
        "order_id",
        "session_id",
        "amount",
        "currency",
        "product_id",
        "category",
        "brand",
        "quantity",
        "channel",
    )
)
