"""What people name: segments, computed traits, and segmentations, which are both at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from segmentary.language.tree import Rule, Value, ValueType

EntityType = Literal["customer", "account", "household", "respondent"]
Base = Literal[
    "demographic", "geographic", "psychographic", "behavioural", "technographic", "firmographic", "value", "other"
]
History = Literal["all"] | dt.date | None
"""The past of a segment that is to be computed: all of it, that since a day, or none."""
Sensitivity = Literal["ordinary", "personal", "identifier", "special"]


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A named rule.

    ``timezone`` missing means the workspace's. ``purpose`` says in one sentence what the segment is for. Only name,
    entity, timezone and rule make the meaning, and so the hash. ``history`` is the past that the next run computes:
    ``all``, since a day, or (None) none.
    """

    name: str
    where: Rule
    title: str = ""
    purpose: str = ""
    entity: EntityType = "customer"
    timezone: str | None = None
    base: Base = "other"
    tags: tuple[str, ...] = ()
    history: History = None


@dataclass(frozen=True, slots=True)
class TraitDefinition:
    """A named value: a computed trait.

    ``unit`` is what one is (days, orders, money, share, ...), shown beside every figure.
    """

    name: str
    value: Value
    type: ValueType
    title: str = ""
    unit: str = ""
    base: Base = "behavioural"
    timezone: str | None = None
    sensitivity: Sensitivity = "ordinary"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One segment of a segmentation. Its own name in the workspace is ``SEGMENTATION.NAME``."""

    name: str
    where: Rule
    title: str = ""


@dataclass(frozen=True, slots=True)
class SegmentationDefinition:
    """An ordered list of segments, the first that matches wins, everyone else is in ``otherwise``.

    Mutually exclusive and exhaustive by construction. It stands for a text trait of its own name (the part's name) and
    for one segment per part.
    """

    name: str
    parts: tuple[Part, ...]
    otherwise: str
    title: str = ""
    purpose: str = ""
    entity: EntityType = "customer"
    timezone: str | None = None
    base: Base = "other"
    tags: tuple[str, ...] = ()
    history: History = None


Definition = SegmentDefinition | TraitDefinition | SegmentationDefinition
