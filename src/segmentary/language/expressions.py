"""What the Python spelling is made of: quantities and conditions that build the tree.

A `Quantity` stands for a value and is compared; a `Condition` stands for a rule and is joined with ``&``, ``|``, ``~``.
`rule_of` and `value_of` give the tree inside; `source.to_python` writes a tree in this spelling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NoReturn, cast, get_args

from segmentary.errors import DefinitionError
from segmentary.language.cursor import Cursor
from segmentary.language.durations import parse_calendar, parse_duration
from segmentary.language.expressions_windows import window_of
from segmentary.language.operators import WEEKDAY_NAMES
from segmentary.language.reading_events import read_path
from segmentary.language.reading_patterns import PERIOD_TESTS
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    DatePart,
    Elapsed,
    EventMeasure,
    FirstKnown,
    FixedWindow,
    Had,
    HasBeen,
    Not,
    Operand,
    Operator,
    PeriodsWith,
    PeriodUnit,
    PropertyValue,
    Rule,
    Scalar,
    TraitValue,
    Value,
)

Literally = Scalar | int | float
"""What may stand for a fixed value: texts, booleans, numbers, dates, times with a zone. Floats mean what they print."""


def scalar(value: object) -> Scalar:
    """Return a fixed value as the tree holds it."""
    return Cursor(value).scalar()


def path_of(name: str | Sequence[str]) -> tuple[str, ...]:
    """Return the steps of ``happened_at.hour``; a list is taken step by step, dots and all."""
    return read_path(Cursor(name if isinstance(name, str) else list(name)))


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule under construction. ``joined`` marks what ``&`` or ``|`` made, so that a longer chain stays one group."""

    rule: Rule
    joined: bool = False

    def __and__(self, other: Condition) -> Condition:
        return Condition(All((*parts_of(self, All), *parts_of(other, All))), joined=True)

    def __or__(self, other: Condition) -> Condition:
        return Condition(AnyOf((*parts_of(self, AnyOf), *parts_of(other, AnyOf))), joined=True)

    def __invert__(self) -> Condition:
        return Condition(Not(self.rule))

    def __bool__(self) -> NoReturn:
        raise TypeError("a condition is neither true nor false before it is judged: join with & | ~, not and/or/not")

    def lasting(self, *, at_least: str | None = None, less_than: str | None = None) -> Condition:
        """Require of a condition on an attribute that it has held without a break for so long, or for less."""
        lengths = [None if length is None else parse_duration(length) for length in (at_least, less_than)]
        return Condition(HasBeen(self.compared(), *lengths))

    def for_at_least(self, length: str) -> Condition:
        """Require of a condition on an attribute that it has held without a break for at least so long."""
        return self.lasting(at_least=length)

    def at_any_time(self, window: FixedWindow | str) -> Condition:
        """Require of a condition on an attribute that it held at some instant of the window."""
        return Condition(Had(self.compared(), window_of(window)))

    def per(self, unit: PeriodUnit, *, in_last: int) -> Quantity:
        """Measure in how many of the last complete periods it holds: ``(count >= 3).per("week", in_last=5) >= 3``."""
        test = self.compared()
        if (
            not isinstance(test.value, EventMeasure)
            or not isinstance(test.operand, Decimal)
            or test.operator not in PERIOD_TESTS
        ):
            hint = 'such as (events("a").count() >= 3).per("week", in_last=5)'
            raise DefinitionError("what has to hold in a period is a measure of events against a number", hint=hint)
        operator = cast(Literal["is", "lt", "lte", "gt", "gte"], test.operator)
        units: tuple[PeriodUnit, ...] = get_args(PeriodUnit)
        return Quantity(PeriodsWith(test.value, operator, test.operand, Cursor(unit).word(units), in_last))

    def compared(self) -> Compare:
        """Return the comparison this is.

        Raises
        ------
        DefinitionError
            when it is something else.
        """
        if not isinstance(self.rule, Compare):
            hint = 'ask it of one comparison, such as trait("plan") == "trial"'
            raise DefinitionError("this is no comparison", hint=hint)
        return self.rule


def parts_of(condition: Condition, group: type[All] | type[AnyOf]) -> tuple[Rule, ...]:
    rule = rule_of(condition)
    return rule.rules if condition.joined and isinstance(rule, group) else (rule,)


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A value under construction: compare it to get a condition, calculate with it to get another quantity."""

    value: Value

    def judged(self, operator: Operator, operand: Operand = None, *, ignore_case: bool = False) -> Condition:
        """Return the condition with any operator of the tree."""
        return Condition(Compare(self.value, operator, operand, ignore_case))

    def against(self, operator: Operator, other: object) -> Condition:
        """Return the comparison with a fixed value, or with another quantity: whether the difference is above 0."""
        if isinstance(other, Quantity):
            return Condition(Compare(Arithmetic("subtract", self.value, other.value), operator, Decimal(0)))
        return self.judged(operator, scalar(other))

    def equals(self, other: Literally, *, ignore_case: bool = False) -> Condition:
        """``is``; ``==`` says the same."""
        return self.judged("is", scalar(other), ignore_case=ignore_case)

    def differs(self, other: Literally, *, ignore_case: bool = False) -> Condition:
        """``is_not``: known, and something else; ``!=`` says the same."""
        return self.judged("is_not", scalar(other), ignore_case=ignore_case)

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self.against("is", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return self.against("is_not", other)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, other: Quantity | Literally) -> Condition:
        return self.against("lt", other)

    def __le__(self, other: Quantity | Literally) -> Condition:
        return self.against("lte", other)

    def __gt__(self, other: Quantity | Literally) -> Condition:
        return self.against("gt", other)

    def __ge__(self, other: Quantity | Literally) -> Condition:
        return self.against("gte", other)

    def is_in(self, *options: Literally, ignore_case: bool = False) -> Condition:
        """``in``: one of these."""
        return self.judged("in", tuple(map(scalar, options)), ignore_case=ignore_case)

    def not_in(self, *options: Literally, ignore_case: bool = False) -> Condition:
        """Require that it is known, and none of these."""
        return self.judged("not_in", tuple(map(scalar, options)), ignore_case=ignore_case)

    def between(self, low: Literally, high: Literally) -> Condition:
        """Require that it is from low to high, both included."""
        return self.judged("between", (scalar(low), scalar(high)))

    def contains(self, text: str, *, ignore_case: bool = False) -> Condition:
        """Require that the text is somewhere in it."""
        return self.judged("contains", text, ignore_case=ignore_case)

    def starts_with(self, text: str, *, ignore_case: bool = False) -> Condition:
        """Require that it begins with the text."""
        return self.judged("starts_with", text, ignore_case=ignore_case)

    def ends_with(self, text: str, *, ignore_case: bool = False) -> Condition:
        """Require that it ends with the text."""
        return self.judged("ends_with", text, ignore_case=ignore_case)

    def matches(self, pattern: str, *, ignore_case: bool = False) -> Condition:
        """Require that the RE2 pattern is found somewhere in it."""
        return self.judged("matches", pattern, ignore_case=ignore_case)

    def exists(self) -> Condition:
        """Require that it is known."""
        return self.judged("exists")

    def is_missing(self) -> Condition:
        """Require that it is not known."""
        return self.judged("missing")

    def has_any(self, *items: Literally, ignore_case: bool = False) -> Condition:
        """Require that the list holds at least one of these."""
        return self.judged("has_any", tuple(map(scalar, items)), ignore_case=ignore_case)

    def has_all(self, *items: Literally, ignore_case: bool = False) -> Condition:
        """Require that the list holds every one of these."""
        return self.judged("has_all", tuple(map(scalar, items)), ignore_case=ignore_case)

    def has_none(self, *items: Literally, ignore_case: bool = False) -> Condition:
        """Require that the list is known and holds none of these."""
        return self.judged("has_none", tuple(map(scalar, items)), ignore_case=ignore_case)

    def version_below(self, version: str) -> Condition:
        """``version_lt``: 2.9 is below 2.10."""
        return self.judged("version_lt", version)

    def version_at_most(self, version: str) -> Condition:
        """``version_lte``."""
        return self.judged("version_lte", version)

    def version_above(self, version: str) -> Condition:
        """``version_gt``."""
        return self.judged("version_gt", version)

    def version_at_least(self, version: str) -> Condition:
        """``version_gte``."""
        return self.judged("version_gte", version)

    def before(self, moment: dt.date) -> Condition:
        """Require that it is earlier than a date or time."""
        return self.judged("before", scalar(moment))

    def after(self, moment: dt.date) -> Condition:
        """Require that it is later than a date or time."""
        return self.judged("after", scalar(moment))

    def within_last(self, length: str) -> Condition:
        """Require that it is at most that long ago."""
        return self.judged("within_last", parse_duration(length))

    def within_next(self, length: str) -> Condition:
        """Require that it is at most that far ahead."""
        return self.judged("within_next", parse_duration(length))

    def between_from_now(self, nearest: str, farthest: str) -> Condition:
        """Require that it lies ahead, by at least the one and at most the other length of time."""
        return self.judged("between_from_now", (parse_duration(nearest), parse_duration(farthest)))

    def anniversary_within_next(self, length: str) -> Condition:
        """Require that its next anniversary is at most that far ahead."""
        return self.judged("anniversary_within_next", parse_duration(length))

    def anniversary_within_last(self, length: str) -> Condition:
        """Require that its last anniversary was at most that long ago."""
        return self.judged("anniversary_within_last", parse_duration(length))

    def weekday_in(self, *weekdays: str) -> Condition:
        """Require that it falls on one of these days of the week."""
        return self.judged("weekday_in", tuple(Decimal(WEEKDAY_NAMES.index(w) + 1) for w in map(weekday, weekdays)))

    def in_period(self, period: str) -> Condition:
        """Require that it falls into ``this_week``, ``previous_quarter``, ``previous_5_weeks``, ..."""
        return self.judged("in_period", parse_calendar(period))

    def __add__(self, other: Quantity | Literally) -> Quantity:
        return Quantity(Arithmetic("add", self.value, value_of(other)))

    def __sub__(self, other: Quantity | Literally) -> Quantity:
        return Quantity(Arithmetic("subtract", self.value, value_of(other)))

    def __mul__(self, other: Quantity | Literally) -> Quantity:
        return Quantity(Arithmetic("multiply", self.value, value_of(other)))

    def __truediv__(self, other: Quantity | Literally) -> Quantity:
        return Quantity(Arithmetic("divide", self.value, value_of(other)))

    def elapsed(self, unit: Literal["days", "months", "years"] = "days") -> Quantity:
        """Return whole units from this date or time until as-of."""
        return Quantity(Elapsed(self.value, unit))

    def part(self, name: Literal["year", "month", "day", "weekday", "hour"]) -> Quantity:
        """Return a part of this date or time, local to the definition's zone."""
        return Quantity(DatePart(self.value, name))

    def band(self, edges: Iterable[Literally], labels: Iterable[str]) -> Quantity:
        """Return the label of the interval this number falls into; one label more than edges."""
        cuts = tuple(cut for cut in map(scalar, edges) if isinstance(cut, Decimal) or not_an_edge(cut))
        return Quantity(Band(self.value, cuts, tuple(labels)))


def not_an_edge(cut: Scalar) -> NoReturn:
    raise DefinitionError(f"{cut!r} is not a number", hint="the edges of bands are numbers")


def weekday(name: str) -> str:
    return Cursor(name).word(WEEKDAY_NAMES)


def rule_of(condition: Condition | Rule | str) -> Rule:
    """Return the tree of a condition, or of its text; a tree is returned as it is."""
    if isinstance(condition, Quantity):
        raise DefinitionError("a quantity is not a condition", hint="compare it: >= 3, == 'x', .exists(), ...")
    if isinstance(condition, str):
        from segmentary.language.text import parse_text

        return parse_text(condition)
    return condition.rule if isinstance(condition, Condition) else condition


def value_of(quantity: Quantity | Value | Literally) -> Value:
    """Return the tree of a quantity; fixed values become constants; a tree is returned as it is."""
    if isinstance(quantity, Quantity):
        return quantity.value
    if isinstance(quantity, str | bool | int | float | Decimal | dt.date):
        return Constant(scalar(quantity))
    return quantity


# ---------------------------------------------------------------- what an expression begins with


def trait(name: str, *path: str) -> Quantity:
    """Return the value of a trait: an attribute, a computed trait, a model's output."""
    return Quantity(TraitValue(name, path))


def prop(name: str | Sequence[str]) -> Quantity:
    """Return a property of the event that is judged; ``prop("happened_at.hour")`` walks into it."""
    return Quantity(PropertyValue(path_of(name)))


def constant(value: Literally) -> Quantity:
    """Return a fixed value."""
    return Quantity(Constant(scalar(value)))


def case(*branches: tuple[Condition | Rule, Any], otherwise: Any = None) -> Quantity:
    """Return the value of the first branch whose condition holds."""
    pairs = tuple((rule_of(rule), value_of(value)) for rule, value in branches)
    return Quantity(Case(pairs, None if otherwise is None else value_of(otherwise)))


def first_known(*quantities: Any) -> Quantity:
    """Return the first value that is not missing."""
    return Quantity(FirstKnown(tuple(map(value_of, quantities))))


def all_of(*conditions: Condition | Rule) -> Condition:
    """Every one holds: one group, as written."""
    return Condition(All(tuple(map(rule_of, conditions))))


def any_of(*conditions: Condition | Rule) -> Condition:
    """At least one holds: one group, as written."""
    return Condition(AnyOf(tuple(map(rule_of, conditions))))
