"""Consent as SQL: the latest decision of a customer for a purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.parts import aliased, falling, rising
from segmentary.language.relations import customers_of, given, over
from segmentary.language.sql import binary, column, constant, every, is_missing, normal_sql, one_of, some
from segmentary.language.tree import Consent, Context
from segmentary.language.values import normal

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row
    from segmentary.language.inputs import Inputs


def consent(row: Row, rule: Consent) -> exp.Expr:
    """Return whether the latest decision says yes (no)."""
    context = row.context

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        latest = latest_query(given(inputs.decisions, "decisions"), rule, context)
        decided = column("granted", "latest")
        query = customers_of(latest, "latest").where(decided if rule.granted else exp.Not(this=decided), copy=False)
        return query.where(binary(exp.EQ, column("place", "latest"), literal(1)), copy=False)

    return row.joined(("consent", rule), build)


def latest_query(decisions: exp.Table, rule: Consent, context: Context) -> exp.Select:
    """Return the decisions about a purpose with their place: customer_id, granted, place (1: the latest).

    Of decisions that are equal no wins; one without a moment was taken before everything.
    """
    moment = column("happened_at", "decisions")
    granted = column("granted", "decisions")
    order = [falling(moment), falling(column("known_at", "decisions")), rising(granted)]
    place = over(exp.RowNumber(), [column("customer_id", "decisions")], order)
    query = exp.select(column("customer_id", "decisions"), granted.copy(), aliased(place, "place"))
    query.from_(exp.alias_(decisions.copy(), "decisions", table=True), copy=False)
    parts = [
        binary(exp.EQ, normal_sql(column("purpose", "decisions")), constant(normal(rule.purpose))),
        some((is_missing(moment.copy()), binary(exp.LT, moment.copy(), literal(context.as_of)))),
    ]
    if rule.channel is not None:
        channels = [constant(name) for name in dict.fromkeys((normal(rule.channel), "any"))]
        parts.append(one_of(normal_sql(column("channel", "decisions")), channels))
    return query.where(every(parts), copy=False)
