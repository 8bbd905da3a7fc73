"""Memberships of other moments as SQL: the log of entries and exits as stays, and what is asked about them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.instants import exact_length, instant_of
from segmentary.language.parts import aliased, rising
from segmentary.language.references import referenced
from segmentary.language.relations import customers_of, given, over
from segmentary.language.sql import binary, call, cast, column, constant, every, is_missing, some
from segmentary.language.tree import Context, Duration, SegmentAt, SegmentDuring, SegmentMoved
from segmentary.language.windows import bounds

if TYPE_CHECKING:
    from segmentary.language.compile_people import Row
    from segmentary.language.inputs import Inputs

STAYS = "stays"


def stays_query(entries: exp.Table, segment: str, context: Context) -> exp.Select:
    """Return the stays in a segment before as-of: customer_id, entered_at, left_at (missing: still in), number from 1.

    An entry while inside or an exit while outside is skipped; an exit comes before an entry of the same instant.
    """
    entered, moment = column("entered", "entries"), column("valid_at", "entries")
    customer = column("customer_id", "entries")
    order = [rising(moment), rising(entered), rising(column("detected_at", "entries"))]
    before = over(exp.Lag(this=entered.copy()), [customer], order)
    ordered = exp.select(customer.copy(), entered.copy(), moment.copy(), aliased(before, "before"))
    ordered.from_(exp.alias_(entries.copy(), "entries", table=True), copy=False)
    ordered.where(
        every(
            (
                binary(exp.EQ, column("segment", "entries"), constant(segment)),
                binary(exp.LT, moment.copy(), literal(context.as_of)),
            )
        ),
        copy=False,
    )
    entered, moment = column("entered", "ordered"), column("valid_at", "ordered")
    customer = column("customer_id", "ordered")
    left = over(exp.Lead(this=moment.copy()), [customer], [rising(moment), rising(entered)])
    was_in = exp.Coalesce(this=column("before", "ordered"), expressions=[exp.false()])
    changes = exp.select(customer.copy(), entered.copy(), moment.copy(), aliased(left, "left_at"))
    changes.from_(ordered.subquery("ordered"), copy=False)
    changes.where(binary(exp.NEQ, entered.copy(), was_in), copy=False)
    customer, moment = column("customer_id", "changes"), column("valid_at", "changes")
    number = over(exp.RowNumber(), [customer], [rising(moment)])
    query = exp.select(customer.copy(), aliased(moment.copy(), "entered_at"))
    query.select(column("left_at", "changes"), aliased(number, "number"), copy=False)
    return query.from_(changes.subquery("changes"), copy=False).where(column("entered", "changes"), copy=False)


def stayed(entries: exp.Table | None, segment: str, context: Context, condition: exp.Expr) -> exp.Select:
    """Return the customers with a stay that passes a condition."""
    stays = stays_query(given(entries, "entries"), segment, context)
    return customers_of(stays, STAYS).where(condition.copy(), copy=False)


def inside_at(moment: dt.datetime) -> exp.Expr:
    """Return the condition of a stay that holds just before a moment."""
    left = column("left_at", STAYS)
    return every(
        (
            binary(exp.LT, column("entered_at", STAYS), literal(moment)),
            some((is_missing(left), binary(exp.GTE, left.copy(), literal(moment)))),
        )
    )


def was_inside(row: Row, segment: str, moment: dt.datetime) -> exp.Expr:
    """Return whether the row's entity was in a segment just before a moment, by the log."""
    context = row.context

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        return stayed(inputs.entries, segment, context, inside_at(moment))

    return row.joined(("inside", segment, moment), build)


def segment_at(row: Row, rule: SegmentAt) -> exp.Expr:
    """Return whether the row's entity was a member at another moment."""
    moment = instant_of(rule.at, row.context, row.timezone)
    if not rule.evaluated:
        return was_inside(row, rule.name, moment)
    layers = row.layers
    place = referenced(rule, layers.segments)
    row.after.add(layers.segment_columns[place])
    key = f"{place} @ {moment.isoformat()}"
    layers.moments[key] = place, moment

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        return customers_of(inputs.moments[key], "then")

    return row.joined(("moment", key), build)


def segment_during(row: Row, rule: SegmentDuring) -> exp.Expr:
    """Return whether the row's entity was a member in a window.

    Raises
    ------
    DefinitionError
        where a length is asked for and none is given.
    """
    since, until = bounds(rule.during, row.context, row.timezone)
    empty = since is not None and since >= until
    entered, left = column("entered_at", STAYS), column("left_at", STAYS)
    open_end = is_missing(left)
    begun = binary(exp.LT, entered.copy(), literal(until))
    meets = begun if since is None else every((begun, some((open_end, binary(exp.GT, left.copy(), literal(since))))))
    match rule.quantifier:
        case "at_least":
            return time_inside(row, rule, (since, until), exp.false() if empty else meets)
        case "any":
            condition = meets
        case "at_end":
            condition = inside_at(until)
        case "all":
            covers = some((open_end.copy(), binary(exp.GTE, left.copy(), literal(until))))
            condition = every((binary(exp.LTE, entered.copy(), literal(since)), covers))
    # Nothing covers what has no beginning.
    if empty or (since is None and rule.quantifier == "all"):
        return exp.false()
    context = row.context

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        return stayed(inputs.entries, rule.name, context, condition)

    return row.joined(("during", rule, since, until), build)


def time_inside(
    row: Row, rule: SegmentDuring, window: tuple[dt.datetime | None, dt.datetime], meets: exp.Expr
) -> exp.Expr:
    """Return whether the stays within a window add up to a length."""
    if rule.length is None:
        raise DefinitionError("at_least needs a length of time", hint="for example at_least: 14d")
    length = exact_length(rule.length)
    if length <= 0:
        # Whoever was never there was there for no time at all.
        return exp.true()
    context = row.context
    since, until = window
    entered = column("entered_at", STAYS)
    start = entered if since is None else exp.Greatest(this=entered, expressions=[literal(since)])
    last = exp.Coalesce(this=column("left_at", STAYS), expressions=[literal(until)])
    end = exp.Least(this=last, expressions=[literal(until)])
    total = exp.Sum(this=binary(exp.Sub, call("epoch_us", end), call("epoch_us", start)))
    enough = binary(exp.GTE, cast(total, "bigint"), literal(length))

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        stays = stays_query(given(inputs.entries, "entries"), rule.name, context)
        return customers_of(stays, STAYS).where(meets.copy(), copy=False).having(enough.copy(), copy=False)

    return row.joined(("during", rule, since, until), build)


def segment_moved(row: Row, rule: SegmentMoved) -> exp.Expr:
    """Return whether the row's entity entered or left a segment in a window.

    Raises
    ------
    DefinitionError
        for an exit that is to have lasted.
    """
    if rule.stayed is not None and rule.direction == "exited":
        raise DefinitionError("an exit does not last", hint="`stayed` goes with `entered`")
    since, until = bounds(rule.during, row.context, row.timezone)
    moved = column("entered_at" if rule.direction == "entered" else "left_at", STAYS)
    parts = [binary(exp.LT, moved.copy(), literal(until))]
    if since is not None:
        parts.append(binary(exp.GTE, moved.copy(), literal(since)))
    if rule.nth is not None:
        parts.append(binary(exp.EQ, column("number", STAYS), literal(rule.nth)))
    if rule.stayed is not None:
        parts.append(lasted(rule.stayed, row.context))
    condition = every(parts)
    context = row.context

    def build(inputs: Inputs, _: exp.Table) -> exp.Select:
        return stayed(inputs.entries, rule.name, context, condition)

    return row.joined(("moved", rule, since, until), build)


def lasted(length: Duration, context: Context) -> exp.Expr:
    """Return the condition of a stay that lasted at least so long, an open one until as-of."""
    end = exp.Coalesce(this=column("left_at", STAYS), expressions=[literal(context.as_of)])
    spent = binary(exp.Sub, call("epoch_us", end), call("epoch_us", column("entered_at", STAYS)))
    return binary(exp.GTE, spent, literal(exact_length(length)))
