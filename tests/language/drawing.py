"""Random histories: nasty values, late, doubled and shuffled events, stays that overlap, belongings that end.

``history(rng)`` makes people and a context. Names are those of `strategies`.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from dataclasses import replace
from decimal import Decimal

from tests.language.past import History
from tests.language.strategies import EVENTS, IDS, TRAITS

from segmentary.language.oracle import AttributeVersion, Belonging, Decision, Entry, Event, Person, Place
from segmentary.language.tree import Context, EntityType, ValueType

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Kathmandu",
)
NASTY_TEXTS = (
    "",
    " ",
    "Paris",
    "paris",
    "PARIS",
    "é",
    "e\u0301",
    "É",
    "Straße",
    "STRASSE",
    "ß",
    "ẞ",
    "İ",
    "i",
    "ı",
    "Σίσυφος",
    "a%b_c",
    "a\\b",
    "O'Brien",
    '"quoted"',
    "10",
    "2.50",
    "-2.5",
    "1e5",
    "NaN",
    "007",
    "12345678901234567890",
    "0.30000000000000004",
    "true",
    "false",
    "2026-02-28",
    "2026-02-30",
    "2024-02-29T12:30:00Z",
    "2.10.1",
    "v2.9",
    "2.10.1-beta2",
    "2.10.1+build",
    '["a", "é", null, 3]',
    "null",
    "x\ty\nz",
    "😀",
    "-- drop table",
    "$a",
    "{b}",
)
WHOLE_NUMBERS = ("0", "1", "-1", "3", "7", "100", "250", "1000", "2147483647", "-2147483648")
BROKEN_NUMBERS = ("2.5", "-2.5", "0.1", "0.2", "0.3", "0.5", "12.50", "99.9999", "0.0001", "33.3333")
NASTY_NUMBERS = tuple(map(Decimal, WHOLE_NUMBERS + BROKEN_NUMBERS))
COORDINATES: dict[str, ValueType] = {"latitude": "number", "longitude": "number"}
DEGREES = ("52.5", "13.4", "48.85", "2.35", "90", "-90", "180", "-180", "0", "0.0001", "95", "200", "nonsense")
GROUPS = ("a0", "a1", "a2")
PURPOSES = ("marketing", "analytics", "é", "e\u0301")
SEGMENTS = ("segment_0", "segment_1", "vip", "é")
"""Segments the log of random histories knows."""
PLACES = {
    "stores": (
        Place("Berlin", Decimal("52.52"), Decimal("13.405")),
        Place("Paris", Decimal("48.8566"), Decimal("2.3522")),
        Place("nowhere", Decimal("95"), Decimal("0")),
    ),
    "poles": (Place("north", Decimal("90"), Decimal("0")), Place("date line", Decimal("0"), Decimal("180"))),
    "none": (),
}
REFERENCES = {
    "products": {
        "A": {"line": "shoes", "weight": "1.5", "é": "e\u0301"},
        "B": {"line": "shirts", "weight": "nonsense"},
        "10": {"weight": "-2.5"},
    },
    "sessions": {"s1": {"kind": "web"}},
}
KEYS = ("coupon", "gift", "size", "unit_price", "path", "seconds", "a.b", 'quo"te', "sl/ash", "til~de", "é", "")


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[misc]


MOMENTS = (
    utc(2026, 3, 1),
    utc(2026, 3, 1, 12, 30),
    utc(2026, 2, 28, 23, 59, 59, 999999),
    utc(2026, 3, 29, 1),
    utc(2026, 3, 29, 0, 59, 59),
    utc(2025, 10, 26, 0, 30),
    utc(2025, 10, 26, 1, 30),
    utc(2025, 11, 2, 6),
    utc(2026, 3, 8, 7),
    utc(2026, 4, 4, 15),
    utc(2025, 10, 4, 15, 30),
    utc(2024, 2, 29, 12),
    utc(2025, 12, 31, 23, 59, 59),
    utc(2026, 1, 1),
    utc(2025, 12, 31, 10),
    utc(2000, 1, 31),
    utc(2026, 4, 30, 22),
)


def history(rng: random.Random, size: int = 12) -> History:
    as_of = rng.choice(MOMENTS[:14]) + dt.timedelta(microseconds=rng.choice((0, 0, 0, 1, -1, 3600_000_000)))
    known_at = as_of + dt.timedelta(days=rng.choice((0, 30, -5))) if rng.random() < 0.2 else None
    context = Context(
        as_of,
        rng.choice(ZONES),
        rng.choice(("monday", "sunday", "saturday", "wednesday")),
        rng.choice((1, 2, 4, 7, 12)),
        known_at,
    )
    ids = [*IDS, *(f"p{i}" for i in range(size))][: max(size, 1)]
    people = tuple(person(rng, name, context) for name in ids)
    scores = {name: {"segment_name": rng.choice(("champion", "lost", "é"))} for name in ids if rng.random() < 0.8}
    for name in ids:
        if rng.random() < 0.7:
            scores.setdefault(name, {})["score"] = rng.choice(NASTY_NUMBERS)
    return History(
        people,
        context,
        {**TRAITS, **COORDINATES, "segment_name": "text", "score": "number"},
        scores,
        tuple(entry for name in (*ids, *GROUPS) for entry in moves(rng, name, context)),
        PLACES,
        REFERENCES,
        tuple(group(rng, name, context) for name in GROUPS),
    )


def person(rng: random.Random, name: str, context: Context) -> Person:
    attributes = []
    for trait, kind in {**TRAITS, **COORDINATES}.items():
        for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
            since = rng.choice((None, None, None, context.as_of, moment(rng, context)))
            until = None if rng.random() < 0.8 else moment(rng, context)
            known = moment(rng, context) - dt.timedelta(days=rng.choice((0, 365)))
            text = rng.choice(DEGREES) if trait in COORDINATES else attribute_text(rng, kind)
            attributes.append(AttributeVersion(trait, text, kind, since, until, known))
    events = [event(rng, f"{name}-{i}", context) for i in range(rng.choice((0, 1, 2, 3, 5, 8, 13, 21)))]
    events += rng.sample(events, min(len(events), rng.choice((0, 0, 1, 3))))
    rng.shuffle(events)
    created = moment(rng, context) if rng.random() < 0.3 else None
    return Person(
        name,
        tuple(attributes),
        tuple(events),
        created,
        tuple(decision(rng, context) for _ in range(rng.choice((0, 1, 2, 4)))),
        tuple(belonging(rng, context) for _ in range(rng.choice((0, 1, 1, 1, 2, 3)))),
    )


def group(rng: random.Random, name: str, context: Context) -> Person:
    """An account or household: nothing but attributes."""
    one = person(rng, name, context)
    return replace(one, events=(), decisions=(), belongings=())


def some_time(rng: random.Random, context: Context, share: float = 0.5) -> dt.datetime | None:
    return moment(rng, context) if rng.random() < share else None


def learnt(rng: random.Random, context: Context) -> dt.datetime:
    return moment(rng, context) - dt.timedelta(days=rng.choice((0, 365)))


def decision(rng: random.Random, context: Context) -> Decision:
    return Decision(
        rng.choice(PURPOSES),
        rng.choice(("email", "email", "phone", "any")),
        rng.random() < 0.5,
        some_time(rng, context, 0.7),
        rng.choice((MOMENTS[0] - dt.timedelta(days=365), learnt(rng, context))),
    )


def belonging(rng: random.Random, context: Context) -> Belonging:
    since, until = some_time(rng, context), some_time(rng, context, 0.3)
    kind: EntityType = rng.choice(("account", "account", "household"))
    return Belonging(kind, rng.choice((*GROUPS, "a3")), since, until, learnt(rng, context))  # type: ignore[arg-type]


def moves(rng: random.Random, name: str, context: Context) -> list[Entry]:
    """Entries and exits of random segments: doubled, at one instant, exits without entries, noticed late."""
    found = []
    for segment in SEGMENTS:
        for _ in range(rng.choice((0, 0, 1, 2, 4, 6))):
            at = moment(rng, context)
            noticed = at + dt.timedelta(days=rng.choice((0, 0, 0, 1, 400)))
            found.append(Entry(segment, name, rng.random() < 0.6, at, noticed))
            if rng.random() < 0.2:
                found.append(Entry(segment, name, rng.random() < 0.5, at, noticed + dt.timedelta(hours=1)))
    rng.shuffle(found)
    return found


def attribute_text(rng: random.Random, kind: ValueType) -> str:
    match kind:
        case "number":
            return rng.choice((*(f"{n:f}" for n in NASTY_NUMBERS), "18", "25", "34", "nonsense", "1e18", "9" * 18))
        case "boolean":
            return rng.choice(("true", "false", "yes"))
        case "date":
            return rng.choice(
                ("2024-02-29", "2000-02-29", "1990-06-15", "2026-03-01", "2026-02-28", "2026-03-29", "2026-02-30")
            )
        case "time":
            return rng.choice(MOMENTS).isoformat().replace("+00:00", "Z")
        case "list":
            items = rng.sample(NASTY_TEXTS, rng.choice((0, 1, 2, 4)))
            return rng.choice((json.dumps(items), json.dumps([*items, 3, None, True]), "not json", "{}"))
    return rng.choice(NASTY_TEXTS)


def moment(rng: random.Random, context: Context) -> dt.datetime:
    base = rng.choice((*MOMENTS, context.as_of, context.as_of))
    match rng.randrange(6):
        case 0:
            return base
        case 1 | 4 | 5:
            return context.as_of - dt.timedelta(
                days=rng.choice((rng.randrange(0, 800), rng.randrange(0, 90))), hours=rng.choice((0, 0, 1, 23))
            )
        case 2:
            return context.as_of - dt.timedelta(
                days=rng.choice((0, 1, 7, 28, 30, 31, 60, 90)), microseconds=rng.choice((-1, 0, 0, 1))
            )
    return base + dt.timedelta(minutes=rng.choice((-61, -60, -30, -1, 0, 1, 30, 60)))


def event(rng: random.Random, message_id: str, context: Context) -> Event:
    name = rng.choice((*EVENTS, "order_completed", "order_completed", "product_purchased", "other"))
    properties: dict[str, object] = {}
    for key in rng.sample(KEYS, rng.randrange(6)):
        properties[key] = rng.choice(
            (rng.choice(NASTY_TEXTS), rng.choice(NASTY_NUMBERS), rng.choice((True, False)), None, rng.randrange(5))
        )
    if rng.random() < 0.2:
        properties["nested"] = {"deep": rng.choice(NASTY_TEXTS), "list": ["a", 2]}

    def maybe(value: object) -> object:
        return value if rng.random() < 0.7 else None

    return Event(
        name,
        moment(rng, context),
        rng.choice(("", "shop", "web")),
        rng.choice((0, 0, 1, 2)),
        message_id,
        order_id=maybe(rng.choice(NASTY_TEXTS)),  # type: ignore[arg-type]
        session_id=maybe(rng.choice(("s1", "s2"))),  # type: ignore[arg-type]
        amount=maybe(rng.choice(NASTY_NUMBERS)),  # type: ignore[arg-type]
        currency=maybe("EUR"),  # type: ignore[arg-type]
        product_id=maybe(rng.choice(("A", "B", "10"))),  # type: ignore[arg-type]
        category=maybe(rng.choice(("shoes", "shirts", "é", "e\u0301", ""))),  # type: ignore[arg-type]
        brand=maybe(rng.choice(NASTY_TEXTS)),  # type: ignore[arg-type]
        quantity=maybe(Decimal(rng.choice((1, 2, 3, -1)))),  # type: ignore[arg-type]
        channel=maybe(rng.choice(("web", "store"))),  # type: ignore[arg-type]
        properties=properties,
        known_at=moment(rng, context) - dt.timedelta(days=rng.choice((0, 365))),
    )
