"""The cases of ``conformance/``: read, and turned into the facts the evaluators judge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from segmentary.language.history import (
    AttributeVersion,
    Belonging,
    Decision,
    Entry,
    Event,
    Person,
    Place,
)
from segmentary.language.segmentations import expand
from segmentary.language.tree import (
    Context,
    Definition,
    SegmentationDefinition,
    SegmentDefinition,
    TraitDefinition,
    ValueType,
)
from segmentary.language.yaml import parse_yaml

FOLDER = Path(__file__).parent.parent / "conformance"
COLUMNS = ("order_id", "session_id", "currency", "product_id", "category", "brand", "channel")


@dataclass(frozen=True)
class Example:
    """One case: a definition, what it refers to, the facts, and who is in."""

    name: str
    title: str
    context: Context
    definition: SegmentDefinition
    segments: Mapping[str, SegmentDefinition]
    traits: Mapping[str, TraitDefinition]
    types: Mapping[str, ValueType]
    people: tuple[Person, ...]
    groups: tuple[Person, ...]
    entries: tuple[Entry, ...]
    given: Mapping[str, Mapping[str, object]]
    lists: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[Place, ...]]
    references: Mapping[str, Mapping[str, Mapping[str, str]]]
    members: frozenset[str]
    judged: frozenset[str]
    error: str | None = None
    written: tuple[Definition, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def example_text(name: str) -> tuple[str, str]:
    """Return the number and the request of a case of ``cases/``."""
    data = yaml.load((FOLDER / "cases" / f"{name}.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)
    return data["case"].lstrip("0"), data["request"].strip()


def examples(folder: str) -> list[Example]:
    """Return the cases of a folder, in order of their file names."""
    return [example(path) for path in sorted((FOLDER / folder).glob("*.yaml"))]


def example(path: Path) -> Example:
    written = path.read_text(encoding="utf-8")
    data = yaml.load(written, yaml.BaseLoader)  # every scalar as it is written
    definition, segments, traits, as_written = definitions(written)
    people, groups = data.get("people") or {}, data.get("accounts") or data.get("households") or {}
    judged = groups or people
    types: dict[str, ValueType] = dict(data.get("types") or {})
    for one in [*people.values(), *groups.values()]:
        for name in one.get("attributes") or {}:
            types.setdefault(name, "text")
    return Example(
        path.stem,
        data.get("request") or data["decided"],
        context(data),
        definition,
        segments,
        traits,
        {**types, **(data.get("given_types") or {})},
        tuple(person(name, one, types) for name, one in people.items()),
        tuple(person(name, one, types) for name, one in groups.items()),
        tuple(entry for name, one in {**people, **groups}.items() for entry in entries(name, one)),
        {name: given(one, data.get("given_types") or {}) for name, one in people.items() if one.get("given")},
        {name: tuple(ids) for name, ids in (data.get("lists") or {}).items()},
        {name: places(found) for name, found in (data.get("places") or {}).items()},
        data.get("references") or {},
        frozenset(name for name, one in judged.items() if one["in"] == "true"),
        frozenset(judged),
        data.get("error"),
        as_written,
        {name: one["why"] for name, one in judged.items() if "why" in one},
    )


def definitions(
    written: str,
) -> tuple[SegmentDefinition, dict[str, SegmentDefinition], dict[str, TraitDefinition], tuple[Definition, ...]]:
    """Return the definition under test and everything beside it, read by the language's own reader."""
    node = yaml.compose(written, yaml.SafeLoader)
    parts = {key.value: value for key, value in node.value}
    segments: dict[str, SegmentDefinition] = {}
    traits: dict[str, TraitDefinition] = {}
    (own,) = parse_yaml(yaml.serialize(parts["definition"]))
    found = [own.definition]
    if "with" in parts:
        found += [one.definition for one in parse_yaml(yaml.serialize(parts["with"]))]
    for one in found:
        if isinstance(one, SegmentationDefinition):
            trait, more = expand(one)
            traits[trait.name] = trait
            segments |= more
        elif isinstance(one, TraitDefinition):
            traits[one.name] = one
        else:
            segments[one.name] = one
    return segments["case"], segments, traits, tuple(found)


def context(data: Mapping[str, Any]) -> Context:
    known = data.get("known_at")
    return Context(
        instant(data["as_of"]),
        data.get("timezone", "UTC"),
        data.get("week_start", "monday"),
        int(data.get("fiscal_year_start", 1)),
        instant(known) if known else None,
    )


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def maybe(text: str | None) -> dt.datetime | None:
    return None if text in (None, "null") else instant(str(text))


def person(name: str, one: Mapping[str, Any], types: Mapping[str, ValueType]) -> Person:
    return Person(
        name,
        tuple(attributes(one.get("attributes") or {}, types)),
        tuple(event(*given, number=i) for i, given in enumerate(one.get("events") or [])),
        maybe(one.get("created_at")),
        tuple(Decision(p, c, said == "granted", maybe(when)) for p, c, said, when in one.get("decisions") or []),
        tuple(belongings(one.get("belongings") or {})),
    )


def attributes(given: Mapping[str, Any], types: Mapping[str, ValueType]) -> Iterator[AttributeVersion]:
    for name, versions in given.items():
        for version in versions if isinstance(versions, list) else [{"value": versions}]:
            since, until = maybe(version.get("from")), maybe(version.get("to"))
            yield AttributeVersion(name, version["value"], types[name], since, until, maybe(version.get("known_at")))


def event(name: str, when: str, properties: Mapping[str, Any], number: int) -> Event:
    own = dict(properties)
    amount, quantity = own.pop("amount", None), own.pop("quantity", None)
    return Event(
        name,
        instant(when),
        own.pop("source", ""),
        int(own.pop("sequence", 0)),
        own.pop("message_id", f"m{number}"),
        amount=None if amount is None else Decimal(amount),
        quantity=None if quantity is None else Decimal(quantity),
        known_at=maybe(own.pop("known_at", None)),
        **{column: own.pop(column) for column in COLUMNS if column in own},
        properties=own,
    )


def belongings(given: Mapping[str, Any]) -> Iterator[Belonging]:
    for kind, groups in given.items():
        for group in groups:
            one = group if isinstance(group, dict) else {"id": group}
            yield Belonging(kind, one["id"], maybe(one.get("from")), maybe(one.get("until")))  # type: ignore[arg-type]


def entries(name: str, one: Mapping[str, Any]) -> Iterator[Entry]:
    for segment, direction, when in one.get("entries") or []:
        yield Entry(segment, name, direction == "entered", instant(when), instant(when))


def given(one: Mapping[str, Any], types: Mapping[str, ValueType]) -> dict[str, object]:
    return {name: Decimal(value) if types[name] == "number" else value for name, value in one["given"].items()}


def places(found: Mapping[str, Any]) -> tuple[Place, ...]:
    return tuple(Place(name, Decimal(latitude), Decimal(longitude)) for name, (latitude, longitude) in found.items())
