"""Counting for the report, in the engine: people per group, moments per segment and trait, sales per month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, identifier, literal, query
from segmentary.errors import UsageError
from segmentary.language.tree import Context
from segmentary.report.figures import Population
from segmentary.schema import ORDER_COMPLETED, ORDER_REFUNDED

PEOPLE = "report_people"
HERE = Path(__file__).parent
# A text trait is shown by its most frequent levels.
LEVELS = 6


@dataclass(frozen=True, slots=True)
class TraitColumn:
    """A trait that segments are compared in, and where its values stand in `PEOPLE`."""

    name: str
    title: str
    unit: str
    kind: Literal["mean", "share", "levels"]
    column: str


@dataclass(frozen=True, slots=True)
class Sums:
    """People with a value, and sum and sum of squares around a fixed centre."""

    n: int
    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What one group of people has: money, and per (trait, level) its sums."""

    people: int
    money: Decimal | None
    money_squares: float
    traits: Mapping[tuple[str, str | None], Sums]


def counted(condition: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Case().when(condition, literal(1)))


def people_table(
    engine: Engine, *, flags: exp.Query, segments: Sequence[str], wanted: Sequence[tuple[str, str, str]]
) -> int:
    """Make the temporary table `PEOPLE`: one row per customer, a flag per segment (s0, s1, ...), and trait columns.

    flags : customer_id, then one boolean column per segment, in their order. A missing flag counts as out.
    wanted : table, column of that table, name here.

    Raises
    ------
    UsageError
        when there are not as many flags as segments.
    """
    engine.create_as("report_flags", flags, temporary=True)
    order = [name for name in engine.columns("report_flags") if name != "customer_id"]
    if len(order) != len(segments):
        raise UsageError(f"{len(segments)} segments, but {len(order)} columns of flags", hint="one column per segment")
    picked: list[exp.Expr] = [column("customer_id", "report_flags")]
    for i, name in enumerate(order):
        flag = exp.func("coalesce", column(name, "report_flags"), exp.false())
        picked.append(exp.alias_(flag, f"s{i}", quoted=True))
    picked += [exp.alias_(column(source, f"from_{table}"), name, quoted=True) for table, source, name in wanted]
    built = exp.select(*picked).from_(exp.table_("report_flags", quoted=True))
    for table in dict.fromkeys(table for table, _, _ in wanted):
        alias = f"from_{table}"
        same = exp.EQ(this=column("customer_id", alias), expression=column("customer_id", "report_flags"))
        built = built.join(exp.table_(table, quoted=True, alias=alias), on=same, join_type="left")
    people = engine.create_as(PEOPLE, built, temporary=True)
    engine.drop("report_flags")
    return people


def levels_of(engine: Engine, trait: TraitColumn, *, at_least: int) -> list[str]:
    """Return the most frequent levels of a text trait, the frequent enough ones, most frequent first."""
    value = column(trait.column)
    people = exp.Count(this=exp.Star())
    found = engine.rows(
        exp.select(value.copy(), exp.alias_(people, "people", quoted=True))
        .from_(exp.table_(PEOPLE, quoted=True))
        .where(exp.Not(this=exp.Is(this=value.copy(), expression=exp.null())))
        .group_by(value.copy())
        .having(exp.GTE(this=people.copy(), expression=literal(at_least)))
        .order_by(exp.Ordered(this=column("people"), desc=True), value.copy())
        .limit(LEVELS)
    )
    return [str(row[0]) for row in found]


def number_of(value: exp.Expr) -> exp.Expr:
    return exp.cast(value, "double")


def centres(engine: Engine, traits: Sequence[TraitColumn]) -> dict[str, Decimal]:
    """Return a round number near the mean of each number trait: sums of squares around it lose no digits."""
    means = [t for t in traits if t.kind == "mean"]
    if not means:
        return {}
    averages = [exp.Avg(this=number_of(column(t.column))) for t in means]
    row = engine.rows(exp.select(*averages).from_(exp.table_(PEOPLE, quoted=True)))[0]
    return {t.name: Decimal(f"{float(v or 0):.4f}") for t, v in zip(means, row, strict=True)}


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted of a group, built once: the query over `PEOPLE`, and which three columns answer which key."""

    asked: exp.Select
    keys: tuple[tuple[str, str | None], ...]
    has_money: bool


def question(
    traits: Sequence[TraitColumn],
    levels: Mapping[str, Sequence[str]],
    centre: Mapping[str, Decimal],
    *,
    has_money: bool,
) -> Question:
    """Return the query that counts people, money, and each trait: known values, sum, sum of squares."""
    keys: list[tuple[str, str | None]] = []
    picks: list[exp.Expr] = [exp.Count(this=exp.Star())]
    if has_money:
        as_number = number_of(column("money"))
        picks += [exp.Sum(this=column("money")), exp.Sum(this=exp.Mul(this=as_number, expression=as_number.copy()))]
    for trait in traits:
        value = column(trait.column)
        match trait.kind:
            case "mean":
                keys.append((trait.name, None))
                apart = exp.Paren(
                    this=exp.Sub(this=number_of(value.copy()), expression=number_of(literal(centre[trait.name])))
                )
                picks += [
                    exp.Count(this=value),
                    exp.Sum(this=apart),
                    exp.Sum(this=exp.Mul(this=apart.copy(), expression=apart.copy())),
                ]
            case "share":
                keys.append((trait.name, None))
                picks += [exp.Count(this=value), counted(value.copy()), exp.null()]
            case "levels":
                for level in levels.get(trait.name, ()):
                    keys.append((trait.name, level))
                    same = exp.EQ(this=value.copy(), expression=literal(level))
                    picks += [exp.Count(this=value.copy()), counted(same), exp.null()]
    named = [exp.Alias(this=pick, alias=identifier(f"x{i}")) for i, pick in enumerate(picks)]
    asked = exp.Select(expressions=named).from_(exp.table_(PEOPLE, quoted=True), copy=False)
    return Question(asked, tuple(keys), has_money)


def tally(engine: Engine, of: Question, *, member_of: str | None) -> Tally:
    """Count one segment (or everybody, when `member_of` is missing) in one pass over `PEOPLE`."""
    of.asked.set("where", None if member_of is None else exp.Where(this=column(member_of)))
    row = engine.rows(of.asked)[0]
    start = 3 if of.has_money else 1
    sums = {
        key: Sums(int(row[at]), float(row[at + 1] or 0), float(row[at + 2] or 0))
        for key, at in zip(of.keys, range(start, len(row), 3), strict=True)
    }
    amount = Decimal(str(row[1] or 0)) if of.has_money else None
    return Tally(int(row[0]), amount, float(row[2] or 0) if of.has_money else 0.0, sums)


def kinds(engine: Engine, columns: Sequence[str]) -> pa.Table:
    """Return the kinds of customer: each combination of flags and groups that occurs, with its people."""
    groups = [column(name) for name in columns]
    counted_kinds = exp.select(*groups, exp.alias_(exp.Count(this=exp.Star()), "people", quoted=True))
    counted_kinds = counted_kinds.from_(exp.table_(PEOPLE, quoted=True))
    if groups:
        counted_kinds = counted_kinds.group_by(*(g.copy() for g in groups))
    return engine.table(counted_kinds)


def money_by(engine: Engine, name: str) -> dict[str | None, tuple[int, Decimal, float]]:
    """Return, per value of a text column of `PEOPLE`: people, money, and the sum of squared money."""
    as_number = number_of(column("money"))
    rows = engine.rows(
        exp.select(
            column(name),
            exp.Count(this=exp.Star()),
            exp.Sum(this=column("money")),
            exp.Sum(this=exp.Mul(this=as_number, expression=as_number.copy())),
        )
        .from_(exp.table_(PEOPLE, quoted=True))
        .group_by(column(name))
    )
    return {row[0]: (int(row[1]), Decimal(str(row[2] or 0)), float(row[3] or 0)) for row in rows}


def population(engine: Engine, context: Context) -> Population:
    """Count everybody who bought before as-of; how many customers there are at all is for others to say."""
    row = engine.rows(
        query(
            HERE / "population.sql",
            events=exp.table_("events", quoted=True),
            order_event=ORDER_COMPLETED,
            refund_event=ORDER_REFUNDED,
            as_of=context.as_of,
            known_at=context.known_at,
        )
    )[0]
    buyers, repeat, orders, money, refunds, best, first, last = row
    return Population(
        customers=int(buyers),
        buyers=int(buyers),
        repeat_buyers=int(repeat),
        orders=int(orders),
        money=Decimal(str(money)),
        refunds=Decimal(str(refunds)),
        best_fifth_share=float(best) / float(money) if money else None,
        first_order=local_day(first, context),
        last_order=local_day(last, context),
    )


def monthly(engine: Engine, context: Context) -> list[tuple[dt.date, int, int, Decimal]]:
    """Return month, orders, buyers, money of each month with orders."""
    rows = engine.rows(
        query(
            HERE / "months.sql",
            events=exp.table_("events", quoted=True),
            order_event=ORDER_COMPLETED,
            zone=context.timezone,
            as_of=context.as_of,
            known_at=context.known_at,
        )
    )
    return [(month, int(orders), int(buyers), Decimal(str(money))) for month, orders, buyers, money in rows]


def local_day(instant: dt.datetime | None, context: Context) -> dt.date | None:
    if instant is None:
        return None
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(context.timezone)).date()
