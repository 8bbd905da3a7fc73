"""Measures over many windows: the largest over every window of a length or over visits, and how long visits were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.compile_order import (
    add,
    add_order,
    add_visiting,
    frame,
    in_visit,
    instant_sql,
    microseconds,
    named,
    over,
    total,
    up,
    with_visits,
)
from segmentary.language.inputs import Inputs
from segmentary.language.sql import binary, call, cast, column, every, number_type, one_of, try_cast
from segmentary.language.tree import Session, SessionMeasure, Sliding
from segmentary.language.windows import bounds

if TYPE_CHECKING:
    from segmentary.language.aggregates import Activity
    from segmentary.language.parts import Made, Picked

MICROMINUTE = 60  # microseconds in a millionth of a minute


def largest(
    activity: Activity, name: str, made: Made, picked: Picked, window: Sliding | Session, inputs: Inputs
) -> exp.Select:
    """Return the largest value of a measure (a count, sum or distinct) over many windows, by customer.

    name : the aggregate's column, which no other relation of the plan is named after.
    """
    if isinstance(window, Session):
        windows = visiting(activity, made, picked, window, inputs)
    elif isinstance(made.value.this, exp.Distinct):
        windows = sliding_distinct(activity, name, made, picked, window, inputs)
    else:
        windows = sliding(activity, made, picked, window, inputs)
    customer = column("customer_id", "windows")
    query = exp.select(customer, named(exp.Max(this=column("found", "windows")), "value"))
    query.from_(windows.subquery("windows"), copy=False)
    return query.group_by(customer.copy(), copy=False)


def within_bounds(found: exp.Expr, made: Made) -> exp.Expr:
    """Return a window's value; a sum beyond the bounds of all numbers is missing."""
    if made.places is None:
        return found
    return try_cast(exp.Coalesce(this=found, expressions=[literal(0)]), number_type(made.places))


def of_what(made: Made) -> exp.Expr | None:
    """Return the value that is summed or told apart; None when events are counted."""
    of: exp.Expr = made.value.this
    if isinstance(of, exp.Star):
        return None
    if isinstance(of, exp.Distinct):
        of = of.expressions[0]
    return of


def matching(activity: Activity, made: Made, picked: Picked, inputs: Inputs) -> exp.Select:
    """Return the matching events: customer_id, ``moment`` and what is measured in ``of``."""
    query = activity.rows(inputs.events, picked.condition).select(column("customer_id", "events"), copy=False)
    add(query, instant_sql(), "moment")
    of = of_what(made)
    if of is not None:
        add(query, of.copy(), "of")
    return query


def sliding(activity: Activity, made: Made, picked: Picked, window: Sliding, inputs: Inputs) -> exp.Select:
    """Return the value of the window that begins with each event, as ``found``."""
    length = microseconds(window.length)
    customer = column("customer_id", "matching")
    counts = of_what(made) is None
    function = total() if counts else exp.Sum(this=column("of", "matching"))
    span = frame("RANGE", "here", max(length - 1, 0))
    found = over(function, [customer], [up(column("moment", "matching"))], span)
    query = exp.select(customer).from_(matching(activity, made, picked, inputs).subquery("matching"), copy=False)
    # A window of no length holds nothing, not even the event it begins with.
    add(query, within_bounds(found, made) if length else literal(0), "found")
    return query


def sliding_distinct(
    activity: Activity, name: str, made: Made, picked: Picked, window: Sliding, inputs: Inputs
) -> exp.Select:
    """Return how many values the window that begins with each event holds."""
    values = f"{name}_values"
    value_at = matching(activity, made, picked, inputs).distinct(copy=False)
    begun = exp.select(column("customer_id", values), column("moment", values)).from_(values, copy=False)
    held = (
        binary(exp.EQ, column("customer_id", values), column("customer_id", "begun")),
        binary(exp.GTE, column("moment", values), column("moment", "begun")),
        binary(
            exp.LT,
            binary(exp.Sub, column("moment", values), column("moment", "begun")),
            literal(microseconds(window.length)),
        ),
    )
    start = [column("customer_id", "begun"), column("moment", "begun")]
    found = exp.Count(this=exp.Distinct(expressions=[column("of", values)]))
    query = exp.select(start[0], named(found, "found"))
    query.from_(begun.distinct(copy=False).subquery("begun"), copy=False)
    query.join(exp.to_table(values), on=every(held), join_type="left", copy=False)
    query.group_by(*(one.copy() for one in start), copy=False)
    return query.with_(values, value_at, copy=False)


def visited(activity: Activity, session: Session, inputs: Inputs, matches: exp.Expr, of: exp.Expr | None) -> exp.Select:
    """Return the events of sessions: customer_id, ``moment``, ``visit``, whether one ``matches`` and its ``of``."""
    part = one_of(column("name", "events"), map(literal, session.of)) if session.of else exp.true()
    query = activity.rows(inputs.events, part)
    activity.sides.join(query, matches)
    add_order(query)
    add_visiting(query, session)
    add(query, matches.copy(), "matches")
    if of is not None:
        add(query, of.copy(), "of")
    return with_visits(query, session)


def visiting(activity: Activity, made: Made, picked: Picked, window: Session, inputs: Inputs) -> exp.Select:
    """Return the value of each session that holds a matching event, as ``found``."""
    of = of_what(made)
    events = visited(activity, window, inputs, picked.condition, of)
    visit = [column("customer_id", "events"), column("visit", "events")]
    of_visit = column("of", "events")
    if of is None:
        function: exp.Expr = total()
    elif isinstance(made.value, exp.Sum):
        function = exp.Sum(this=of_visit)
    else:
        function = exp.Count(this=exp.Distinct(expressions=[of_visit]))
    query = exp.select(visit[0], named(within_bounds(function, made), "found"))
    query.from_(events.subquery("events"), copy=False)
    query.where(every((column("matches", "events"), in_visit("events"))), copy=False)
    return query.group_by(*(one.copy() for one in visit), copy=False)


# ---------------------------------------------------------------- how long visits were


def session_measure(
    activity: Activity, node: SessionMeasure, matches: exp.Expr, timezone: str | None, inputs: Inputs
) -> exp.Select:
    """Return how many sessions there are by customer, or how long they were in minutes.

    matches : which events a session must hold one of.
    """
    events = visited(activity, node.session, inputs, matches, None)
    visit = [column("customer_id", "events"), column("visit", "events")]
    begun, ended = (kind(this=column("moment", "events")) for kind in (exp.Min, exp.Max))
    visits = exp.select(visit[0], named(binary(exp.Sub, ended, begun), "length"))
    visits.from_(events.subquery("events"), copy=False).where(in_visit("events"), copy=False)
    visits.group_by(*(one.copy() for one in visit), copy=False)
    since, until = bounds(node.session.within, activity.context, timezone)
    counted = [binary(exp.GT, total(column("matches", "events")), literal(0))]
    if since is not None:
        counted.append(binary(exp.GTE, begun.copy(), epoch(since)))
    counted.append(binary(exp.LT, begun.copy(), epoch(until)))
    visits.having(every(counted), copy=False)
    customer, length = column("customer_id", "visits"), column("length", "visits")
    query = exp.select(customer, named(lengths(node, length), "value")).from_(visits.subquery("visits"), copy=False)
    return query.group_by(customer.copy(), copy=False)


def epoch(instant: object) -> exp.Expr:
    """Return an instant in microseconds."""
    return call("epoch_us", literal(instant))


def lengths(node: SessionMeasure, length: exp.Expr) -> exp.Expr:
    """Return how many visits there are, or their length in minutes, cut to six decimals."""
    match node.measure:
        case "count":
            return total()
        case "longest_minutes":
            whole: exp.Expr = exp.Max(this=length)
        case _:
            whole = cast(exp.Sum(this=length), "bigint")
    below: exp.Expr = literal(MICROMINUTE)
    if node.measure == "mean_minutes":
        below = exp.Paren(this=binary(exp.Mul, below, total()))
    cut = exp.Paren(this=exp.IntDiv(this=whole, expression=below))
    return cast(
        binary(exp.Mul, cast(cut, "decimal(18, 0)"), cast(literal("0.000001"), "decimal(7, 6)")), number_type(6)
    )
