"""Per node, the instants at which its value or truth may change as as-of moves on and nothing new becomes known.

What happened (events, decisions, log entries) before as-of is all there is; attributes and belongings keep their dated
beginnings and ends, those ahead included. `turns` holds the calendar.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from segmentary.language.history import Person
from segmentary.language.references import circle, referenced
from segmentary.language.stays import during_holds
from segmentary.language.tree import (
    All,
    AnyOf,
    Calendar,
    Compare,
    Consent,
    Had,
    HasBeen,
    Near,
    Not,
    Rank,
    Related,
    Rule,
    Sample,
    SegmentAt,
    SegmentDefinition,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    StaticList,
    TraitValue,
)
from segmentary.language.turns import Instants
from segmentary.language.value_turns import STEP, ValueTurns, united
from segmentary.language.windows import as_instant, subtract

if TYPE_CHECKING:
    from segmentary.language.judge import Judge


class Candidates(ValueTurns):
    """The candidates of one customer's rules, in one zone, from as-of until a horizon."""

    # ------------------------------------------------------------ rules

    def of_rule(self, rule: Rule) -> Instants:
        """Return when a rule's truth may change."""
        match rule:
            case All(rules=rules) | AnyOf(rules=rules):
                return united(self.of_rule(part) for part in rules)
            case Not(rule=inner):
                return self.of_rule(inner)
            case Compare():
                return self.of_compare(rule)
            case StaticList() | Sample() | Consent():
                return set()
            case SegmentReference():
                return self.of_segment(rule)
            case Rank():
                return self.of_rank(rule)
            case Sequence():
                return self.of_sequence(rule)
            case Near():
                own = (rule.latitude or TraitValue("latitude"), rule.longitude or TraitValue("longitude"))
                return united(map(self.of_value, own))
            case HasBeen() | Had() | SegmentAt() | SegmentDuring() | SegmentMoved() | Related():
                return self.of_past(rule)
            case _:
                assert_never(rule)

    def of_past(self, rule: HasBeen | Had | SegmentAt | SegmentDuring | SegmentMoved | Related) -> Instants:
        """Return when a rule about other moments or people may change."""
        match rule:
            case HasBeen(condition=condition, at_least=at_least, less_than=less_than):
                versions = self.versions(condition.value)
                lengths = [one for one in (at_least, less_than) if one is not None]
                aged = united(self.turns.after(versions, one) for one in lengths)
                return self.turns.within(versions) | aged | self.of_compare(condition)
            case Had(condition=condition, during=during):
                versions = self.versions(condition.value)
                met = self.turns.window(during, versions)
                return self.turns.within(versions) | met | self.of_compare(condition)
            case SegmentAt():
                return self.of_other_moment(rule)
            case SegmentDuring():
                return self.of_stays(rule)
            case SegmentMoved(during=during, stayed=stayed):
                moves = self.moves(rule.name)
                lasted = set() if stayed is None else self.turns.after(moves, stayed)
                return self.turns.window(during, moves) | lasted
            case Related():
                return self.of_group(rule)
            case _:
                assert_never(rule)

    def of_segment(self, rule: SegmentReference) -> Instants:
        """Return when membership of another segment may change; one decided elsewhere does not."""
        population = self.judge.population
        if rule.name in population.known_members and rule.version is None:
            return set()
        definition = population.segments[referenced(rule, population.segments)]
        return self.inner(definition).of_rule(definition.where)

    def inner(self, definition: SegmentDefinition, since: dt.datetime | None = None) -> Candidates:
        """Return the candidates inside a segment referred to.

        Raises
        ------
        CycleError
            when it is open already.
        """
        key = f"segment {definition.name}"
        if key in self.open:
            raise circle(self.open, key)
        judge = type(self.judge)(
            self.judge.population, self.judge.customer, definition.timezone, segment=definition.name
        )
        return Candidates(judge, self.until, (*self.open, key), since or self.turns.context.as_of)

    def of_rank(self, rule: Rank) -> Instants:
        """Return when anybody's place in a rank may change."""
        population = self.judge.population
        if replace(rule, keep_share=None, keep_number=None) in population.known_ranks:
            return set()
        values = [value for value in (rule.by, rule.within) if value is not None]
        found: Instants = set()
        for person in population.everybody:
            found |= self.arrivals(person)
            if person.customer_id in population.people:
                other = self.about(person.customer_id)
                found |= united(map(other.of_value, values))
                found |= set() if rule.over is None else other.of_rule(rule.over)
        return found

    def about(self, customer: str) -> Candidates:
        """Return the candidates of another customer."""
        judge = type(self.judge)(self.judge.population, customer, self.judge.timezone, segment=self.judge.segment)
        return Candidates(judge, self.until, self.open, self.turns.context.as_of)

    def arrivals(self, person: Person) -> Instants:
        """Return when somebody may come into the universe."""
        dates = [version.valid_from for version in person.attributes]
        return self.turns.within(one for one in (*dates, person.created_at) if one is not None)

    def of_group(self, rule: Related) -> Instants:
        """Return when the people of a group, or whether they satisfy a rule, may change."""
        population = self.judge.population
        if (self.judge.customer, rule) in population.known_related:
            return set()
        asked = population if population.customers is None else population.customers
        found: Instants = set()
        for person in asked.everybody:
            ends = [end for one in person.belongings for end in (one.valid_from, one.valid_to)]
            found |= self.turns.within(end for end in ends if end is not None) | self.arrivals(person)
            if person.customer_id in asked.people:
                judge = type(self.judge)(asked, person.customer_id, self.judge.timezone)
                found |= Candidates(judge, self.until, self.open, self.turns.context.as_of).of_rule(rule.rule)
        return found

    # ------------------------------------------------------------ the log

    def moves(self, segment: str) -> list[dt.datetime]:
        """Return when the customer entered or left a segment."""
        known = self.judge.stays(segment)
        return [at for stay in known for at in (stay.entry, stay.exit) if at is not None]

    def of_stays(self, rule: SegmentDuring) -> Instants:
        """Return when stays enter, leave, cover or fill a window.

        How long they add up to is a straight line between those instants: where it crosses the length is looked for.
        """
        found = self.turns.window(rule.during, self.moves(rule.name))
        if rule.quantifier != "at_least":
            return found
        edges = sorted({self.turns.context.as_of, self.until} | self.turns.midnights | found)
        before: bool | None = None
        for low, high in itertools.pairwise(edges):
            first, last = low + STEP, high - STEP
            if first >= last:
                found |= {low, high}
                continue
            holds = during_holds(self.then(first), rule)
            if holds != before:
                found.add(low)
            before = during_holds(self.then(last), rule)
            if holds == before:
                continue
            while last - first > STEP:
                middle = first + (last - first) / 2
                first, last = (middle, last) if during_holds(self.then(middle), rule) == holds else (first, middle)
            found |= {first, last}
        return self.turns.within(found)

    def then(self, instant: dt.datetime) -> Judge:
        """Return the judge of the same customer at another instant."""
        judge = self.judge
        return type(judge)(judge.population.at(instant), judge.customer, judge.timezone, segment=judge.segment)

    def of_other_moment(self, rule: SegmentAt) -> Instants:
        """Return when membership at another moment may change."""
        if isinstance(rule.at, Calendar):
            return self.turns.periods(rule.at.unit)
        definition = None
        if rule.evaluated:
            segments = self.judge.population.segments
            definition = segments[referenced(SegmentReference(rule.name, rule.version), segments)]
        if isinstance(rule.at, dt.date):
            passing = self.turns.within((as_instant(rule.at, self.judge.zone),))
            return passing if definition is None else passing | self.inner(definition).of_rule(definition.where)
        if definition is None:
            return self.turns.after(self.moves(rule.name), rule.at)
        # Everything that changes from that moment on changes here so much later, and so does what happened since.
        start = subtract(self.turns.context.as_of, rule.at, self.judge.zone)
        facts = self.inner(definition, start).of_rule(definition.where)
        population = self.judge.population
        customers = () if population.customers is None else population.customers.everybody
        for person in (*population.everybody, *customers):
            facts |= facts_of(person)
        facts |= {entry.valid_at for entry in population.entries}
        return self.turns.after(facts | {fact + STEP for fact in facts}, rule.at)


def facts_of(person: Person) -> Instants:
    """Return every instant at which something about somebody begins, ends or happens."""
    dates = [person.created_at, *(event.happened_at for event in person.events)]
    dates += [end for one in person.attributes for end in (one.valid_from, one.valid_to)]
    dates += [end for one in person.belongings for end in (one.valid_from, one.valid_to)]
    dates += [one.happened_at for one in person.decisions]
    return {one for one in dates if one is not None}
