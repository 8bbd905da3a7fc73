"""Values as SQL: over one row of ``people`` (a customer with traits and aggregates) or one row of ``events``."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, assert_never

from sqlglot import exp

from segmentary.errors import DefinitionError
from segmentary.language.kinds import BUILT_IN, MOMENT_PARTS, decimals, natural, property_type
from segmentary.language.sql import (
    binary,
    call,
    choose,
    coerced_sql,
    column,
    constant,
    elapsed_sql,
    extract_sql,
    is_missing,
    json_any,
    json_scalar,
    local_date_sql,
    local_sql,
    normal_sql,
    nothing,
    number,
    number_type,
    product_sql,
    quotient_sql,
    sealed,
    try_cast,
    wide,
)
from segmentary.language.tree import (
    Arithmetic,
    Band,
    Case,
    Constant,
    Context,
    DatePart,
    Elapsed,
    EventMeasure,
    FirstKnown,
    ModelValue,
    PeriodsWith,
    PropertyValue,
    ReferenceValue,
    Rule,
    SequenceCount,
    SessionMeasure,
    TraitAtEvent,
    TraitValue,
    Value,
    ValueType,
)
from segmentary.language.values import exact_number, normal
from segmentary.language.windows import keeps_leap_day, local_day, months_threshold, zone_of

if TYPE_CHECKING:
    from segmentary.language.compile_asof import Sides

Pattern = SessionMeasure | PeriodsWith | SequenceCount
EVENT_COLUMNS = frozenset(BUILT_IN)


class Values(ABC):
    """Compiles values for one definition's zone. What a row is decides which names mean something.

    ``types`` are the types of all traits.
    """

    def __init__(self, context: Context, timezone: str | None, types: Mapping[str, ValueType]) -> None:
        self.context = context
        self.timezone = timezone
        self.zone = timezone or context.timezone
        self.types = types
        self.today: dt.date = local_day(context.as_of, zone_of(context, timezone))

    @abstractmethod
    def trait(self, value: TraitValue, kind: ValueType) -> exp.Expr:
        """Return a trait of the row's customer."""

    @abstractmethod
    def measure(self, value: EventMeasure, kind: ValueType) -> exp.Expr:
        """Return a measure of the row's customer's events."""

    @abstractmethod
    def mean_parts(self, value: EventMeasure) -> tuple[exp.Expr, exp.Expr]:
        """Return the sum and the count a mean is made of."""

    @abstractmethod
    def property(self, path: tuple[str, ...], kind: ValueType) -> exp.Expr:
        """Return a property of the row's event."""

    @abstractmethod
    def pattern(self, value: Pattern) -> exp.Expr:
        """Return a number that is about how the row's customer's events follow each other."""

    @abstractmethod
    def beside(self, value: TraitAtEvent | ReferenceValue, kind: ValueType) -> exp.Expr:
        """Return what the row's event knows through something else."""

    @abstractmethod
    def model(self, value: ModelValue, kind: ValueType) -> exp.Expr:
        """Return what a model says about the row's customer."""

    @abstractmethod
    def rule(self, rule: Rule) -> exp.Expr:
        """Return the truth of a rule for the row."""

    def value(self, value: Value, kind: ValueType) -> exp.Expr:
        """Return a value read as a type."""
        match value:
            case TraitValue():
                return self.trait(value, kind)
            case PropertyValue(path=path):
                return self.property(path, kind)
            case EventMeasure():
                return self.measure(value, kind)
            case Constant(value=given):
                found = constant(normal(given)) if isinstance(given, str) else constant(given)
                return coerced_sql(found, natural(value, self.types), kind, self.zone)
            case Arithmetic():
                return coerced_sql(self.arithmetic(value), "number", kind, self.zone)
            case Elapsed(since=since, unit=unit):
                return coerced_sql(self.elapsed(since, unit), "number", kind, self.zone)
            case DatePart(of=of, part=part):
                return coerced_sql(self.date_part(of, part), "number", kind, self.zone)
            case Band():
                return coerced_sql(sealed(self.band(value), "text"), "text", kind, self.zone)
            case Case(branches=branches, otherwise=otherwise):
                pairs = [(self.rule(rule), self.value(branch, kind)) for rule, branch in branches]
                last = nothing(kind) if otherwise is None else self.value(otherwise, kind)
                return sealed(choose(*pairs, otherwise=last), kind) if pairs else last
            case FirstKnown(values=values):
                first, *more = [self.value(part, kind) for part in values] or [nothing(kind)]
                return exp.Coalesce(this=first, expressions=more) if more else first
            case SessionMeasure() | PeriodsWith() | SequenceCount():
                return coerced_sql(self.pattern(value), "number", kind, self.zone)
            case TraitAtEvent() | ReferenceValue():
                return self.beside(value, kind)
            case ModelValue():
                return self.model(value, kind)
            case _:
                assert_never(value)

    def number(self, value: Value) -> exp.Expr:
        """Return a value read as a number."""
        return self.value(value, "number")

    def arithmetic(self, value: Arithmetic) -> exp.Expr:
        """Return a sum, difference, product or quotient within the bounds of all numbers."""
        left, right = self.number(value.left), self.number(value.right)
        places = decimals(value, self.types)
        match value.operator:
            case "add":
                return try_cast(binary(exp.Add, wide(left), right), number_type(places))
            case "subtract":
                return try_cast(binary(exp.Sub, wide(left), right), number_type(places))
            case "multiply":
                return product_sql(left, right, places)
            case "divide":
                return quotient_sql(left, right)
            case _:
                assert_never(value.operator)

    def elapsed(self, since: Value, unit: Literal["days", "months", "years"]) -> exp.Expr:
        """Return the whole local days, months or years until as-of."""
        day = self.value(since, "date")
        return elapsed_sql(day, self.today, unit, months_threshold(self.today), keeps_leap_day(self.today))

    def date_part(self, of: Value, part: str) -> exp.Expr:
        """Return a part of a date, or of an instant in local time."""
        if natural(of, self.types) == "time":
            return extract_sql(part, local_sql(self.value(of, "time"), self.zone))
        return nothing("number") if part == "hour" else extract_sql(part, self.value(of, "date"))

    def band(self, value: Band) -> exp.Expr:
        """Return the label of the interval a number falls into."""
        of = self.number(value.of)
        below = [
            (binary(exp.LT, of.copy(), number(exact_number(edge))), constant(normal(label)))
            for edge, label in zip(value.edges, value.labels, strict=False)
        ]
        known = exp.Not(this=exp.Paren(this=is_missing(of)))
        return choose(*below, (known, constant(normal(value.labels[len(value.edges)]))))


def property_sql(path: tuple[str, ...], kind: ValueType, zone: str) -> exp.Expr:
    """Return a property of a row of ``events``, read as a type."""
    own = property_type(path)
    if path[0] == "happened_at" and len(path) > 1:
        if len(path) > 2 or path[1] not in MOMENT_PARTS:
            return nothing(kind)
        instant = column("happened_at", "events")
        part = local_date_sql(instant, zone) if path[1] == "date" else extract_sql(path[1], local_sql(instant, zone))
        return coerced_sql(part, own, kind, zone)
    if len(path) == 1 and path[0] in EVENT_COLUMNS:
        found = column(path[0], "events")
        return coerced_sql(normal_sql(found) if own == "text" else found, own, kind, zone)
    properties = column("properties", "events")
    if kind == "list":
        return coerced_sql(json_any(properties, path), "text", kind, zone)
    return coerced_sql(json_scalar(properties, path), "text", kind, zone)


class EventValues(Values):
    """Values of one row of ``events``.

    sides : takes note of the relations the values need beside the events.
    """

    def __init__(self, context: Context, timezone: str | None, types: Mapping[str, ValueType], sides: Sides) -> None:
        super().__init__(context, timezone, types)
        self.sides = sides

    def trait(self, value: TraitValue, kind: ValueType) -> exp.Expr:
        """Refuse: a trait belongs to a customer, not to an event."""
        raise DefinitionError(
            f"the trait {value.name!r} stands inside an event filter", hint="filter by properties only"
        )

    def measure(self, value: EventMeasure, kind: ValueType) -> exp.Expr:
        """Refuse: a measure is of many events."""
        raise DefinitionError("a measure stands inside an event filter", hint="filter by properties only")

    def mean_parts(self, value: EventMeasure) -> tuple[exp.Expr, exp.Expr]:
        """Refuse, as for any measure."""
        raise DefinitionError("a measure stands inside an event filter", hint="filter by properties only")

    def property(self, path: tuple[str, ...], kind: ValueType) -> exp.Expr:
        """Return a property of the event."""
        return property_sql(path, kind, self.zone)

    def pattern(self, value: Pattern) -> exp.Expr:
        """Refuse: this is about many events."""
        raise DefinitionError("a measure stands inside an event filter", hint="filter by properties only")

    def model(self, value: ModelValue, kind: ValueType) -> exp.Expr:
        """Refuse: a model is about a customer."""
        raise DefinitionError(
            f"the model {value.model!r} stands inside an event filter", hint="filter by properties only"
        )

    def beside(self, value: TraitAtEvent | ReferenceValue, kind: ValueType) -> exp.Expr:
        """Return an attribute as it was then, or a fact about what a property names."""
        if isinstance(value, ReferenceValue):
            found = self.sides.fact(value.table, value.name, self.property(value.key.path, "text"))
            return coerced_sql(normal_sql(found), "text", kind, self.zone)
        own = natural(TraitAtEvent(value.name), self.types)
        raw = self.sides.attribute(value.name)
        if value.path:
            return inside_sql(raw, value.path, kind, self.zone) if own in ("text", "list") else nothing(kind)
        read = coerced_sql(normal_sql(raw) if own == "text" else raw, "text", own, self.zone)
        return coerced_sql(read, own, kind, self.zone)

    def rule(self, rule: Rule) -> exp.Expr:
        """Return the truth of a condition on the event."""
        from segmentary.language.compile_rules import event_rule

        return event_rule(self, rule)


def unpacked(value: exp.Expr, kind: ValueType) -> exp.Expr:
    """Return a given column in the form values are computed with: bounded numbers, normal text."""
    match kind:
        case "number":
            return try_cast(value, number_type())
        case "text":
            return normal_sql(value)
        case "list":
            return coerced_sql(value, "text", "list", "UTC")
    return value


def inside_sql(document: exp.Expr, path: tuple[str, ...], kind: ValueType, zone: str) -> exp.Expr:
    """Return what a path leads to in a text column that should hold JSON."""
    found = (json_any if kind == "list" else json_scalar)(document.copy(), path)
    return coerced_sql(choose((call("json_valid", document), found)), "text", kind, zone)
