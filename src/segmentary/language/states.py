"""An attribute over time in the oracle: the values it had, since when, and at the moment of an event."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from segmentary.errors import DefinitionError
from segmentary.language.compare import compared
from segmentary.language.history import AttributeVersion, Event, Person, attributes_at, known_by, later
from segmentary.language.kinds import natural, wanted
from segmentary.language.tree import Compare, Context, Had, HasBeen, TraitAtEvent, TraitValue, ValueType
from segmentary.language.values import Known
from segmentary.language.windows import bounds, subtract

if TYPE_CHECKING:
    from segmentary.language.judge import Judge

Span = tuple[dt.datetime | None, dt.datetime, AttributeVersion | None]


def timeline(person: Person, name: str, context: Context) -> list[Span]:
    """Return the versions that held one after the other, until as-of: from just after an instant until and with one.

    The first one begins at None: it has always held.
    """
    own = [a for a in person.attributes if a.name == name and known_by(a.known_at, context)]
    turns = {at for a in own for at in (a.valid_from, a.valid_to) if at is not None and at < context.as_of}
    spans: list[Span] = []
    begin: dt.datetime | None = None
    for end in (*sorted(turns), context.as_of):
        held = attributes_at(replace(person, attributes=tuple(own)), replace(context, as_of=end))
        spans.append((begin, end, held.get(name)))
        begin = end
    return spans


def passing_spans(judge: Judge, condition: Compare) -> list[tuple[dt.datetime | None, dt.datetime]]:
    """Return when a comparison with an attribute held: from just after an instant until and with one, oldest first."""
    subject = attribute_of(judge, condition)
    kind = wanted(condition, judge.population.types)
    found: list[tuple[dt.datetime | None, dt.datetime]] = []
    for begin, end, version in timeline(judge.person, subject.name, judge.context):
        value = None if version is None else judge.read_version(version, subject.path, kind)
        if not compared(condition, value, judge.context, judge.timezone):
            continue
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def attribute_of(judge: Judge, condition: Compare) -> TraitValue:
    """Return the attribute a condition is about.

    Raises
    ------
    DefinitionError
        for anything else: only attributes have a past.
    """
    if not isinstance(condition.value, TraitValue):
        raise DefinitionError("only a trait of a source has a past", hint="compare an attribute")
    natural(condition.value, judge.population.types)
    refuse_computed(judge, condition.value.name)
    return condition.value


def refuse_computed(judge: Judge, name: str) -> None:
    if name in judge.population.traits:
        raise DefinitionError(f"the computed trait {name!r} has no past", hint="only attributes of a source have one")


def held_since(judge: Judge, condition: Compare) -> tuple[dt.datetime | None] | None:
    """Return since when a comparison has held, alone in a tuple (None: always); None when it does not hold now."""
    spans = passing_spans(judge, condition)
    return (spans[-1][0],) if spans and spans[-1][1] == judge.context.as_of else None


def has_been(judge: Judge, rule: HasBeen) -> bool:
    """Say whether a comparison has held for (less than) so long.

    Raises
    ------
    DefinitionError
        without a length.
    """
    if rule.at_least is None and rule.less_than is None:
        raise DefinitionError("for how long it has been so is missing", hint="at_least: 10d or less_than: 10d")
    since = held_since(judge, rule.condition)
    if since is None:
        return False
    begin, as_of, zone = since[0], judge.context.as_of, judge.zone
    if rule.at_least is not None and begin is not None and begin > subtract(as_of, rule.at_least, zone):
        return False
    return rule.less_than is None or (begin is not None and begin > subtract(as_of, rule.less_than, zone))


def had(judge: Judge, rule: Had) -> bool:
    """Say whether a comparison held at some instant of a window."""
    since, until = bounds(rule.during, judge.context, judge.timezone)
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return any(
        max(begin or earliest, since or earliest) < min(end, until)
        for begin, end in passing_spans(judge, rule.condition)
    )


def at_event(judge: Judge, event: Event, node: TraitAtEvent, kind: ValueType) -> Known | None:
    """Return an attribute as it was when an event happened."""
    natural(node, judge.population.types)
    refuse_computed(judge, node.name)
    held = [
        version
        for version in judge.person.attributes
        if version.name == node.name
        and known_by(version.known_at, judge.context)
        and (version.valid_from is None or version.valid_from <= event.happened_at)
        and (version.valid_to is None or version.valid_to > event.happened_at)
    ]
    return judge.read_version(max(held, key=later), node.path, kind) if held else None
