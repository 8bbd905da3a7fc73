"""Where everybody stood at several moments: one table in the engine, counted there.

A row of the table is one customer at one moment: ``customer_id``, ``place`` (number of the moment, from 0), ``part``
(number of the part, -1: in none), ``edited`` (an edit of a definition moved them since the moment before) and ``spend``
(in the period that ended at the moment). Who did not exist at a moment has no row of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, literal
from segmentary.models.table.findings import Finding

Source = Literal["log", "evaluated"]
Counts = npt.NDArray[np.int64]
NO_PART, NEW, GONE, EDITED = "(in none)", "(not a customer yet)", "(gone)", "(definition edited)"


@dataclass(frozen=True, slots=True)
class States:
    """The table, and what its numbers mean.

    Attributes
    ----------
    name : how the division is called. parts : names of the parts, by their number.
    moments : (t,) ascending instants. labels : (t,) how people read them.
    source : ``log``: as the runs had noted it; ``evaluated``: the definitions of today, judged as of each moment.
    relation : the table. periods : how far apart the moments are, in words ("month").
    entity : whom it is about, one of them ("customer").
    """

    name: str
    parts: tuple[str, ...]
    moments: tuple[dt.datetime, ...]
    labels: tuple[str, ...]
    source: Source
    relation: exp.Table
    period: str = "period"
    entity: str = "customer"
    currency: str = ""
    findings: tuple[Finding, ...] = field(default=())

    @property
    def said_source(self) -> str:
        """Where the figures come from, in words."""
        if self.source == "log":
            return "from the log of entries and exits, as it was noted"
        return "by judging the definitions of today as of each moment"


@dataclass(frozen=True, slots=True)
class PartCount:
    """People of a part at a moment, the sum of their spend and of its squares."""

    people: int
    spend: float
    squares: float


def count_parts(engine: Engine, states: States) -> list[list[PartCount]]:
    """Count people and spend of every part at every moment: (t) lists of (k + 1), the last for those in no part."""
    k = len(states.parts)
    found = [[PartCount(0, 0.0, 0.0) for _ in range(k + 1)] for _ in states.moments]
    for place, part, people, total, squares in engine.rows(parts_query(states)):
        at = k if part < 0 else int(part)
        found[int(place)][at] = PartCount(int(people), float(total or 0), float(squares or 0))
    return found


def parts_query(states: States) -> exp.Select:
    """Return place, part, people, their spend, the sum of its squares."""
    amount = exp.cast(column("spend"), "double")
    return (
        exp.select(
            column("place"),
            column("part"),
            exp.Count(this=exp.Star()).as_("people"),
            exp.Sum(this=amount.copy()).as_("total"),
            exp.Sum(this=exp.Mul(this=amount.copy(), expression=amount.copy())).as_("squares"),
        )
        .from_(states.relation.copy())
        .group_by(column("place"), column("part"))
    )


def count_moves(engine: Engine, states: States) -> Counts:
    """Count who went where between neighbouring moments: (t - 1, k + 3, k + 3).

    Rows and columns: the parts, then in none, then not there (a row: came new; a column: gone), then edited. Whom an
    edit moved leaves to "edited" and comes back from there, so that rows and columns still add up to the sizes.
    """
    k, steps = len(states.parts), len(states.moments) - 1
    found = np.zeros((max(0, steps), k + 3, k + 3), dtype=np.int64)
    if steps < 1:
        return found
    absent, edited = k + 1, k + 2

    def number(part: int | None) -> int:
        return absent if part is None else k if part < 0 else int(part)

    for place, before, after, moved, people in engine.rows(moves_query(states)):
        one, two = number(before), number(after)
        step = int(place) - 1
        if moved and one != two:
            found[step, one, edited] += people
            found[step, edited, two] += people
        else:
            found[step, one, two] += people
    return found


def moves_query(states: States) -> exp.Query:
    """Return place (of the later moment), part before, part after, edited, people."""
    relation = states.relation.copy()
    last = len(states.moments) - 1

    def told(kept: str, other: str, step: int) -> exp.Select:
        there, here = (column("place", kept), column("place", other))
        sign = exp.Add if step > 0 else exp.Sub
        near = sign(this=there.copy(), expression=exp.Literal.number(abs(step)))
        on = exp.and_(
            exp.EQ(this=column("customer_id", other), expression=column("customer_id", kept)),
            exp.EQ(this=here, expression=near),
        )
        first, second = ("before", "after")
        place = column("place", "after") if kept == "after" else exp.Add(this=there.copy(), expression=literal(1))
        edited = column("edited", "after") if kept == "after" else exp.false()
        return (
            exp.select(
                place.as_("place"),
                column("part", first).as_("before_part"),
                column("part", second).as_("after_part"),
                edited.as_("edited"),
            )
            .from_(exp.alias_(relation.copy(), kept, table=True))
            .join(exp.alias_(relation.copy(), other, table=True), on=on, join_type="left")
        )

    came = told("after", "before", -1).where(exp.GT(this=column("place", "after"), expression=literal(0)))
    went = told("before", "after", 1).where(
        exp.LT(this=column("place", "before"), expression=literal(last)),
        column("part", "after").is_(exp.null()),
    )
    both = exp.union(came, went, distinct=False)
    names = ("place", "before_part", "after_part", "edited")
    return (
        exp.select(*(column(name) for name in names), exp.Count(this=exp.Star()).as_("people"))
        .from_(both.subquery("moved"))
        .group_by(*(column(name) for name in names))
    )


def count_later(engine: Engine, states: States) -> tuple[Counts, Counts]:
    """Count, of the members of each part at each moment, who is in it and who spent at each later one: (t, t, k + 1).

    The first: ``[i, j]`` with j >= i, in it again; whether they were in it without a break is not asked. The second:
    j > i, with spend in the period that ended at moment j.
    """
    t, k = len(states.moments), len(states.parts)
    kept, bought = (np.zeros((t, t, k + 1), dtype=np.int64) for _ in range(2))
    for start, at, part, same, spent in engine.rows(later_query(states)):
        place = k if part < 0 else int(part)
        kept[int(start), int(at), place] = same
        bought[int(start), int(at), place] = spent if at > start else 0
    return kept, bought


def later_query(states: States) -> exp.Select:
    """Return start, at, part (at the start), people still in it, people who spent: all pairs of moments in one pass."""
    on = exp.and_(
        exp.EQ(this=column("customer_id", "later"), expression=column("customer_id", "first")),
        exp.GTE(this=column("place", "later"), expression=column("place", "first")),
    )
    same = exp.EQ(this=column("part", "later"), expression=column("part", "first"))
    spent = exp.GT(this=column("spend", "later"), expression=literal(0))
    return (
        exp.select(
            column("place", "first").as_("start"),
            column("place", "later").as_("at"),
            column("part", "first").as_("part"),
            exp.Count(this=exp.Case().when(same, literal(1))).as_("same"),
            exp.Count(this=exp.Case().when(spent, literal(1))).as_("spent"),
        )
        .from_(exp.alias_(states.relation.copy(), "first", table=True))
        .join(exp.alias_(states.relation.copy(), "later", table=True), on=on)
        .group_by(column("place", "first"), column("place", "later"), column("part", "first"))
    )


def stays_counted(engine: Engine, states: States) -> dict[tuple[int, int, bool], int]:
    """Count stays by part, length in periods and whether they ended: of those that began after the first moment.

    A stay ends at the first moment somebody is elsewhere; whoever an edit moved, or who is there at the last moment, is
    censored. The stays in progress at the first moment are left out: nobody knows how long they had lasted.
    """
    rows = engine.rows(stays_query(states))
    return {(int(p), int(length), bool(over)): int(n) for p, length, over, n in rows}


def stays_query(states: States) -> exp.Select:
    """Return part, periods, ended, people: the stays that began in sight."""
    part_before = windowed(exp.func("lag", column("part")))
    place_before = windowed(exp.func("lag", column("place")))
    told = exp.select(
        column("customer_id"), column("place"), column("part"), column("edited"),
        part_before.as_("part_before", quoted=True), place_before.as_("place_before", quoted=True),
    ).from_(states.relation.copy())  # fmt: skip
    same = exp.and_(
        exp.EQ(this=column("part_before"), expression=column("part")),
        exp.EQ(this=column("place_before"), expression=exp.Sub(this=column("place"), expression=literal(1))),
    )
    starts = exp.func("coalesce", same, exp.false())
    begun = (
        exp.select(column("customer_id"), column("place"), column("part"), column("edited"))
        .from_(told.subquery("told"))
        .where(exp.not_(starts))
    )
    # The next change of state, or of being there at all, ends the stay.
    following = exp.select(
        column("customer_id"), column("place"), column("part"), column("edited"),
        windowed(exp.func("lead", column("place"))).as_("next_place", quoted=True),
        windowed(exp.func("lead", column("edited"))).as_("next_edited", quoted=True),
    ).from_(begun.subquery("begun"))  # fmt: skip
    lasts = (
        exp.select(column("customer_id"), exp.Max(this=column("place")).as_("last_place"))
        .from_(states.relation.copy())
        .group_by(column("customer_id"))
    )
    end = exp.func(
        "coalesce", column("next_place", "f"), exp.Add(this=column("last_place", "l"), expression=literal(1))
    )
    final = literal(len(states.moments))
    ended = exp.and_(
        exp.LT(this=end.copy(), expression=final),
        exp.not_(exp.func("coalesce", column("next_edited", "f"), exp.false())),
    )
    lengths = (
        exp.select(
            column("part", "f").as_("part"),
            exp.Sub(this=end.copy(), expression=column("place", "f")).as_("periods"),
            ended.as_("ended"),
        )
        .from_(following.subquery("f"))
        .join(
            lasts.subquery("l"),
            on=exp.EQ(this=column("customer_id", "l"), expression=column("customer_id", "f")),
        )
        .where(exp.GT(this=column("place", "f"), expression=literal(0)), exp.not_(column("edited", "f")))
    )
    return (
        exp.select(column("part"), column("periods"), column("ended"), exp.Count(this=exp.Star()).as_("people"))
        .from_(lengths.subquery("lengths"))
        .group_by(column("part"), column("periods"), column("ended"))
    )


def windowed(function: exp.Expr) -> exp.Window:
    return exp.Window(
        this=function,
        partition_by=[column("customer_id")],
        order=exp.Order(expressions=[exp.Ordered(this=column("place"))]),
    )
