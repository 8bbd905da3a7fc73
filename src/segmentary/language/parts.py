"""What an aggregate is: which events count, and what is made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.inputs import Inputs
from segmentary.language.sql import binary, call, column, constant, every, number_type, one_of, try_cast
from segmentary.language.tree import Compare, EventMeasure

if TYPE_CHECKING:
    from segmentary.language.sequence_rows import InOrder

Way = Literal["ever", "count", "known", "sum", "min", "max"]
Form = Literal["plain", "most_frequent", "median_gap", "derived"]
PRESENCE = tuple(
    (operator, Decimal(operand))
    for operator, operand in (("is", 0), ("is_not", 0), ("gt", 0), ("gte", 1), ("lt", 1), ("lte", 0))
)
Build = Callable[[Inputs], exp.Select]


@dataclass(frozen=True, slots=True)
class Made:
    """What is aggregated: the aggregate, or the value that is counted or listed.

    zero : nothing happened means 0, not missing; places : a sum's digits after the point; nth : which of a list.
    """

    value: exp.Expr
    form: Form = "plain"
    zero: bool = False
    places: int | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Picked:
    """Which events count: the parts of a condition, so that they can be packed.

    names : none means every event; where : a condition on properties; since, until : the window, the end outside, None
    for what needs no test; anchor : the moment of the same customer after which the window begins.
    """

    names: tuple[str, ...]
    where: exp.Expr | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    anchor: exp.Expr | None = None

    @property
    def condition(self) -> exp.Expr:
        """The condition as SQL."""
        moment = column("happened_at", "events")
        parts = [one_of_names(self.names)] if self.names else []
        if self.where is not None:
            parts.append(self.where.copy())
        if self.since is not None:
            parts.append(binary(exp.GTE, moment.copy(), literal(self.since)))
        if self.until is not None:
            parts.append(binary(exp.LT, moment.copy(), literal(self.until)))
        if self.anchor is not None:
            parts.append(binary(exp.GT, moment.copy(), self.anchor.copy()))
        return every(parts)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value per customer, in one column of the activity, out of the events its condition lets through.

    in_order : how the same can be made of events as they are stored, where it can.
    """

    column: str
    picked: Picked
    made: Made
    build: Build | None = None
    in_order: InOrder | None = None

    @property
    def final(self) -> exp.Expr:
        """The column of the shared pass, a sum brought back within the bounds of all numbers."""
        picked = filtered(self.made.value.copy(), self.picked.condition)
        if self.made.nth is not None:
            return call("list_extract", picked, literal(self.made.nth))
        if self.made.places is None:
            return picked
        return try_cast(exp.Coalesce(this=picked, expressions=[literal(0)]), number_type(self.made.places))


@dataclass(frozen=True, slots=True)
class Adding:
    """One column of results.

    way : ``ever`` joins bits, ``count`` and ``sum`` add, ``known`` counts values that are there.
    cell : the column that numbers an event's cell, from 1; adds : for every cell, what an event of it adds, or whether
    its value matters. of : the column of values.
    """

    name: str
    way: Way
    cell: str
    adds: tuple[int, ...]
    of: str | None = None


def asks_presence(rule: Compare) -> bool:
    """Say whether a comparison of a count only asks whether it is 0."""
    if not isinstance(rule.value, EventMeasure) or rule.value.measure != "count":
        return False
    return (rule.operator, rule.operand) in PRESENCE


def one_of_names(names: tuple[str, ...]) -> exp.Expr:
    found = [constant(name) for name in names]
    place = column("name", "events")
    return binary(exp.EQ, place, found[0]) if len(found) == 1 else one_of(place, found)


def filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    if condition == exp.true():
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def rising(value: exp.Expr) -> exp.Ordered:
    return exp.Ordered(this=value, desc=False, nulls_first=True)


def falling(value: exp.Expr) -> exp.Ordered:
    return exp.Ordered(this=value, desc=True, nulls_first=False)


def aliased(value: exp.Expr, name: str) -> exp.Expr:
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))
