"""What the data says, as far as a check of definitions needs it: the caller counts, the checks stay pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from segmentary.language.tree import Context, Scalar, ValueType


@dataclass(frozen=True, slots=True)
class TraitFacts:
    """What is known of one trait.

    Attributes
    ----------
    filled : customers with a value; None when nobody counted.
    low, high : smallest and largest value of numbers, dates and times.
    top_values : the most frequent values, as text, and how many customers have each.
    complete : whether ``top_values`` are all values there are.
    """

    type: ValueType
    filled: int | None = None
    low: Scalar | None = None
    high: Scalar | None = None
    top_values: tuple[tuple[str, int], ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What is known of the events of one name.

    Attributes
    ----------
    count : how many there are.
    oldest, newest : when the first and the last happened.
    values : of a property, all its values as text and how often each is there; only those that were counted whole.
    """

    count: int | None = None
    oldest: dt.datetime | None = None
    newest: dt.datetime | None = None
    values: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the data says at one moment; everything may be missing, and then nothing is concluded from it.

    Attributes
    ----------
    population : customers there are.
    sizes : members of each other segment.
    members : members of the segment that is checked, ``through_missing`` of them only because a value is missing.
    overlaps : per other segment, the people in both as a share of those in either (0 to 1).
    """

    context: Context
    population: int | None = None
    traits: Mapping[str, TraitFacts] = field(default_factory=dict)
    events: Mapping[str, EventFacts] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)
    members: int | None = None
    through_missing: int | None = None
    overlaps: Mapping[str, Decimal] = field(default_factory=dict)
