"""Keep what follows from the received rows up to date: customers, events, attributes, and the words they offer."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.identity.resolve import resolve
from segmentary.language.tree import MODEL_OUTPUTS, EntityType, TraitDefinition, ValueType
from segmentary.language.vocabulary import Vocabulary
from segmentary.models.rfm import OUTPUTS as RFM_OUTPUTS
from segmentary.profiles.customer import derive
from segmentary.profiles.enrich import enrich
from segmentary.profiles.observed import (
    attribute_types,
    event_types,
    group_attribute_types,
    place_lists,
    reference_facts,
)
from segmentary.profiles.standard import standard_traits, usable
from segmentary.schema import EVENTS, LOADS
from segmentary.settings import Settings
from segmentary.sources.linking import settle_authors
from segmentary.workspace.evaluation import GROUP_KINDS, scorable

STATE = "derived_state"
Words = tuple[Mapping[str, ValueType], Mapping[str, Mapping[str, ValueType]]]
"""Traits with types; events with the types of their properties."""
EVENT_WORDS = "event_vocabulary"


class Derived:
    """The derived tables of a warehouse, made when something was loaded since.

    follow : called with the number of loads whenever the tables are known to be current (see `carrying`).
    outputs : what models in force say of customers, with types.
    declared : traits and events that are asked for and may not be there yet (`chat_words`).
    makes : whether the tables are made here; who only reads takes them as another made them.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        follow: Callable[[int], object] = lambda loads: None,
        outputs: Callable[[], Mapping[str, ValueType]] = dict,
        declared: Callable[[], Words] = lambda: ({}, {}),
        *,
        makes: bool = True,
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.follow = follow
        self.outputs = outputs
        self.declared = declared
        self.makes = makes
        self.current = -1
        self.kept: dict[str, Any] = {}

    def learnt(self, what: str, learn: Callable[[], Any]) -> Any:
        """Return what the data hold, learnt at the first question after a load."""
        self.ensure()
        if what not in self.kept:
            self.kept[what] = learn()
        return self.kept[what]

    def ensure(self) -> bool:
        """Make the derived tables again if a load has come since; return whether they were made."""
        if not self.makes:
            made = self.made_from()
            if made != self.current:
                self.kept.clear()
            self.current = made
            return False
        loaded = int(
            self.engine.value(exp.select(exp.Count(this=exp.Star())).from_(exp.table_(LOADS.name, quoted=True)))
        )
        if self.current != loaded:
            self.kept.clear()
            self.current = self.made_from()
        if self.current == loaded:
            self.follow(loaded)
            return False
        with self.engine.transaction():
            settle_authors(self.engine)
            resolve(self.engine, self.settings)
            derive(self.engine, self.settings)
            enrich(self.engine, self.settings)
            state = exp.select(exp.cast(exp.Literal.number(loaded), "bigint").as_("loads"))
            self.engine.create_as(STATE, state)
            self.engine.drop(EVENT_WORDS)
        self.current = loaded
        self.follow(loaded)
        return True

    def made_from(self) -> int:
        """Return how many loads the derived tables were made from (-1: never made)."""
        if not self.engine.has_table(STATE):
            return -1
        return int(self.engine.value(exp.select("loads").from_(exp.table_(STATE, quoted=True))))

    def attribute_types(self) -> dict[str, ValueType]:
        """Return every attribute and its type."""
        return {**self.declared()[0], **self.observed()}

    def observed(self) -> dict[str, ValueType]:
        """Return every attribute that somebody has, and its type."""
        return dict(self.learnt("attributes", lambda: attribute_types(self.engine)))

    def events(self) -> dict[str, dict[str, ValueType]]:
        """Return the events there are, with the properties each carries; learnt once per load."""
        found = {name: dict(types) for name, types in self.declared()[1].items()}
        for name, types in self.learnt("events", self.event_words).items():
            found[name] = {**found.get(name, {}), **types}
        return found

    def event_words(self) -> dict[str, dict[str, ValueType]]:
        """Return the same, kept in the warehouse."""
        if not self.engine.has_table(EVENT_WORDS):
            told = json.dumps(event_types(self.engine), sort_keys=True)
            if not self.makes:
                return dict(json.loads(told))
            self.engine.create_as(EVENT_WORDS, exp.select(literal(told).as_("words")))
        words = self.engine.value(exp.select("words").from_(exp.table_(EVENT_WORDS, quoted=True)))
        return dict(json.loads(words))

    def traits(self, own: Mapping[str, TraitDefinition]) -> dict[str, TraitDefinition]:
        """Return the standard computed traits the data supports, and the workspace's own on top."""
        return {**self.learnt("traits", self.standard), **own}

    def standard(self) -> dict[str, TraitDefinition]:
        """Return the standard computed traits the data supports."""
        attributes = self.attribute_types()
        vocabulary = Vocabulary(
            traits={**attributes, **RFM_OUTPUTS}, events=self.events(), segments=frozenset(), lists=frozenset()
        )
        return dict(usable(standard_traits(), vocabulary).definitions)

    def group_types(self) -> dict[EntityType, dict[str, ValueType]]:
        """Return every attribute of accounts and households and its type."""
        found = self.learnt("groups", lambda: {kind: group_attribute_types(self.engine, kind) for kind in GROUP_KINDS})
        return {kind: dict(types) for kind, types in found.items()}

    def vocabulary(
        self, traits: Mapping[str, TraitDefinition], segments: frozenset[str], lists: frozenset[str]
    ) -> Vocabulary:
        """Return every name a definition may use."""
        types: dict[str, ValueType] = dict(self.attribute_types())
        types |= {name: one.type for name, one in traits.items()}
        if scorable(traits):
            types |= RFM_OUTPUTS
        types |= self.outputs()
        facts = self.learnt("facts", lambda: reference_facts(self.engine))
        return Vocabulary(
            traits=types,
            events=self.events(),
            segments=segments,
            lists=lists,
            places=self.learnt("places", lambda: place_lists(self.engine)),
            references=facts,
            computed=frozenset(traits),
            models=models_of([*self.attribute_types(), *self.outputs()]),
            group_traits=self.group_types(),
        )

    def staleness(self, as_of: dt.datetime) -> list[str]:
        """Say when the newest event is far from the moment that was judged."""
        events = exp.table_(EVENTS.name, quoted=True)
        newest = self.engine.value(exp.select(exp.Max(this=exp.column("happened_at"))).from_(events))
        if newest is None:
            return []
        newest = newest.replace(tzinfo=dt.UTC)
        days = (as_of - newest).days
        if days > 60:
            day = newest.date() + dt.timedelta(days=1)
            late = f"the newest event is from {newest:%Y-%m-%d}, {days:,} days before the moment judged"
            return [f"{late}; for figures of that time: segmentary run --as-of {day}"]
        if newest > as_of:
            return [f"events after {as_of:%Y-%m-%d %H:%M} UTC are left out (the newest is from {newest:%Y-%m-%d})"]
        return []


def models_of(attributes: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return what models say of customers: attributes called ``NAME.probability``, ``NAME.probability.LABEL``, ...

    >>> found = models_of(["churn.probability", "churn.label", "country", "v2.1"])
    >>> {model: sorted(outputs) for model, outputs in found.items()}
    {'churn': ['label', 'probability']}
    """
    found: dict[str, set[str]] = {}
    for name in attributes:
        model, _, output = name.partition(".")
        if model and output.partition(".")[0] in MODEL_OUTPUTS:
            found.setdefault(model, set()).add(output)
    return {model: frozenset(outputs) for model, outputs in found.items()}
