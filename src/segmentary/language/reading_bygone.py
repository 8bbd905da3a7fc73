"""From a document to other moments and other entities: states, memberships, relations, places, consent."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Literal

from segmentary.language.bygone import MODEL_OUTPUTS
from segmentary.language.cursor import Cursor
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.reading_events import FIXED_WINDOWS, RuleReader, pair, read_fixed_window, read_path, without
from segmentary.language.tree import (
    Compare,
    Consent,
    FixedWindow,
    Had,
    HasBeen,
    ModelValue,
    Moment,
    Near,
    PropertyValue,
    ReferenceValue,
    Related,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Value,
)

SEGMENT_KEYS = ("segment", "version", "at", "evaluated", "during", "entered", "exited", "nth", "stayed")
STATE_KEYS = ("for", "at_any_time")
COUNT_TESTS: tuple[Literal["is", "lt", "lte", "gt", "gte"], ...] = ("is", "lt", "lte", "gt", "gte")
PINNED = re.compile(r"(.*)@(v[1-9][0-9]*)", re.DOTALL)
"""``vip@v3`` is short for ``{segment: vip, version: v3}``; no segment may be called so itself."""


# ---------------------------------------------------------------- states


def read_state(at: Cursor, condition: Compare) -> Compare | HasBeen | Had:
    """Read ``for`` and ``at_any_time`` beside a condition on a trait."""
    lasting, window = at.optional("for"), at.optional("at_any_time")
    if lasting is not None and window is not None:
        raise at.wrong("'for' and 'at_any_time' in one condition", "write two conditions in all")
    if window is not None:
        return Had(condition, read_fixed_window(window))
    if lasting is None:
        return condition
    if not isinstance(lasting.content, Mapping):
        return HasBeen(condition, at_least=lasting.checked(parse_duration))
    lasting.only(("at_least", "less_than"), "'for'")
    least, below = lasting.optional("at_least"), lasting.optional("less_than")
    return HasBeen(
        condition,
        at_least=None if least is None else least.checked(parse_duration),
        less_than=None if below is None else below.checked(parse_duration),
    )


# ---------------------------------------------------------------- memberships of other moments


def read_segment_rule(at: Cursor) -> SegmentReference | SegmentAt | SegmentDuring | SegmentMoved:
    """Read membership of a segment: now, at another moment, during a window, or how it was entered or left."""
    at.only(SEGMENT_KEYS, "a reference to a segment")
    keys = at.mapping("a reference to a segment")
    ways = [way for way in ("at", "during", "entered", "exited") if way in keys]
    if len(ways) > 1:
        raise at.wrong(
            f"{' and '.join(map(repr, ways))} in one reference to a segment", "write two references in one all"
        )
    match ways:
        case ["at"]:
            at.only(("segment", "version", "at", "evaluated"), "a segment at another moment")
            name, version = read_reference(at)
            evaluated = at.optional("evaluated")
            if evaluated is not None:
                evaluated.flag()
            return SegmentAt(name, read_moment(at.down("at")), evaluated is not None, version)
        case ["during"]:
            at.only(("segment", "during"), "a segment during a window")
            return read_segment_during(unpinned(at), at.down("during"))
        case ["entered" | "exited" as direction]:
            allowed = ("nth", "stayed") if direction == "entered" else ("nth",)
            at.only(("segment", direction, *allowed), f"having {direction} a segment")
            return read_segment_moved(at, unpinned(at), direction)
        case _:
            at.only(("segment", "version", "at", "during", "entered", "exited"), "a reference to a segment")
            return SegmentReference(*read_reference(at))


def read_reference(at: Cursor) -> tuple[str, str | None]:
    """Read the name of a segment and the version it is pinned to."""
    name, version = at.down("segment").name(), at.optional_text("version")
    pinned = PINNED.fullmatch(name)
    if pinned is None:
        return name, version
    if version is not None:
        raise at.wrong(f"{name!r} says its version already", "keep one of the two")
    return pinned[1], pinned[2]


def unpinned(at: Cursor) -> str:
    name, version = read_reference(at)
    if version is not None:
        raise at.down("segment").wrong("the log of memberships is that of every version", "leave out the version")
    return name


def read_moment(at: Cursor) -> Moment:
    """Read a point in time: a day, an instant, ``30d`` (ago), ``{end_of: previous_quarter}``."""
    content = at.content
    if isinstance(content, Mapping) and "end_of" in content:
        at.only(("end_of",), "a moment")
        end = at.down("end_of").checked(parse_calendar)
        if end.which == "this":
            raise at.down("end_of").wrong("it has not ended yet", "write previous_week, previous_quarter, ...")
        return end
    if isinstance(content, str):
        return at.checked(parse_duration)
    moment = at.scalar()
    if isinstance(moment, str | bool | Decimal):
        hint = "write a date, a time, 30d (that long ago) or {end_of: previous_quarter}"
        raise at.wrong(f"{content!r} is not a moment", hint)
    return moment


def read_segment_during(name: str, at: Cursor) -> SegmentDuring:
    at.only((*FIXED_WINDOWS, "quantifier"), "'during' of a segment")
    window, quantifier = without(at, "quantifier"), at.optional("quantifier")
    if window is None:
        raise at.wrong("the window is missing", "for example {last: 30d, quantifier: all}")
    during = read_fixed_window(window)
    if quantifier is None:
        return SegmentDuring(name, during)
    if isinstance(quantifier.content, Mapping):
        quantifier.only(("at_least",), "'quantifier'")
        return SegmentDuring(name, during, "at_least", quantifier.down("at_least").checked(parse_duration))
    words: tuple[Literal["any", "all", "at_end"], ...] = ("any", "all", "at_end")
    return SegmentDuring(name, during, quantifier.word(words))


def read_segment_moved(at: Cursor, name: str, direction: Literal["entered", "exited"]) -> SegmentMoved:
    when, nth, stayed = at.down(direction), at.optional("nth"), at.optional("stayed")
    during: FixedWindow | None = None
    if when.content is not True:
        during = read_fixed_window(when)
    return SegmentMoved(
        name,
        direction,
        during,
        None if nth is None else nth.whole(),
        None if stayed is None else stayed.checked(parse_duration),
    )


# ---------------------------------------------------------------- people, places, consent


def read_related(at: Cursor, rule: RuleReader) -> Related:
    """Read a rule about the people of the same account or household."""
    at.only(("related", "any", "all", "none", "count", "where"), "a rule about related people")
    groups: tuple[Literal["account", "household"], ...] = ("account", "household")
    group = at.down("related").word(groups)
    quantifiers: tuple[Literal["any", "all", "none", "count"], ...] = ("any", "all", "none", "count")
    found = [word for word in quantifiers if word in at.mapping("a rule about related people")]
    if len(found) != 1:
        hint = "one of: any: <rule>, all: <rule>, none: <rule>, or count: {gte: 2} with where: <rule>"
        raise at.wrong("a rule about related people says how many of them", hint)
    quantifier = found[0]
    if quantifier != "count":
        at.only(("related", quantifier), "a rule about related people")
        return Related(group, quantifier, rule(replace(at.down(quantifier), of_event=False)))
    test = at.down("count")
    test.only(COUNT_TESTS, "'count'")
    operators = [word for word in COUNT_TESTS if word in test.mapping("'count'")]
    if len(operators) != 1:
        raise test.wrong("one count has one operator", "for example count: {gte: 2}")
    where = rule(at.required("where", "a count of related people"))
    return Related(group, "count", where, operators[0], test.down(operators[0]).whole(least=0))


def read_near(at: Cursor, value: Callable[[Cursor], Value]) -> Near:
    """Read ``within_km: 25`` of a point, or of any place of a list of places."""
    at.only(("within_km", "of", "latitude", "longitude"), "a distance")
    kilometres, of = at.down("within_km").scalar(), at.required("of", "a distance")
    if not isinstance(kilometres, Decimal) or kilometres < 0:
        raise at.down("within_km").wrong("a distance is a number of kilometres, 0 or more", "for example within_km: 25")
    latitude, longitude = at.optional("latitude"), at.optional("longitude")
    point = None
    if isinstance(of.content, list | tuple):
        north, east = (degrees(part) for part in pair(of, "of"))
        point = (north, east)
    return Near(
        kilometres,
        point,
        None if point is not None else of.name(),
        None if latitude is None else value(latitude),
        None if longitude is None else value(longitude),
    )


def degrees(at: Cursor) -> Decimal:
    number = at.scalar()
    if not isinstance(number, Decimal):
        raise at.wrong("a point is a latitude and a longitude in degrees", "such as [52.52, 13.405]")
    return number


def read_consent(at: Cursor) -> Consent:
    at.only(("consent", "channel", "is"), "a condition on consent")
    channel = at.optional("channel")
    said = at.optional_word("is", ("granted", "denied"), "granted")
    return Consent(at.down("consent").name(), None if channel is None else channel.name(), said == "granted")


# ---------------------------------------------------------------- values


def read_model_value(at: Cursor) -> ModelValue:
    of = at.optional("of")
    return ModelValue(
        at.down("model").name(),
        at.required("output", "a model's value").word(MODEL_OUTPUTS),
        None if of is None else of.name(),
    )


def read_reference_value(at: Cursor) -> ReferenceValue:
    """Read ``{fact: kind, of: stores, by: store_id}``: the kind of the store the event's ``store_id`` names."""
    if not at.of_event:
        raise at.wrong("a fact about what a property names belongs to an event", "put it under an event's where")
    table = at.required("of", "a fact").name()
    key = PropertyValue(read_path(at.required("by", "a fact")))
    return ReferenceValue(table, key, at.down("fact").name())
