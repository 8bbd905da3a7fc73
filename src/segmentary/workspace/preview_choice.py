"""Which people a message is looked at for: a usual one, one of whom little is known, one with the longest values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.workspace.exporting import trait_places

if TYPE_CHECKING:
    from segmentary.engine.base import Engine
    from segmentary.workspace.message_rendering import Prepared

TYPICAL, FEWEST = "a usual person", "the person of whom least is known"
LONGEST, ANOTHER = "the person with the longest values", "another person"
HELD = "preview_members"


def chosen(ready: Prepared, variant: str, members: exp.Query, n: int) -> list[tuple[str, str]]:
    """Return up to n real members, each with why it was chosen; the same members give the same people.

    Of all members, counted in the engine: whoever lacks most of the variables, whoever's values are longest together,
    and between them whoever has all that most have, in the middle by length.
    """
    engine = ready.workspace.warehouse
    engine.create_as(HELD, measured(ready, variant, members), temporary=True)
    try:
        return picked(engine, n)
    finally:
        engine.drop(HELD)


def measured(ready: Prepared, variant: str, members: exp.Query) -> exp.Select:
    """Return of each member how many variables of a variant are missing, and how long the others are together."""
    places = trait_places(ready.workspace)
    traits = [name for name in ready.traits_of([variant]) if name in places]
    missing: exp.Expr = literal(0)
    length: exp.Expr = literal(0)
    for name in traits:
        value = column(name, places[name])
        absent = exp.Case().when(exp.Is(this=value, expression=exp.null()), literal(1)).else_(literal(0))
        missing = exp.Add(this=missing, expression=absent)
        text = exp.func("coalesce", exp.Length(this=exp.cast(value.copy(), "varchar")), literal(0))
        length = exp.Add(this=length, expression=text)
    query = exp.select(
        column("customer_id", "members"), missing.as_("missing", quoted=True), length.as_("length", quoted=True)
    ).from_(members.subquery("members"))
    for table in sorted({places[name] for name in traits}):
        same = exp.EQ(this=column("customer_id", table), expression=column("customer_id", "members"))
        query = query.join(exp.table_(table, quoted=True), on=same, join_type="left")
    return query


def picked(engine: Engine, n: int) -> list[tuple[str, str]]:
    """Return the usual one, the least known, the longest, and then the first by id."""
    held = exp.table_(HELD, quoted=True)
    people = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(held)))
    if not people:
        return []
    usual = int(engine.value(usual_missing(held)))
    alike = exp.select(column("customer_id")).from_(held)
    alike = alike.where(exp.EQ(this=column("missing"), expression=literal(usual)))
    many = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(alike.copy().subquery("alike"))))
    found = {str(one): TYPICAL for (one,) in engine.rows(alike.order_by(*by_length()).limit(1).offset(many // 2))}
    missing, length = (exp.Ordered(this=column(name), desc=True) for name in ("missing", "length"))
    for why, order in ((FEWEST, (missing, column("length"))), (LONGEST, (length, missing.copy())), (ANOTHER, ())):
        ids = exp.select(column("customer_id")).from_(held).order_by(*order, column("customer_id"))
        wanted = n if why == ANOTHER else 1
        new = [str(one) for (one,) in engine.rows(ids.limit(len(found) + wanted)) if str(one) not in found]
        found |= dict.fromkeys(new[:wanted], why)
    return list(found.items())[:n]


def by_length() -> tuple[exp.Expr, ...]:
    return column("length"), column("customer_id")


def usual_missing(held: exp.Table) -> exp.Select:
    """Return how many variables most members lack."""
    counted = (
        exp.select(column("missing"), exp.Count(this=exp.Star()).as_("n", quoted=True))
        .from_(held.copy())
        .group_by(column("missing"))
    )
    return (
        exp.select(column("missing"))
        .from_(counted.subquery("counted"))
        .order_by(exp.Ordered(this=column("n"), desc=True), column("missing"))
        .limit(1)
    )
