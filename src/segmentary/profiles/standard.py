"""The computed traits every workspace gets: definitions in ``standard_traits.yaml``, as far as the data reaches.

`standard_traits` reads all of them. `usable` fits them to one vocabulary: where a definition names alternatives (the
first known of several values, the branches of a case, several event names), those the data does not have are taken
out; a definition with nothing left is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import assert_never

from segmentary.errors import DefinitionError
from segmentary.language.kinds import BUILT_IN as BUILT_IN_PROPERTIES
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
    SessionMeasure,
    SinceEvent,
    StaticList,
    TraitAtEvent,
    TraitDefinition,
    TraitValue,
    Value,
    ValueType,
)
from segmentary.language.vocabulary import Vocabulary
from segmentary.schema import ORDER_COMPLETED, ORDER_REFUNDED, PRODUCT_PURCHASED, PRODUCT_RETURNED

FILE = Path(__file__).with_name("standard_traits.yaml")
ALWAYS = frozenset({"name", "happened_at", "source"})


@dataclass(frozen=True, slots=True)
class Usable:
    """Definitions the data supports, parts first, and why each of the others is left out."""

    definitions: Mapping[str, TraitDefinition]
    left_out: Mapping[str, str]


class LackingError(Exception):
    """An input a definition needs does not exist; never leaves this module."""


def standard_traits() -> dict[str, TraitDefinition]:
    """Return all standard traits by name, in the order of the file."""
    return dict(read())


@cache
def read() -> Mapping[str, TraitDefinition]:
    from segmentary.language.yaml import parse_yaml

    parsed = parse_yaml(FILE.read_text(encoding="utf-8"), file=FILE.name)
    return {p.definition.name: p.definition for p in parsed if isinstance(p.definition, TraitDefinition)}


def usable(definitions: Mapping[str, TraitDefinition], vocabulary: Vocabulary) -> Usable:
    """Fit definitions to the data.

    A name the vocabulary already has as a trait is left out: what a source says itself wins over what is computed.
    Definitions may stand in any order and refer to each other. Where there are orders, refunds count as known even
    before the first one: nothing was taken back yet.
    """
    from segmentary.language.validate import validate

    vocabulary = replace(vocabulary, events={**possible_events(vocabulary.events), **vocabulary.events})
    fitted: dict[str, TraitDefinition] = {}
    left_out = {name: "the data has a trait of this name itself" for name in definitions if name in vocabulary.traits}
    waiting = [definition for name, definition in definitions.items() if name not in left_out]
    while waiting:
        known = replace(vocabulary, traits={**vocabulary.traits, **{n: d.type for n, d in fitted.items()}})
        to_come = frozenset(definition.name for definition in waiting)
        later, reasons = [], dict[str, str]()
        for definition in waiting:
            try:
                candidate = replace(
                    definition, value=Fitting(known, to_come - {definition.name}).value(definition.value)
                )
                validate(candidate, known)
            except PendingError:
                later.append(definition)
            except LackingError as lacking:
                reasons[definition.name] = str(lacking)
            except DefinitionError as error:
                reasons[definition.name] = error.reason
            else:
                fitted[definition.name] = candidate
        left_out |= reasons
        if len(later) == len(waiting):
            left_out |= {definition.name: "it refers to itself in a circle" for definition in later}
            break
        waiting = later
    return Usable(fitted, left_out)


def possible_events(events: Mapping[str, Mapping[str, ValueType]]) -> dict[str, Mapping[str, ValueType]]:
    """Return the refunds that may follow the sales there are, with what is known of the sales."""
    pairs = ((ORDER_COMPLETED, ORDER_REFUNDED), (PRODUCT_PURCHASED, PRODUCT_RETURNED))
    return {refund: events[sale] for sale, refund in pairs if sale in events}


class PendingError(Exception):
    """A trait this one needs is not decided yet; never leaves this module."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """Take out of a tree the alternatives a vocabulary does not have.

    known : what the data has.
    to_come : traits that may yet turn out to exist.
    """

    known: Vocabulary
    to_come: frozenset[str]

    def value(self, value: Value) -> Value:
        """Return the value without the alternatives that do not exist."""
        match value:
            case TraitValue(name=name):
                return self.trait(value, name)
            case Constant() | PropertyValue():
                return value
            case SessionMeasure() | PeriodsWith() | SequenceCount() | TraitAtEvent() | ReferenceValue() | ModelValue():
                return value  # nothing is taken out of them: they are fit to the data as they stand, or not
            case EventMeasure(events=events, of=of, during=during):
                wanted = frozenset(() if of is None else (of.path[0],))
                if isinstance(during, SinceEvent):
                    during = replace(during, event=self.events(during.event, frozenset()))
                return replace(value, events=self.events(events, wanted), during=during)
            case Arithmetic(left=left, right=right):
                return replace(value, left=self.value(left), right=self.value(right))
            case Elapsed(since=since):
                return replace(value, since=self.value(since))
            case DatePart(of=part) | Band(of=part):
                return replace(value, of=self.value(part))
            case Case():
                return self.case(value)
            case FirstKnown(values):
                return self.first_known(values)
            case _:
                assert_never(value)

    def trait(self, value: TraitValue, name: str) -> TraitValue:
        """Return the trait if it exists."""
        if name in self.known.traits:
            return value
        if name in self.to_come:
            raise PendingError
        raise LackingError(f"no trait {name}")

    def case(self, value: Case) -> Value:
        """Keep the branches that can be judged; one that cannot never holds."""
        kept, reasons = list[tuple[Rule, Value]](), []
        for rule, then in value.branches:
            try:
                kept.append((self.rule(rule), self.value(then)))
            except LackingError as lacking:
                reasons.append(str(lacking))
        if not kept:
            raise LackingError(any_of(reasons))
        otherwise = None if value.otherwise is None else self.value(value.otherwise)
        return replace(value, branches=tuple(kept), otherwise=otherwise)

    def first_known(self, values: tuple[Value, ...]) -> Value:
        """Keep the values that can be known."""
        kept, reasons = [], []
        for part in values:
            try:
                kept.append(self.value(part))
            except LackingError as lacking:
                reasons.append(str(lacking))
        if not kept:
            raise LackingError(any_of(reasons))
        return kept[0] if len(kept) == 1 else FirstKnown(tuple(kept))

    def rule(self, rule: Rule) -> Rule:
        """Return the rule without the alternatives that do not exist inside its values."""
        match rule:
            case All(rules) | AnyOf(rules):
                return replace(rule, rules=tuple(self.rule(part) for part in rules))
            case Not(part):
                return replace(rule, rule=self.rule(part))
            case Compare(value=value):
                return replace(rule, value=self.value(value))
            case Rank() | SegmentReference() | StaticList() | Sample():
                return rule
            case Sequence() | HasBeen() | Had() | SegmentAt() | SegmentDuring() | SegmentMoved():
                return rule
            case Related() | Near() | Consent():
                return rule
            case _:
                assert_never(rule)

    def events(self, events: EventFilter, wanted: frozenset[str]) -> EventFilter:
        """Keep the event names that exist and have every property that is asked of them."""
        if not events.names:
            return events  # every event
        known = tuple(name for name in events.names if name in self.known.events)
        if not known:
            raise LackingError(f"no {any_name(events.names)} events")
        wanted |= properties_of(events.where)
        kept = tuple(name for name in known if all(self.has(name, part) for part in wanted))
        if not kept:
            raise LackingError(f"{any_name(known)} events have no {' and '.join(sorted(wanted))}")
        return replace(events, names=kept)

    def has(self, event: str, wanted: str) -> bool:
        """Say whether events of this name have the property; an event without any listed may have all."""
        listed = self.known.events[event]
        if wanted in BUILT_IN_PROPERTIES and not self.lists_built_in():
            return True
        return not listed or wanted in ALWAYS or wanted in listed

    def lists_built_in(self) -> bool:
        """Say whether the vocabulary tells which built-in columns are filled, or only the properties beyond them."""
        return any(
            name in BUILT_IN_PROPERTIES and name not in ALWAYS
            for listed in self.known.events.values()
            for name in listed
        )


def properties_of(rule: Rule | None) -> frozenset[str]:
    match rule:
        case All(rules) | AnyOf(rules):
            return frozenset[str]().union(*(properties_of(part) for part in rules))
        case Not(part):
            return properties_of(part)
        case Compare(value=PropertyValue(path=path)):
            return frozenset((path[0],))
        case _:
            return frozenset()


def any_name(names: tuple[str, ...]) -> str:
    shown = names if len(names) <= 3 else (*names[:2], f"{len(names) - 2} more")
    return " or ".join(shown)


def any_of(reasons: list[str]) -> str:
    return ", ".join(dict.fromkeys(reasons)) or "it has no alternatives"
