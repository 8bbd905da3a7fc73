"""The names a definition may use: what exists, and of which type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from segmentary.language.kinds import BUILT_IN, MOMENT_PARTS
from segmentary.language.tree import (
    Definition,
    EntityType,
    SegmentationDefinition,
    SegmentDefinition,
    TraitDefinition,
    ValueType,
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the data and the other definitions offer.

    traits : name -> type; attributes of the sources, computed traits and model outputs alike.
    events : name -> its own properties -> type; no properties means they are not known, and any is accepted.
    places : lists of places.
    references : reference table -> its facts -> type.
    models : model -> outputs it gives (``label``, ``probability.LABEL``).
    computed : the traits that are computed, and so have no past of their own.
    entities : what each segment is about; customers, where nothing is said.
    group_traits : per kind of group its own attributes, which only its segments may use.
    """

    traits: Mapping[str, ValueType] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    references: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)
    models: Mapping[str, frozenset[str]] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    entities: Mapping[str, EntityType] = field(default_factory=dict)
    group_traits: Mapping[EntityType, Mapping[str, ValueType]] = field(default_factory=dict)

    def about(self, entity: EntityType) -> Vocabulary:
        """Return the words of a definition about one kind of entity: those of groups know their own attributes."""
        own = self.group_traits.get(entity)
        return self if own is None else replace(self, traits={**self.traits, **own})

    def property_type(self, event: str, path: tuple[str, ...]) -> ValueType | None:
        """Return the type of a property of an event; None when it is not known, but may exist.

        Raises
        ------
        KeyError
            when the event's properties are known and this one is not among them.
        """
        own = own_paths(self.events.get(event, {}))
        if len(path) == 1 and path[0] in BUILT_IN:
            return BUILT_IN[path[0]]
        if path[0] == "happened_at" and len(path) == 2:
            return MOMENT_PARTS[path[1]]
        if path in own:
            return own[path]
        # A step into a property that is there, or an event whose properties nobody has described.
        if not own or (path[0],) in own:
            return None
        raise KeyError(".".join(path))

    def property_names(self, event: str) -> list[str]:
        """Return every property an event may have, written as in a definition."""
        return [*self.events.get(event, {}), *BUILT_IN, *(f"happened_at.{part}" for part in MOMENT_PARTS)]

    def including(self, definitions: Iterable[Definition]) -> Vocabulary:
        """Return a vocabulary that also knows these definitions."""
        made = list(definitions)
        traits: dict[str, ValueType] = {d.name: d.type for d in made if isinstance(d, TraitDefinition)}
        segments = {d.name: d.entity for d in made if isinstance(d, SegmentDefinition)}
        for one in made:
            if isinstance(one, SegmentationDefinition):
                traits[one.name] = "text"
                names = (*(part.name for part in one.parts), one.otherwise)
                segments |= {f"{one.name}.{name}": one.entity for name in names}
        return replace(
            self,
            traits={**self.traits, **traits},
            segments=self.segments | segments.keys(),
            entities={**self.entities, **segments},
            computed=self.computed | traits.keys(),
        )


def own_paths(properties: Mapping[str, ValueType]) -> Mapping[tuple[str, ...], ValueType]:
    """Return properties by their path: a dot in a name is a step, unless the name is taken as a whole."""
    return {tuple(name.split(".")): kind for name, kind in properties.items()} | {
        (n,): k for n, k in properties.items()
    }
