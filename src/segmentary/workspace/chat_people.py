"""One person of a conversation: what is known of them, and the segments they are in at this very moment.

The definitions in force are judged by the oracle on the warehouse's facts of this one person and on what they said in
chats that are not loaded yet. So a segment means here what it means in a run: the next run as of the same moment puts
them into the same segments. Only what needs everybody else (ranks, scores, models) is taken as the newest run served
it; such segments are named in `Present.served`.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from segmentary.activation.chat.bot import Bot
from segmentary.activation.chat.saying import Fact, Own
from segmentary.activation.chat.state import Asked, Known
from segmentary.errors import SegmentaryError
from segmentary.language.history import AttributeVersion, Decision, Event, Person, attribute_value
from segmentary.language.oracle import Population
from segmentary.language.tree import (
    ModelValue,
    Near,
    Rank,
    ReferenceValue,
    Related,
    SegmentDefinition,
    TraitDefinition,
    TraitValue,
    ValueType,
)
from segmentary.language.walk import events_used, segments_remembered, segments_used, traits_used, walk
from segmentary.ledger.conversations import Turn, turns_of
from segmentary.ledger.decisions import decisions_of
from segmentary.ledger.definitions import lists, newest_numbers
from segmentary.ledger.records import newest_record
from segmentary.ledger.runs import newest_run_id
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.profiles.consent import CHANNELS, MARKETING
from segmentary.workspace.fetching import (
    fetch_entries,
    fetch_group_people,
    fetch_people,
    fetch_places,
    fetch_references,
)

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

MOST_HELD = 1_000
"""People whose facts are kept in memory between turns."""
LOOKED_BACK = dt.timedelta(days=800)
SOURCE = "segmentary:chat"


@dataclass(frozen=True, slots=True)
class Present:
    """A person at a moment. served : segments of those that are as of the newest run, because they need everybody."""

    at: dt.datetime
    customer_id: str
    segments: frozenset[str]
    served: frozenset[str]
    population: Population


@dataclass(frozen=True)
class Rules:
    """Every definition in force, and which need everybody: they are not judged here.

    uses : of every segment the traits and events it rests on, at any remove.
    """

    segments: Mapping[str, SegmentDefinition]
    traits: Mapping[str, TraitDefinition]
    types: Mapping[str, ValueType]
    everybody: frozenset[str]
    uses: Mapping[str, frozenset[str]]
    touched: frozenset[str]
    lists: Mapping[str, tuple[str, ...]]
    remembered: frozenset[str]
    groups: frozenset[str]
    places: Mapping[str, Any]
    references: Mapping[str, Any]


@dataclass(slots=True)
class People:
    """The people of conversations: their facts are read once and kept until something is loaded.

    recent : who was judged last.
    """

    workspace: Workspace
    held: OrderedDict[str, tuple[Person, tuple[Person, ...], tuple[Any, ...]]] = field(default_factory=OrderedDict)
    spoken: dict[str, list[Turn]] = field(default_factory=dict)
    recent: Present | None = None
    stamp: object = None
    kept_rules: Rules | None = None

    def rules(self) -> Rules:
        """Return the definitions in force; read again when one changed or something was loaded."""
        workspace = self.workspace
        workspace.derived.ensure()
        ledger = workspace.ledger
        stamp = (newest_numbers(ledger), newest_record(ledger, "bot"), workspace.derived.current, newest_run_id(ledger))
        if self.stamp != stamp or self.kept_rules is None:
            self.held.clear()
            self.spoken.clear()
            self.kept_rules = rules_of(workspace)
            self.stamp = stamp
        return self.kept_rules

    def facts(self, customer_id: str) -> tuple[Person, tuple[Person, ...], tuple[Any, ...]] | None:
        """Return what the warehouse knows of a person, of the others of their groups, and their log; None: nobody."""
        rules = self.kept_rules or self.rules()
        if customer_id in self.held:
            self.held.move_to_end(customer_id)
            return self.held[customer_id]
        engine = self.workspace.warehouse
        found = fetch_people(engine, [customer_id])
        if not found:
            return None
        others: list[Person] = []
        if rules.groups:
            names = fetch_group_people(engine, found, rules.groups)
            others = fetch_people(engine, names) if names else []
        entries = fetch_entries(engine, [customer_id], rules.remembered) if rules.remembered else []
        self.held[customer_id] = (found[0], tuple(others), tuple(entries))
        while len(self.held) > MOST_HELD:
            forgotten, _ = self.held.popitem(last=False)
            self.spoken.pop(forgotten, None)
        return self.held[customer_id]

    def present(
        self, customer_id: str, at: dt.datetime, *, also: Sequence[Turn] = (), only: Container[str] | None = None
    ) -> Present | None:
        """Return a person and their segments at a moment, with what they said that is not loaded yet; None: nobody.

        also : turns that are not even kept yet. only : the segments that are asked for; None: all.
        """
        # A part of a turn is judged by the rules its whole was judged by.
        rules = self.rules() if only is None or self.kept_rules is None else self.kept_rules
        found = self.facts(customer_id)
        if found is None:
            return None
        person, others, entries = found
        said = self.turns(customer_id, at, also)
        person = with_turns(person, [turn for turn in said if not turn.load_id], rules.types)
        decided = [*told_decisions(also), *kept_decisions(self.workspace, customer_id, at)]
        person = with_decisions(person, decided)
        served = frozenset(self.served(customer_id)) if rules.everybody else frozenset()
        population = Population(
            [person, *others],
            replace(self.workspace.context(), as_of=at),
            segments=rules.segments,
            traits=rules.traits,
            given_types=rules.types,
            lists=rules.lists,
            known_members={name: {customer_id} if name in served else set() for name in rules.everybody},
            entries=entries,
            places=rules.places,
            references=rules.references,
        )
        if customer_id not in population.people:
            self.recent = Present(at, customer_id, frozenset(), frozenset(), population)
            return self.recent
        names = [name for name, one in rules.segments.items() if one.entity == "customer" and "@" not in name]
        names = [name for name in names if only is None or name in only]
        inside = frozenset(name for name in names if population.is_member(name, customer_id))
        self.recent = Present(at, customer_id, inside, inside & rules.touched, population)
        return self.recent

    def turns(self, customer_id: str, at: dt.datetime, also: Sequence[Turn] = ()) -> list[Turn]:
        """Return the turns somebody said as a verified customer; what they said as a visitor stays a visitor's."""
        held = self.spoken.setdefault(customer_id, [])
        after = held[-1].number if held else 0
        held += turns_of(self.workspace.ledger, customer_id, since=at - LOOKED_BACK, after=after)
        return [turn for turn in (*held, *also) if turn.detail.get("customer") == customer_id]

    def moved(
        self, customer_id: str, now: Present, effects: Sequence[Mapping[str, Any]]
    ) -> tuple[list[str], list[str]]:
        """Return the segments somebody entered and left by what they said in a turn: only those are judged again."""
        touched = {f"trait {one['trait']}" for one in effects if one["kind"] == "answered"}
        touched |= {f"event {one['name']}" for one in effects if one["kind"] == "happened"}
        decided = any(one["kind"] == "decided" for one in effects)
        asked = {name for name, uses in (self.kept_rules or self.rules()).uses.items() if decided or uses & touched}
        before = self.present(customer_id, now.at, only=asked)
        self.recent = now
        was = before.segments if before is not None else frozenset()
        return sorted((now.segments & asked) - was), sorted(was - now.segments)

    def served(self, customer_id: str) -> tuple[str, ...]:
        """Return the segments the newest run put a customer in; none before the first."""
        try:
            return self.workspace.lookup.segments_of(customer_id)
        except SegmentaryError:
            return ()


def rules_of(workspace: Workspace) -> Rules:
    """Return the definitions in force, and what they ask of the warehouse beside one person's rows."""
    from segmentary.workspace.evaluating import pinned

    traits = workspace.traits_defined()
    segments = dict(workspace.segments_defined())
    segments |= pinned(workspace.ledger, segments, traits)
    outputs = workspace.derived.outputs()
    scored = RFM_OUTPUTS.keys() | outputs.keys()
    everybody = frozenset(name for name, one in segments.items() if asks_everybody(one, traits, scored))
    defined: list[SegmentDefinition | TraitDefinition] = [*segments.values(), *traits.values()]
    nodes = [node for one in defined for node in walk(one)]
    engine = workspace.warehouse
    return Rules(
        segments,
        traits,
        {**workspace.derived.attribute_types(), **RFM_OUTPUTS, **outputs},
        everybody,
        {name: uses_of(one, segments, traits) for name, one in segments.items()},
        touching(segments, everybody),
        lists(workspace.ledger),
        frozenset(name for node in nodes for name in segments_remembered(node)),
        frozenset(node.group for node in nodes if isinstance(node, Related)),
        fetch_places(engine, {n.places for n in nodes if isinstance(n, Near) and n.places is not None}),
        fetch_references(engine, {n.table for n in nodes if isinstance(n, ReferenceValue)}),
    )


def asks_everybody(definition: SegmentDefinition, traits: Mapping[str, TraitDefinition], scored: Iterable[str]) -> bool:
    """Say whether a definition itself (not one it refers to) needs a rank or a score, or is about groups."""
    if definition.entity != "customer":
        return True
    waiting: list[Any] = [definition]
    seen: set[str] = set()
    while waiting:
        for node in walk(waiting.pop()):
            if isinstance(node, Rank | ModelValue):
                return True
            if isinstance(node, TraitValue) and node.name not in seen:
                if node.name in scored:
                    return True
                seen.add(node.name)
                if node.name in traits:
                    waiting.append(traits[node.name])
    return False


def uses_of(
    definition: SegmentDefinition, segments: Mapping[str, SegmentDefinition], traits: Mapping[str, TraitDefinition]
) -> frozenset[str]:
    """Return ``trait NAME`` and ``event NAME`` of everything a definition rests on, at any remove."""
    found: set[str] = set()
    waiting: list[SegmentDefinition | TraitDefinition] = [definition]
    while waiting:
        one = waiting.pop()
        names = {f"trait {name}" for name in traits_used(one)} | {f"segment {name}" for name in segments_used(one)}
        for name in names - found:
            kind, _, own = name.partition(" ")
            if kind == "trait" and own in traits:
                waiting.append(traits[own])
            elif kind == "segment" and own in segments:
                waiting.append(segments[own])
        found |= names | {f"event {name}" for name in events_used(one)}
    return frozenset(found)


def touching(segments: Mapping[str, SegmentDefinition], everybody: frozenset[str]) -> frozenset[str]:
    """Return the segments that rest on one that needs everybody, at any remove."""
    found = set(everybody)
    grown = True
    while grown:
        more = {name for name, one in segments.items() if name not in found and segments_used(one) & found}
        found |= more
        grown = bool(more)
    return frozenset(found)


# ---------------------------------------------------------------- what was said and is not loaded yet


def with_turns(person: Person, turns: Sequence[Turn], types: Mapping[str, ValueType]) -> Person:
    """Return a person with the answers and events of turns, as the loader would bring them."""
    attributes, events = list(person.attributes), list(person.events)
    for turn in turns:
        for effect in turn.detail.get("effects", ()):
            if effect["kind"] == "answered":
                kind = types.get(effect["trait"], effect["value_type"])
                attributes.append(
                    AttributeVersion(
                        effect["trait"], effect["value"], kind, turn.happened_at, None, turn.happened_at, SOURCE
                    )
                )
            elif effect["kind"] == "happened":
                events.append(
                    Event(
                        effect["name"],
                        turn.happened_at,
                        SOURCE,
                        message_id=effect["id"],
                        session_id=turn.conversation,
                        channel="chat",
                        properties=properties_of(effect),
                        known_at=turn.happened_at,
                    )
                )
    return replace(person, attributes=tuple(attributes), events=tuple(events))


def properties_of(effect: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of an event, figures as the exact numbers that the warehouse gives."""
    return {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in effect["properties"].items()}


def kept_decisions(workspace: Workspace, customer_id: str, at: dt.datetime) -> list[Decision]:
    """Return the decisions of a person that are in the ledger and not in the warehouse yet, whoever took them down."""
    return [
        Decision(one.purpose, one.channel, one.granted, one.happened_at, one.happened_at)
        for one in decisions_of(workspace.ledger, [customer_id])
        if not one.load_id and one.happened_at < at
    ]


def told_decisions(turns: Sequence[Turn]) -> list[Decision]:
    """Return the decisions of turns that are not kept yet."""
    return [
        Decision(effect["purpose"], effect["channel"], effect["granted"], turn.happened_at, turn.happened_at)
        for turn in turns
        for effect in turn.detail.get("effects", ())
        if effect["kind"] == "decided"
    ]


def with_decisions(person: Person, waiting: Sequence[Decision]) -> Person:
    """Return a person with decisions, and what follows from them, as the loader would bring them."""
    if not waiting:
        return person
    decisions = (*person.decisions, *waiting)
    attributes = list(person.attributes)
    for one in waiting:
        names = [f"consent_{one.purpose}_{one.channel}"]
        if one.purpose in (MARKETING, "any", "all"):
            names += [f"may_contact_{channel}" for channel in CHANNELS if one.channel in (channel, "any")]
        word, at = "true" if one.granted else "false", one.happened_at
        attributes += [AttributeVersion(name, word, "boolean", at, None, at, "derived:consent") for name in names]
    return replace(person, decisions=decisions, attributes=tuple(attributes))


# ---------------------------------------------------------------- what a turn may use


def known_of(people: People, bot: Bot, customer_id: str, at: dt.datetime, also: Sequence[Turn] = ()) -> Known | None:
    """Return everything a turn with a verified person may use; None: there is no such person."""
    now = people.present(customer_id, at, also=also)
    if now is None:
        return None
    ledger = people.workspace.ledger
    values = {
        name: value for name in sorted(bot.facts()) if (value := fact_of(now.population, customer_id, name)) is not None
    }
    attributes = now.population.attributes.get(customer_id, {})
    traits = {one.trait for one in bot.questions.values()} & attributes.keys()
    held = {name: attributes[name].valid_from for name in traits}
    asked = asked_before(people.turns(customer_id, at, also))
    decided = frozenset((one.purpose, one.channel) for one in decisions_of(ledger, [customer_id]))
    person = now.population.people.get(customer_id)
    decided |= frozenset((one.purpose, one.channel) for one in (person.decisions if person is not None else ()))
    return Known(at, Own(customer_id, values), now.segments, held, asked, decided)


def fact_of(population: Population, customer_id: str, name: str) -> Fact | None:
    """Return a trait of a person as it may be said; None where it is not known or has no words."""
    if customer_id not in population.people:
        return None
    if name in population.traits:
        found = population.trait(name, customer_id)
    else:
        version = population.attributes[customer_id].get(name)
        found = None if version is None else attribute_value(version, population.types.get(name, version.value_type))
    return found


def asked_before(turns: Iterable[Turn]) -> dict[str, Asked]:
    """Return how often a person was asked each question, and whether they declined it."""
    found: dict[str, Asked] = {}
    for turn in turns:
        if name := turn.detail.get("asked"):
            before = found.get(name, Asked())
            found[name] = replace(before, at=(*before.at, turn.happened_at))
        for effect in turn.detail.get("effects", ()):
            if effect["kind"] == "declined":
                found[effect["question"]] = replace(
                    found.get(effect["question"], Asked()), declined_at=turn.happened_at
                )
    return found
