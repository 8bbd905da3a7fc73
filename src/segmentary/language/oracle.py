"""The oracle: the plain meaning of a definition, one person at a time, in Python. Slow and obvious on purpose.

Membership in production comes from the compiler; this interpreter is what the compiler is tested against, and what
``explain`` uses on a single person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.history import (
    AttributeVersion,
    Belonging,
    Decision,
    Entry,
    Event,
    Person,
    Place,
    attributes_at,
    events_before,
    known_events,
    there_since,
)
from segmentary.language.judge import Judge
from segmentary.language.kinds import natural
from segmentary.language.references import circle
from segmentary.language.stays import Stay, stays
from segmentary.language.trace import Trace, traced
from segmentary.language.tree import (
    Context,
    EntityType,
    Rank,
    Related,
    Rule,
    Scalar,
    SegmentDefinition,
    TraitDefinition,
    Value,
    ValueType,
)
from segmentary.language.values import Known, normal

__all__ = [
    "AttributeVersion",
    "Belonging",
    "Decision",
    "Entry",
    "Event",
    "Person",
    "Place",
    "Population",
    "Trace",
]


Past = tuple[dt.datetime | None, tuple[Event, ...]]
"""Since when somebody is there (None: always), and all their events that were known, in order."""


def of_person(person: Person, context: Context) -> Past:
    """Return what of a person does not depend on the moment that is judged."""
    return there_since(person, context), known_events(person, context)


def is_there(since: dt.datetime | None, context: Context) -> bool:
    """Say whether somebody who is there since a moment is there at as-of."""
    return since is None or since < context.as_of


class Population:
    """People and everything known about them, judged in one context.

    Parameters
    ----------
    people : the customers (accounts, households); those outside the universe at as-of are left out.
    segments, traits : every definition that may be referred to.
    given : per customer, model outputs and other values that are not computed here.
    given_types : the type of every attribute and model output.
    lists : ids of the named lists.
    known_members, known_ranks : membership of segments and ranks decided elsewhere, so that one person fetched from the
        warehouse can be explained without the others; known_related : per customer and rule about a group, the others
        of the group and those who satisfy it; moments : populations at other instants, where they are not to be made.
    entries : the membership log, of any segment and entity.
    places : the named lists of places.
    references : reference tables: table, id, name of the fact, fact.
    entity, members : what the people are; of accounts and households also the population of customers.
    past : `of_person` of each of the people, where it is known already.
    """

    def __init__(
        self,
        people: Iterable[Person],
        context: Context,
        *,
        segments: Mapping[str, SegmentDefinition] | None = None,
        traits: Mapping[str, TraitDefinition] | None = None,
        given: Mapping[str, Mapping[str, Scalar]] | None = None,
        given_types: Mapping[str, ValueType] | None = None,
        lists: Mapping[str, tuple[str, ...]] | None = None,
        known_members: Mapping[str, set[str]] | None = None,
        known_ranks: Mapping[Rank, set[str]] | None = None,
        known_related: Mapping[tuple[str, Related], tuple[list[str], list[str]]] | None = None,
        moments: Mapping[dt.datetime, Population] | None = None,
        entries: Iterable[Entry] = (),
        places: Mapping[str, tuple[Place, ...]] | None = None,
        references: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
        members: Population | None = None,
        entity: EntityType = "customer",
        past: Sequence[Past] | None = None,
    ) -> None:
        self.context = context
        self.segments = segments or {}
        self.traits = traits or {}
        self.given = given or {}
        self.lists = lists or {}
        self.known_members = known_members or {}
        self.known_ranks = known_ranks or {}
        self.known_related = known_related or {}
        self.entries = tuple(entries)
        self.places = places or {}
        self.references = {
            table: {normal(key): facts for key, facts in rows.items()} for table, rows in (references or {}).items()
        }
        self.customers = members
        self.entity = entity
        self.types: dict[str, ValueType] = dict(given_types or {})
        self.types |= {name: definition.type for name, definition in self.traits.items()}
        self.everybody = tuple(people)
        self.past = past if past is not None else [of_person(person, context) for person in self.everybody]
        there = [
            (p, events)
            for p, (since, events) in zip(self.everybody, self.past, strict=True)
            if is_there(since, context)
        ]
        self.people = {p.customer_id: p for p, _ in there}
        self.events = {p.customer_id: events_before(events, context.as_of) for p, events in there}
        self.attributes = {name: attributes_at(p, context) for name, p in self.people.items()}
        self.kept_truths: dict[tuple[str, str], bool] = {}
        self.kept_traits: dict[tuple[str, str], Known | None] = {}
        self.kept_ranks: dict[tuple[Rank, str | None, str | None], set[str]] = {}
        self.kept_stays: dict[tuple[str, str], tuple[Stay, ...]] = {}
        self.moments: dict[dt.datetime, Population] = dict(moments or {})
        self.open: tuple[str, ...] = ()

    def universe(self) -> list[str]:
        """Return the ids of everyone there is at as-of, in order."""
        return sorted(self.people)

    def members(self, name: str) -> set[str]:
        """Return the ids of a segment's members; of a segment of customers in a population of groups, customers."""
        if self.customers is not None and name in self.segments and self.segments[name].entity == "customer":
            return self.customers.members(name)
        return {customer for customer in self.people if self.is_member(name, customer)}

    def holds(self, rule: Rule, customer_id: str, timezone: str | None = None, *, segment: str | None = None) -> bool:
        """Say whether a rule holds for a customer; ``segment`` is the segment it stands in."""
        return Judge(self, customer_id, timezone, segment=segment).holds(rule)

    def value(
        self, value: Value, customer_id: str, timezone: str | None = None, kind: ValueType | None = None
    ) -> Known | None:
        """Return a value of a customer, None when it is missing; ``kind`` says what it is to be read as."""
        return Judge(self, customer_id, timezone).value(value, kind or natural(value, self.types))

    def trace(self, rule: Rule, customer_id: str, timezone: str | None = None, *, segment: str | None = None) -> Trace:
        """Return why a rule holds for a customer or does not, node by node."""
        return traced(Judge(self, customer_id, timezone, segment=segment), rule)

    def is_member(self, name: str, customer: str) -> bool:
        """Say whether a customer is in a segment, judging it at most once."""
        if name in self.known_members:
            return customer in self.known_members[name]
        if name not in self.segments:
            raise UnknownNameError("segment", name, self.segments)
        key = f"segment {name}"
        if (key, customer) not in self.kept_truths:
            definition = self.segments[name]
            self.refuse_other_entity(definition)
            with_open = self.entered(key)
            judge = Judge(self, customer, definition.timezone, segment=definition.name)
            self.kept_truths[key, customer] = judge.holds(definition.where)
            self.open = with_open
        return self.kept_truths[key, customer]

    def trait(self, name: str, customer: str) -> Known | None:
        """Return a computed trait of a customer, computing it at most once."""
        key = f"trait {name}"
        if (key, customer) not in self.kept_traits:
            definition = self.traits[name]
            with_open = self.entered(key)
            judge = Judge(self, customer, definition.timezone)
            self.kept_traits[key, customer] = judge.value(definition.value, definition.type)
            self.open = with_open
        return self.kept_traits[key, customer]

    def entered(self, key: str) -> tuple[str, ...]:
        """Note that a definition is being judged; return what was open before. Meeting it again is a circle."""
        before = self.open
        if key in before:
            raise circle(before, key)
        self.open = (*before, key)
        return before

    def refuse_other_entity(self, definition: SegmentDefinition) -> None:
        """Refuse to judge a segment of groups on customers, or of customers on groups.

        Raises
        ------
        DefinitionError
            when it is one.
        """
        groups = ("account", "household")
        if definition.entity != self.entity and (definition.entity in groups or self.entity in groups):
            raise DefinitionError(
                f"segment {definition.name!r} is about {definition.entity}s, not {self.entity}s",
                hint="`related` asks about the people of a group",
            )

    def stays(self, segment: str, customer: str) -> tuple[Stay, ...]:
        """Return the stays of a customer in a segment, by the log, oldest first."""
        if (segment, customer) not in self.kept_stays:
            own = [entry for entry in self.entries if entry.segment == segment and entry.entity_id == customer]
            self.kept_stays[segment, customer] = stays(own, self.context)
        return self.kept_stays[segment, customer]

    def was_member(self, name: str, customer: str, instant: dt.datetime) -> bool:
        """Say whether a customer was in a segment at another instant, by the definitions there are now."""
        if instant == self.context.as_of:
            return self.is_member(name, customer)
        then = self.at(instant)
        if customer not in then.people:
            return False
        before, then.open = then.open, self.open
        try:
            return then.is_member(name, customer)
        finally:
            then.open = before

    def at(self, instant: dt.datetime) -> Population:
        """Return the same people, and what is known of them, as of another instant."""
        if instant not in self.moments:
            self.moments[instant] = Population(
                self.everybody,
                replace(self.context, as_of=instant),
                segments=self.segments,
                traits=self.traits,
                given=self.given,
                given_types=self.types,
                lists=self.lists,
                entries=self.entries,
                places=self.places,
                references=self.references,
                members=None if self.customers is None else self.customers.at(instant),
                entity=self.entity,
            )
        return self.moments[instant]

    def ranked(self, rank: Rank, timezone: str | None, segment: str | None = None) -> set[str]:
        """Return the ids of everyone within a rank."""
        if rank in self.known_ranks:
            return self.known_ranks[rank]
        if (rank, timezone, segment) not in self.kept_ranks:
            self.kept_ranks[rank, timezone, segment] = self.rank_members(rank, timezone, segment)
        return self.kept_ranks[rank, timezone, segment]

    def rank_members(self, rank: Rank, timezone: str | None, segment: str | None) -> set[str]:
        """Return the ids of everyone within a rank, judging everybody."""
        groups: dict[Known | None, list[tuple[Known, str]]] = {}
        kind = natural(rank.by, self.types)
        kind = "number" if kind in ("text", "list") else kind
        for customer in self.people:
            judge = Judge(self, customer, timezone, segment=segment)
            place = None if rank.within is None else judge.value(rank.within, natural(rank.within, self.types))
            amount = judge.value(rank.by, kind)
            left_out = rank.within is not None and place is None
            if left_out or amount is None or (rank.over is not None and not judge.holds(rank.over)):
                continue
            groups.setdefault(place, []).append((amount, customer))
        return {customer for group in groups.values() for customer in ranked_within(rank, group)}


def ranked_within(rank: Rank, group: list[tuple[Known, str]]) -> list[str]:
    if len(group) < rank.at_least:
        return []
    group.sort(key=lambda pair: pair[1])
    group.sort(key=lambda pair: pair[0], reverse=rank.order == "highest")
    if rank.share is not None:
        allowed = int(Fraction(rank.share) * len(group))
    elif rank.number is not None:
        allowed = rank.number
    else:
        raise DefinitionError("a rank needs a share or a number", hint="top: 10% or top: 100")
    if allowed <= 0:
        return []
    chosen = group[:allowed]
    if rank.ties == "include":
        chosen += [pair for pair in group[allowed:] if pair[0] == chosen[-1][0]]
    return [customer for _, customer in chosen]
