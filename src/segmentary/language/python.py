"""The Python spelling: expressions that build the tree.

::

    (events("order_completed").last("90d").count() >= 3) & ~segment("vip")

Events are chosen, put into a window and measured here; the rest is in `expressions`.
`source.to_python` writes a tree in this spelling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from segmentary.errors import DefinitionError
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.expressions import (
    Condition,
    Quantity,
    all_of,
    any_of,
    bottom,
    case,
    constant,
    first_known,
    ids,
    members_of,
    path_of,
    prop,
    rule_of,
    sample,
    scalar,
    segment,
    top,
    trait,
    value_of,
)
from segmentary.language.tree import (
    Absolute,
    All,
    Base,
    Between,
    Compare,
    EntityType,
    EventFilter,
    EventMeasure,
    Last,
    Measure,
    PropertyValue,
    Rule,
    SegmentDefinition,
    Sensitivity,
    SinceEvent,
    TraitDefinition,
    Value,
    ValueType,
    Window,
)

__all__ = [
    "Condition",
    "Events",
    "Quantity",
    "all_of",
    "any_of",
    "bottom",
    "case",
    "constant",
    "define_segment",
    "define_trait",
    "events",
    "first_known",
    "ids",
    "members_of",
    "prop",
    "rule_of",
    "sample",
    "segment",
    "top",
    "trait",
    "value_of",
]


@dataclass(frozen=True, slots=True)
class Events:
    """Events of some names, narrowed by conditions on their properties and by a window; measure them to go on."""

    chosen: EventFilter
    during: Window | None = None

    def windowed(self, window: Window) -> Events:
        """Return the same events in a window; there is one window."""
        if self.during is not None:
            raise DefinitionError("these events have a window already", hint="keep one of the windows")
        return replace(self, during=window)

    def last(self, length: str) -> Events:
        """Take those from that long before as-of until as-of: ``last("90d")``."""
        return self.windowed(Last(parse_duration(length)))

    def this(self, unit: str) -> Events:
        """Take those of the current ``"week"``, ``"month"``, ... until as-of."""
        return self.windowed(parse_calendar(f"this_{unit}"))

    def previous(self, unit: str, count: int = 1) -> Events:
        """Take those of the complete period, or ``count`` complete periods, before the current one."""
        return self.windowed(parse_calendar(f"previous_{unit}" if count == 1 else f"previous_{count}_{unit}s"))

    def between(self, older: str, newer: str) -> Events:
        """Take those from ``older`` ago until ``newer`` ago: ``between("60d", "30d")``."""
        return self.windowed(Between(parse_duration(older), parse_duration(newer)))

    def dates(self, *, since: dt.date | None = None, until: dt.date | None = None) -> Events:
        """Take those from the start of ``since`` until ``until``, the end excluded."""
        bounds = [None if bound is None else scalar(bound) for bound in (since, until)]
        first, last = (bound if isinstance(bound, dt.date) else None for bound in bounds)
        return self.windowed(Absolute(first, last))

    def since(self, event: Events, *, which: Literal["first", "last"] = "last") -> Events:
        """Take those after the first or last of other events of the same customer, until as-of."""
        return self.windowed(SinceEvent(event.chosen, which))

    def measured(self, measure: Measure, of: str | Sequence[str] | None = None, *, nth: int | None = None) -> Quantity:
        """Return any measure of the tree."""
        taken = None if of is None else PropertyValue(path_of(of))
        return Quantity(EventMeasure(self.chosen, measure, taken, self.during, nth))

    def did(self) -> Condition:
        """Require at least one."""
        return Condition(Compare(self.measured("count").value, "gte", Decimal(1)))

    def did_not(self) -> Condition:
        """Require none at all."""
        return Condition(Compare(self.measured("count").value, "lte", Decimal(0)))

    def count(self) -> Quantity:
        """Measure how many."""
        return self.measured("count")

    def distinct(self, of: str | Sequence[str]) -> Quantity:
        """Measure how many different values of a property."""
        return self.measured("distinct", of)

    def sum(self, of: str | Sequence[str]) -> Quantity:
        """Measure the sum of a property; 0 when nothing happened."""
        return self.measured("sum", of)

    def mean(self, of: str | Sequence[str]) -> Quantity:
        """Measure the mean of a property; missing when nothing happened."""
        return self.measured("mean", of)

    def min(self, of: str | Sequence[str]) -> Quantity:
        """Measure the lowest value of a property."""
        return self.measured("min", of)

    def max(self, of: str | Sequence[str]) -> Quantity:
        """Measure the highest value of a property."""
        return self.measured("max", of)

    def first_of(self, of: str | Sequence[str]) -> Quantity:
        """Measure the property of the earliest event."""
        return self.measured("first", of)

    def last_of(self, of: str | Sequence[str]) -> Quantity:
        """Measure the property of the latest event."""
        return self.measured("last", of)

    def nth_of(self, n: int, of: str | Sequence[str]) -> Quantity:
        """Measure the property of the n-th event, counted from the oldest."""
        return self.measured("nth", of, nth=n)

    def most_frequent(self, of: str | Sequence[str]) -> Quantity:
        """Measure the most frequent value of a property."""
        return self.measured("most_frequent", of)

    def active_days(self) -> Quantity:
        """Measure on how many local days something happened."""
        return self.measured("active_days")

    def active_weeks(self) -> Quantity:
        """Measure in how many local weeks something happened."""
        return self.measured("active_weeks")

    def active_months(self) -> Quantity:
        """Measure in how many local months something happened."""
        return self.measured("active_months")

    def median_gap_days(self) -> Quantity:
        """Measure the median number of days from one to the next."""
        return self.measured("median_gap_days")


def events(name: str | Sequence[str], *conditions: Condition | Rule) -> Events:
    """Return the events of one name, or of any of several, that meet the conditions on their properties."""
    names = (name,) if isinstance(name, str) else tuple(name)
    rules = tuple(map(rule_of, conditions))
    where = None if not rules else rules[0] if len(rules) == 1 else All(rules)
    return Events(EventFilter(names, where))


def define_segment(
    name: str,
    where: Condition | Rule,
    *,
    title: str = "",
    purpose: str = "",
    entity: EntityType = "customer",
    timezone: str | None = None,
    base: Base = "other",
    tags: Iterable[str] = (),
) -> SegmentDefinition:
    """Return a named rule."""
    return SegmentDefinition(name, rule_of(where), title, purpose, entity, timezone, base, tuple(tags))


def define_trait(
    name: str,
    value: Quantity | Value,
    type: ValueType,  # noqa: A002 - the word of the written form
    *,
    title: str = "",
    unit: str = "",
    base: Base = "behavioural",
    timezone: str | None = None,
    sensitivity: Sensitivity = "ordinary",
    description: str = "",
) -> TraitDefinition:
    """Return a named value."""
    return TraitDefinition(name, value_of(value), type, title, unit, base, timezone, sensitivity, description)
