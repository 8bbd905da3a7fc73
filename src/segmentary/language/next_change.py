"""When a rule's truth changes next though nothing new becomes known: ageing, deadlines, anniversaries, the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from segmentary.errors import UnknownNameError
from segmentary.language.candidates import Candidates
from segmentary.language.history import Person, in_universe, known_by
from segmentary.language.judge import Judge
from segmentary.language.oracle import Population, of_person
from segmentary.language.tree import Context, Rule
from segmentary.language.value_turns import STEP
from segmentary.language.windows import LATEST

HORIZON_DAYS = 400
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found: the next instant at which the truth differs, and until when was looked.

    complete : everything until the horizon was looked at, or something was found.
    """

    instant: dt.datetime | None
    until: dt.datetime
    complete: bool


def next_change(
    population: Population,
    rule: Rule,
    customer_id: str,
    timezone: str | None = None,
    *,
    horizon_days: int = HORIZON_DAYS,
    segment: str | None = None,
) -> dt.datetime | None:
    """Return the next instant after as-of at which a rule's truth differs; None when it does not within the horizon.

    Events, decisions and log entries before as-of are all there is; attributes and belongings keep their dated
    beginnings and ends, those ahead included. What was decided elsewhere (``known_members``, ``known_ranks``) stays.

    Raises
    ------
    UnknownNameError
        when the customer is not in the universe at as-of.
    """
    return seek(population, rule, customer_id, timezone, horizon_days=horizon_days, segment=segment).instant


def seek(
    population: Population,
    rule: Rule,
    customer_id: str,
    timezone: str | None = None,
    *,
    horizon_days: int = HORIZON_DAYS,
    segment: str | None = None,
    effort: int | None = None,
) -> Sought:
    """Look for the same, with so many readings of an event at most: whoever has a hundred thousand is not worth it.

    effort : missing means as many as there are.
    """
    if customer_id not in population.people:
        raise UnknownNameError("customer at that moment", customer_id, [], see="somebody who was first seen later")
    as_of = population.context.as_of
    until = min(as_of + dt.timedelta(days=horizon_days), LATEST)
    future = Future(population)
    now = future.at(as_of).holds(rule, customer_id, timezone, segment=segment)
    # Looked for from the end of the horizon, when everybody has arrived.
    judge = Judge(future.at(until), customer_id, timezone, segment=segment)
    found = Candidates(judge, until, since=as_of).of_rule(rule)
    instants = sorted(one for one in found | {one + STEP for one in found} if as_of < one <= until)
    tried = len(instants) if effort is None else max(FEWEST, effort // (future.events + 1))
    for instant in instants[:tried]:
        if future.at(instant).holds(rule, customer_id, timezone, segment=segment) != now:
            return Sought(instant, instant, complete=True)
    if tried < len(instants):
        return Sought(None, instants[tried] - STEP, complete=False)
    return Sought(None, until, complete=True)


def later(population: Population, instant: dt.datetime) -> Population:
    """Return the same people with what has happened before a population's as-of, at another instant."""
    return Future(population).at(instant)


class Future:
    """What has happened before a population's as-of, to be judged at later instants.

    events : how many there are.
    """

    def __init__(self, population: Population) -> None:
        self.population = population
        context, as_of = population.context, population.context.as_of
        self.people = [settled(person, as_of) for person in population.everybody if is_dated(person, context)]
        self.past = [of_person(person, context) for person in self.people]
        self.entries = [entry for entry in population.entries if entry.valid_at < as_of]
        self.members = None if population.customers is None else Future(population.customers)
        self.events: int = sum(len(events) for _, events in self.past) + (self.members.events if self.members else 0)

    def at(self, instant: dt.datetime) -> Population:
        """Return the population at an instant."""
        population = self.population
        return Population(
            self.people,
            replace(population.context, as_of=instant),
            segments=population.segments,
            traits=population.traits,
            given=population.given,
            given_types=population.types,
            lists=population.lists,
            known_members=population.known_members,
            known_ranks=population.known_ranks,
            known_related=population.known_related,
            entries=self.entries,
            places=population.places,
            references=population.references,
            members=None if self.members is None else self.members.at(instant),
            entity=population.entity,
            past=self.past,
        )


def is_dated(person: Person, context: Context) -> bool:
    """Say whether somebody is there, or comes in on a day that is known; not those who are to do something first."""
    dated = any(a.valid_from is not None and known_by(a.known_at, context) for a in person.attributes)
    return dated or person.created_at is not None or in_universe(person, context)


def settled(person: Person, as_of: dt.datetime) -> Person:
    """Return a person with what happened before as-of only."""
    return replace(
        person,
        events=tuple(event for event in person.events if event.happened_at < as_of),
        decisions=tuple(one for one in person.decisions if one.happened_at is None or one.happened_at < as_of),
    )
