"""Which values a trait has and how many people each: what somebody choosing a value is offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError
from segmentary.language.sql import call
from segmentary.profiles.asof import profile_query
from segmentary.workspace.exporting import trait_places

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

VALUES = "suggested_values"


@dataclass(frozen=True, slots=True)
class ValueCount:
    """One value, as text, and how many people have it."""

    value: str
    people: int


def values_of(
    workspace: Workspace,
    trait: str,
    *,
    search: str = "",
    after: tuple[int, str] | None = None,
    limit: int = 20,
    small: int = 0,
) -> list[ValueCount]:
    """Return the values of a trait, the most frequent first.

    search : only values that hold this text, whatever its capitals; after : the number and value of the last one seen;
    small : values of fewer people are left out.

    Raises
    ------
    UnknownNameError
        when there is no such trait.
    """
    counted = counted_values(workspace, trait)
    people = column("people", "counted")
    query = exp.select(column("value", "counted"), people).from_(counted.subquery("counted"))
    if search:
        # No pattern: `%` and `_` are letters here. NUL is in no value.
        if "\0" in search:
            return []
        where = call("strpos", exp.Lower(this=column("value", "counted")), exp.Lower(this=literal(search)))
        query = query.where(exp.GT(this=where, expression=literal(0)))
    if small:
        query = query.where(exp.GTE(this=people.copy(), expression=literal(small)))
    if after is not None:
        n, value = after
        same = exp.and_(
            exp.EQ(this=people.copy(), expression=literal(n)),
            exp.GT(this=column("value", "counted"), expression=literal(value.replace("\0", ""))),
        )
        query = query.where(exp.or_(exp.LT(this=people.copy(), expression=literal(n)), same))
    query = query.order_by(exp.Ordered(this=people.copy(), desc=True, nulls_first=False), column("value", "counted"))
    rows = workspace.warehouse.rows(query.limit(limit))
    return [ValueCount(str(value), int(n)) for value, n in rows]


def counted_values(workspace: Workspace, trait: str) -> exp.Select:
    """Return ``value, people`` of a trait: of attributes what holds now, of computed ones what the newest run found."""
    types = workspace.derived.attribute_types()
    places = trait_places(workspace)
    if trait in types:
        one, given = profile_query({trait: types[trait]}, workspace.context(None))
        held: exp.Query = one
        name = given[trait].column
    elif trait in places:
        held, name = exp.select(column(trait)).from_(exp.table_(places[trait], quoted=True)), trait
    elif trait in workspace.traits_defined():
        return exp.select(exp.cast(literal(""), "varchar").as_("value"), literal(0).as_("people")).where(exp.false())
    else:
        raise UnknownNameError("trait", trait, [*types, *places], see="see `segmentary traits`")
    text = exp.cast(column(name, "held"), "varchar")
    return (
        exp.select(text.as_("value", quoted=True), exp.Count(this=exp.Star()).as_("people", quoted=True))
        .from_(held.subquery("held"))
        .where(exp.not_(exp.Is(this=column(name, "held"), expression=exp.null())))
        .group_by(text.copy())
    )
