"""Which people a message is looked at for: a usual one, one of whom little is known, one with the longest values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.workspace.exporting import trait_places

if TYPE_CHECKING:
    from segmentary.workspace.message_rendering import Prepared

TYPICAL, FEWEST, LONGEST = "a usual person", "the person of whom least is known", "the person with the longest values"


def chosen(ready: Prepared, variant: str, members: exp.Query, n: int) -> list[tuple[str, str]]:
    """Return up to n real members, each with why it was chosen; the same members give the same people.

    Of all members, counted in the engine: whoever lacks most of the variables, whoever's values are longest together,
    and between them whoever has all that most have, in the middle by length.
    """
    workspace = ready.workspace
    engine = workspace.warehouse
    places = trait_places(workspace)
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
    engine.create_as("preview_members", query, temporary=True)
    held = exp.table_("preview_members", quoted=True)

    def first(*order: exp.Expr, offset: int = 0) -> str:
        found = engine.rows(
            exp.select(column("customer_id"))
            .from_(held)
            .order_by(*order, column("customer_id"))
            .limit(1)
            .offset(offset)
        )
        return str(found[0][0]) if found else ""

    people = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(held)))
    if not people:
        return []
    falling = {name: exp.Ordered(this=column(name), desc=True) for name in ("missing", "length")}
    usual = int(engine.value(usual_missing(held)))
    alike = (
        exp.select(column("customer_id")).from_(held).where(exp.EQ(this=column("missing"), expression=literal(usual)))
    )
    many = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(alike.copy().subquery("alike"))))
    middle = engine.rows(alike.order_by(column("length"), column("customer_id")).limit(1).offset(many // 2))
    picked = {str(middle[0][0]): TYPICAL}
    for why, order_by in (
        (FEWEST, (falling["missing"], column("length"))),
        (LONGEST, (falling["length"], falling["missing"])),
    ):
        candidates = (first(*order_by, offset=place) for place in range(len(picked) + 1))
        name = next((one for one in candidates if one and one not in picked), "")
        if name:
            picked[name] = why
    rest = engine.rows(exp.select(column("customer_id")).from_(held).order_by(column("customer_id")).limit(n))
    for (name,) in rest:
        picked.setdefault(str(name), "another person")
    order = [TYPICAL, FEWEST, LONGEST, "another person"]
    found = sorted(picked.items(), key=lambda one: (order.index(one[1]), one[0]))[:n]
    engine.drop("preview_members")
    return found


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
