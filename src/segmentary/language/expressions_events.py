"""The Python spelling of events: chosen, put into a window and measured."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, cast

from segmentary.errors import DefinitionError
from segmentary.language import expressions_windows as windows
from segmentary.language.expressions import Condition, Quantity, path_of, rule_of
from segmentary.language.reading_events import EVERY_EVENT
from segmentary.language.tree import (
    All,
    Compare,
    EventFilter,
    EventMeasure,
    FixedWindow,
    Measure,
    PropertyValue,
    Rule,
    SinceEvent,
    TraitAtEvent,
    TraitValue,
    Window,
)

Of = str | Sequence[str]


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
        return self.windowed(windows.last(length))

    def this(self, unit: str) -> Events:
        """Take those of the current ``"week"``, ``"month"``, ... until as-of."""
        return self.windowed(windows.this(unit))

    def previous(self, unit: str, count: int = 1) -> Events:
        """Take those of the complete period, or ``count`` complete periods, before the current one."""
        return self.windowed(windows.previous(unit, count))

    def between(self, older: str, newer: str) -> Events:
        """Take those from ``older`` ago until ``newer`` ago: ``between("60d", "30d")``."""
        return self.windowed(windows.between(older, newer))

    def dates(self, *, since: dt.date | None = None, until: dt.date | None = None) -> Events:
        """Take those from the start of ``since`` until ``until``, the end excluded."""
        return self.windowed(windows.dates(since=since, until=until))

    def since(self, event: Events, *, which: Literal["first", "last"] = "last") -> Events:
        """Take those after the first or last of other events of the same customer, until as-of."""
        return self.windowed(since(event, which=which))

    def since_entering(self, segment: str, *, which: Literal["first", "last"] = "last") -> Events:
        """Take those after the first or last entry into a segment, until as-of."""
        return self.windowed(windows.since_entering(segment, which=which))

    def any(self, length: str, *, within: FixedWindow | str | None = None) -> Events:
        """Take the best window of this length anywhere in history: ``any("30d").count() >= 3``."""
        return self.windowed(windows.sliding(length, within=within))

    def in_session(
        self, gap: str | None = None, *, of: str | Iterable[str] = (), within: FixedWindow | str | None = None
    ) -> Events:
        """Take the best single visit; see `session` for the arguments."""
        return self.windowed(windows.session(gap, of=of, within=within))

    def measured(self, measure: Measure, of: Of | None = None, *, nth: int | None = None) -> Quantity:
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

    def distinct(self, of: Of) -> Quantity:
        """Measure how many different values of a property."""
        return self.measured("distinct", of)

    def sum(self, of: Of) -> Quantity:
        """Measure the sum of a property; 0 when nothing happened."""
        return self.measured("sum", of)

    def mean(self, of: Of) -> Quantity:
        """Measure the mean of a property; missing when nothing happened."""
        return self.measured("mean", of)

    def min(self, of: Of) -> Quantity:
        """Measure the lowest value of a property."""
        return self.measured("min", of)

    def max(self, of: Of) -> Quantity:
        """Measure the highest value of a property."""
        return self.measured("max", of)

    def first_of(self, of: Of) -> Quantity:
        """Measure the property of the earliest event."""
        return self.measured("first", of)

    def last_of(self, of: Of) -> Quantity:
        """Measure the property of the latest event."""
        return self.measured("last", of)

    def nth_of(self, n: int, of: Of) -> Quantity:
        """Measure the property of the n-th event, counted from the oldest."""
        return self.measured("nth", of, nth=n)

    def most_frequent(self, of: Of) -> Quantity:
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
    """Return the events of one name, or of any of several, that meet the conditions; ``"any"`` is every event.

    A trait in a condition is the trait at the moment of the event.
    """
    return Events(chosen(name, conditions))


def since(event: Events, *, which: Literal["first", "last"] = "last") -> SinceEvent:
    """Return the window after the first or last of these events, until as-of."""
    return SinceEvent(event.chosen, which)


def chosen(name: str | Sequence[str], conditions: Iterable[Condition | Rule]) -> EventFilter:
    """Return which events are meant."""
    names = () if name == EVERY_EVENT else (name,) if isinstance(name, str) else tuple(name)
    rules = tuple(cast(Rule, at_event(rule_of(condition))) for condition in conditions)
    return EventFilter(names, None if not rules else rules[0] if len(rules) == 1 else All(rules))


def at_event(part: Any) -> Any:
    """Return a condition with every trait in it as it was at the moment of the event."""
    if isinstance(part, TraitValue):
        return TraitAtEvent(part.name, part.path)
    if isinstance(part, tuple):
        return tuple(map(at_event, part))
    if not dataclasses.is_dataclass(part) or isinstance(part, type):
        return part
    inside = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    return replace(part, **{name: at_event(content) for name, content in inside.items()})
