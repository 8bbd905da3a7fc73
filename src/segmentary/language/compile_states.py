"""An attribute over time as SQL: what it was from when until when, and since when a comparison with it has held."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NoReturn

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_rules import compare_sql
from segmentary.language.compile_values import Values, inside_sql
from segmentary.language.kinds import natural
from segmentary.language.parts import aliased, falling, rising
from segmentary.language.relations import customers_of, given, over
from segmentary.language.sql import (
    binary,
    choose,
    coerced_sql,
    column,
    constant,
    every,
    is_missing,
    normal_sql,
    nothing,
    read_sql,
    some,
)
from segmentary.language.tree import Compare, Had, HasBeen, TraitValue, ValueType
from segmentary.language.windows import bounds, subtract, zone_of

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row
    from segmentary.language.inputs import Inputs

BEGINNING = dt.datetime(1, 1, 1)  # noqa: DTZ001 - before everything, in UTC as all instants of the warehouse


class VersionValues(Values):
    """Values of one row of ``spans``: an attribute's text while it held. Nothing else can be asked of it."""

    def trait(self, value: TraitValue, kind: ValueType) -> exp.Expr:
        """Return the attribute's value."""
        own = natural(TraitValue(value.name), self.types)
        text = column("value", "spans")
        if value.path:
            return inside_sql(text, value.path, kind, self.zone) if own in ("text", "list") else nothing(kind)
        return coerced_sql(read_sql(normal_sql(text), own), own, kind, self.zone)

    def refused(self, *_: object) -> NoReturn:
        """Refuse everything but an attribute.

        Raises
        ------
        DefinitionError
            always.
        """
        raise DefinitionError("only a trait of a source has a past", hint="compare an attribute")

    nothing_else: Any = refused
    measure = mean_parts = property = pattern = beside = model = rule = nothing_else


def has_been(row: Row, rule: HasBeen) -> exp.Expr:
    """Return whether a comparison has held without a break for (less than) so long.

    Raises
    ------
    DefinitionError
        without a length, or where the comparison is not with an attribute.
    """
    if rule.at_least is None and rule.less_than is None:
        raise DefinitionError("for how long it has been so is missing", hint="at_least: 10d or less_than: 10d")
    context, zone = row.context, zone_of(row.context, row.timezone)
    passes = comparison(row, rule.condition)
    broken = exp.Max(this=choose((exp.Not(this=exp.Paren(this=passes)), column("until", "spans"))))
    never = is_missing(broken.copy())
    parts = [some((never, binary(exp.LT, broken.copy(), literal(context.as_of))))]
    if rule.at_least is not None:
        begin = literal(subtract(context.as_of, rule.at_least, zone))
        parts.append(some((never.copy(), binary(exp.LTE, broken.copy(), begin))))
    if rule.less_than is not None:
        parts.append(binary(exp.GT, broken.copy(), literal(subtract(context.as_of, rule.less_than, zone))))
    condition = every(parts)

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        return customers_of(spans_query(row, rule.condition, inputs), "spans").having(condition.copy(), copy=False)

    return row.joined(("has been", rule, row.timezone), build)


def had(row: Row, rule: Had) -> exp.Expr:
    """Return whether a comparison held at some instant of a window."""
    since, until = bounds(rule.during, row.context, row.timezone)
    if since is not None and since >= until:
        return exp.false()
    parts = [comparison(row, rule.condition), binary(exp.LT, column("since", "spans"), literal(until))]
    if since is not None:
        parts.append(binary(exp.GT, column("until", "spans"), literal(since)))
    condition = every(parts)

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        return customers_of(spans_query(row, rule.condition, inputs), "spans").where(condition.copy(), copy=False)

    return row.joined(("had", rule, row.timezone), build)


def comparison(row: Row, condition: Compare) -> exp.Expr:
    """Return a comparison with the value of a span."""
    if not isinstance(condition.value, TraitValue):
        raise DefinitionError("only a trait of a source has a past", hint="compare an attribute")
    name = condition.value.name
    natural(condition.value, row.types)
    if name in row.layers.traits:
        raise DefinitionError(f"the computed trait {name!r} has no past", hint="only attributes of a source have one")
    return compare_sql(VersionValues(row.context, row.timezone, row.types), condition)


def spans_query(row: Row, condition: Compare, inputs: Inputs) -> exp.Select:
    """Return what an attribute was: customer_id, since (outside), until (inside), value (missing: nothing held).

    The spans of a customer follow each other from the beginning until as-of; between two moments at which a version
    begins or ends, the version that holds is the latest begun, of those the latest known.
    """
    versions = versions_query(row, condition, given(inputs.attributes, "attributes"))
    # Only where nothing is known can somebody without any version pass.
    everybody = inputs.universe if condition.operator == "missing" else None
    customer, point = column("customer_id", "turns"), column("point", "turns")
    following = over(exp.Lead(this=point.copy()), [customer], [rising(point)])
    end = exp.Coalesce(this=following, expressions=[literal(row.context.as_of)])
    steps = exp.select(customer.copy(), aliased(point.copy(), "since"), aliased(end, "until"))
    steps.from_(turns_query(row, everybody).subquery("turns"), copy=False)
    held = every(
        (
            binary(exp.EQ, column("customer_id", "versions"), column("customer_id", "steps")),
            binary(exp.LTE, column("since", "versions"), column("since", "steps")),
            some(
                (
                    is_missing(column("until", "versions")),
                    binary(exp.GTE, column("until", "versions"), column("until", "steps")),
                )
            ),
        )
    )
    newest = [falling(column(name, "versions")) for name in ("since", "known_at", "value", "value_type")]
    place = over(exp.RowNumber(), [column("customer_id", "steps"), column("since", "steps")], newest)
    placed = exp.select(*(column(name, "steps") for name in ("customer_id", "since", "until")))
    placed.select(column("value", "versions"), aliased(place, "place"), copy=False)
    placed.from_(exp.to_table("steps"), copy=False).join(
        exp.to_table("versions"), on=held, join_type="left", copy=False
    )
    query = exp.select(*(column(name, "placed") for name in ("customer_id", "since", "until", "value")))
    query.from_(placed.subquery("placed"), copy=False)
    query.where(binary(exp.EQ, column("place", "placed"), literal(1)), copy=False)
    return query.with_("versions", versions, copy=False).with_("steps", steps, copy=False)


def versions_query(row: Row, condition: Compare, attributes: exp.Table) -> exp.Select:
    """Return the versions of an attribute that began before as-of."""
    name = condition.value.name if isinstance(condition.value, TraitValue) else ""
    begun = column("valid_from", "attributes")
    since = exp.Coalesce(this=begun, expressions=[literal(BEGINNING)])
    query = exp.select(column("customer_id", "attributes"), aliased(since, "since"))
    query.select(aliased(column("valid_to", "attributes"), "until"), copy=False)
    query.select(*(column(one, "attributes") for one in ("known_at", "value", "value_type")), copy=False)
    query.from_(exp.alias_(attributes.copy(), "attributes", table=True), copy=False)
    started = some((is_missing(begun.copy()), binary(exp.LT, begun.copy(), literal(row.context.as_of))))
    named = binary(exp.EQ, column("name", "attributes"), constant(name))
    return query.where(every((named, started)), copy=False)


def turns_query(row: Row, everybody: exp.Table | None) -> exp.Query:
    """Return the moments at which a version begins or ends, and the beginning of time: customer_id, point."""

    def part(point: exp.Expr) -> exp.Select:
        query = exp.select(column("customer_id", "versions"), aliased(point, "point"))
        return query.from_(exp.to_table("versions"), copy=False)

    ended = binary(exp.LT, column("until", "versions"), literal(row.context.as_of))
    found: exp.Query = exp.union(
        part(column("since", "versions")), part(column("until", "versions")).where(ended, copy=False), copy=False
    )
    found = exp.union(found, part(literal(BEGINNING)), copy=False)
    if everybody is None:
        return found
    start = exp.select(column("customer_id", "everybody"), aliased(literal(BEGINNING), "point"))
    start.from_(exp.alias_(everybody.copy(), "everybody", table=True), copy=False)
    return exp.union(found, start, copy=False)
