"""A history in tables, as the compiled plan reads them, and what the plan makes of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.language.history import attributes_at, in_universe, known_by
from segmentary.language.inputs import Inputs
from segmentary.language.oracle import Event, Person, Population
from segmentary.language.plan import Given, Plan
from segmentary.language.tree import (
    Context,
    EntityType,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.walk import segments_evaluated, traits_used

if TYPE_CHECKING:
    from tests.language.past import History

Answer = tuple[dict[str, set[str]], dict[str, dict[str, object]]]
TABLES = (
    "universe",
    "profile",
    "activity",
    "traits",
    "events",
    "attributes",
    "decisions",
    "entries",
    "belongings",
    "places",
    "references",
)

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


SPAN = dict.fromkeys(("valid_from", "valid_to", "known_at"), pa.timestamp("us"))


def closure(
    names: Iterable[str], segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> tuple[dict[str, SegmentDefinition], dict[str, TraitDefinition]]:
    """Return the definitions these segments rest on, themselves included."""
    waiting: list[SegmentDefinition | TraitDefinition] = [segments[name] for name in names]
    found: dict[str, SegmentDefinition] = {name: segments[name] for name in names}
    computed: dict[str, TraitDefinition] = {}
    while waiting:
        one = waiting.pop()
        fresh = {n: segments[n] for n in segments_evaluated(one) if n not in found and n in segments}
        values = {n: traits[n] for n in traits_used(one) if n in traits and n not in computed}
        found |= fresh
        computed |= values
        waiting += [*fresh.values(), *values.values()]
    return found, computed


class Warehouse:
    """Evaluates definitions by the compiled plan, on the history put into tables."""

    def __init__(self, past: History) -> None:
        self.past = past
        self.engine = shared_engine()
        self.traits: Mapping[str, TraitDefinition] = {}
        self.given = {name: Given(f"p{i}", kind) for i, (name, kind) in enumerate(past.types.items())}

    def evaluate(
        self,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        lists: Mapping[str, tuple[str, ...]],
    ) -> Answer:
        """Members of every segment and values of every trait, computed by the compiled plan."""
        self.traits = traits
        members, values = self.computed("customer", segments, traits, lists)
        for kind in ("account", "household"):
            if any(one.entity == kind for one in segments.values()):
                members |= Warehouse(self.past.of_groups(kind)).computed(kind, segments, {}, lists, self)[0]  # type: ignore[arg-type]
        return members, values

    def computed(
        self,
        entity: EntityType,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        lists: Mapping[str, tuple[str, ...]],
        customers: Warehouse | None = None,
    ) -> Answer:
        """The same for the definitions of one kind of entity; ``customers`` are the people of groups."""
        context = self.past.context
        own = {name: one for name, one in segments.items() if one.entity == entity}
        plan = Plan.build(segments=own, traits=traits, given=self.given, context=context, lists=lists, entity=entity)
        others: dict[str, set[str]] = {}
        for key, (place, instant) in plan.moments.items():
            then, people = self.at(instant), None if customers is None else customers.at(instant)
            needs, computed = closure({place}, segments, traits)
            others[key] = then.computed(entity, needs, computed, lists, people)[0][place]
        if customers is not None:
            asked = {key: SegmentDefinition(key, rule, timezone=zone) for key, (rule, zone) in plan.related.items()}
            people_too = {name: one for name, one in segments.items() if one.entity == "customer"} | asked
            found = customers.computed("customer", *closure(asked, people_too, customers.traits), lists)[0]
            others |= {key: found[key] for key in asked}
        self.fill()
        for number, ids in enumerate(others.values()):
            self.engine.ingest(f"others_{number}", pa.table({"customer_id": pa.array(sorted(ids), pa.string())}))
        tables = {key: exp.table_(f"others_{number}", quoted=True) for number, key in enumerate(others)}
        inputs = Inputs(
            **{name: exp.table_(name, quoted=True) for name in TABLES},  # type: ignore[arg-type]
            moments={key: tables[key] for key in plan.moments},
            related={key: tables[key] for key in plan.related},
        )
        self.pass_over_events(plan, inputs)
        self.engine.create_as("traits", plan.trait_values(inputs), temporary=True)
        result = self.engine.table(plan.memberships(inputs)).to_pylist()
        columns = plan.segment_columns.items()
        assert all(row[place] is not None for row in result for place in plan.segment_columns.values())
        members = {name: {row["customer_id"] for row in result if row[place]} for name, place in columns}
        values = self.engine.table(exp.select("*").from_(exp.table_("traits", quoted=True))).to_pylist()
        found = {name: {row["customer_id"]: row[place] for row in values} for name, place in plan.trait_columns.items()}
        return members, found

    def pass_over_events(self, plan: Plan, inputs: Inputs) -> None:
        """Make the activity."""
        self.engine.create_as("activity", plan.activity(inputs), temporary=True)

    def at(self, instant: dt.datetime) -> Warehouse:
        """The same history as of another moment."""
        then = Warehouse(replace(self.past, context=replace(self.past.context, as_of=instant)))
        then.traits = self.traits
        return then

    def fill(self) -> None:
        """Put everything into tables, only what was known."""
        context = self.past.context
        inside = [p for p in self.past.people if in_universe(p, context)]
        everybody = self.past.everybody
        self.ingest("universe", {"customer_id": pa.string()}, [(p.customer_id,) for p in inside])
        self.engine.ingest("profile", self.profile(inside))
        self.engine.ingest("events", self.events())
        self.ingest(
            "attributes",
            {**dict.fromkeys(("customer_id", "name", "value", "value_type"), pa.string()), **SPAN},
            [
                (
                    p.customer_id,
                    a.name,
                    a.value,
                    a.value_type,
                    naive(a.valid_from),
                    naive(a.valid_to),
                    naive(a.known_at),
                )
                for p in self.past.people
                for a in p.attributes
                if known_by(a.known_at, context)
            ],
        )
        self.ingest(
            "decisions",
            {
                **dict.fromkeys(("customer_id", "purpose", "channel"), pa.string()),
                "granted": pa.bool_(),
                **dict.fromkeys(("happened_at", "known_at"), pa.timestamp("us")),
            },
            [
                (p.customer_id, d.purpose, d.channel, d.granted, naive(d.happened_at), naive(d.known_at))
                for p in self.past.people
                for d in p.decisions
                if known_by(d.known_at, context)
            ],
        )
        self.ingest(
            "belongings",
            {**dict.fromkeys(("customer_id", "group_kind", "group_id"), pa.string()), **SPAN},
            [
                (p.customer_id, b.group, b.group_id, naive(b.valid_from), naive(b.valid_to), naive(b.known_at))
                for p in everybody
                for b in p.belongings
                if known_by(b.known_at, context)
            ],
        )
        self.fill_shared(context)

    def fill_shared(self, context: Context) -> None:
        """Put the log and the tables about no person into theirs."""
        self.ingest(
            "entries",
            {
                **dict.fromkeys(("segment", "customer_id"), pa.string()),
                "entered": pa.bool_(),
                **dict.fromkeys(("valid_at", "detected_at"), pa.timestamp("us")),
            },
            [
                (e.segment, e.entity_id, e.entered, naive(e.valid_at), naive(e.detected_at))
                for e in self.past.entries
                if known_by(e.detected_at, context)
            ],
        )
        degrees = pa.decimal128(38, 10)
        self.ingest(
            "places",
            {"list_name": pa.string(), "name": pa.string(), "latitude": degrees, "longitude": degrees},
            [(n, p.name, p.latitude, p.longitude) for n, places in self.past.places.items() for p in places],
        )
        self.ingest(
            "references",
            dict.fromkeys(("table_name", "id", "name", "value"), pa.string()),
            [
                (table, key, name, value)
                for table, rows in self.past.references.items()
                for key, facts in rows.items()
                for name, value in facts.items()
            ],
        )

    def ingest(self, name: str, kinds: Mapping[str, pa.DataType], rows: list[tuple[object, ...]]) -> None:
        columns = {key: pa.array([row[i] for row in rows], kind) for i, (key, kind) in enumerate(kinds.items())}
        self.engine.ingest(name, pa.table(columns))

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
                if (not happening.message_id or key not in seen) and known_by(happening.known_at, self.past.context):
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
