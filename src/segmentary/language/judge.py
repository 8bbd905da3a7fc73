"""One judge: rules and values of one customer, the obvious way. The oracle's working half."""

from __future__ import annotations

import json
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

from segmentary.errors import DefinitionError
from segmentary.language.compare import compared, compared_ratio, elapsed, part_of
from segmentary.language.history import Event, attribute_value, inside, items_of_json, property_value
from segmentary.language.kinds import QUOTIENT_DECIMALS, natural, ratio, wanted
from segmentary.language.measures import measure
from segmentary.language.references import listed, referenced
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
    EventFilter,
    EventMeasure,
    FirstKnown,
    Not,
    PropertyValue,
    Rank,
    Rule,
    Sample,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitValue,
    Value,
    ValueType,
    Window,
)
from segmentary.language.values import (
    EXACT,
    Known,
    bounded,
    coerced,
    drawn,
    drawn_below,
    exact_number,
    json_text,
    quotient,
)
from segmentary.language.windows import bounds, zone_of

if TYPE_CHECKING:
    from segmentary.language.oracle import Population


class Judge:
    """Judges rules and values of one customer in one zone; ``event`` is the event under judgement inside a filter."""

    def __init__(self, population: Population, customer: str, timezone: str | None, event: Event | None = None) -> None:
        self.population = population
        self.context = population.context
        self.customer = customer
        self.timezone = timezone
        self.zone: ZoneInfo = zone_of(population.context, timezone)
        self.event = event

    def holds(self, rule: Rule) -> bool:
        """Say whether a rule holds."""
        match rule:
            case All(rules=rules):
                return all(self.holds(part) for part in rules)
            case AnyOf(rules=rules):
                return any(self.holds(part) for part in rules)
            case Not(rule=inner):
                return not self.holds(inner)
            case Compare():
                return self.compare(rule)
            case SegmentReference():
                key = rule.name
                if key not in self.population.known_members or rule.version is not None:
                    key = referenced(rule, self.population.segments)
                return self.population.is_member(key, self.customer)
            case StaticList():
                return self.customer in listed(rule, self.population.lists)
            case Sample(share=share, salt=salt):
                below = drawn_below(share)
                return below is None or drawn(salt, self.customer) < below
            case Rank():
                return self.customer in self.population.ranked(rule, self.timezone)
            case _:
                assert_never(rule)

    def compare(self, rule: Compare) -> bool:
        """Say whether a comparison holds; a missing value makes it false, except for ``missing``."""
        kind = wanted(rule, self.population.types)
        exact = self.exact_ratio(rule.value)
        if exact is not None and kind == "number" and rule.operator not in ("exists", "missing"):
            return compared_ratio(rule, exact)
        return compared(rule, self.value(rule.value, kind), self.context, self.timezone)

    def exact_ratio(self, value: Value) -> Fraction | None:
        """Return a quotient or mean exactly; None for any other value and for a missing one."""
        parts = ratio(value)
        if isinstance(parts, EventMeasure):
            found = self.measured(parts, "number")
            return found if isinstance(found, Fraction) else None
        if parts is None:
            return None
        left, right = (self.number(part) for part in parts)
        return None if left is None or right is None or right == 0 else Fraction(left) / Fraction(right)

    def value(self, value: Value, kind: ValueType) -> Known | None:
        """Return a value read as a type; None when it is missing."""
        types = self.population.types
        match value:
            case TraitValue(name=name, path=path):
                return self.trait(name, path, kind)
            case PropertyValue(path=path):
                if self.event is None:
                    raise DefinitionError("a property stands outside an event filter", hint="name the event")
                return property_value(self.event, path, kind, self.zone)
            case EventMeasure():
                found = self.measured(value, kind)
                if isinstance(found, Fraction):
                    found = bounded(found, QUOTIENT_DECIMALS, ROUND_DOWN)
                own = kind if natural(value, types) == "text" else natural(value, types)
                return coerced(found, own, kind, self.zone)
            case Constant(value=constant):
                exact = exact_number(constant) if natural(value, types) == "number" else constant
                return coerced(exact, natural(value, types), kind, self.zone)
            case Case(branches=branches, otherwise=otherwise):
                for rule, branch in branches:
                    if self.holds(rule):
                        return self.value(branch, kind)
                return None if otherwise is None else self.value(otherwise, kind)
            case FirstKnown(values=values):
                known = (self.value(part, kind) for part in values)
                return next((found for found in known if found is not None), None)
            case Band(of=of, edges=edges, labels=labels):
                number = self.number(of)
                label = None if number is None else labels[sum(1 for edge in edges if edge <= number)]
                return coerced(label, "text", kind, self.zone)
            case Arithmetic() | Elapsed() | DatePart():
                return coerced(self.computed(value), "number", kind, self.zone)
            case _:
                assert_never(value)

    def computed(self, value: Arithmetic | Elapsed | DatePart) -> Decimal | None:
        """Return a number made of other values."""
        match value:
            case Arithmetic():
                return self.arithmetic(value)
            case Elapsed(since=since, unit=unit):
                return elapsed(self.value(since, "date"), unit, self.context, self.zone)
            case DatePart(of=of, part=part):
                own: ValueType = "time" if natural(of, self.population.types) == "time" else "date"
                return part_of(self.value(of, own), part, self.zone)
            case _:
                assert_never(value)

    def number(self, value: Value) -> Decimal | None:
        """Return a value read as a number."""
        found = self.value(value, "number")
        return found if isinstance(found, Decimal) else None

    def arithmetic(self, value: Arithmetic) -> Decimal | None:
        """Return a sum, difference, product or quotient within the bounds of all numbers."""
        left, right = self.number(value.left), self.number(value.right)
        if left is None or right is None:
            return None
        match value.operator:
            case "add":
                return bounded(EXACT.add(left, right))
            case "subtract":
                return bounded(EXACT.subtract(left, right))
            case "multiply":
                return bounded(EXACT.multiply(left, right))
            case "divide":
                return quotient(left, right)
            case _:
                assert_never(value.operator)

    def trait(self, name: str, path: tuple[str, ...], kind: ValueType) -> Known | None:
        """Return a trait: computed, given by a model, or an attribute of a source."""
        population = self.population
        own = natural(TraitValue(name), population.types)
        if name in population.traits:
            found = population.trait(name, self.customer)
        elif name in population.given.get(self.customer, {}):
            found = population.given[self.customer][name]
        elif name in population.attributes[self.customer]:
            version = population.attributes[self.customer][name]
            if path:
                return json_path(version.value, path, kind, self.zone)
            found = attribute_value(version, own)
        else:
            return None
        if path:
            return json_path(found, path, kind, self.zone) if isinstance(found, str) else None
        return coerced(found, own, kind, self.zone)

    def measured(self, node: EventMeasure, kind: ValueType) -> Known | Fraction | None:
        """Return a measure over the matching events; a mean stays an exact fraction."""
        return measure(node, self.matching(node.events, node.during), kind, self.context, self.zone)

    def matching(self, wanted_events: EventFilter, during: Window | None) -> list[Event]:
        """Return the customer's events that pass a filter inside a window, oldest first."""
        since, until = bounds(during, self.context, self.timezone)
        events = [e for e in self.population.events[self.customer] if self.passes(wanted_events, e)]
        events = [e for e in events if e.happened_at < until and (since is None or e.happened_at >= since)]
        if isinstance(during, SinceEvent):
            anchors = self.matching(during.event, None)
            if not anchors:
                return []
            anchor = anchors[0] if during.which == "first" else anchors[-1]
            events = [e for e in events if e.happened_at > anchor.happened_at]
        return events

    def passes(self, wanted_events: EventFilter, event: Event) -> bool:
        """Say whether an event passes a filter."""
        if event.name not in wanted_events.names:
            return False
        if wanted_events.where is None:
            return True
        return Judge(self.population, self.customer, self.timezone, event).holds(wanted_events.where)


def json_path(document: str, path: tuple[str, ...], kind: ValueType, zone: ZoneInfo) -> Known | None:
    """Return what a path leads to in a JSON document, read as a type."""
    try:
        found = inside(json.loads(document), path)
    except ValueError:
        return None
    return items_of_json(found) if kind == "list" else coerced(json_text(found), "text", kind, zone)
