"""What became of everybody assigned: one pass over the events in the engine, windows after each one's own day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError
from segmentary.measurement.experiment.metrics import Metric, Taken
from segmentary.measurement.experiment.sums import NUMBER
from segmentary.schema import EVENTS

BEFORE = "before"
"""Marks a trait that is read as of the first assignment, not as of the look."""
DAY = dt.timedelta(days=1)
Traits = Mapping[str, tuple[exp.Query, exp.Expr]]
"""Of each trait, as its `Taken` is written: the table it is in (with ``customer_id``), and its value as a number."""


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a person: a column, what it takes, and its window: days from assignment until days from it."""

    column: str
    taken: Taken
    since_days: int
    until_days: int


def parts_of(metrics: Sequence[Metric]) -> list[Part]:
    """Return the columns behind metrics: ``y0, d0, x0, ...``; those of traits have no window."""
    found = []
    for number, metric in enumerate(metrics):
        found.append(Part(f"y{number}", metric.top, 0, metric.days))
        if metric.per is not None:
            found.append(Part(f"d{number}", metric.per, 0, metric.days))
        elif metric.top.take != "trait":
            found.append(Part(f"x{number}", metric.top, -metric.before_days, 0))
        elif metric.before_trait:
            found.append(Part(f"x{number}", Taken("trait", metric.before_trait, BEFORE), 0, 0))
    return found


def windows(
    engine: Engine, assigned: exp.Table, parts: Sequence[Part], as_of: dt.datetime, into: str
) -> exp.Table | None:
    """Make a table of the ends of every window, one row per moment of assignment; None where no part needs one.

    Raises
    ------
    NoAnswerError
        when people have no moment of assignment and a metric has a window after it.
    """
    timed = [part for part in parts if part.taken.take != "trait"]
    if not timed:
        return None
    import pyarrow as pa

    moments = [row[0] for row in engine.rows(exp.select(column("assigned_at")).distinct().from_(assigned.copy()))]
    if any(one is None for one in moments):
        raise NoAnswerError(
            "the exposures do not say when people were assigned, so nothing is before or after",
            hint="load them with a column assigned_at, or judge by a trait: --primary 'NAME = trait NAME'",
        )
    end = as_of.astimezone(dt.UTC).replace(tzinfo=None)
    kind = pa.timestamp("us")
    columns = {"assigned_at": pa.array(moments, kind)}
    for part in timed:
        columns[f"{part.column}_since"] = pa.array([one + part.since_days * DAY for one in moments], kind)
        columns[f"{part.column}_until"] = pa.array([min(end, one + part.until_days * DAY) for one in moments], kind)
    engine.ingest(into, pa.table(columns))
    return exp.table_(into, quoted=True)


def value_of(part: Part) -> exp.Expr:
    """Return what one event adds to a part."""
    if part.taken.take != "sum":
        return exp.Literal.number(1)
    return exp.cast(exp.Coalesce(this=column(part.taken.of, "e"), expressions=[literal(0)]), NUMBER)


def events_query(assigned: exp.Table, ends: exp.Table, parts: Sequence[Part]) -> exp.Select:
    """Return ``customer_id`` and the parts taken of events; one row per person assigned."""
    timed = [part for part in parts if part.taken.take != "trait"]
    names = sorted({part.taken.name for part in timed})
    on = exp.and_(
        exp.EQ(this=column("customer_id", "e"), expression=column("customer_id", "a")),
        exp.In(this=column("name", "e"), expressions=[literal(name) for name in names]),
    )
    query = (
        exp.select(column("customer_id", "a"))
        .from_(exp.alias_(assigned.copy(), "a", table=True))
        .join(
            exp.alias_(ends.copy(), "w", table=True),
            on=exp.EQ(this=column("assigned_at", "w"), expression=column("assigned_at", "a")),
        )
        .join(exp.table_(EVENTS.name, quoted=True, alias="e"), on=on, join_type="left")
    )
    for part in timed:
        inside = exp.and_(
            exp.EQ(this=column("name", "e"), expression=literal(part.taken.name)),
            exp.GTE(this=column("happened_at", "e"), expression=column(f"{part.column}_since", "w")),
            exp.LT(this=column("happened_at", "e"), expression=column(f"{part.column}_until", "w")),
        )
        worth = exp.Case().when(inside, value_of(part)).else_(literal(0))
        total: exp.Expr = exp.Max(this=worth) if part.taken.take == "any" else exp.Sum(this=worth)
        query = query.select(total.as_(part.column, quoted=True), copy=False)
    return query.group_by(column("customer_id", "a"))


def outcomes(
    engine: Engine, assigned: exp.Table, metrics: Sequence[Metric], traits: Traits, *, as_of: dt.datetime, into: str
) -> exp.Table:
    """Make a temporary table of ``segment, arm, y0, d0, x0, ...``: one row per person assigned.

    assigned : ``customer_id, segment, arm, assigned_at``. traits : the traits the metrics name.
    """
    parts = parts_of(metrics)
    ends = windows(engine, assigned, parts, as_of, f"{into}_windows")
    query = exp.select(column("customer_id", "a"), column("segment", "a"), column("arm", "a")).from_(
        exp.alias_(assigned.copy(), "a", table=True)
    )
    if ends is not None:
        engine.create_as(f"{into}_events", events_query(assigned, ends, parts), temporary=True)
        query = joined(query, exp.table_(f"{into}_events", quoted=True), "t")
    places: dict[str, str] = {}
    for part in parts:
        if part.taken.take == "trait" and part.taken.text not in places:
            alias = places[part.taken.text] = f"v{len(places)}"
            table, value = traits[part.taken.text]
            numbers = exp.select(column("customer_id"), exp.alias_(value.copy(), "value")).from_(table.subquery("held"))
            query = joined(query, numbers.subquery(), alias)
    held = {part.column: part for part in parts}
    for number in range(len(metrics)):
        for name in (f"y{number}", f"d{number}", f"x{number}"):
            query = query.select(figure(held.get(name), places).as_(name, quoted=True), copy=False)
    engine.create_as(into, query, temporary=True)
    return exp.table_(into, quoted=True)


def joined(query: exp.Select, table: exp.Table | exp.Subquery, alias: str) -> exp.Select:
    on = exp.EQ(this=column("customer_id", alias), expression=column("customer_id", "a"))
    return query.join(exp.alias_(table, alias, table=True), on=on, join_type="left")


def figure(part: Part | None, places: Mapping[str, str]) -> exp.Expr:
    """Return a column of the outcome; what is not asked for is 0, a past that is not known too."""
    if part is None:
        return exp.cast(literal(0), NUMBER)
    source = column("value", places[part.taken.text]) if part.taken.take == "trait" else column(part.column, "t")
    number = exp.cast(source, NUMBER)
    return number if part.column.startswith("y") else exp.Coalesce(this=number, expressions=[literal(0)])


# ---------------------------------------------------------------- winsorising


def cut_query(people: exp.Table, number: int) -> exp.Select:
    """Return the values above 0 in order, with their places: the cut is one of them."""
    y = f"y{number}"
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=column(y))]))
    return (
        exp.select(column(y), place.as_("place", quoted=True))
        .from_(people.copy())
        .where(exp.GT(this=column(y), expression=literal(0)))
    )


def cut_at(engine: Engine, people: exp.Table, number: int, *, percent: int = 99) -> float | None:
    """Return the 99th percentile (discrete) of a metric above 0, over all arms together; None: nobody is above 0.

    Zeros are left out: of a metric that most people have none of, the 99th percentile of all would be 0.
    """
    y = f"y{number}"
    above = exp.GT(this=column(y), expression=literal(0))
    n = int(engine.value(exp.select(exp.Count(this=exp.Star())).from_(people.copy()).where(above)))
    if n == 0:
        return None
    wanted = -(-n * percent // 100)
    placed = cut_query(people, number).subquery("placed")
    where = exp.EQ(this=column("place"), expression=literal(wanted))
    return float(engine.value(exp.select(column(y)).from_(placed).where(where)))


def winsorised(people: exp.Table, cuts: Sequence[float | None]) -> exp.Select:
    """Return the people with every metric cut; those without a cut stay as they are."""
    from decimal import Decimal

    query = exp.select(column("segment"), column("arm")).from_(people.copy())
    for number, cut in enumerate(cuts):
        y: exp.Expr = column(f"y{number}")
        if cut is not None:
            limit = literal(Decimal(f"{cut:.4f}"))
            y = exp.Case().when(exp.GT(this=column(f"y{number}"), expression=limit), limit.copy()).else_(y)
        query = query.select(y.as_(f"y{number}", quoted=True), copy=False)
        query = query.select(column(f"d{number}"), column(f"x{number}"), copy=False)
    return query
