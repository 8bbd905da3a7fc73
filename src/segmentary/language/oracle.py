"""The oracle: the plain meaning of a definition, one person at a time, in Python. Slow and obvious on purpose.

Membership in production comes from the compiler; this interpreter is what the compiler is tested against, and what
``explain`` uses on a single person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.compare import compared, compared_ratio, elapsed, part_of
from segmentary.language.history import (
    AttributeVersion,
    Event,
    Person,
    attribute_value,
    attributes_at,
    in_universe,
    inside,
    items_of_json,
    past_events,
    property_value,
)
from segmentary.language.kinds import QUOTIENT_DECIMALS, natural, ratio, wanted
from segmentary.language.measures import measure
from segmentary.language.references import circle, listed, referenced
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Case,
    Compare,
    Constant,
    Context,
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
    Scalar,
    SegmentDefinition,
    SegmentReference,
    SinceEvent,
    StaticList,
    TraitDefinition,
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
    from segmentary.language.trace import Trace

__all__ = ["AttributeVersion", "Event", "Person", "Population", "Trace"]


class Population:
    """People and everything known about them, judged in one context.

    Parameters
    ----------
    people : the customers; those outside the universe at as-of are left out.
    segments, traits : every definition that may be referred to.
    given : per customer, model outputs and other values that are not computed here.
    given_types : the type of every attribute and model output.
    lists : ids of the named lists.
    known_members, known_ranks : membership of segments and ranks decided elsewhere, so that one person fetched from the
        warehouse can be explained without the others.
    """

    def __init__(
        self,
        people: Iterable[Person],
        context: Context,
        *,
        segments: Mapping[str, SegmentDefinition] | None = None,
        traits: Mapping[str, TraitDefinition] | None = None,
        given: Mapping[str, Mapping[str, Scalar]] | None = None,
        given_types: Mapping[str, ValueType] | None = None,
        lists: Mapping[str, tuple[str, ...]] | None = None,
        known_members: Mapping[str, set[str]] | None = None,
        known_ranks: Mapping[Rank, set[str]] | None = None,
    ) -> None:
        self.context = context
        self.segments = segments or {}
        self.traits = traits or {}
        self.given = given or {}
        self.lists = lists or {}
        self.known_members = known_members or {}
        self.known_ranks = known_ranks or {}
        self.types: dict[str, ValueType] = dict(given_types or {})
        self.types |= {name: definition.type for name, definition in self.traits.items()}
        self.people = {p.customer_id: p for p in people if in_universe(p, context)}
        self.events = {name: past_events(p, context) for name, p in self.people.items()}
        self.attributes = {name: attributes_at(p, context) for name, p in self.people.items()}
        self.kept_truths: dict[tuple[str, str], bool] = {}
        self.kept_traits: dict[tuple[str, str], Known | None] = {}
        self.kept_ranks: dict[tuple[Rank, str | None], set[str]] = {}
        self.open: tuple[str, ...] = ()

    def universe(self) -> list[str]:
        """Return the ids of everyone there is at as-of, in order."""
        return sorted(self.people)

    def members(self, name: str) -> set[str]:
        """Return the ids of a segment's members."""
        return {customer for customer in self.people if self.is_member(name, customer)}

    def holds(self, rule: Rule, customer_id: str, timezone: str | None = None) -> bool:
        """Say whether a rule holds for a customer."""
        return Judge(self, customer_id, timezone).holds(rule)

    def value(
        self, value: Value, customer_id: str, timezone: str | None = None, kind: ValueType | None = None
    ) -> Known | None:
        """Return a value of a customer, None when it is missing; ``kind`` says what it is to be read as."""
        return Judge(self, customer_id, timezone).value(value, kind or natural(value, self.types))

    def trace(self, rule: Rule, customer_id: str, timezone: str | None = None) -> Trace:
        """Return why a rule holds for a customer or does not, node by node."""
        from segmentary.language.trace import traced

        return traced(Judge(self, customer_id, timezone), rule)

    def is_member(self, name: str, customer: str) -> bool:
        """Say whether a customer is in a segment, judging it at most once."""
        if name in self.known_members:
            return customer in self.known_members[name]
        if name not in self.segments:
            raise UnknownNameError("segment", name, self.segments)
        key = f"segment {name}"
        if (key, customer) not in self.kept_truths:
            definition = self.segments[name]
            with_open = self.entered(key)
            self.kept_truths[key, customer] = Judge(self, customer, definition.timezone).holds(definition.where)
            self.open = with_open
        return self.kept_truths[key, customer]

    def trait(self, name: str, customer: str) -> Known | None:
        """Return a computed trait of a customer, computing it at most once."""
        key = f"trait {name}"
        if (key, customer) not in self.kept_traits:
            definition = self.traits[name]
            with_open = self.entered(key)
            judge = Judge(self, customer, definition.timezone)
            self.kept_traits[key, customer] = judge.value(definition.value, definition.type)
            self.open = with_open
        return self.kept_traits[key, customer]

    def entered(self, key: str) -> tuple[str, ...]:
        """Note that a definition is being judged; return what was open before. Meeting it again is a circle."""
        before = self.open
        if key in before:
            raise circle(before, key)
        self.open = (*before, key)
        return before

    def ranked(self, rank: Rank, timezone: str | None) -> set[str]:
        """Return the ids of everyone within a rank."""
        if rank in self.known_ranks:
            return self.known_ranks[rank]
        if (rank, timezone) not in self.kept_ranks:
            self.kept_ranks[rank, timezone] = self.rank_members(rank, timezone)
        return self.kept_ranks[rank, timezone]

    def rank_members(self, rank: Rank, timezone: str | None) -> set[str]:
        groups: dict[Known | None, list[tuple[Known, str]]] = {}
        kind = natural(rank.by, self.types)
        kind = "number" if kind in ("text", "list") else kind
        for customer in self.people:
            judge = Judge(self, customer, timezone)
            place = None if rank.within is None else judge.value(rank.within, natural(rank.within, self.types))
            amount = judge.value(rank.by, kind)
            left_out = rank.within is not None and place is None
            if left_out or amount is None or (rank.over is not None and not judge.holds(rank.over)):
                continue
            groups.setdefault(place, []).append((amount, customer))
        return {customer for group in groups.values() for customer in ranked_within(rank, group)}


def ranked_within(rank: Rank, group: list[tuple[Known, str]]) -> list[str]:
    if len(group) < rank.at_least:
        return []
    group.sort(key=lambda pair: pair[1])
    group.sort(key=lambda pair: pair[0], reverse=rank.order == "highest")  # type: ignore[arg-type,return-value]
    if rank.share is not None:
        allowed = int(Fraction(rank.share) * len(group))
    elif rank.number is not None:
        allowed = rank.number
    else:
        raise DefinitionError("a rank needs a share or a number", hint="top: 10% or top: 100")
    if allowed <= 0:
        return []
    chosen = group[:allowed]
    if rank.ties == "include":
        chosen += [pair for pair in group[allowed:] if pair[0] == chosen[-1][0]]
    return [customer for _, customer in chosen]


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
                if isinstance(constant, int | float) and not isinstance(constant, bool):
                    constant = exact_number(constant)
                return coerced(constant, natural(value, types), kind, self.zone)
            case Arithmetic():
                return coerced(self.arithmetic(value), "number", kind, self.zone)
            case Elapsed(since=since, unit=unit):
                day = self.value(since, "date")
                return coerced(elapsed(day, unit, self.context, self.zone), "number", kind, self.zone)
            case DatePart(of=of, part=part):
                own = "time" if natural(of, types) == "time" else "date"
                return coerced(part_of(self.value(of, own), part, self.zone), "number", kind, self.zone)
            case Band(of=of, edges=edges, labels=labels):
                number = self.number(of)
                label = None if number is None else labels[sum(1 for edge in edges if edge <= number)]
                return coerced(label, "text", kind, self.zone)
            case Case(branches=branches, otherwise=otherwise):
                for rule, branch in branches:
                    if self.holds(rule):
                        return self.value(branch, kind)
                return None if otherwise is None else self.value(otherwise, kind)
            case FirstKnown(values=values):
                known = (self.value(part, kind) for part in values)
                return next((found for found in known if found is not None), None)
            case _:
                assert_never(value)

    def number(self, value: Value) -> Decimal | None:
        found = self.value(value, "number")
        return found if isinstance(found, Decimal) and not isinstance(found, bool) else None

    def arithmetic(self, value: Arithmetic) -> Decimal | None:
        left, right = self.number(value.left), self.number(value.right)
        if left is None or right is None:
            return None
        match value.operator:
            case "add":
                return bounded(EXACT.add(left, right))
            case "subtract":
                return bounded(EXACT.subtract(left, right))
            case "multiply":
                product = EXACT.multiply(left, right)
                # A product is missing as soon as it reaches the limit, before it is rounded.
                return bounded(product) if bounded(product, 20) is not None else None
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
    import json

    try:
        found = inside(json.loads(document), path)
    except ValueError:
        return None
    return items_of_json(found) if kind == "list" else coerced(json_text(found), "text", kind, zone)
