"""The membership log in the oracle: moves in and out of a segment, the stays they make, and what is asked of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from segmentary.errors import DefinitionError
from segmentary.language.history import Entry, known_by
from segmentary.language.instants import instant_of
from segmentary.language.references import referenced
from segmentary.language.tree import (
    Context,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    SinceEntry,
)
from segmentary.language.visits import time_of
from segmentary.language.windows import bounds

if TYPE_CHECKING:
    from segmentary.language.judge import Judge


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a segment, ``[entry, exit)``; exit is missing while it lasts."""

    entry: dt.datetime
    exit: dt.datetime | None


def stays(entries: Iterable[Entry], context: Context) -> tuple[Stay, ...]:
    """Return the stays the log of one entity and segment makes, oldest first, as it was known, before as-of."""
    counted = [e for e in entries if e.valid_at < context.as_of and known_by(e.detected_at, context)]
    found: list[Stay] = []
    inside = False
    for entry in sorted(counted, key=lambda e: (e.valid_at, e.entered, e.detected_at)):
        if entry.entered and not inside:
            found.append(Stay(entry.valid_at, None))
        elif inside and not entry.entered:
            found[-1] = Stay(found[-1].entry, entry.valid_at)
        inside = entry.entered
    return tuple(found)


def at_holds(judge: Judge, rule: SegmentAt) -> bool:
    """Say whether somebody was a member at another moment: by the log, or by the definition evaluated then."""
    instant = instant_of(rule.at, judge.context, judge.timezone)
    if not rule.evaluated:
        return inside_before(judge.stays(rule.name), instant)
    population = judge.population
    key = referenced(SegmentReference(rule.name, rule.version), population.segments)
    return population.was_member(key, judge.customer, instant)


def inside_before(known: Iterable[Stay], instant: dt.datetime) -> bool:
    """Say whether a stay covers the moment just before an instant."""
    return any(stay.entry < instant and (stay.exit is None or stay.exit >= instant) for stay in known)


def entry_of(judge: Judge, window: SinceEntry) -> dt.datetime | None:
    """Return when the first (last) stay in a segment began."""
    known = judge.stays(window.segment)
    if not known:
        return None
    return (known[0] if window.which == "first" else known[-1]).entry


def during_holds(judge: Judge, rule: SegmentDuring) -> bool:
    """Say whether somebody was a member during a window."""
    since, until = bounds(rule.during, judge.context, judge.timezone)
    beginning = dt.datetime.min.replace(tzinfo=dt.UTC) if since is None else since
    as_of = judge.context.as_of
    known = [(stay.entry, stay.exit or as_of) for stay in judge.stays(rule.name)]
    empty = beginning >= until
    match rule.quantifier:
        case "any":
            return any(max(beginning, entry) < min(until, left) for entry, left in known)
        case "all":
            covers = since is not None and not empty
            return covers and any(entry <= beginning and left >= until for entry, left in known)
        case "at_end":
            return not empty and any(entry < until <= left for entry, left in known)
        case "at_least":
            if rule.length is None:
                raise DefinitionError("`at_least` needs a length of time", hint="for example at_least: 14d")
            parts = [min(until, left) - max(beginning, entry) for entry, left in known]
            return sum((p for p in parts if p > dt.timedelta(0)), dt.timedelta(0)) >= time_of(rule.length)
        case _:
            assert_never(rule.quantifier)


def moved_stays(judge: Judge, rule: SegmentMoved) -> list[Stay]:
    """Return the stays whose entry (exit) a rule about moving asks for, oldest first.

    Raises
    ------
    DefinitionError
        for an exit that is to have lasted.
    """
    if rule.stayed is not None and rule.direction == "exited":
        raise DefinitionError("an exit does not last", hint="`stayed` goes with `entered`")
    since, until = bounds(rule.during, judge.context, judge.timezone)
    known = [stay for stay in judge.stays(rule.name) if rule.direction == "entered" or stay.exit is not None]
    if rule.nth is not None:
        known = known[rule.nth - 1 : rule.nth] if rule.nth >= 1 else []
    found = []
    for stay in known:
        at = stay.entry if rule.direction == "entered" or stay.exit is None else stay.exit
        lasted = (stay.exit or judge.context.as_of) - stay.entry
        long_enough = rule.stayed is None or lasted >= time_of(rule.stayed)
        if long_enough and at < until and (since is None or at >= since):
            found.append(stay)
    return found
