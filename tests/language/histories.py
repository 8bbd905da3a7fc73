"""Random histories and the warehouse tables they make: nasty values, late, doubled and shuffled events.

``history(rng)`` makes people and a context; ``Warehouse`` puts them where the compiled plan reads them. Names are those
of `strategies`.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import pyarrow as pa
from sqlglot import exp
from tests.language.strategies import EVENTS, IDS, TRAITS

from segmentary.engine.duckdb import DuckDB
from segmentary.language.history import attributes_at, in_universe, known_by
from segmentary.language.inputs import Inputs
from segmentary.language.oracle import AttributeVersion, Event, Person, Population
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import Context, Rule, SegmentDefinition, TraitDefinition, TraitValue, Value, ValueType

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


@dataclass(frozen=True)
class History:
    people: tuple[Person, ...]
    context: Context
    types: Mapping[str, ValueType]
    given: Mapping[str, Mapping[str, object]]


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
    return History(people, context, {**TRAITS, "segment_name": "text", "score": "number"}, scores)


def person(rng: random.Random, name: str, context: Context) -> Person:
    attributes = []
    for trait, kind in TRAITS.items():
        for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
            since = rng.choice((None, None, None, context.as_of, moment(rng, context)))
            until = None if rng.random() < 0.8 else moment(rng, context)
            known = moment(rng, context) - dt.timedelta(days=rng.choice((0, 365)))
            attributes.append(AttributeVersion(trait, attribute_text(rng, kind), kind, since, until, known))
    events = [event(rng, f"{name}-{i}", context) for i in range(rng.choice((0, 1, 2, 3, 5, 8, 13, 21)))]
    events += rng.sample(events, min(len(events), rng.choice((0, 0, 1, 3))))
    rng.shuffle(events)
    created = moment(rng, context) if rng.random() < 0.3 else None
    return Person(name, tuple(attributes), tuple(events), created)


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


# ---------------------------------------------------------------- warehouse

ARROW: dict[ValueType, pa.DataType] = {
    "text": pa.string(),
    "number": pa.decimal128(38, 10),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.timestamp("us"),
    "list": pa.string(),
}


def json_text(properties: Mapping[str, object]) -> str:
    """JSON with numbers written as they are."""
    holes: dict[str, str] = {}

    def plain(value: object) -> str:
        if isinstance(value, Decimal):
            mark = f"@@{len(holes)}@@"
            holes[json.dumps(mark)] = f"{value:f}"
            return mark
        raise TypeError(value)

    written = json.dumps(properties, default=plain, ensure_ascii=False)
    for mark, number in holes.items():
        written = written.replace(mark, number)
    return written


def naive(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)


@cache
def shared_engine() -> DuckDB:
    """One database in memory for all small histories: opening one costs more than judging them."""
    return DuckDB(threads=1)


class Warehouse:
    """A history in tables, as `Plan` reads them."""

    def __init__(self, past: History) -> None:
        self.past = past
        self.engine = shared_engine()
        context = past.context
        inside = [p for p in past.people if in_universe(p, context)]
        self.engine.ingest(
            "universe", pa.table({"customer_id": pa.array([p.customer_id for p in inside], pa.string())})
        )
        self.given = {name: Given(f"p{i}", kind) for i, (name, kind) in enumerate(past.types.items())}
        self.engine.ingest("profile", self.profile(inside))
        self.engine.ingest("events", self.events())

    def profile(self, people: list[Person]) -> pa.Table:
        columns: dict[str, pa.Array] = {"customer_id": pa.array([p.customer_id for p in people], pa.string())}
        oracle = Population(people, self.past.context, given_types=self.past.types, given=self.past.given)  # type: ignore[arg-type]
        for name, place in self.given.items():
            values: list[object] = []
            for one in people:
                kept = attributes_at(one, self.past.context).get(name)
                if place.type == "list":
                    values.append(None if kept is None else kept.value)
                    continue
                found = oracle.value(TraitValue(name), one.customer_id)
                values.append(naive(found) if isinstance(found, dt.datetime) else found)
            columns[place.column] = pa.array(values, ARROW[place.type])
        return pa.table(columns)

    def events(self) -> pa.Table:
        rows: list[tuple[str, Event]] = []
        for one in self.past.people:
            seen: set[tuple[str, str]] = set()
            for happening in one.events:
                key = happening.source, happening.message_id
                if key not in seen and known_by(happening.known_at, self.past.context):
                    seen.add(key)
                    rows.append((one.customer_id, happening))

        def strings(name: str) -> pa.Array:
            return pa.array([getattr(e, name) for _, e in rows], pa.string())

        def decimals(name: str) -> pa.Array:
            return pa.array([getattr(e, name) for _, e in rows], pa.decimal128(18, 4))

        texts = ("order_id", "session_id", "currency", "product_id", "category", "brand", "channel")
        return pa.table(
            {
                "customer_id": pa.array([name for name, _ in rows], pa.string()),
                "source": strings("source"),
                "known_at": pa.array([naive(e.known_at) for _, e in rows], pa.timestamp("us")),
                "name": strings("name"),
                "happened_at": pa.array([naive(e.happened_at) for _, e in rows], pa.timestamp("us")),
                "sequence": pa.array([e.sequence or None for _, e in rows], pa.int64()),
                "message_id": strings("message_id"),
                **{name: strings(name) for name in texts},
                "amount": decimals("amount"),
                "quantity": decimals("quantity"),
                "properties": pa.array(
                    [json_text(e.properties) if e.properties else None for _, e in rows], pa.string()
                ),
            }
        )

    def evaluate(
        self,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        lists: Mapping[str, tuple[str, ...]],
    ) -> tuple[dict[str, set[str]], dict[str, dict[str, object]]]:
        """Members of every segment and values of every trait, computed by the compiled plan."""
        plan = Plan.build(segments=segments, traits=traits, given=self.given, context=self.past.context, lists=lists)
        table = {n: exp.table_(n, quoted=True) for n in ("universe", "profile", "activity", "traits", "events")}
        inputs = Inputs(**table)
        self.engine.create_as("activity", plan.activity(inputs), temporary=True)
        self.engine.create_as("traits", plan.trait_values(inputs), temporary=True)
        result = self.engine.table(plan.memberships(inputs)).to_pylist()
        members = {
            name: {row["customer_id"] for row in result if row[place]} for name, place in plan.segment_columns.items()
        }
        assert all(row[place] is not None for row in result for place in plan.segment_columns.values())
        values = self.engine.table(exp.select("*").from_(table["traits"])).to_pylist()
        found = {name: {row["customer_id"]: row[place] for row in values} for name, place in plan.trait_columns.items()}
        return members, found


# ---------------------------------------------------------------- small histories, judged by both evaluators

NOW = Context(utc(2026, 3, 31, 10), "Europe/Berlin")


def attribute(name: str, value: str, kind: ValueType = "text") -> AttributeVersion:
    return AttributeVersion(name, value, kind)


def happened(name: str, when: dt.datetime, number: int = 0, **fields: object) -> Event:
    return Event(name, when, message_id=f"{name}-{when.isoformat()}-{number}", **fields)  # type: ignore[arg-type]


class Both:
    """Both evaluators on one small history; they must agree before either answers."""

    def __init__(
        self,
        *people: Person,
        context: Context = NOW,
        types: Mapping[str, ValueType] | None = None,
        segments: Mapping[str, SegmentDefinition] | None = None,
        traits: Mapping[str, TraitDefinition] | None = None,
        given: Mapping[str, Mapping[str, object]] | None = None,
        lists: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        found = {a.name: a.value_type for p in people for a in p.attributes}
        self.past = History(people, context, {**found, **(types or {})}, given or {})
        self.segments = dict(segments or {})
        self.traits = dict(traits or {})
        self.lists = lists or {}

    def oracle(self) -> Population:
        return Population(
            self.past.people,
            self.past.context,
            segments=self.segments,
            traits=self.traits,
            given=self.past.given,  # type: ignore[arg-type]
            given_types=self.past.types,
            lists=self.lists,
        )

    def members(self, rule: Rule, timezone: str | None = None) -> set[str]:
        self.segments["asked"] = SegmentDefinition("asked", rule, timezone=timezone)
        expected = self.oracle().members("asked")
        warehouse = Warehouse(self.past)
        members, _ = warehouse.evaluate(self.segments, self.traits, self.lists)
        assert members["asked"] == expected
        return expected

    def values(self, value: Value, kind: ValueType, timezone: str | None = None) -> dict[str, object]:
        self.traits["asked"] = TraitDefinition("asked", value, kind, timezone=timezone)
        oracle = self.oracle()
        expected = {name: oracle.trait("asked", name) for name in oracle.universe()}
        warehouse = Warehouse(self.past)
        _, values = warehouse.evaluate(self.segments, self.traits, self.lists)
        assert values["asked"] == {n: naive(v) if isinstance(v, dt.datetime) else v for n, v in expected.items()}
        return dict(expected)
