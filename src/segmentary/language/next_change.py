"""When a rule's truth changes next though nothing new becomes known: ageing, deadlines, anniversaries, the calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from segmentary.errors import UnknownNameError
from segmentary.language.candidates import Candidates
from segmentary.language.history import Person, in_universe, known_by
from segmentary.language.judge import Judge
from segmentary.language.oracle import Population
from segmentary.language.tree import Context, Rule
from segmentary.language.value_turns import STEP
from segmentary.language.windows import LATEST

HORIZON_DAYS = 400


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
    if customer_id not in population.people:
        raise UnknownNameError("customer at that moment", customer_id, [], see="somebody who was first seen later")
    as_of = population.context.as_of
    until = min(as_of + dt.timedelta(days=horizon_days), LATEST)
    now = later(population, as_of).holds(rule, customer_id, timezone, segment=segment)
    # Looked for from the end of the horizon, when everybody has arrived.
    judge = Judge(later(population, until), customer_id, timezone, segment=segment)
    found = Candidates(judge, until, since=as_of).of_rule(rule)
    for instant in sorted(found | {one + STEP for one in found}):
        if as_of < instant <= until:
            then = later(population, instant)
            if then.holds(rule, customer_id, timezone, segment=segment) != now:
                return instant
    return None


def later(population: Population, instant: dt.datetime) -> Population:
    """Return the same people with what has happened before a population's as-of, at another instant."""
    context, as_of = population.context, population.context.as_of
    return Population(
        [settled(person, as_of) for person in population.everybody if is_dated(person, context)],
        replace(population.context, as_of=instant),
        segments=population.segments,
        traits=population.traits,
        given=population.given,
        given_types=population.types,
        lists=population.lists,
        known_members=population.known_members,
        known_ranks=population.known_ranks,
        known_related=population.known_related,
        entries=[entry for entry in population.entries if entry.valid_at < as_of],
        places=population.places,
        references=population.references,
        members=None if population.customers is None else later(population.customers, instant),
        entity=population.entity,
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
