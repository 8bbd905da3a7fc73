"""A history: people, groups, places and the log, as the oracle judges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from segmentary.language.oracle import Entry, Person, Place, Population
from segmentary.language.tree import Context, EntityType, SegmentDefinition, TraitDefinition, ValueType


@dataclass(frozen=True)
class History:
    """Everything that happened; ``groups`` are the accounts (households), ``customers`` the people of such groups."""

    people: tuple[Person, ...]
    context: Context
    types: Mapping[str, ValueType]
    given: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    references: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    groups: tuple[Person, ...] = ()
    customers: tuple[Person, ...] = ()

    @property
    def everybody(self) -> tuple[Person, ...]:
        return self.people + self.customers

    def of_groups(self, kind: EntityType) -> History:
        """The groups of a kind as those who are judged."""
        return replace(self, people=self.groups, customers=self.people, groups=())

    def population(
        self,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        lists: Mapping[str, tuple[str, ...]],
    ) -> Population:
        """The oracle of the customers."""
        return Population(
            self.people,
            self.context,
            segments=segments,
            traits=traits,
            given=self.given,  # type: ignore[arg-type]
            given_types=self.types,
            lists=lists,
            entries=self.entries,
            places=self.places,
            references=self.references,
        )

    def members(
        self,
        segments: Mapping[str, SegmentDefinition],
        traits: Mapping[str, TraitDefinition],
        lists: Mapping[str, tuple[str, ...]],
        name: str,
    ) -> set[str]:
        """Who is in a segment of customers or groups, by the oracle."""
        customers = self.population(segments, traits, lists)
        kind = segments[name].entity
        if kind not in ("account", "household"):
            return customers.members(name)
        groups = Population(
            self.groups,
            self.context,
            segments=segments,
            given_types=self.types,
            lists=lists,
            entries=self.entries,
            places=self.places,
            members=customers,
            entity=kind,
        )
        return groups.members(name)
