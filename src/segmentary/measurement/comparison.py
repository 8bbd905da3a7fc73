"""A measure by groups: the share of a yes/no, the mean of a number, each with its interval and the people behind it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import query
from segmentary.errors import UsageError
from segmentary.models.intervals import Interval, Moments, mean_interval, wilson

GROUPS = Path(__file__).with_name("comparison.sql")
# Below this many people an interval is so wide that a reader has to be told to look at it.
FEW = 30
# More groups than this are no comparison any more.
MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Group:
    """One group.

    value : missing where the trait is. people : all of it; estimate.n : those the measure is known of.
    total : the sum of a number, the count of a yes. note : it is too small to say much about.
    """

    value: str | None
    people: int
    estimate: Interval
    total: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A measure by the groups of a trait, in falling order; people without a value of the trait come last.

    kind : share (of yes) or mean. overall : the measure of everybody.
    """

    measure: str
    by: str
    kind: Literal["share", "mean"]
    as_of: dt.datetime
    overall: Group
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the engine counted of one group."""

    people: int
    known: int
    total: Decimal
    variance: float


def comparison(
    engine: Engine, valued: exp.Query, *, measure: str, by: str, as_of: dt.datetime, small: int = 11
) -> Comparison:
    """Compare a measure between groups.

    Parameters
    ----------
    valued : one row per person: ``value`` (the group) and ``measure`` (a number; 1 and 0 for yes and no).
    small : groups of fewer people are no segments, and their note says so.

    Raises
    ------
    UsageError
        when there are too many groups to compare.
    """
    rows = engine.rows(query(GROUPS, valued=valued))
    if len(rows) > MOST_GROUPS:
        raise UsageError(
            f"{by} has {len(rows):,} different values: too many to compare", hint="make a trait with bands of it"
        )
    kind: Literal["share", "mean"] = "mean" if any(neither for _, _, _, _, neither, _ in rows) else "share"
    parts = {
        value: Counted(people, known, Decimal(total), variance or 0.0)
        for value, people, known, total, _, variance in rows
    }
    groups = [group_of(label(value), part, kind, small) for value, part in parts.items()]
    groups.sort(key=lambda g: (g.value is None, -g.estimate.estimate if g.estimate.n else math.inf, g.value or ""))
    return Comparison(
        measure, by, kind, as_of, group_of(None, together(list(parts.values())), kind, small), tuple(groups)
    )


def group_of(value: str | None, part: Counted, kind: Literal["share", "mean"], small: int) -> Group:
    estimate = wilson(int(part.total), part.known) if kind == "share" else mean_of(part)
    return Group(value, part.people, estimate, part.total, note(part.known, small))


def mean_of(part: Counted) -> Interval:
    """Return the mean with its interval."""
    if part.known < 2:
        return mean_interval(Moments(part.known, float(part.total) if part.known else math.nan, math.nan))
    return mean_interval(Moments(part.known, float(part.total / part.known), part.variance))


def together(parts: Sequence[Counted]) -> Counted:
    """Return what several groups are as one."""
    known = sum(part.known for part in parts)
    total = sum((part.total for part in parts), Decimal(0))
    if known < 2:
        return Counted(sum(part.people for part in parts), known, total, 0.0)
    mean = float(total / known)
    spread = sum(
        part.variance * (part.known - 1) + part.known * (float(part.total / part.known) - mean) ** 2
        for part in parts
        if part.known
    )
    return Counted(sum(part.people for part in parts), known, total, spread / (known - 1))


def note(people: int, small: int) -> str:
    if people < small:
        return f"{people} customer{'' if people == 1 else 's'}: too few to be a segment"
    if people < FEW:
        return f"{people} customers only: mind the interval"
    return ""


def label(value: object) -> str | None:
    """Return a value of a trait as its group is called.

    >>> [label(v) for v in (Decimal("2.0000000000"), Decimal("0E-10"), True, "EIRE", None)]
    ['2', '0', 'yes', 'EIRE', None]
    """
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Decimal():
            digits = f"{value:f}"
            return digits.rstrip("0").rstrip(".") if "." in digits else digits
        case dt.datetime() | dt.date():
            return value.isoformat()
    return str(value)
