"""Per value, the instants at which it may change as as-of moves on and nothing new becomes known."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, assert_never

from segmentary.language.history import AttributeVersion
from segmentary.language.kinds import read_as, wanted
from segmentary.language.references import circle
from segmentary.language.tree import (
    Arithmetic,
    Band,
    Calendar,
    Case,
    Compare,
    Constant,
    DatePart,
    Duration,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    ModelValue,
    PeriodsWith,
    PropertyValue,
    ReferenceValue,
    Rule,
    Sequence,
    SequenceCount,
    SessionMeasure,
    SinceEvent,
    TraitAtEvent,
    TraitValue,
    Value,
    ValueType,
    Window,
)
from segmentary.language.turns import DAY, Instants, Turns
from segmentary.language.values import Known, coerced
from segmentary.language.windows import local_day, moved, shifted, start_of_day

if TYPE_CHECKING:
    from segmentary.language.judge import Judge

STEP = dt.timedelta(microseconds=1)
MONTHLY = {"months": 1, "years": 12}
MOST_YEARS = 30
"""Anniversaries further away than so are looked for day by day."""


def united(sets: Iterable[Instants]) -> Instants:
    """Return everything in any of them."""
    found: Instants = set()
    return found.union(*sets)


class ValueTurns(ABC):
    """The candidates of one customer's values, in one zone, from ``since`` (missing: as-of) until a horizon.

    ``open_names`` are the definitions that are being looked into.
    """

    def __init__(
        self, judge: Judge, until: dt.datetime, open_names: tuple[str, ...] = (), since: dt.datetime | None = None
    ) -> None:
        self.judge = judge
        self.until = until
        self.open = open_names
        self.turns = Turns(replace(judge.context, as_of=since or judge.context.as_of), judge.zone, until)

    @abstractmethod
    def of_rule(self, rule: Rule) -> Instants:
        """Return when a rule's truth may change."""

    # ------------------------------------------------------------ comparisons

    def of_compare(self, rule: Compare) -> Instants:
        """Return when a comparison may change: its value does, or the moments it compares with move on."""
        if isinstance(rule.value, Elapsed):
            return self.of_value(rule.value.since) | self.of_elapsed(rule, rule.value.since, rule.value.unit)
        found = self.of_value(rule.value)
        lengths = rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)
        known = [one for one in lengths if isinstance(one, Duration)]
        if rule.operator in ("within_last", "within_next", "between_from_now"):
            return found | self.of_moments(rule, known)
        if rule.operator in ("anniversary_within_next", "anniversary_within_last"):
            return found | united(self.of_anniversaries(rule, length) for length in known)
        if isinstance(rule.operand, Calendar):
            return found | self.turns.periods(rule.operand.unit)
        return found

    def of_elapsed(self, rule: Compare, since: Value, unit: str) -> Instants:
        """Return the days around which so many days, months or years have passed."""
        operands = rule.operand if isinstance(rule.operand, tuple) else (rule.operand,)
        numbers = {
            int(one.to_integral_value(rounding)) + more
            for one in operands
            if isinstance(one, Decimal)
            for rounding in (ROUND_FLOOR, ROUND_CEILING)
            for more in (0, 1)
        }
        days: set[dt.date] = set()
        for value in self.possible(since, "date"):
            if not isinstance(value, dt.date):
                continue
            for number in numbers:
                try:
                    if unit == "days":
                        days.add(value + DAY * number)
                    else:
                        days.add(shifted(value, number * MONTHLY[unit]))
                except (OverflowError, ValueError):
                    continue
        return self.turns.near(days)

    def of_moments(self, rule: Compare, lengths: Iterable[Duration]) -> Instants:
        """Return when a moment comes as near, or lies as far back, as a comparison asks."""
        kind = wanted(rule, self.judge.population.types)
        values = self.possible(rule.value, kind)
        instants = {value for value in values if isinstance(value, dt.datetime)}
        days = {value for value in values if isinstance(value, dt.date) and not isinstance(value, dt.datetime)}
        found = self.turns.within(instants) | self.turns.near(days)
        for length in lengths:
            found |= self.turns.after(instants, length) | self.turns.before(instants, length)
            found |= self.apart(days, length)
        return found

    def apart(self, days: Iterable[dt.date], length: Duration) -> Instants:
        """Return the starts of local days, and for minutes and hours the instants, that far from days."""
        found: Instants = set()
        for day in days:
            for sign in (-1, 1):
                try:
                    start = start_of_day(day, self.judge.zone)
                    other = moved(start, length, sign, self.judge.zone)
                    found |= self.turns.near((local_day(other, self.judge.zone),))
                    if length.unit in ("minute", "hour"):
                        near = (start_of_day(day + DAY * n, self.judge.zone) for n in range(-2, 3))
                        found |= {moved(one, length, sign, self.judge.zone) for one in near}
                except (OverflowError, ValueError):
                    continue
        return self.turns.within(found)

    def of_anniversaries(self, rule: Compare, length: Duration) -> Instants:
        """Return the days around which an anniversary comes near, is there, or has gone."""
        years = {"month": length.amount // 12, "quarter": length.amount // 4, "year": length.amount}
        reach = years.get(length.unit, length.amount // 360 if length.unit in ("day", "week") else 0) * 7 + 2
        if reach > MOST_YEARS * 7:
            return self.turns.midnights
        days: set[dt.date] = set()
        now = self.turns.context.as_of.year
        for value in self.possible(rule.value, "date"):
            if isinstance(value, dt.date):
                first = value.replace(day=1)
                for year in range(max(value.year, now - reach), self.until.year + reach + 1):
                    days.add(shifted(first, 12 * (year - value.year)) + DAY * (value.day - 1))
        return self.turns.near(days) | self.apart(days, length)

    # ------------------------------------------------------------ values

    def of_value(self, value: Value) -> Instants:
        """Return when a value may change."""
        match value:
            case TraitValue():
                return self.of_trait(value)
            case Constant() | PropertyValue() | TraitAtEvent() | ReferenceValue() | ModelValue():
                return set()
            case EventMeasure(events=events, during=during):
                return self.of_events(events, during)
            case Arithmetic(left=left, right=right):
                return self.of_value(left) | self.of_value(right)
            case Elapsed(since=since):
                return self.of_value(since) | self.turns.midnights
            case DatePart(of=of) | Band(of=of):
                return self.of_value(of)
            case Case(branches=branches, otherwise=otherwise):
                parts = [self.of_rule(rule) | self.of_value(branch) for rule, branch in branches]
                return united(parts) | (set() if otherwise is None else self.of_value(otherwise))
            case FirstKnown(values=values):
                return united(map(self.of_value, values))
            case SessionMeasure(session=session, containing=containing):
                inside = set() if containing is None else self.of_filter(containing)
                return inside | self.turns.window(session, self.all_events())
            case PeriodsWith(measure=measure, unit=unit):
                return self.turns.periods(unit) | self.of_filter(measure.events)
            case SequenceCount(sequence=sequence):
                return self.of_sequence(sequence)
            case _:
                assert_never(value)

    def of_trait(self, value: TraitValue) -> Instants:
        """Return when a trait may change: what it is computed of, or its versions."""
        population = self.judge.population
        if value.name not in population.traits:
            return self.turns.within(self.versions(value))
        key = f"trait {value.name}"
        if key in self.open:
            raise circle(self.open, key)
        definition = population.traits[value.name]
        judge = type(self.judge)(population, self.judge.customer, definition.timezone)
        inner = type(self)(judge, self.until, (*self.open, key), self.turns.context.as_of)
        return inner.of_value(definition.value)

    def of_events(self, events: EventFilter, during: Window | None) -> Instants:
        """Return when events enter or leave a window, or pass a filter that looks at the clock."""
        named = [e.happened_at for e in self.judge.events if not events.names or e.name in events.names]
        found = self.of_filter(events) | self.turns.window(during, named)
        return found | self.of_filter(during.event) if isinstance(during, SinceEvent) else found

    def of_filter(self, events: EventFilter) -> Instants:
        """Return when the condition of a filter may change."""
        return set() if events.where is None else self.of_rule(events.where)

    def of_sequence(self, rule: Sequence) -> Instants:
        """Return when events leave the window of a sequence, or the deadline of an absence passes."""
        found = self.turns.window(rule.during, self.all_events())
        if isinstance(rule.during, SinceEvent):
            found |= self.of_filter(rule.during.event)
        for step in rule.steps:
            found |= united(map(self.of_filter, (step.event, *step.without)))
            if step.absent and step.max_gap is not None:
                found |= self.turns.after(self.all_events(), step.max_gap)
        return found

    def all_events(self) -> list[dt.datetime]:
        """Return when the customer did anything."""
        return [event.happened_at for event in self.judge.events]

    def versions(self, value: Value) -> list[dt.datetime]:
        """Return when the versions of an attribute begin and end."""
        return [at for one in self.held(value) for at in (one.valid_from, one.valid_to) if at is not None]

    def held(self, value: Value) -> list[AttributeVersion]:
        """Return every version of an attribute."""
        if not isinstance(value, TraitValue | TraitAtEvent):
            return []
        return [one for one in self.judge.person.attributes if one.name == value.name]

    # ------------------------------------------------------------ what a value may be

    def possible(self, value: Value, kind: ValueType) -> set[Known]:
        """Return everything a value may be now or later, read as a type."""
        match value:
            case TraitValue(name=name, path=path) | TraitAtEvent(name=name, path=path):
                return self.possible_trait(value, name, path, kind)
            case PropertyValue() | ReferenceValue():
                return self.of_each_event(value, kind)
            case EventMeasure(of=PropertyValue() as of):
                return self.of_each_event(of, read_as(value, kind), kind)
            case Constant() | Band():
                fixed = [value] if isinstance(value, Constant) else [Constant(label) for label in value.labels]
                return known_of(self.judge.value(one, kind) for one in fixed)
            case ModelValue():
                return known_of((self.judge.value(value, kind),))
            case Case(branches=branches, otherwise=otherwise):
                parts = [branch for _, branch in branches] + ([] if otherwise is None else [otherwise])
                return set().union(*(self.possible(part, kind) for part in parts))
            case FirstKnown(values=values):
                return set().union(*(self.possible(part, kind) for part in values))
            case (
                Arithmetic()
                | Elapsed()
                | DatePart()
                | SessionMeasure()
                | PeriodsWith()
                | SequenceCount()
                | EventMeasure()
            ):
                # Numbers: no comparison with moments has a meaning for them.
                return set()
            case _:
                assert_never(value)

    def possible_trait(
        self, value: TraitValue | TraitAtEvent, name: str, path: tuple[str, ...], kind: ValueType
    ) -> set[Known]:
        """Return everything a trait may be: what it is computed of, or its versions."""
        population = self.judge.population
        if name in population.traits:
            definition = population.traits[name]
            judge = type(self.judge)(population, self.judge.customer, definition.timezone, self.judge.event)
            inner = type(self)(judge, self.until, self.open, self.turns.context.as_of)
            found = inner.possible(definition.value, definition.type)
            return known_of(coerced(one, definition.type, kind, self.judge.zone) for one in found)
        versions = known_of(self.judge.read_version(one, path, kind) for one in self.held(value))
        given = name in population.given.get(self.judge.customer, {})
        return versions | (known_of((self.judge.value(TraitValue(name, path), kind),)) if given else set())

    def of_each_event(
        self, value: PropertyValue | ReferenceValue, kind: ValueType, target: ValueType | None = None
    ) -> set[Known]:
        """Return a property of every event."""
        found = set()
        for event in self.judge.events:
            judge = type(self.judge)(self.judge.population, self.judge.customer, self.judge.timezone, event)
            found.add(coerced(judge.value(value, kind), kind, target or kind, self.judge.zone))
        return known_of(found)


def known_of(values: Iterable[Known | None]) -> set[Known]:
    """Return the values that are not missing."""
    return {value for value in values if value is not None}
