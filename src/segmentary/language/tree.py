"""The tree every definition is: closed, frozen, one spelling per meaning.

Two families. A **value** is a typed quantity of one entity at *as-of* (an age, the number of orders in a window, a
favourite category); it may be missing. A **rule** is true or false, never missing. Every pass over the tree is one
``match`` that ends in ``assert_never``: the type checker names the passes a new node has to enter. Numbers are
`Decimal`, instants are UTC `datetime` with a zone, calendar days are `date`; floats have no place here.

Lengths and calendar windows are in `spans`, what is about the order of events in `patterns`, what is about other
moments and other entities in `bygone`; all of it is imported from here.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from segmentary.language.bygone import (
    MODEL_OUTPUTS,
    Consent,
    Had,
    HasBeen,
    ModelValue,
    Near,
    ReferenceValue,
    Related,
    SegmentAt,
    SegmentDuring,
    SegmentMoved,
    TraitAtEvent,
)
from segmentary.language.definitions import (
    Base,
    Definition,
    EntityType,
    History,
    Part,
    SegmentationDefinition,
    SegmentDefinition,
    Sensitivity,
    TraitDefinition,
)
from segmentary.language.patterns import (
    Binding,
    PeriodsWith,
    Sequence,
    SequenceCount,
    Session,
    SessionMeasure,
    Sliding,
    Step,
)
from segmentary.language.spans import (
    Absolute,
    Between,
    Calendar,
    Context,
    Duration,
    DurationUnit,
    Last,
    Moment,
    PeriodUnit,
)

# fmt: off
__all__ = [
    "MODEL_OUTPUTS", "Absolute", "All", "AnyOf", "Arithmetic", "Band", "Base", "Between", "Binding", "Calendar", "Case",
    "Compare", "Consent", "Constant", "Context", "DatePart", "Definition", "Duration", "DurationUnit", "Elapsed",
    "EntityType", "EventFilter", "EventMeasure", "FirstKnown", "FixedWindow", "Had", "HasBeen", "History", "Last",
    "Measure", "ModelValue", "Moment", "Near", "Not", "Operand", "Operator", "Part", "PeriodUnit", "PeriodsWith",
    "PropertyValue", "Rank", "ReferenceValue", "Related", "Rule", "Sample", "Scalar", "SegmentAt", "SegmentDefinition",
    "SegmentDuring", "SegmentMoved", "SegmentReference", "SegmentationDefinition", "Sensitivity", "Sequence",
    "SequenceCount", "Session", "SessionMeasure", "SinceEntry", "SinceEvent", "Sliding", "StaticList", "Step",
    "TraitAtEvent", "TraitDefinition", "TraitValue", "Value", "ValueType", "Window",
]
# fmt: on

ValueType = Literal["text", "number", "boolean", "date", "time", "list"]
Scalar = str | bool | Decimal | dt.date | dt.datetime


@dataclass(frozen=True, slots=True)
class SinceEvent:
    """``since: {event: NAME, which: first|last}``: after that event of the same entity, until as-of.

    An entity without the event has an empty window: nothing happened in it.
    """

    event: EventFilter
    which: Literal["first", "last"] = "last"


@dataclass(frozen=True, slots=True)
class SinceEntry:
    """``since: {entered: SEGMENT}``: from the first or last entry into a segment (by the log) until as-of.

    Somebody who never entered has an empty window.
    """

    segment: str
    which: Literal["first", "last"] = "last"


FixedWindow = Last | Calendar | Between | Absolute
"""Windows that are the same for everybody."""
Window = FixedWindow | SinceEvent | SinceEntry | Sliding | Session

# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Events of these names whose properties satisfy a condition. Several names mean any of them, none every event.

    ``where`` is a rule over `PropertyValue`, `TraitAtEvent` and `ReferenceValue`.
    """

    names: tuple[str, ...]
    where: Rule | None = None


Measure = Literal[
    "count",
    "distinct",
    "sum",
    "mean",
    "min",
    "max",
    "first",
    "last",
    "nth",
    "most_frequent",
    "active_days",
    "active_weeks",
    "active_months",
    "median_gap_days",
]

# ---------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class TraitValue:
    """The value of a trait as of t: an attribute from a source, a computed trait, or a model's output.

    ``path`` walks into a trait of type list or JSON.
    """

    name: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PropertyValue:
    """A property of the event under judgement; only inside an event filter or as what a measure is taken of.

    Built in: name, happened_at, source, order_id, session_id, amount, currency, product_id, category, brand, quantity,
    channel; ``happened_at.hour|weekday|month|year|date`` are local to the definition's zone. Anything else is looked up
    in the event's own properties.
    """

    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventMeasure:
    """One number (or value) out of an entity's events in a window.

    ``of`` is what is measured; missing for count, active_* and median_gap_days. ``nth`` counts from 1, oldest first.
    """

    events: EventFilter
    measure: Measure
    of: PropertyValue | None = None
    during: Window | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A fixed value."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``add``, ``subtract``, ``multiply`` or ``divide`` two numbers; dividing by zero is missing."""

    operator: Literal["add", "subtract", "multiply", "divide"]
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Elapsed:
    """Whole local days, months or years from a date or instant until as-of (negative when it lies ahead)."""

    since: Value
    unit: Literal["days", "months", "years"] = "days"


@dataclass(frozen=True, slots=True)
class DatePart:
    """A part of a date or instant in local time; weekday 1 is Monday."""

    of: Value
    part: Literal["year", "month", "day", "weekday", "hour"]


@dataclass(frozen=True, slots=True)
class Band:
    """The label of the interval a number falls into: below edges[0] is labels[0], then ``edge <= value`` upwards.

    There is one label more than there are edges.
    """

    of: Value
    edges: tuple[Decimal, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The value of the first branch whose rule holds, else ``otherwise``, else missing."""

    branches: tuple[tuple[Rule, Value], ...]
    otherwise: Value | None = None


@dataclass(frozen=True, slots=True)
class FirstKnown:
    """The first value that is not missing."""

    values: tuple[Value, ...]


Value = (
    TraitValue
    | PropertyValue
    | EventMeasure
    | Constant
    | Arithmetic
    | Elapsed
    | DatePart
    | Band
    | Case
    | FirstKnown
    | SessionMeasure
    | PeriodsWith
    | SequenceCount
    | TraitAtEvent
    | ReferenceValue
    | ModelValue
)

# ---------------------------------------------------------------- rules


Operator = Literal[
    "is",
    "is_not",
    "in",
    "not_in",
    "lt",
    "lte",
    "gt",
    "gte",
    "between",
    "contains",
    "starts_with",
    "ends_with",
    "matches",
    "exists",
    "missing",
    "has_any",
    "has_all",
    "has_none",
    "version_lt",
    "version_lte",
    "version_gt",
    "version_gte",
    "before",
    "after",
    "within_last",
    "within_next",
    "between_from_now",
    "anniversary_within_next",
    "anniversary_within_last",
    "weekday_in",
    "in_period",
]
Operand = Scalar | Duration | Calendar | tuple[Scalar, ...] | tuple[Duration, Duration] | None


@dataclass(frozen=True, slots=True)
class All:
    """Every one of the rules holds."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the rules holds."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The exact complement inside the universe."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class Compare:
    """A value against an operand. A missing value makes every operator false, except ``missing``.

    exists and missing have no operand; in, not_in, has_*, weekday_in take a tuple; between takes (low, high), both
    included; within_* and anniversary_within_* take a `Duration`; between_from_now takes two; in_period a `Calendar`.
    """

    value: Value
    operator: Operator
    operand: Operand = None
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class Rank:
    """Among the highest (or lowest) of a population by a measure.

    ``share`` (0 < share <= 1) or ``number`` of the population; a share of n people is floor(share * n). A
    missing measure is outside n. Ties are broken by id, or all included. A partition below
    ``at_least`` members yields nobody. ``keep_share`` or ``keep_number`` (hysteresis): who was a member of the segment
    the rank stands in, by the log before as-of, stays as long as within this wider rank. Outside a segment it has no
    effect.
    """

    by: Value
    share: Decimal | None = None
    number: int | None = None
    order: Literal["highest", "lowest"] = "highest"
    within: Value | None = None
    over: Rule | None = None
    ties: Literal["by_id", "include"] = "by_id"
    at_least: int = 1
    keep_share: Decimal | None = None
    keep_number: int | None = None


@dataclass(frozen=True, slots=True)
class SegmentReference:
    """The members of another segment, on the same snapshot; ``version`` pins a version: its hash prefix or ``v3``."""

    name: str
    version: str | None = None


@dataclass(frozen=True, slots=True)
class StaticList:
    """These ids, or the ids of a named list of the workspace."""

    ids: tuple[str, ...] = ()
    list_name: str | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """A stable share of the universe: the first 15 hex digits of SHA-256(salt ":" id) are below share * 16**15.

    The same salt with a larger share holds every member of the smaller one.
    """

    share: Decimal
    salt: str


Rule = (
    All
    | AnyOf
    | Not
    | Compare
    | Rank
    | SegmentReference
    | StaticList
    | Sample
    | Sequence
    | HasBeen
    | Had
    | SegmentAt
    | SegmentDuring
    | SegmentMoved
    | Related
    | Near
    | Consent
)
