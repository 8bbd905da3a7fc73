"""From the parse tree of a text to what is about events, and about other moments and other entities."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from lark import Token

from segmentary.errors import DefinitionError
from segmentary.language.durations import parse_calendar
from segmentary.language.operators import COUNTED, MEASURED
from segmentary.language.scalars import parse_number
from segmentary.language.text_reading import SIGNS, Fixed, ValueReader
from segmentary.language.tree import (
    Absolute,
    Between,
    Binding,
    Calendar,
    Compare,
    Consent,
    EventFilter,
    EventMeasure,
    FixedWindow,
    Had,
    HasBeen,
    Measure,
    Moment,
    Near,
    PeriodsWith,
    PropertyValue,
    Related,
    Rule,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    SegmentReference,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    SinceEntry,
    SinceEvent,
    Sliding,
    Step,
    Value,
    Window,
)

SESSION_MEASURES = ("count", "longest_minutes", "total_minutes", "mean_minutes")
PERIOD_UNITS = ("day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year")


@dataclass(frozen=True, slots=True)
class Taken:
    """What is measured: a word, of which property, the how many-th."""

    word: Token
    of: tuple[str, ...] | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things that may stand beside a step or a sequence."""

    name: str
    value: Any


def single(options: tuple[Option, ...], name: str) -> Any:
    """Return the one option of this name, if it is there.

    Raises
    ------
    DefinitionError
        when it stands there twice.
    """
    found = [option.value for option in options if option.name == name]
    if len(found) > 1:
        raise DefinitionError(f"{name} stands here twice", hint="keep one of the two")
    return found[0] if found else None


class MeasureReader(ValueReader):
    """Measures of events, for the rules of the grammar that hold one."""

    def measured(self, events: EventFilter, during: Window | None, taken: Taken) -> EventMeasure:
        """Return a measure, if its word exists and has what it needs."""
        measure = cast(Measure, self.chosen(taken.word, (*COUNTED, *MEASURED), "measure of events"))
        if (taken.of is None) != (measure in COUNTED):
            hint = f"write {measure} of amount" if taken.of is None else f"write {measure}"
            raise self.wrong(taken.word, f"{measure} {'needs' if taken.of is None else 'takes no'} property", hint)
        if (taken.nth is not None) != (measure == "nth"):
            raise self.wrong(taken.word, "a number goes with nth, and only with it", "write nth 3 of happened_at")
        of = None if taken.of is None else PropertyValue(taken.of)
        if of is not None:
            self.seen[id(of)] = (of, taken.word.start_pos or 0)
        return EventMeasure(events, measure, of, during, taken.nth)


class TextReader(MeasureReader):
    """The rest of the grammar."""

    # ------------------------------------------------------------ events

    def _names(self, *names: str) -> tuple[str, ...]:
        return names

    def _every(self) -> tuple[str, ...]:
        return ()

    def _filter(self, names: tuple[str, ...], where: Rule | None) -> EventFilter:
        return EventFilter(names, where)

    def _measure(self, word: Token) -> Taken:
        return Taken(word)

    def _measure_of(self, word: Token, of: tuple[str, ...]) -> Taken:
        return Taken(word, of)

    def _measure_nth(self, word: Token, nth: Token, of: tuple[str, ...]) -> Taken:
        return Taken(word, of, self.whole(nth))

    def _event_measure(self, events: EventFilter, during: Window | None, taken: Taken) -> EventMeasure:
        return self.measured(events, during, taken)

    def _periods_with(
        self, events: EventFilter, taken: Taken, sign: Token, operand: Fixed, unit: Token, last: Token
    ) -> PeriodsWith:
        operator = SIGNS[sign]
        if operator == "is_not":
            raise self.wrong(sign, "!= is no test of periods", "use =, <, <=, > or >=")
        period = self.chosen(unit, PERIOD_UNITS, "period")
        measure = self.measured(events, None, taken)
        return PeriodsWith(measure, cast(Any, operator), parse_number(operand.text), period, self.whole(last))

    def _did(self, events: EventFilter, during: Window | None) -> Compare:
        return Compare(EventMeasure(events, "count", during=during), "gte", Decimal(1))

    def _did_not(self, events: EventFilter, during: Window | None) -> Compare:
        return Compare(EventMeasure(events, "count", during=during), "lte", Decimal(0))

    def _session_measure(
        self, session: Session, within: FixedWindow | None, containing: EventFilter | None, word: Token
    ) -> SessionMeasure:
        measure = self.chosen(word, SESSION_MEASURES, "measure of sessions")
        return SessionMeasure(Session(session.gap, session.of, within), measure, containing)

    # ------------------------------------------------------------ windows

    def _which(self, token: Token) -> Token:
        return token

    def _between(self, older: Token, newer: Token) -> Between:
        return Between(self.duration(older), self.duration(newer))

    def _from_until(self, since: dt.date, until: dt.date | None) -> Absolute:
        return Absolute(since, until)

    def _until(self, until: dt.date) -> Absolute:
        return Absolute(None, until)

    def _sliding(self, length: Token, within: FixedWindow | None) -> Sliding:
        return Sliding(self.duration(length), within)

    def _in_session(self, session: Session, within: FixedWindow | None) -> Session:
        return Session(session.gap, session.of, within)

    def _since_event(self, which: Token, events: EventFilter) -> SinceEvent:
        return SinceEvent(events, self.chosen(which, ("first", "last"), "choice: the first or the last"))

    def _since_entry(self, which: Token, segment: str) -> SinceEntry:
        return SinceEntry(segment, self.chosen(which, ("first", "last"), "choice: the first or the last"))

    def _session_gap(self, gap: Token, of: tuple[str, ...] | None) -> Session:
        return Session(self.duration(gap), of or ())

    def _session_id(self, of: tuple[str, ...] | None) -> Session:
        return Session(None, of or ())

    # ------------------------------------------------------------ sequences

    def _option_within(self, length: Token) -> Option:
        return Option("within", self.duration(length))

    def _option_during(self, window: Window) -> Option:
        return Option("during", window)

    def _option_anchor(self, anchor: Token) -> Option:
        return Option("anchor", self.chosen(anchor, ("any", "first", "last"), "anchor"))

    def _option_session(self, session: Session, within: FixedWindow | None = None) -> Option:
        return Option("session", Session(session.gap, session.of, within))

    def _anchor(self, token: Token) -> Token:
        return token

    def _sequence(self, *parts: Step | Option) -> Sequence:
        options = tuple(part for part in parts if isinstance(part, Option))
        given = {name: single(options, name) for name in ("during", "within", "anchor", "session")}
        return Sequence(tuple(part for part in parts if isinstance(part, Step)), **given)

    def _times(self, sequence: Sequence, latest: Token | None) -> SequenceCount:
        return SequenceCount(sequence, None if latest is None else self.whole(latest))

    def _step(self, absent: Token | None, directly: Token | None, events: EventFilter, *options: Option) -> Step:
        return Step(
            events,
            single(options, "after"),
            single(options, "within"),
            tuple(option.value for option in options if option.name == "without"),
            tuple(option.value for option in options if option.name == "same"),
            directly is not None,
            absent is not None,
        )

    def _step_after(self, length: Token) -> Option:
        return Option("after", self.duration(length))

    def _step_within(self, length: Token) -> Option:
        return Option("within", self.duration(length))

    def _step_without(self, events: EventFilter) -> Option:
        return Option("without", events)

    def _step_same(self, path: tuple[str, ...], other: tuple[str, ...] | None, step: Token | None) -> Option:
        return Option("same", Binding(path, None if step is None else self.whole(step), other))

    # ------------------------------------------------------------ states and memberships

    def _held(self, condition: Compare, length: Token) -> HasBeen:
        return HasBeen(condition, at_least=self.duration(length))

    def _held_between(self, condition: Compare, least: Token, below: Token) -> HasBeen:
        return HasBeen(condition, self.duration(least), self.duration(below))

    def _held_less(self, condition: Compare, below: Token) -> HasBeen:
        return HasBeen(condition, less_than=self.duration(below))

    def _had(self, condition: Compare, during: FixedWindow) -> Had:
        return Had(condition, during)

    def _segment(self, name: str, version: str | None) -> SegmentReference:
        return SegmentReference(name, version)

    def _segment_at(self, name: str, version: str | None, at: Moment, evaluated: Token | None) -> SegmentAt:
        return SegmentAt(name, at, evaluated is not None, version)

    def _segment_during(self, name: str, during: FixedWindow) -> SegmentDuring:
        return SegmentDuring(name, during)

    def _segment_throughout(self, name: str, during: FixedWindow) -> SegmentDuring:
        return SegmentDuring(name, during, "all")

    def _segment_at_end(self, name: str, during: FixedWindow) -> SegmentDuring:
        return SegmentDuring(name, during, "at_end")

    def _segment_at_least(self, name: str, length: Token, during: FixedWindow) -> SegmentDuring:
        return SegmentDuring(name, during, "at_least", self.duration(length))

    def _moved(self, token: Token) -> Token:
        return token

    def _segment_moved(
        self, name: str, moved: Token, during: FixedWindow | None, nth: Token | None, stayed: Token | None
    ) -> SegmentMoved:
        direction = self.chosen(moved, ("entered", "exited"), "direction")
        lasted = None if stayed is None else self.duration(stayed)
        return SegmentMoved(name, direction, during, None if nth is None else self.whole(nth), lasted)

    def _moment(self, token: Token) -> dt.date:
        return self._bound(token)

    def _moment_ago(self, length: Token) -> Moment:
        return self.duration(length)

    def _moment_end(self, period: Token) -> Calendar:
        return parse_calendar(str(period))

    # ------------------------------------------------------------ groups, places, consent

    def _quantifier(self, token: Token) -> Token:
        return token

    def _related(self, group: Token, quantifier: Token, rule: Rule) -> Related:
        kind = self.chosen(group, ("account", "household"), "group of people")
        return Related(kind, self.chosen(quantifier, ("any", "all", "none"), "way to ask about several people"), rule)

    def _related_count(self, group: Token, count: Token, sign: Token, number: Token, rule: Rule) -> Related:
        kind = self.chosen(group, ("account", "household"), "group of people")
        self.chosen(count, ("count",), "way to ask about several people")
        operator = SIGNS[sign]
        if operator == "is_not" or not number.isdigit():
            raise self.wrong(number, "a count is compared with a whole number by =, <, <=, > or >=")
        return Related(kind, "count", rule, cast(Any, operator), int(number))

    def _near_places(self, distance: Token, name: str, north: Value | None, east: Value | None) -> Near:
        return Near(kilometres(distance), None, name, north, east)

    def _near_point(
        self, distance: Token, latitude: Fixed, longitude: Fixed, north: Value | None, east: Value | None
    ) -> Near:
        point = parse_number(latitude.text), parse_number(longitude.text)
        return Near(kilometres(distance), point, None, north, east)

    def _consent(self, purpose: str, channel: str | None, denied: Token | None) -> Consent:
        return Consent(purpose, channel, denied is None)


def kilometres(token: Token) -> Decimal:
    return parse_number(str(token).removesuffix("km").strip())
