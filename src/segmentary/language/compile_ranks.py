"""Ranks: the place of a row among all of its partition, by window functions over the layer below."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_stays import was_inside
from segmentary.language.kinds import natural
from segmentary.language.parts import rising
from segmentary.language.sql import binary, choose, column, every, is_missing, some, true_only
from segmentary.language.tree import Rank

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row
    from segmentary.language.layers import Step


def keeps(rank: Rank) -> bool:
    """Say whether whoever was a member may stay in a wider rank."""
    return rank.keep_share is not None or rank.keep_number is not None


def rank_column(row: Row, rank: Rank) -> str:
    """Return the column of a rank, with the columns it is decided from as steps before it."""
    from segmentary.language.layers import Step

    layers = row.layers
    key = rank, row.timezone, row.place(rank)

    def counted(name: str) -> Step:
        inner = row.another()
        kind = natural(rank.by, row.types)
        measured = inner.value(rank.by, "number" if kind in ("text", "list") else kind)
        conditions = [] if rank.over is None else [inner.rule(rank.over)]
        if rank.within is not None:
            place = inner.value(rank.within, natural(rank.within, row.types))
            conditions.append(exp.Not(this=exp.Paren(this=is_missing(place))))
        value = choose((every(conditions), measured)) if conditions else measured
        return Step(name, value, frozenset(inner.uses), after=frozenset(inner.after))

    def ranked(name: str) -> Step:
        measure = layers.share(("measured", *key), "k", counted)
        groups = [] if rank.within is None else [row.value_column(rank.within)]
        truth = rank_sql(rank, column(measure), [column(group) for group in groups])
        uses = {measure, *groups}
        if keeps(rank) and row.segment is not None:
            inner = row.another()
            stays_in = was_inside(inner, row.segment, row.context.as_of)
            wider = replace(rank, share=rank.keep_share, number=rank.keep_number)
            kept = rank_sql(wider, column(measure), [column(group) for group in groups])
            truth = some((truth, every((stays_in, kept))))
            uses |= inner.uses
        return Step(name, truth, frozenset(uses))

    return layers.share(("rank", *key), "r", ranked)


def rank_sql(rank: Rank, measured: exp.Expr, groups: list[exp.Expr]) -> exp.Expr:
    """Return whether a row is within a rank; those without a measure are outside the population."""

    def over(function: exp.Expr, order: list[exp.Expr]) -> exp.Expr:
        arranged = exp.Order(expressions=order) if order else None
        return exp.Window(this=function, partition_by=[group.copy() for group in groups], order=arranged)

    best = exp.Ordered(this=measured.copy(), desc=rank.order == "highest", nulls_first=False)
    if rank.ties == "include":
        place = over(exp.Rank(), [best])
    else:
        place = over(exp.RowNumber(), [best, rising(column("customer_id"))])
    size = over(exp.Count(this=measured.copy()), [])
    if rank.share is not None:
        share = Fraction(rank.share)
        # place <= floor(share * size), in whole numbers
        within = binary(
            exp.LTE,
            binary(exp.Mul, place, literal(share.denominator)),
            binary(exp.Mul, literal(share.numerator), size.copy()),
        )
    elif rank.number is not None:
        within = binary(exp.LTE, place, literal(rank.number))
    else:
        raise DefinitionError("a rank needs a share or a number", hint="top: 10% or top: 100")
    known = exp.Not(this=exp.Paren(this=is_missing(measured.copy())))
    large = binary(exp.GTE, size, literal(rank.at_least))
    return true_only(every((known, large, within)))
