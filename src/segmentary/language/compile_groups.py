"""Rules about the people of the same group as SQL: the other members of a customer's, or the members of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_rules import ORDER
from segmentary.language.parts import aliased
from segmentary.language.relations import customers_of, given
from segmentary.language.sql import binary, choose, column, constant, every, is_missing, some
from segmentary.language.tree import Context, Not, Related

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row
    from segmentary.language.inputs import Inputs


def related(row: Row, rule: Related) -> exp.Expr:
    """Return whether the people of the row's group (groups) satisfy a rule as asked.

    Raises
    ------
    DefinitionError
        for the members of another kind of group than the row is, and for a count without a comparison.
    """
    from segmentary.language.compile_people import Row

    if row.layers.entity not in ("customer", "respondent", rule.group):
        raise DefinitionError(f"a segment of {row.layers.entity}s asks about the members of a {rule.group}")
    if rule.quantifier == "count" and (rule.operator is None or rule.operand is None):
        raise DefinitionError("a count of people needs a comparison", hint="count: {gte: 2}")
    if row.layers.entity == rule.group:
        return of_members(row, rule)
    truth = Row(row.layers, row.timezone, None).rule_column(rule.rule)
    context = row.context

    def build(inputs: Inputs, below: exp.Table) -> exp.Select:
        return others_query(given(inputs.belongings, "belongings"), below, rule.group, truth, context)

    def truth_of(name: str) -> exp.Expr:
        holding, others = (exp.Coalesce(this=column(n, name), expressions=[literal(0)]) for n in ("holding", "others"))
        return quantified(rule, holding, others)

    key = "related", rule.group, truth, rule.quantifier, rule.operator, rule.operand
    return row.joined(key, build, frozenset({truth}), truth_of)


def of_members(row: Row, rule: Related) -> exp.Expr:
    """Return whether a group's members satisfy a rule, which was judged among the customers."""
    holds = row.layers.related_key(rule.rule, row.timezone)
    fails = row.layers.related_key(Not(rule.rule), row.timezone) if rule.quantifier == "all" else None
    context = row.context

    def counted(key: str) -> exp.Expr:
        def build(inputs: Inputs, _: exp.Table) -> exp.Select:
            return members_query(given(inputs.belongings, "belongings"), inputs.related[key], rule.group, context)

        def holding_of(name: str) -> exp.Expr:
            return exp.Coalesce(this=column("holding", name), expressions=[literal(0)])

        return row.joined(("members", rule.group, key), build, frozenset(), holding_of)

    holding = counted(holds)
    others = holding.copy() if fails is None else exp.Paren(this=binary(exp.Add, holding.copy(), counted(fails)))
    return quantified(rule, holding, others)


def quantified(rule: Related, holding: exp.Expr, others: exp.Expr) -> exp.Expr:
    """Return the answer from how many there are and of how many the rule holds."""
    match rule.quantifier:
        case "any":
            return binary(exp.GT, holding, literal(0))
        case "none":
            return binary(exp.EQ, holding, literal(0))
        case "all":
            return every((binary(exp.GT, holding.copy(), literal(0)), binary(exp.EQ, holding, others)))
        case "count":
            return binary(ORDER[rule.operator or "is"], holding, literal(rule.operand))


def held_query(belongings: exp.Table, group: str, context: Context) -> exp.Select:
    """Return who is in which group of a kind at as-of, once each: customer_id, group_id."""
    begun, ended = column("valid_from", "belongings"), column("valid_to", "belongings")
    query = exp.select(column("customer_id", "belongings"), column("group_id", "belongings")).distinct(copy=False)
    query.from_(exp.alias_(belongings.copy(), "belongings", table=True), copy=False)
    return query.where(
        every(
            (
                binary(exp.EQ, column("group_kind", "belongings"), constant(group)),
                some((is_missing(begun), binary(exp.LTE, begun.copy(), literal(context.as_of)))),
                some((is_missing(ended), binary(exp.GT, ended.copy(), literal(context.as_of)))),
            )
        ),
        copy=False,
    )


def others_query(belongings: exp.Table, people: exp.Table, group: str, truth: str, context: Context) -> exp.Select:
    """Return how many others share a group with a customer, each once, and of how many of them a rule holds.

    Whoever is in one group only has the group's figures less their own; the few who are in several are paired.
    """
    judged = choose((column(truth, "people"), literal(1)), otherwise=literal(0))
    members = exp.select(column("customer_id", "held"), column("group_id", "held"), aliased(judged, "truth"))
    members.from_(exp.to_table("held"), copy=False)
    same = binary(exp.EQ, column("customer_id", "people"), column("customer_id", "held"))
    members.join(exp.alias_(people.copy(), "people", table=True), on=same, copy=False)

    sizes = exp.select(column("group_id", "members"), aliased(exp.Count(this=exp.Star()), "size"))
    sizes.select(aliased(exp.Sum(this=column("truth", "members")), "holding"), copy=False)
    sizes.from_(exp.to_table("members"), copy=False).group_by(column("group_id", "members"), copy=False)

    several = customers_of(exp.to_table("members"), "members")
    several.having(binary(exp.GT, exp.Count(this=exp.Star()), literal(1)), copy=False)

    alone = exp.select(column("customer_id", "members"))
    alone.select(aliased(binary(exp.Sub, column("size", "sizes"), literal(1)), "others"), copy=False)
    alone.select(
        aliased(binary(exp.Sub, column("holding", "sizes"), column("truth", "members")), "holding"), copy=False
    )
    alone.from_(exp.to_table("members"), copy=False)
    alone.join(
        exp.to_table("sizes"), on=binary(exp.EQ, column("group_id", "sizes"), column("group_id", "members")), copy=False
    )
    joined_to(alone, "several", "members", join_type="left")
    alone.where(is_missing(column("customer_id", "several")), copy=False)

    pairs = exp.select(column("customer_id", "members"), aliased(column("customer_id", "met"), "other"))
    pairs.select(column("truth", "met"), copy=False).distinct(copy=False).from_(exp.to_table("members"), copy=False)
    joined_to(pairs, "several", "members")
    shared = binary(exp.EQ, column("group_id", "met"), column("group_id", "members"))
    another = binary(exp.NEQ, column("customer_id", "met"), column("customer_id", "members"))
    pairs.join(exp.to_table("members", alias="met"), on=every((shared, another)), copy=False)
    paired = customers_of(pairs, "pairs").select(aliased(exp.Count(this=exp.Star()), "others"), copy=False)
    paired.select(aliased(exp.Sum(this=column("truth", "pairs")), "holding"), copy=False)

    together = exp.union(alone, paired, distinct=False, copy=False)
    query = exp.select(*(column(name, "together") for name in ("customer_id", "others", "holding")))
    query.from_(together.subquery("together"), copy=False)
    parts = {"held": held_query(belongings, group, context), "members": members, "sizes": sizes, "several": several}
    for name, part in parts.items():
        query.with_(name, part, copy=False)
    return query


def joined_to(query: exp.Select, table: str, other: str, *, join_type: str = "inner") -> None:
    same = binary(exp.EQ, column("customer_id", table), column("customer_id", other))
    query.join(exp.to_table(table), on=same, join_type=join_type, copy=False)


def members_query(belongings: exp.Table, satisfying: exp.Table, group: str, context: Context) -> exp.Select:
    """Return of how many members of a group a rule holds: customer_id (the group's id), holding."""
    same = binary(exp.EQ, column("customer_id", "satisfying"), column("customer_id", "held"))
    query = exp.select(aliased(column("group_id", "held"), "customer_id"))
    query.select(aliased(exp.Count(this=exp.Star()), "holding"), copy=False)
    query.from_(held_query(belongings, group, context).subquery("held"), copy=False)
    query.join(exp.alias_(satisfying.copy(), "satisfying", table=True), on=same, copy=False)
    return query.group_by(column("group_id", "held"), copy=False)
