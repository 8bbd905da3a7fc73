"""Visits and sliding windows in the oracle: a customer's events cut into sessions, and every window of a length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from segmentary.errors import DefinitionError
from segmentary.language.history import Event
from segmentary.language.instants import MICROSECOND, exact_length
from segmentary.language.kinds import QUOTIENT_DECIMALS
from segmentary.language.measures import measure
from segmentary.language.tree import Duration, EventMeasure, Session, SessionMeasure, Sliding, ValueType
from segmentary.language.values import Known, bounded, normal
from segmentary.language.windows import bounds

if TYPE_CHECKING:
    from segmentary.language.judge import Judge

MICROSECONDS_A_MINUTE = 60_000_000


def time_of(duration: Duration) -> dt.timedelta:
    """Return a length of minutes to weeks; months and longer are refused."""
    microseconds = exact_length(duration)
    longest = dt.timedelta.max // MICROSECOND
    return dt.timedelta.max if microseconds > longest else dt.timedelta(microseconds=microseconds)


def sessions(session: Session, events: Sequence[Event]) -> list[list[Event]]:
    """Return the sessions that events, given in order, make: each a list of its events in order."""
    taking_part = [event for event in events if not session.of or event.name in session.of]
    if session.gap is None:
        by_id: dict[str, list[Event]] = {}
        for event in taking_part:
            if event.session_id is not None:
                by_id.setdefault(normal(event.session_id), []).append(event)
        return list(by_id.values())
    gap = time_of(session.gap)
    found: list[list[Event]] = []
    for event in taking_part:
        if found and event.happened_at - found[-1][-1].happened_at < gap:
            found[-1].append(event)
        else:
            found.append([event])
    return found


def largest_measure(judge: Judge, node: EventMeasure, window: Sliding | Session, kind: ValueType) -> Known | None:
    """Return the largest value of a measure over the sessions, or over every window of a length.

    Raises
    ------
    DefinitionError
        for a measure that is no count, sum or distinct.
    """
    if node.measure not in ("count", "sum", "distinct"):
        raise DefinitionError(
            f"{node.measure} has no largest value over windows", hint="count, sum or distinct of a property"
        )
    matching = judge.matching(node.events, window)
    groups = windows_of(window, matching) if isinstance(window, Sliding) else together(judge, window, matching)
    if not groups:
        return Decimal(0)
    values = [measure(node, group, kind, judge.context, judge.zone) for group in groups]
    numbers = [value for value in values if isinstance(value, Decimal)]
    return max(numbers, default=None)


def windows_of(window: Sliding, matching: Sequence[Event]) -> list[list[Event]]:
    """Return, for every matching event, those in the window that begins with it."""
    length = time_of(window.length)
    return [
        [event for event in matching if dt.timedelta(0) <= event.happened_at - first.happened_at < length]
        for first in matching
    ]


def together(judge: Judge, session: Session, matching: Sequence[Event]) -> list[list[Event]]:
    """Return the matching events of every session that has one."""
    wanted = {id(event) for event in matching}
    groups = [[event for event in visit if id(event) in wanted] for visit in sessions(session, judge.events)]
    return [group for group in groups if group]


def counted_sessions(judge: Judge, node: SessionMeasure) -> list[list[Event]]:
    """Return the sessions a measure counts."""
    since, until = bounds(node.session.within, judge.context, judge.timezone)
    found: list[list[Event]] = []
    for visit in sessions(node.session, judge.events):
        begun = visit[0].happened_at
        if begun >= until or (since is not None and begun < since):
            continue
        if node.containing is None or any(judge.passes(node.containing, event) for event in visit):
            found.append(visit)
    return found


def session_measure(judge: Judge, node: SessionMeasure) -> Decimal | None:
    """Return how many sessions there are, or how long they were in minutes."""
    lengths = [(visit[-1].happened_at - visit[0].happened_at) // MICROSECOND for visit in counted_sessions(judge, node)]
    match node.measure:
        case "count":
            return Decimal(len(lengths))
        case "total_minutes":
            return minutes(Fraction(sum(lengths)))
        case "longest_minutes":
            return minutes(Fraction(max(lengths))) if lengths else None
        case "mean_minutes":
            return minutes(Fraction(sum(lengths), len(lengths))) if lengths else None
        case _:
            assert_never(node.measure)


def minutes(microseconds: Fraction) -> Decimal | None:
    """Return microseconds as minutes, cut to six decimals."""
    return bounded(microseconds / MICROSECONDS_A_MINUTE, QUOTIENT_DECIMALS, ROUND_DOWN)
