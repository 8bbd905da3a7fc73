"""Random questions about how events follow each other, and short dense histories that make them hard to answer.

Few names, few moments (many ties), few values: whatever can coincide does.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

from tests.language.past import History

from segmentary.language.history import AttributeVersion, Entry, Event, Person
from segmentary.language.tree import (
    Absolute,
    All,
    Binding,
    Compare,
    Constant,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    FixedWindow,
    Last,
    Not,
    PeriodsWith,
    PropertyValue,
    ReferenceValue,
    Rule,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    Step,
    TraitAtEvent,
    Value,
    Window,
)

NOW = dt.datetime(2026, 3, 31, 10, tzinfo=dt.UTC)
NAMES = ("view", "cart", "order", "ticket")
LENGTHS = tuple(Duration(n, unit) for n, unit in ((1, "minute"), (2, "minute"), (5, "minute"), (1, "hour"), (1, "day")))
REFERENCES = {"stores": {"A": {"kind": "flagship"}, "B": {"kind": "outlet", "city": "Paris"}}}


def dense_history(rng: random.Random, size: int = 8) -> History:
    """Return people with many events at the same few moments."""
    context = Context(NOW, rng.choice(("UTC", "Europe/Berlin")), known_at=rng.choice((None, None, NOW)))
    people = tuple(dense_person(rng, f"c{i}") for i in range(size))
    entries = tuple(
        Entry(
            rng.choice(("vip", "other")),
            rng.choice(people).customer_id,
            rng.random() < 0.5,
            moment(rng),
            rng.choice((NOW - dt.timedelta(days=9), NOW + dt.timedelta(days=1))),
        )
        for _ in range(rng.randrange(30))
    )
    return History(people, context, {"city": "text", "level": "number"}, {}, entries=entries, references=REFERENCES)


def dense_person(rng: random.Random, name: str) -> Person:
    events = tuple(dense_event(rng, f"{name}-{i}") for i in range(rng.choice((0, 1, 2, 4, 6, 9, 14))))
    versions = tuple(
        AttributeVersion(
            attribute,
            rng.choice(("Paris", "Rome", "1", "2")),
            "text" if attribute == "city" else "number",
            rng.choice((None, moment(rng))),
            rng.choice((None, None, moment(rng))),
            NOW - dt.timedelta(days=rng.randrange(20, 23)),
        )
        for attribute in ("city", "level")
        for _ in range(rng.randrange(4))
    )
    return Person(name, versions, events)


def moment(rng: random.Random) -> dt.datetime:
    """Return one of few moments, as-of and just before it among them."""
    if rng.random() < 0.1:
        return NOW - dt.timedelta(microseconds=rng.choice((0, 1)))
    minutes = rng.choice((0, 1, 2, 3, 4, 5, 6, 10, 60, 61, 120, 1440, 1441, 2880))
    return NOW - dt.timedelta(minutes=minutes + 1, microseconds=rng.choice((0, 0, 0, 1)))


def dense_event(rng: random.Random, message_id: str) -> Event:
    return Event(
        rng.choice(NAMES),
        moment(rng),
        rng.choice(("", "", "web")),
        rng.choice((0, 0, 1)),
        # An id of its own only sometimes: events may tie in every part of their order.
        message_id if rng.random() < 0.7 else "",
        session_id=rng.choice((None, "s", "t")),
        product_id=rng.choice((None, "A", "B")),
        order_id=rng.choice((None, "A", "B")),
        amount=rng.choice((None, Decimal(5), Decimal("-2.5"))),
        known_at=NOW - dt.timedelta(days=30),
    )


def events(rng: random.Random, *, plain: bool = False) -> EventFilter:
    """Return a filter of few names, often with something asked of the event."""
    names = rng.choice(((rng.choice(NAMES),),) * 4 + (tuple(rng.sample(NAMES, 2)), ()))
    return EventFilter(names, None if plain or rng.random() < 0.6 else condition(rng))


def condition(rng: random.Random) -> Rule:
    product = PropertyValue(("product_id",))
    options: tuple[Rule, ...] = (
        Compare(product, "is", "A"),
        Compare(PropertyValue(("amount",)), "gt", Decimal(0)),
        Not(Compare(product, "is", "A")),
        Compare(TraitAtEvent("city"), "is", "Paris"),
        Compare(TraitAtEvent("level"), "gte", Decimal(2)),
        Compare(TraitAtEvent("city"), "missing"),
        Compare(ReferenceValue("stores", product, "kind"), "is", "flagship"),
        Compare(ReferenceValue("stores", PropertyValue(("order_id",)), "city"), "exists"),
    )
    return rng.choice((*options, All(tuple(rng.sample(options, 2)))))


def fixed(rng: random.Random) -> FixedWindow:
    return rng.choice(
        (
            Last(rng.choice(LENGTHS)),
            Absolute(moment(rng), None),
            Absolute(moment(rng), moment(rng)),
            Absolute(None, NOW),
        )
    )


def window(rng: random.Random) -> Window | None:
    """Return a window a sequence may have."""
    return rng.choice(
        (
            None,
            None,
            fixed(rng),
            SinceEvent(events(rng), rng.choice(("first", "last"))),
            SinceEntry("vip", rng.choice(("first", "last"))),
        )
    )


def session(rng: random.Random) -> Session:
    of = rng.choice(((), (), tuple(rng.sample(NAMES, 3))))
    return Session(rng.choice((None, *LENGTHS[:4])), of)


def sequence(rng: random.Random) -> Sequence:
    """Return a sequence of up to four steps."""
    visits = session(rng) if rng.random() < 0.3 else None
    count = rng.choice((1, 2, 2, 2, 3, 3, 4))
    absent = count > 1 and rng.random() < 0.3
    steps = [Step(events(rng))]
    steps += [step(rng, i, absent=absent and i == count - 1, visits=visits is not None) for i in range(1, count)]
    anchor = rng.choice(("any", "first", "last") if absent else (None, "any", "first", "last"))
    within = rng.choice((None, None, *LENGTHS))
    return Sequence(tuple(steps), window(rng), within, anchor, visits)  # type: ignore[arg-type]


def step(rng: random.Random, i: int, *, absent: bool, visits: bool) -> Step:
    gap = rng.choice((None, None, *LENGTHS))
    without = tuple(events(rng) for _ in range(rng.choice((0, 0, 1, 2))))
    same = tuple(binding(rng, i) for _ in range(rng.choice((0, 0, 0, 1, 2))))
    return Step(
        events(rng),
        rng.choice((None, None, None, Duration(0, "minute"), *LENGTHS[:2])),
        rng.choice(LENGTHS) if absent and gap is None else gap,
        without,
        same,
        directly=visits and rng.random() < 0.4,
        absent=absent,
    )


def binding(rng: random.Random, i: int) -> Binding:
    path = rng.choice((("product_id",), ("order_id",), ("session_id",)))
    other = rng.choice((None, None, ("product_id",), ("order_id",)))
    return Binding(path, rng.choice((None, None, None, *range(1, i + 1))), other)


def pattern(rng: random.Random) -> Value:
    """Return a number about how events follow each other."""
    match rng.randrange(7):
        case 0 | 1 | 2:
            return SequenceCount(sequence(rng), rng.choice((None, None, 1, 2, 5)))
        case 3:
            visits = Session(session(rng).gap, session(rng).of, rng.choice((None, fixed(rng))))
            measure = rng.choice(("count", "longest_minutes", "total_minutes", "mean_minutes"))
            return SessionMeasure(visits, measure, rng.choice((None, events(rng))))  # type: ignore[arg-type]
        case 4:
            inner = over_windows(rng)
            return PeriodsWith(
                EventMeasure(inner.events, rng.choice(("count", "sum", "max", "mean")), PropertyValue(("amount",))),  # type: ignore[arg-type]
                rng.choice(("is", "lt", "lte", "gt", "gte")),  # type: ignore[arg-type]
                rng.choice((Decimal(0), Decimal(1), Decimal("2.5"))),
                rng.choice(("day", "week", "month")),  # type: ignore[arg-type]
                rng.choice((1, 2, 3)),
            )
        case _:
            return over_windows(rng)


def over_windows(rng: random.Random) -> EventMeasure:
    """Return a measure with a window that is not the same for everybody."""
    measure = rng.choice(("count", "sum", "distinct"))
    of = None if measure == "count" else PropertyValue(("amount",) if measure == "sum" else ("product_id",))
    visits = session(rng)
    during: Window = rng.choice(
        (
            Sliding(rng.choice(LENGTHS), rng.choice((None, fixed(rng)))),
            Session(visits.gap, visits.of, rng.choice((None, fixed(rng)))),
            SinceEntry(rng.choice(("vip", "other")), rng.choice(("first", "last"))),
            fixed(rng),
        )
    )
    return EventMeasure(events(rng), measure, of, during)  # type: ignore[arg-type]


def rule(rng: random.Random) -> Rule:
    """Return a rule about how events follow each other."""
    if rng.random() < 0.5:
        return sequence(rng)
    return Compare(pattern(rng), rng.choice(("is", "gte", "lt")), Constant(Decimal(rng.randrange(3))).value)  # type: ignore[arg-type]
