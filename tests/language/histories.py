"""Small histories judged by both evaluators, and everything a test of them needs.

Random histories come from `drawing`, the tables from `warehouse`; `Both` compares the oracle with the compiled plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from tests.language.drawing import KEYS, MOMENTS, NASTY_NUMBERS, NASTY_TEXTS, ZONES, history, utc
from tests.language.past import History
from tests.language.warehouse import Warehouse, naive, shared_engine

from segmentary.language.oracle import AttributeVersion, Entry, Event, Person, Place, Population
from segmentary.language.tree import (
    Context,
    EntityType,
    Rule,
    SegmentDefinition,
    TraitDefinition,
    Value,
    ValueType,
)

__all__ = [
    "KEYS",
    "MOMENTS",
    "NASTY_NUMBERS",
    "NASTY_TEXTS",
    "NOW",
    "ZONES",
    "Both",
    "History",
    "Warehouse",
    "attribute",
    "happened",
    "history",
    "shared_engine",
    "utc",
]

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
        entries: Iterable[Entry] = (),
        places: Mapping[str, tuple[Place, ...]] | None = None,
        references: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
        groups: Iterable[Person] = (),
    ) -> None:
        groups = tuple(groups)
        found = {a.name: a.value_type for p in (*people, *groups) for a in p.attributes}
        self.past = History(
            people,
            context,
            {**found, **(types or {})},
            given or {},
            tuple(entries),
            places or {},
            references or {},
            groups,
        )
        self.segments = dict(segments or {})
        self.traits = dict(traits or {})
        self.lists = lists or {}

    def oracle(self) -> Population:
        return self.past.population(self.segments, self.traits, self.lists)

    def members(self, rule: Rule | str, timezone: str | None = None, entity: EntityType = "customer") -> set[str]:
        """Who satisfies a rule, or is in the segment of that name."""
        name = rule if isinstance(rule, str) else "asked"
        if not isinstance(rule, str):
            self.segments[name] = SegmentDefinition(name, rule, entity=entity, timezone=timezone)
        expected = self.past.members(self.segments, self.traits, self.lists, name)
        members, _ = Warehouse(self.past).evaluate(self.segments, self.traits, self.lists)
        assert members[name] == expected
        return expected

    def values(self, value: Value, kind: ValueType, timezone: str | None = None) -> dict[str, object]:
        self.traits["asked"] = TraitDefinition("asked", value, kind, timezone=timezone)
        oracle = self.oracle()
        expected = {name: oracle.trait("asked", name) for name in oracle.universe()}
        _, values = Warehouse(self.past).evaluate(self.segments, self.traits, self.lists)
        assert values["asked"] == {n: naive(v) if isinstance(v, dt.datetime) else v for n, v in expected.items()}
        return dict(expected)
