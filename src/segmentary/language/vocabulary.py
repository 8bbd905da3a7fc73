"""The names a definition may use: what exists, and of which type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from segmentary.language.tree import Definition, SegmentDefinition, TraitDefinition, ValueType

BUILT_IN_PROPERTIES: Mapping[str, ValueType] = {
    "name": "text",
    "happened_at": "time",
    "source": "text",
    "order_id": "text",
    "session_id": "text",
    "amount": "number",
    "currency": "text",
    "product_id": "text",
    "category": "text",
    "brand": "text",
    "quantity": "number",
    "channel": "text",
}
"""Properties every event may have."""
TIME_PARTS: Mapping[str, ValueType] = {
    "hour": "number",
    "weekday": "number",
    "month": "number",
    "year": "number",
    "date": "date",
}
"""``happened_at.hour`` and its like, local to the definition's zone."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the data and the other definitions offer.

    traits : name -> type; attributes of the sources, computed traits and model outputs alike.
    events : name -> its own properties -> type; no properties means they are not known, and any is accepted.
    """

    traits: Mapping[str, ValueType] = field(default_factory=dict)
    events: Mapping[str, Mapping[str, ValueType]] = field(default_factory=dict)
    segments: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def including(self, definitions: Iterable[Definition]) -> Vocabulary:
        """Return a vocabulary that also knows these definitions."""
        made = list(definitions)
        traits = {d.name: d.type for d in made if isinstance(d, TraitDefinition)}
        segments = {d.name for d in made if isinstance(d, SegmentDefinition)}
        return replace(self, traits={**self.traits, **traits}, segments=self.segments | segments)
