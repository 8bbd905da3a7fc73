"""When people reacted: how many for the first time on each day since they were drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.measurement.campaign.reactions import reaction_of
from segmentary.schema import EVENTS

DAYS = 28
MOST_MOMENTS = 1_000
"""People drawn at more moments than this are not followed day by day."""
KINDS = ("delivered", "opened", "clicked", "unsubscribed", "complained")
BOUGHT = "bought"


@dataclass(frozen=True, slots=True)
class Day:
    """People who did something for the first time on one day. held_out : of those held out, for what they also do."""

    day: int
    what: str
    held_out: bool
    people: int
    of: int


def firsts_query(
    people: exp.Table, told: exp.Table, names: Sequence[str], metric_event: str, control: str
) -> exp.Query:
    """Return ``customer_id, assigned_at, what, held_out, first_at``: the first reaction of each kind of each person."""
    held = exp.EQ(this=column("arm", "p"), expression=literal(control))
    pieces: list[exp.Query] = []
    for kind in KINDS:
        events = [name for name in names if reaction_of(name) == kind]
        if events:
            only = exp.and_(
                exp.In(this=column("name", "r"), expressions=[literal(one) for one in events]),
                exp.not_(column("machine", "r")),
            )
            pieces.append(piece(people, exp.alias_(told.copy(), "r", table=True), kind, only, held))
    bought = exp.EQ(this=column("name", "r"), expression=literal(metric_event))
    pieces.append(piece(people, exp.table_(EVENTS.name, quoted=True, alias="r"), BOUGHT, bought, held))
    query = pieces[0]
    for one in pieces[1:]:
        query = exp.union(query, one, distinct=False)
    return query


def piece(people: exp.Table, rows: exp.Expr, kind: str, only: exp.Expr, held: exp.Expr) -> exp.Select:
    """Return the first of one kind of everybody who has any."""
    on = exp.and_(
        exp.EQ(this=column("customer_id", "r"), expression=column("customer_id", "p")),
        only,
        exp.GTE(this=column("happened_at", "r"), expression=column("assigned_at", "p")),
    )
    return (
        exp.select(column("customer_id", "p"), column("assigned_at", "p"))
        .select(literal(kind).as_("what"), held.copy().as_("held_out", quoted=True))
        .select(exp.Min(this=column("happened_at", "r")).as_("first_at", quoted=True))
        .from_(exp.alias_(people.copy(), "p", table=True))
        .join(rows, on=on)
        .group_by(column("customer_id", "p"), column("assigned_at", "p"), column("arm", "p"))
    )


def sizes_of(engine: Engine, people: exp.Table, control: str) -> dict[bool, int]:
    """Return how many people are held out, and how many are not."""
    held = exp.EQ(this=column("arm"), expression=literal(control))
    query = exp.select(held.as_("held_out", quoted=True), exp.Count(this=exp.Star()).as_("n")).from_(people.copy())
    return {bool(out): int(n) for out, n in engine.rows(query.group_by(held.copy()))}


def edges_of(engine: Engine, starts: Sequence[dt.datetime], days: int, as_of: dt.datetime, into: str) -> int:
    """Make a table of the ends of every day after every moment of drawing; return how many days have begun."""
    import pyarrow as pa

    end, one = as_of.astimezone(dt.UTC).replace(tzinfo=None), dt.timedelta(days=1)
    edges = [(start, k, start + k * one, start + (k + 1) * one) for start in starts for k in range(days)]
    edges = [row for row in edges if row[2] < end]
    stamp = pa.timestamp("us")
    columns = {
        "assigned_at": pa.array([row[0] for row in edges], stamp),
        "day": pa.array([row[1] for row in edges], pa.int64()),
        "since": pa.array([row[2] for row in edges], stamp),
        "until": pa.array([row[3] for row in edges], stamp),
    }
    engine.ingest(into, pa.table(columns))
    return 1 + max((row[1] for row in edges), default=-1)


def days(
    engine: Engine,
    people: exp.Table,
    told: exp.Table,
    names: Sequence[str],
    *,
    event: str,
    control: str,
    as_of: dt.datetime,
    days: int = DAYS,
    into: str = "campaign_firsts",
) -> list[Day]:
    """Return how many people reacted for the first time on each day after they were drawn.

    people : ``customer_id, arm, assigned_at``. event : what counts as success, shown for those held out too.
    """
    moments = exp.select(column("assigned_at")).distinct().from_(people.copy())
    starts = [row[0] for row in engine.rows(moments) if row[0] is not None]
    if not starts or len(starts) > MOST_MOMENTS:
        return []
    sizes = sizes_of(engine, people, control)
    begun = edges_of(engine, starts, days, as_of, f"{into}_edges")
    engine.create_as(into, firsts_query(people, told, names, event, control), temporary=True)
    on = exp.and_(
        exp.EQ(this=column("assigned_at", "w"), expression=column("assigned_at", "f")),
        exp.GTE(this=column("first_at", "f"), expression=column("since", "w")),
        exp.LT(this=column("first_at", "f"), expression=column("until", "w")),
    )
    counted = (
        exp.select(
            column("day", "w"), column("what", "f"), column("held_out", "f"), exp.Count(this=exp.Star()).as_("n")
        )
        .from_(exp.table_(into, quoted=True, alias="f"))
        .join(exp.table_(f"{into}_edges", quoted=True, alias="w"), on=on)
        .group_by(column("day", "w"), column("what", "f"), column("held_out", "f"))
    )
    found = {(int(day), str(what), bool(out)): int(n) for day, what, out, n in engine.rows(counted)}
    shown = sorted({(what, out) for _, what, out in found if not out or what == BOUGHT})
    return [
        Day(day, what, out, found.get((day, what, out), 0), sizes.get(out, 0))
        for what, out in shown
        for day in range(begun)
    ]
