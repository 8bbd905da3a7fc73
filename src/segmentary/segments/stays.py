"""Views of the log: moves (entries and exits that changed something) and stays (from an entry to the next exit).

The log is in the order of ``valid_at``, exits before entries of the same instant, then ``detected_at``; an entry while
inside and an exit while outside change nothing and are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.schema import MEMBERSHIP_LOG

KEYS = ("segment", "customer_id")
ORDER = ("valid_at", "entered", "detected_at", "run_id")


def over(function: exp.Expr) -> exp.Window:
    return exp.Window(
        this=function,
        partition_by=[column(key) for key in KEYS],
        order=exp.Order(expressions=[exp.Ordered(this=column(name)) for name in ORDER]),
    )


def moves_query(segments: Sequence[str] = (), *, known_at: dt.datetime | None = None) -> exp.Select:
    """Return every entry and exit that changed something: the log's columns, of some segments or all.

    known_at : only what had been detected by then.
    """
    log = exp.select(*(column(name) for name in MEMBERSHIP_LOG.names)).from_(
        exp.table_(MEMBERSHIP_LOG.name, quoted=True)
    )
    if segments:
        log = log.where(column("segment").isin(*(literal(name) for name in segments)))
    if known_at is not None:
        log = log.where(column("detected_at") <= literal(known_at))
    before = exp.func("coalesce", over(exp.func("lag", column("entered"))), exp.false())
    told = exp.select(*(column(name) for name in MEMBERSHIP_LOG.names), before.as_("was_in", quoted=True))
    return (
        exp.select(*(column(name) for name in MEMBERSHIP_LOG.names))
        .from_(told.from_(log.subquery("log")).subquery("told"))
        .where(exp.NEQ(this=column("entered"), expression=column("was_in")))
    )


def stays_query(segments: Sequence[str] = (), *, known_at: dt.datetime | None = None) -> exp.Select:
    """Return one row per stay: segment, customer_id, entered_at, left_at (missing while open), reasons of both."""
    moves = moves_query(segments, known_at=known_at)
    paired = exp.select(
        *(column(key) for key in KEYS),
        column("entered"),
        column("valid_at").as_("entered_at"),
        over(exp.func("lead", column("valid_at"))).as_("left_at"),
        column("reason").as_("entered_because"),
        over(exp.func("lead", column("reason"))).as_("left_because"),
        column("version"),
    ).from_(moves.subquery("moves"))
    names = ("entered_at", "left_at", "entered_because", "left_because", "version")
    return (
        exp.select(*(column(name) for name in (*KEYS, *names)))
        .from_(paired.subquery("paired"))
        .where(column("entered"))
    )


def state_query(relation: exp.Expr, at: dt.datetime) -> exp.Select:
    """Return customer_id, entered, valid_at: the last word of a relation of log rows on each customer, up to a moment.

    relation : rows of one segment with the columns of `ORDER` and customer_id.
    """
    place = exp.Window(
        this=exp.RowNumber(),
        partition_by=[column("customer_id")],
        order=exp.Order(expressions=[exp.Ordered(this=column(name), desc=True) for name in ORDER]),
    )
    ordered = (
        exp.select(column("customer_id"), column("entered"), column("valid_at"), place.as_("place"))
        .from_(relation)
        .where(column("valid_at") <= literal(at))
    )
    return (
        exp.select(column("customer_id"), column("entered"), column("valid_at"))
        .from_(ordered.subquery("ordered"))
        .where(column("place").eq(exp.Literal.number(1)))
    )
