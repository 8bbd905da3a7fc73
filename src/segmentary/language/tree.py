"""The tree every definition is: closed, frozen, one spelling per meaning.

Two families. A **value** is a typed quantity of one entity at *as-of* (an age, the number of orders in a window, a
favourite category); it may be missing. A **rule** is true or false, never missing. Every pass over the tree is one
``match`` that ends in ``assert_never``, so that the type checker names the passes a new node has to enter.

Numbers are `Decimal`, instants are UTC `datetime` with a zone, calendar days are `date`; floats have no place here.

Still to come, and foreseen in the shape: sequences, sessions, sliding windows, state over time, point-in-time
references, related entities, consent. They are new members of `Value`, `Rule` and `Window`, not new flags.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ValueType = Literal["text", "number", "boolean", "date", "time", "list"]
Scalar = str | bool | Decimal | dt.date | dt.datetime

# ---------------------------------------------------------------- time


DurationUnit = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
PeriodUnit = Literal["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time. Minutes to weeks are exact (a day is 24 h); months and longer move on the local calendar."""

    amount: int
    unit: DurationUnit


@dataclass(frozen=True, slots=True)
class Last:
    """``last: 30d``: from that long before as-of until as-of, the end excluded."""

    length: Duration


@dataclass(frozen=True, slots=True)
class Calendar:
    """``calendar: this_week`` (ends at as-of), ``previous_quarter``, ``previous_5_weeks`` (complete periods only)."""

    unit: PeriodUnit
    which: Literal["this", "previous"]
    count: int = 1


@dataclass(frozen=True, slots=True)
class Between:
    """``between: [60d, 30d]`` ago: from the older bound until the newer one, the end excluded."""

    older: Duration
    newer: Duration


@dataclass(frozen=True, slots=True)
class Absolute:
    """``from`` and/or ``until``: a date means the start of that local day; the end is excluded."""

    since: dt.date | dt.datetime | None
    until: dt.date | dt.datetime | None


@dataclass(frozen=True, slots=True)
class SinceEvent:
    """``since: {event: NAME, which: first|last}``: after that event of the same entity, until as-of.

    An entity without the event has an empty window: nothing happened in it.
    """

    event: EventFilter
    which: Literal["first", "last"] = "last"


Window = Last | Calendar | Between | Absolute | SinceEvent

# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Events of these names whose properties satisfy a condition. Several names mean any of them.

    ``where`` is a rule over `PropertyValue` only.
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
    TraitValue | PropertyValue | EventMeasure | Constant | Arithmetic | Elapsed | DatePart | Band | Case | FirstKnown
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
    ``at_least`` members yields nobody.
    """

    by: Value
    share: Decimal | None = None
    number: int | None = None
    order: Literal["highest", "lowest"] = "highest"
    within: Value | None = None
    over: Rule | None = None
    ties: Literal["by_id", "include"] = "by_id"
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class SegmentReference:
    """The members of another segment, on the same snapshot; ``version`` pins one version's hash prefix."""

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


Rule = All | AnyOf | Not | Compare | Rank | SegmentReference | StaticList | Sample

# ---------------------------------------------------------------- definitions


EntityType = Literal["customer", "account", "household", "respondent"]
Base = Literal[
    "demographic", "geographic", "psychographic", "behavioural", "technographic", "firmographic", "value", "other"
]
Sensitivity = Literal["ordinary", "personal", "identifier", "special"]


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A named rule.

    ``timezone`` missing means the workspace's. ``purpose`` says in one sentence what the segment is for. Only name,
    entity, timezone and rule make the meaning, and so the hash.
    """

    name: str
    where: Rule
    title: str = ""
    purpose: str = ""
    entity: EntityType = "customer"
    timezone: str | None = None
    base: Base = "other"
    tags: tuple[str, ...] = ()


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


Definition = SegmentDefinition | TraitDefinition


@dataclass(frozen=True, slots=True)
class Context:
    """The moment and calendar a definition is judged in.

    as_of : aware UTC instant; everything happens before it.
    known_at : aware UTC instant; only what was known then counts. None means everything known now.
    """

    as_of: dt.datetime
    timezone: str = "UTC"
    week_start: str = "monday"
    fiscal_year_start: int = 1
    known_at: dt.datetime | None = None
