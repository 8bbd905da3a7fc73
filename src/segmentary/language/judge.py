"""One judge: rules and values of one customer, the obvious way. The oracle's working half."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, assert_never
from zoneinfo import ZoneInfo

from segmentary.errors import DefinitionError
from segmentary.language.compare import compared, compared_ratio, elapsed, part_of
from segmentary.language.history import (
    AttributeVersion,
    Event,
    Person,
    attribute_value,
    inside,
    items_of_json,
    property_value,
)
from segmentary.language.kinds import QUOTIENT_DECIMALS, model_key, natural, ratio, wanted
from segmentary.language.measures import measure
from segmentary.language.periods import periods_with
from segmentary.language.references import listed, referenced
from segmentary.language.sequencing import sequence_count, sequence_holds
from segmentary.language.states import at_event, had, has_been
from segmentary.language.stays import Stay, at_holds, during_holds, entry_of, moved_stays
from segmentary.language.surroundings import consent_holds, near_holds, rank_holds, related_holds
from segmentary.language.tree import (
    All,
    AnyOf,
    Arithmetic,
    Band,
    Case,
    Compare,
    Consent,
    Constant,
    DatePart,
    Elapsed,
    EventFilter,
    EventMeasure,
    FirstKnown,
    Had,
    HasBeen,
    ModelValue,
    Near,
    Not,
    PeriodsWith,
    PropertyValue,
    Rank,
    ReferenceValue,
    Related,
    Rule,
    Sample,
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
    StaticList,
    TraitAtEvent,
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
from segmentary.language.visits import largest_measure, session_measure
from segmentary.language.windows import bounds, zone_of

if TYPE_CHECKING:
    from segmentary.language.oracle import Population


class Judge:
    """Judges rules and values of one customer in one zone.

    ``event`` is the event under judgement inside a filter, ``segment`` the segment whose rule is judged.
    """

    def __init__(
        self,
        population: Population,
        customer: str,
        timezone: str | None,
        event: Event | None = None,
        segment: str | None = None,
    ) -> None:
        self.population = population
        self.context = population.context
        self.customer = customer
        self.timezone = timezone
        self.zone: ZoneInfo = zone_of(population.context, timezone)
        self.event = event
        self.segment = segment

    @property
    def person(self) -> Person:
        """Everything known of the customer."""
        return self.population.people[self.customer]

    @property
    def events(self) -> tuple[Event, ...]:
        """The customer's events before as-of, in order."""
        return self.population.events[self.customer]

    def stays(self, segment: str) -> tuple[Stay, ...]:
        """Return the customer's stays in a segment, by the log."""
        return self.population.stays(segment, self.customer)

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
                return rank_holds(self, rule)
            case Sequence():
                return sequence_holds(self, rule)
            case HasBeen() | Had() | SegmentAt() | SegmentDuring() | SegmentMoved() | Related() | Near() | Consent():
                return self.holds_beyond(rule)
            case _:
                assert_never(rule)

    def holds_beyond(
        self, rule: HasBeen | Had | SegmentAt | SegmentDuring | SegmentMoved | Related | Near | Consent
    ) -> bool:
        """Say whether a rule about other moments, other people, places or decisions holds."""
        match rule:
            case HasBeen():
                return has_been(self, rule)
            case Had():
                return had(self, rule)
            case SegmentAt():
                return at_holds(self, rule)
            case SegmentDuring():
                return during_holds(self, rule)
            case SegmentMoved():
                return bool(moved_stays(self, rule))
            case Related():
                return related_holds(self, rule)
            case Near():
                return near_holds(self, rule)
            case Consent():
                return consent_holds(self, rule)
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
            case PropertyValue() | TraitAtEvent() | ReferenceValue():
                return self.of_event(value, kind)
            case ModelValue():
                own = natural(value, types)
                return coerced(self.population.given.get(self.customer, {}).get(model_key(value)), own, kind, self.zone)
            case EventMeasure():
                found = self.measured(value, kind)
                if isinstance(found, Fraction):
                    found = bounded(found, QUOTIENT_DECIMALS, ROUND_DOWN)
                return coerced(found, self.own_type(value, kind), kind, self.zone)
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
            case Arithmetic() | Elapsed() | DatePart() | SessionMeasure() | PeriodsWith() | SequenceCount():
                return coerced(self.computed(value), "number", kind, self.zone)
            case _:
                assert_never(value)

    def own_type(self, value: EventMeasure, kind: ValueType) -> ValueType:
        """Return the type a measure comes out as, when it is to be read as a type."""
        own = natural(value, self.population.types)
        return kind if own == "text" else own

    def of_event(self, value: PropertyValue | TraitAtEvent | ReferenceValue, kind: ValueType) -> Known | None:
        """Return a value of the event under judgement."""
        if self.event is None:
            raise DefinitionError("a property stands outside an event filter", hint="name the event")
        match value:
            case PropertyValue(path=path):
                return property_value(self.event, path, kind, self.zone)
            case TraitAtEvent():
                return at_event(self, self.event, value, kind)
            case ReferenceValue(table=table, key=key, name=name):
                row = property_value(self.event, key.path, "text", self.zone)
                found = self.population.references.get(table, {}).get(str(row), {}) if row is not None else {}
                return coerced(found.get(name), "text", kind, self.zone)
            case _:
                assert_never(value)

    def computed(
        self, value: Arithmetic | Elapsed | DatePart | SessionMeasure | PeriodsWith | SequenceCount
    ) -> Decimal | None:
        """Return a number made of other values."""
        match value:
            case Arithmetic():
                return self.arithmetic(value)
            case Elapsed(since=since, unit=unit):
                return elapsed(self.value(since, "date"), unit, self.context, self.zone)
            case DatePart(of=of, part=part):
                own: ValueType = "time" if natural(of, self.population.types) == "time" else "date"
                return part_of(self.value(of, own), part, self.zone)
            case SessionMeasure():
                return session_measure(self, value)
            case PeriodsWith():
                return periods_with(self, value)
            case SequenceCount():
                return Decimal(sequence_count(self, value))
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
            return self.read_version(population.attributes[self.customer][name], path, kind)
        else:
            return None
        if path:
            return json_path(found, path, kind, self.zone) if isinstance(found, str) else None
        return coerced(found, own, kind, self.zone)

    def read_version(self, version: AttributeVersion, path: tuple[str, ...], kind: ValueType) -> Known | None:
        """Return the value of one version of an attribute, read as a type."""
        if path:
            return json_path(version.value, path, kind, self.zone)
        own = natural(TraitValue(version.name), self.population.types)
        return coerced(attribute_value(version, own), own, kind, self.zone)

    def measured(self, node: EventMeasure, kind: ValueType) -> Known | Fraction | None:
        """Return a measure over the matching events; a mean stays an exact fraction."""
        if isinstance(node.during, Sliding | Session):
            return largest_measure(self, node, node.during, kind)
        return measure(node, self.matching(node.events, node.during), kind, self.context, self.zone)

    def matching(self, wanted_events: EventFilter, during: Window | None) -> list[Event]:
        """Return the customer's events that pass a filter inside a window, oldest first."""
        return self.inside_window([e for e in self.events if self.passes(wanted_events, e)], during)

    def inside_window(self, among: Iterable[Event], during: Window | None) -> list[Event]:
        """Return the events inside a window; of a sliding window or a session, those inside its own window."""
        since, until = bounds(during, self.context, self.timezone)
        events = [e for e in among if e.happened_at < until and (since is None or e.happened_at >= since)]
        match during:
            case SinceEvent(event=opening, which=which):
                anchors = self.matching(opening, None)
                if not anchors:
                    return []
                anchor = anchors[0] if which == "first" else anchors[-1]
                return [e for e in events if e.happened_at > anchor.happened_at]
            case SinceEntry():
                begun = entry_of(self, during)
                return [] if begun is None else [e for e in events if e.happened_at >= begun]
        return events

    def passes(self, wanted_events: EventFilter, event: Event) -> bool:
        """Say whether an event passes a filter."""
        if wanted_events.names and event.name not in wanted_events.names:
            return False
        if wanted_events.where is None:
            return True
        return Judge(self.population, self.customer, self.timezone, event, self.segment).holds(wanted_events.where)


def json_path(document: str, path: tuple[str, ...], kind: ValueType, zone: ZoneInfo) -> Known | None:
    """Return what a path leads to in a JSON document, read as a type."""
    try:
        found = inside(json.loads(document), path)
    except ValueError:
        return None
    return items_of_json(found) if kind == "list" else coerced(json_text(found), "text", kind, zone)
