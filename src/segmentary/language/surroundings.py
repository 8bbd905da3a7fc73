"""Other people, places and decisions in the oracle: groups, ranks that are kept, nearness, consent."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, assert_never

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.compare import ORDER
from segmentary.language.distance import Point, metres_between, on_earth
from segmentary.language.history import Decision, Person, known_by
from segmentary.language.tree import Consent, Context, Near, Rank, Related, TraitValue
from segmentary.language.values import normal

if TYPE_CHECKING:
    from segmentary.language.judge import Judge
    from segmentary.language.oracle import Population

# ---------------------------------------------------------------- groups


def groups_of(person: Person, kind: str, context: Context) -> set[str]:
    """Return the groups of a kind somebody belongs to at as-of."""
    return {
        one.group_id
        for one in person.belongings
        if one.group == kind
        and known_by(one.known_at, context)
        and (one.valid_from is None or one.valid_from <= context.as_of)
        and (one.valid_to is None or one.valid_to > context.as_of)
    }


def related_people(judge: Judge, rule: Related) -> tuple[Population, list[str]]:
    """Return the population and the people in it whom a rule about the same group asks, in order.

    Raises
    ------
    DefinitionError
        in a segment of accounts or households when the group is of the other kind, or its members are not there.
    """
    population, context = judge.population, judge.context
    if population.entity == "customer":
        groups = groups_of(judge.person, rule.group, context)
        others = [p for p in population.people.values() if p.customer_id != judge.customer]
        return population, sorted(p.customer_id for p in others if groups & groups_of(p, rule.group, context))
    if population.customers is None or population.entity != rule.group:
        raise DefinitionError(
            f"a segment of {population.entity}s cannot ask about the members of {rule.group}s",
            hint="a group can ask about its own members only",
        )
    people = population.customers.people.values()
    members = [p.customer_id for p in people if judge.customer in groups_of(p, rule.group, context)]
    return population.customers, sorted(members)


def satisfying(judge: Judge, rule: Related) -> tuple[list[str], list[str]]:
    """Return the people asked, and those of them who satisfy the rule."""
    known = judge.population.known_related
    if (judge.customer, rule) in known:
        return known[judge.customer, rule]
    population, people = related_people(judge, rule)
    return people, [p for p in people if population.holds(rule.rule, p, judge.timezone)]


def related_holds(judge: Judge, rule: Related) -> bool:
    """Say whether a rule about the people of the same group holds."""
    people, found = satisfying(judge, rule)
    match rule.quantifier:
        case "any":
            return bool(found)
        case "none":
            return not found
        case "all":
            return bool(people) and len(found) == len(people)
        case "count":
            if rule.operator is None or rule.operand is None:
                raise DefinitionError("how many of the group is missing", hint="for example count: {gte: 2}")
            return ORDER[rule.operator](len(found), rule.operand)
        case _:
            assert_never(rule.quantifier)


# ---------------------------------------------------------------- ranks that are kept


def rank_holds(judge: Judge, rank: Rank) -> bool:
    """Say whether somebody is within a rank, or was a member before and is within the wider one."""
    narrow = replace(rank, keep_share=None, keep_number=None)
    if judge.customer in judge.population.ranked(narrow, judge.timezone, judge.segment):
        return True
    wide = wider(rank)
    if wide is None or judge.segment is None or not is_inside(judge, judge.segment):
        return False
    return judge.customer in judge.population.ranked(wide, judge.timezone, judge.segment)


def wider(rank: Rank) -> Rank | None:
    """Return the rank a member has to leave to be out, None when it is the same one."""
    if rank.keep_share is None and rank.keep_number is None:
        return None
    return replace(rank, share=rank.keep_share, number=rank.keep_number, keep_share=None, keep_number=None)


def is_inside(judge: Judge, segment: str) -> bool:
    """Say whether the log has somebody in a segment just before as-of."""
    known = judge.stays(segment)
    return bool(known) and known[-1].exit is None


# ---------------------------------------------------------------- places


def own_point(judge: Judge, rule: Near) -> Point | None:
    """Return where somebody is; None when that is unknown."""
    return on_earth(
        judge.number(rule.latitude or TraitValue("latitude")), judge.number(rule.longitude or TraitValue("longitude"))
    )


def distances(judge: Judge, rule: Near) -> list[tuple[int, str]]:
    """Return how many metres it is to the point, or to each place of the list, nearest first.

    Raises
    ------
    DefinitionError
        when neither a point nor a list is named.
    UnknownNameError
        when there is no such list of places.
    """
    lists = judge.population.places
    if rule.point is None and rule.places is None:
        raise DefinitionError("near what is missing", hint="name a point or a list of places")
    if rule.places is not None and rule.places not in lists:
        raise UnknownNameError("list of places", rule.places, lists)
    points = [] if rule.point is None else [(on_earth(*rule.point), "the point")]
    points += [(on_earth(p.latitude, p.longitude), p.name) for p in lists.get(rule.places or "", ())]
    own = own_point(judge, rule)
    if own is None:
        return []
    return sorted((metres_between(own, point), name) for point, name in points if point is not None)


def near_holds(judge: Judge, rule: Near) -> bool:
    """Say whether somebody is near enough."""
    return any(Decimal(metres) <= rule.kilometres * 1000 for metres, _ in distances(judge, rule))


# ---------------------------------------------------------------- consent


def latest_decision(judge: Judge, rule: Consent) -> Decision | None:
    """Return the decision that counts: the latest before as-of; of equals, no wins."""
    context, earliest = judge.context, dt.datetime.min.replace(tzinfo=dt.UTC)
    found = [
        one
        for one in judge.person.decisions
        if normal(one.purpose) == normal(rule.purpose)
        and (rule.channel is None or normal(one.channel) in (normal(rule.channel), "any"))
        and (one.happened_at is None or one.happened_at < context.as_of)
        and known_by(one.known_at, context)
    ]
    return max(
        found, key=lambda one: (one.happened_at or earliest, one.known_at or earliest, not one.granted), default=None
    )


def consent_holds(judge: Judge, rule: Consent) -> bool:
    """Say whether the latest decision is yes (or no)."""
    decision = latest_decision(judge, rule)
    return decision is not None and decision.granted == rule.granted
