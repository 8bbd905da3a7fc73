"""Conditions that cannot hold together, whatever the data: age below 18 and age above 30."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from segmentary.language.scalars import plain_text
from segmentary.language.tree import All, Compare, HasBeen, Not, Rule, Value

Point = Decimal | dt.date


@dataclass(slots=True)
class Room:
    """What is left for one value after some conditions on it."""

    low: Point | None = None
    low_included: bool = True
    high: Point | None = None
    high_included: bool = True
    options: set[object] | None = None
    excluded: set[object] = field(default_factory=set)
    known: bool = False
    missing: bool = False

    def at_least(self, point: Point, *, included: bool) -> None:
        """Raise the lower end."""
        if self.low is None or point > self.low or (point == self.low and not included):  # type: ignore[operator]
            self.low, self.low_included = point, included

    def at_most(self, point: Point, *, included: bool) -> None:
        """Lower the upper end."""
        if self.high is None or point < self.high or (point == self.high and not included):  # type: ignore[operator]
            self.high, self.high_included = point, included

    def only(self, options: Iterable[object]) -> None:
        """Keep what is among the options."""
        self.options = set(options) if self.options is None else self.options & set(options)

    def allows(self, point: object) -> bool:
        """Say whether a value is left."""
        if isinstance(point, Decimal | dt.date):
            below = self.low is not None and (point < self.low or (point == self.low and not self.low_included))  # type: ignore[operator]
            above = self.high is not None and (point > self.high or (point == self.high and not self.high_included))  # type: ignore[operator]
            if below or above:
                return False
        return point not in self.excluded

    def empty(self) -> bool:
        """Say whether nothing is left."""
        if self.missing and self.known:
            return True
        if self.options is not None:
            return not any(self.allows(option) for option in self.options)
        if self.low is None or self.high is None:
            return False
        if self.low == self.high:
            return not (self.low_included and self.high_included) or self.low in self.excluded
        return self.low > self.high  # type: ignore[operator]


def flat(rule: All) -> Iterator[Rule]:
    """Yield the rules of a group and of the same groups inside it, and what states that last say of now."""
    for part in rule.rules:
        if isinstance(part, All):
            yield from flat(part)
        elif isinstance(part, HasBeen):
            # What has held for a time holds now.
            yield part.condition
        else:
            yield part


def contradiction(rule: All) -> tuple[Compare, ...] | None:
    """Return the conditions on one value that leave it no room, or None."""
    by_value: dict[Value, list[Compare]] = {}
    for part in flat(rule):
        if isinstance(part, Compare) and not part.ignore_case:
            by_value.setdefault(part.value, []).append(part)
    for conditions in by_value.values():
        for line in dict.fromkeys(map(line_of, conditions)):
            parts = tuple(part for part in dict.fromkeys(conditions) if line_of(part) in (line, ""))
            if len(parts) > 1 and room_of(parts).empty():
                return parts
    return None


def line_of(rule: Compare) -> str:
    """Return what kind of value a condition compares with; only the same kind can contradict."""
    operand = rule.operand[0] if isinstance(rule.operand, tuple) else rule.operand
    match operand:
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case dt.datetime():
            return "time"
        case dt.date():
            return "date"
        case str():
            return "text"
        case _:
            return ""


def room_of(conditions: Iterable[Compare]) -> Room:
    """Return what a value may be under all of these conditions."""
    room = Room()
    for rule in conditions:
        if rule.operator == "missing":
            room.missing = True
        else:
            # Every other condition is false on a missing value.
            room.known = True
            narrow(room, rule)
    return room


def narrow(room: Room, rule: Compare) -> None:
    """Apply one condition."""
    operand = rule.operand
    parts = operand if isinstance(operand, tuple) else (operand,)
    points = [plain_text(part) if isinstance(part, str) else part for part in parts]
    first = points[0]
    match rule.operator:
        case "is" | "in":
            room.only(points)
        case "is_not" | "not_in":
            room.excluded.update(points)
        case "gt" | "gte" | "after" if isinstance(first, Decimal | dt.date):
            room.at_least(first, included=rule.operator == "gte")
        case "lt" | "lte" | "before" if isinstance(first, Decimal | dt.date):
            room.at_most(first, included=rule.operator == "lte")
        case "between" if isinstance(first, Decimal | dt.date) and isinstance(points[-1], Decimal | dt.date):
            room.at_least(first, included=True)
            room.at_most(points[-1], included=True)


def opposites(rules: Iterable[Rule]) -> Rule | None:
    """Return a rule whose exact complement stands in the same group, or None."""
    given = list(rules)
    negated = {part.rule for part in given if isinstance(part, Not)}
    return next((part for part in given if part in negated), None)
