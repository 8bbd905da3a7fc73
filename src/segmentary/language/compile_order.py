"""The order of events in SQL: window frames, places, lengths in microseconds, and the visits events make.

Everything is plain window functions over whole microseconds, so that every engine counts alike: no intervals in frames,
no ``ignore nulls``, no ``as of``.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.instants import exact_length
from segmentary.language.sql import binary, call, choose, column, is_missing, normal_sql, one_of
from segmentary.language.tree import Duration, Session

LONGEST = 10**17  # microseconds: 3 000 years; added to any instant it stays within 64 bits
TIES: tuple[tuple[str, str | int], ...] = (("source", ""), ("sequence", 0), ("message_id", ""))
"""What orders events of one instant, and what a missing part counts as."""


def microseconds(length: Duration) -> int:
    """Return an exact length, at most `LONGEST`."""
    return min(exact_length(length), LONGEST)


def instant_sql() -> exp.Expr:
    """Return when a row of ``events`` happened, in microseconds."""
    return call("epoch_us", column("happened_at", "events"))


def named(value: exp.Expr, name: str) -> exp.Expr:
    """Return a column under a name."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def known(value: exp.Expr) -> exp.Expr:
    """Return whether a value is there."""
    return exp.Not(this=exp.Paren(this=is_missing(value)))


def total(value: exp.Expr | None = None) -> exp.Expr:
    """Return how many rows there are, or how many of them satisfy a condition."""
    return exp.Count(this=exp.Star() if value is None else choose((value, literal(1))))


def up(value: exp.Expr) -> exp.Ordered:
    """Return a rising order of values that are never missing."""
    return exp.Ordered(this=value, desc=False, nulls_first=True)


def down(value: exp.Expr) -> exp.Ordered:
    """Return a falling order of values that are never missing."""
    return exp.Ordered(this=value, desc=True, nulls_first=False)


def frame(kind: str, start: int | str, end: int | str) -> exp.WindowSpec:
    """Return a frame; a number of what follows, or ``first``, ``last``, ``here``."""

    def side(given: int | str, name: str) -> dict[str, object]:
        match given:
            case "first":
                return {name: "UNBOUNDED", f"{name}_side": "PRECEDING"}
            case "last":
                return {name: "UNBOUNDED", f"{name}_side": "FOLLOWING"}
            case "here":
                return {name: "CURRENT ROW"}
        return {name: literal(given), f"{name}_side": "FOLLOWING"}

    return exp.WindowSpec(kind=kind, **side(start, "start"), **side(end, "end"))


def over(
    function: exp.Expr,
    partition: Iterable[exp.Expr],
    order: Iterable[exp.Ordered] = (),
    spec: exp.WindowSpec | None = None,
) -> exp.Expr:
    """Return a function over the rows of a partition."""
    arranged = list(order)
    return exp.Window(
        this=function,
        partition_by=[part.copy() for part in partition],
        order=exp.Order(expressions=[one.copy() for one in arranged]) if arranged else None,
        spec=spec,
    )


def level(below: exp.Select, name: str) -> exp.Select:
    """Return a select of everything a select gives, to which columns can be added."""
    every_column = exp.Column(this=exp.Star(), table=exp.to_identifier(name, quoted=True))
    return exp.select(every_column).from_(below.subquery(exp.to_identifier(name, quoted=True)), copy=False)


def add(query: exp.Select, value: exp.Expr, name: str) -> None:
    """Add a column to a select."""
    query.select(named(value, name), copy=False)


def add_order(query: exp.Select) -> None:
    """Add the customer, the moment and what orders events of one moment to a select of ``events``."""
    query.select(column("customer_id", "events"), copy=False)
    add(query, instant_sql(), "moment")
    for name, empty in TIES:
        add(query, exp.Coalesce(this=column(name, "events"), expressions=[literal(empty)]), f"by_{name}")


def event_order(table: str) -> list[exp.Ordered]:
    """Return the order of events, of a relation `add_order` made columns for."""
    return [up(column(name, table)) for name in ("moment", *(f"by_{name}" for name, _ in TIES))]


# ---------------------------------------------------------------- visits


def add_visiting(query: exp.Select, session: Session) -> None:
    """Add to a select of ``events`` what `with_visits` needs: whether an event takes part, and in which session."""
    taking_part = exp.true() if not session.of else one_of(column("name", "events"), map(literal, session.of))
    if session.gap is None:
        identity = normal_sql(column("session_id", "events"))
        add(query, choose((taking_part, identity)), "visit")
    else:
        add(query, taking_part, "visiting")


def with_visits(events: exp.Select, session: Session) -> exp.Select:
    """Return events with their session in ``visit``: missing for events that are in none."""
    if session.gap is None:
        return events
    customer, moment = column("customer_id", "visited"), column("moment", "visited")
    partition = [customer, column("visiting", "visited")]
    order = event_order("visited")
    before = level(events, "visited")
    add(before, over(exp.Lag(this=moment.copy()), partition, order), "moment_before")
    begun = level(before, "visited")
    since = binary(exp.Sub, moment, column("moment_before", "visited"))
    near = exp.Paren(this=binary(exp.LT, since, literal(microseconds(session.gap))))
    number = exp.Sum(this=choose((near, literal(0)), otherwise=literal(1)))
    visit = over(number, partition, order, frame("ROWS", "first", "here"))
    add(begun, choose((column("visiting", "visited"), visit)), "visit")
    return begun


def in_visit(table: str) -> exp.Expr:
    """Return whether an event is in a session."""
    return known(column("visit", table))
