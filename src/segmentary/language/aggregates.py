"""The shared pass over the events: every distinct aggregate of all definitions, computed once.

Most are ``agg filter (where ...)`` columns of one select grouped by customer. Three kinds need more: a window that
begins at an event of the same customer joins that event's time (``anchors``); the most frequent value and the median
gap, which no plain aggregate gives exactly, are queries of their own, joined by customer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.compile_asof import Sides
from segmentary.language.compile_rules import event_rule
from segmentary.language.compile_values import EventValues
from segmentary.language.compile_visits import largest
from segmentary.language.inputs import Inputs
from segmentary.language.kinds import measured, property_decimals, property_type, read_as
from segmentary.language.measures import position
from segmentary.language.parts import (
    Aggregate,
    Build,
    Made,
    Picked,
    aliased,
    falling,
    filtered,
    one_of_names,
    rising,
)
from segmentary.language.sql import (
    binary,
    call,
    cast,
    choose,
    column,
    every,
    extract_sql,
    is_missing,
    local_date_sql,
    number_type,
)
from segmentary.language.tree import (
    Context,
    EventFilter,
    EventMeasure,
    Session,
    SinceEntry,
    SinceEvent,
    Sliding,
    ValueType,
    Window,
)
from segmentary.language.windows import bounds, week_begins

if TYPE_CHECKING:
    from segmentary.language.sequence_rows import InOrder

MICRODAYS = 172_800  # twice a gap in microseconds // this = the gap in millionths of a day


class Activity:
    """Collects aggregates and writes the pass that computes them."""

    def __init__(
        self, context: Context, types: Mapping[str, ValueType], computed: frozenset[str] = frozenset()
    ) -> None:
        self.context = context
        self.types = types
        self.sides = Sides(context, computed)
        self.found: dict[Hashable, Aggregate] = {}
        self.exact: set[str] = set()
        self.anchors: dict[tuple[str, exp.Expr], tuple[str, tuple[str, ...], exp.Expr]] = {}
        self.kept: dict[tuple[EventMeasure, ValueType, str | None, str], Aggregate] = {}

    def aggregate(
        self, node: EventMeasure, kind: ValueType, timezone: str | None, *, presence: bool = False
    ) -> Aggregate:
        """Return the aggregate of a measure, made at the first request.

        presence : it only matters whether it is 0; then a packed pass may give 1 for more.
        """
        found = self.kept_or(node, kind, timezone, "value", lambda values: self.measured_sql(node, kind, values))
        if not presence:
            self.exact.add(found.column)
        return found

    def known_count(self, node: EventMeasure, timezone: str | None) -> Aggregate:
        """Return how many of a mean's events have the property."""
        return self.kept_or(
            node,
            "number",
            timezone,
            "count",
            lambda values: Made(exp.Count(this=values.property(measured(node).path, "number")), zero=True),
        )

    def kept_or(
        self,
        node: EventMeasure,
        kind: ValueType,
        timezone: str | None,
        role: str,
        make: Callable[[EventValues], Made],
    ) -> Aggregate:
        """Return an aggregate, made unless an equal one is there already."""
        key = node, kind, timezone, role
        if key not in self.kept:
            values = self.values(timezone)
            made = make(values)
            picked = self.picked(node.events, node.during, values)
            # Two definitions that mean the same aggregate share it, whatever their zone.
            many = node.during if isinstance(node.during, Sliding | Session) else None
            spelling = made.form, made.nth, made.value, picked, many
            if spelling not in self.found:
                self.found[spelling] = self.made(f"a{len(self.found)}", picked, made, many)
            self.kept[key] = self.found[spelling]
        return self.kept[key]

    def made(self, name: str, picked: Picked, made: Made, many: Sliding | Session | None) -> Aggregate:
        """Return an aggregate: of the shared pass, or of a query of its own where it needs more than that."""
        if many is not None:
            return Aggregate(
                name,
                picked,
                replace(made, form="derived"),
                lambda inputs: largest(self, name, made, picked, many, inputs),
            )
        if made.form == "plain" and self.sides.used(picked.where):
            return Aggregate(
                name, picked, replace(made, form="derived"), lambda inputs: alone(self, made, picked, inputs)
            )
        return Aggregate(name, picked, made)

    def values(self, timezone: str | None) -> EventValues:
        """Return what compiles values of one event."""
        return EventValues(self.context, timezone, self.types, self.sides)

    def derived(self, key: Hashable, build: Build, *, zero: bool, in_order: InOrder | None = None) -> Aggregate:
        """Return a column of the activity that a query of its own gives, made at the first request of a key.

        Parameters
        ----------
        build : gives the query, with columns ``customer_id`` (once each) and ``value``; ``rows`` are the events.
        zero : a customer who is not in it has 0, not a missing value; in_order : the same by a kernel.
        """
        spelling = "derived", key
        if spelling not in self.found:
            made = Made(exp.null(), "derived", zero=zero)
            self.found[spelling] = Aggregate(f"a{len(self.found)}", Picked(()), made, build, in_order)
        return self.found[spelling]

    def condition(self, events: EventFilter, during: Window | None, values: EventValues) -> exp.Expr:
        """Return which events count: a condition on a row of `rows`."""
        return self.picked(events, during, values).condition

    def picked(self, events: EventFilter, during: Window | None, values: EventValues) -> Picked:
        """Return which events count, in parts."""
        where = None if events.where is None else event_rule(values, events.where)
        since, until = bounds(during, self.context, values.timezone)
        anchor = column(self.anchor(during, values), "anchors") if isinstance(during, SinceEvent) else None
        if isinstance(during, SinceEntry):
            entry = binary(exp.GTE, column("happened_at", "events"), self.sides.entry(during))
            where = entry if where is None else every((where, entry))
        end = until if until < self.context.as_of else None
        return Picked(tuple(sorted(set(events.names))), where, since, end, anchor)

    def anchor(self, during: SinceEvent, values: EventValues) -> str:
        """Return the column of the moment a window begins after."""
        condition = self.condition(during.event, None, values)
        spelling = during.which, condition
        if spelling not in self.anchors:
            moment = column("happened_at", "events")
            chosen: exp.Expr = exp.Min(this=moment) if during.which == "first" else exp.Max(this=moment)
            self.anchors[spelling] = f"w{len(self.anchors)}", during.event.names, filtered(chosen, condition)
        return self.anchors[spelling][0]

    def measured_sql(self, node: EventMeasure, kind: ValueType, values: EventValues) -> Made:
        """Return what to compute for a measure."""
        match node.measure:
            case "count":
                return Made(exp.Count(this=exp.Star()), zero=True)
            case "active_days" | "active_weeks" | "active_months":
                return Made(distinct(self.period(node.measure, values)), zero=True)
            case "median_gap_days":
                return Made(exp.null(), "median_gap")
        path = measured(node).path
        if node.measure == "distinct":
            return Made(distinct(values.property(path, property_type(path))), zero=True)
        of = values.property(path, read_as(node, kind))
        moment = path == ("happened_at",)
        match node.measure:
            case "sum" | "mean":
                return Made(exp.Sum(this=of), zero=True, places=property_decimals(path))
            case "min":
                return Made(exp.Min(this=of))
            case "max":
                return Made(exp.Max(this=of))
            case "first":
                return Made(exp.Min(this=of)) if moment else Made(ordered(of), nth=1)
            case "last":
                return Made(exp.Max(this=of)) if moment else Made(ordered(of, newest_first=True), nth=1)
            case "nth":
                return Made(ordered(of), nth=position(node))
            case "most_frequent":
                return Made(of, "most_frequent")
            case _:
                assert_never(node.measure)

    def period(self, measure: str, values: EventValues) -> exp.Expr:
        """Return what is equal for two events of one local day, week or month."""
        day = local_date_sql(column("happened_at", "events"), values.zone)
        if measure == "active_days":
            return day
        if measure == "active_months":
            year = binary(exp.Mul, extract_sql("year", day), literal(12))
            return binary(exp.Add, year, extract_sql("month", day.copy()))
        into = binary(exp.Add, extract_sql("weekday", day), literal(6 - week_begins(self.context)))
        return binary(exp.Sub, day.copy(), cast(binary(exp.Mod, into, literal(7)), "integer"))

    def query(self, inputs: Inputs) -> exp.Select:
        """Return ``customer_id`` and every aggregate, for every customer with one of the events at least.

        Where a column is a query of its own, there is a row for everybody in the universe instead.
        """
        plain = [one for one in self.found.values() if one.made.form == "plain"]
        extra = [one for one in self.found.values() if one.made.form != "plain"]
        counted = self.counted(plain, inputs.events)
        if not extra:
            query = counted
        else:
            query = exp.select(column("customer_id", "everybody")).from_(
                exp.alias_(inputs.universe.copy(), "everybody", table=True), copy=False
            )
            join_by_customer(query, "counted")
            for one in plain:
                query.select(aliased(self.or_zero(one, "counted"), one.column), copy=False)
        for one in extra:
            query.select(aliased(self.or_zero(one, f"of_{one.column}"), one.column), copy=False)
            join_by_customer(query, f"of_{one.column}")
        self.surround(query, inputs)
        if extra:
            query.with_("counted", counted, copy=False)
        for one in extra:
            query.with_(f"of_{one.column}", self.single(one, inputs), copy=False)
        return query

    def surround(self, query: exp.Select, inputs: Inputs) -> None:
        """Give a query the relations that `rows` are joined with."""
        for name, relation in self.sides.relations(inputs):
            query.with_(name, relation, copy=False)
        if self.anchors:
            query.with_("anchors", self.anchor_query(inputs.events), copy=False)

    def counted(self, plain: list[Aggregate], events: exp.Table) -> exp.Select:
        """Return everything plain, by customer."""
        names = names_of([one.picked.names for one in plain])
        query = self.rows(events, one_of_names(names) if names else exp.true() if plain else exp.false())
        query.select(column("customer_id", "events"), copy=False)
        for one in plain:
            query.select(aliased(one.final, one.column), copy=False)
        return query.group_by(column("customer_id", "events"), copy=False)

    def or_zero(self, one: Aggregate, table: str) -> exp.Expr:
        """Return a column of a left-joined table, 0 where nothing happened and nothing means 0."""
        found = column(one.column, table)
        if one.made.places is not None:
            # A sum beyond the bounds of all numbers is missing, and stays so.
            return choose((is_missing(column("customer_id", table)), literal(0)), otherwise=found)
        return exp.Coalesce(this=found, expressions=[literal(0)]) if one.made.zero else found

    def single(self, one: Aggregate, inputs: Inputs) -> exp.Select:
        """Return the query of a column that has one of its own."""
        if one.build is not None:
            value = aliased(column("value", "derived"), one.column)
            query = exp.select(column("customer_id", "derived"), value)
            return query.from_(one.build(inputs).subquery("derived"), copy=False)
        if one.made.form == "most_frequent":
            return self.most_frequent(one, inputs.events)
        return self.median_gap(one, inputs.events)

    def rows(self, events: exp.Table, names: exp.Expr) -> exp.Select:
        """Return the events before as-of, with the moments windows begin at, as a select without columns."""
        moment = column("happened_at", "events")
        query = exp.Select().from_(exp.alias_(events.copy(), "events", table=True), copy=False)
        if self.anchors:
            on = binary(exp.EQ, column("customer_id", "anchors"), column("customer_id", "events"))
            query.join(exp.to_table("anchors"), on=on, join_type="left", copy=False)
        self.sides.join(query, names)
        return query.where(every((names, binary(exp.LT, moment, literal(self.context.as_of)))), copy=False)

    def anchor_query(self, events: exp.Table) -> exp.Select:
        """Return, per customer, the moments windows begin at."""
        names = names_of([some_names for _, some_names, _ in self.anchors.values()])
        before = binary(exp.LT, column("happened_at", "events"), literal(self.context.as_of))
        query = exp.select(column("customer_id", "events")).from_(
            exp.alias_(events.copy(), "events", table=True), copy=False
        )
        for name, _, moment in self.anchors.values():
            query.select(aliased(moment.copy(), name), copy=False)
        self.sides.join(query, query)
        query.where(every((one_of_names(names), before)) if names else before, copy=False)
        return query.group_by(column("customer_id", "events"), copy=False)

    def most_frequent(self, one: Aggregate, events: exp.Table) -> exp.Select:
        """Return the value with the highest count per customer; of equals the smallest."""
        counted = self.rows(events, one.picked.condition)
        counted.select(column("customer_id", "events"), aliased(one.made.value.copy(), "value"), copy=False)
        customer, value = column("customer_id", "counted"), column("value", "counted")
        count = exp.Count(this=exp.Star())
        order = exp.Order(expressions=[falling(count), rising(value.copy())])
        place = exp.Window(this=exp.RowNumber(), partition_by=[customer.copy()], order=order)
        placed = exp.select(customer, value, aliased(place, "place")).from_(counted.subquery("counted"), copy=False)
        placed.where(exp.Not(this=exp.Is(this=value.copy(), expression=exp.null())), copy=False)
        placed.group_by(customer.copy(), value.copy(), copy=False)
        return first_of(placed, "value", one.column)

    def median_gap(self, one: Aggregate, events: exp.Table) -> exp.Select:
        """Return the median time between consecutive events in days, in whole microseconds until the last step."""
        customer, moment = column("customer_id", "events"), column("happened_at", "events")
        before = exp.Window(
            this=exp.Lag(this=moment.copy()),
            partition_by=[customer.copy()],
            order=exp.Order(expressions=[rising(moment.copy())]),
        )
        gap = binary(exp.Sub, call("epoch_us", moment), call("epoch_us", before))
        gaps = self.rows(events, one.picked.condition).select(customer, aliased(gap, "gap"), copy=False)
        customer, gap = column("customer_id", "gaps"), column("gap", "gaps")
        place = exp.Window(
            this=exp.RowNumber(), partition_by=[customer.copy()], order=exp.Order(expressions=[rising(gap.copy())])
        )
        size = exp.Window(this=exp.Count(this=exp.Star()), partition_by=[customer.copy()])
        ranked = exp.select(customer, gap, aliased(place, "place"), aliased(size, "size")).from_(
            gaps.subquery("gaps"), copy=False
        )
        ranked.where(exp.Not(this=exp.Is(this=gap.copy(), expression=exp.null())), copy=False)
        customer, gap = column("customer_id", "ranked"), column("gap", "ranked")
        nth, many = column("place", "ranked"), column("size", "ranked")
        middle = (
            exp.IntDiv(this=exp.Paren(this=binary(exp.Add, many, literal(1))), expression=literal(2)),
            binary(exp.Add, exp.Paren(this=exp.IntDiv(this=many.copy(), expression=literal(2))), literal(1)),
        )
        # Of an odd number the one in the middle is both.
        halves = [
            exp.Sum(this=choose((binary(exp.EQ, nth.copy(), m), gap.copy()), otherwise=literal(0))) for m in middle
        ]
        twice = exp.Paren(this=binary(exp.Add, *halves))
        whole = exp.Paren(this=exp.IntDiv(this=cast(twice, "bigint"), expression=literal(MICRODAYS)))
        days = binary(exp.Mul, cast(whole, "decimal(18, 0)"), cast(literal("0.000001"), "decimal(7, 6)"))
        query = exp.select(customer, aliased(cast(days, number_type(6)), one.column)).from_(
            ranked.subquery("ranked"), copy=False
        )
        return query.group_by(customer.copy(), copy=False)


def alone(activity: Activity, made: Made, picked: Picked, inputs: Inputs) -> exp.Select:
    """Return a plain aggregate by customer in a query of its own: its events are joined with something else."""
    query = activity.rows(inputs.events, picked.condition)
    value = Aggregate("value", Picked(()), made).final
    query.select(column("customer_id", "events"), aliased(value, "value"), copy=False)
    return query.group_by(column("customer_id", "events"), copy=False)


def names_of(several: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return all names, none when every event is wanted."""
    return tuple(sorted({name for names in several for name in names})) if all(several) else ()


def join_by_customer(query: exp.Select, table: str, of: exp.Table | None = None) -> None:
    """Join a table to a query of everybody; ``of`` is the table where it has another name."""
    on = binary(exp.EQ, column("customer_id", table), column("customer_id", "everybody"))
    joined = exp.to_table(table) if of is None else exp.alias_(of.copy(), table, table=True)
    query.join(joined, on=on, join_type="left", copy=False)


def distinct(value: exp.Expr) -> exp.Expr:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def ordered(value: exp.Expr, *, newest_first: bool = False) -> exp.Expr:
    """Return all values in the order of their events, as a list."""
    filled = {"source": literal(""), "sequence": literal(0), "message_id": literal("")}
    keys = [column("happened_at", "events")]
    keys += [exp.Coalesce(this=column(name, "events"), expressions=[empty]) for name, empty in filled.items()]
    order = [falling(key) if newest_first else rising(key) for key in keys]
    return exp.ArrayAgg(this=exp.Order(this=value, expressions=order))


def first_of(placed: exp.Select, value: str, name: str) -> exp.Select:
    """Return the rows in first place."""
    query = exp.select(column("customer_id", "placed"), aliased(column(value, "placed"), name))
    query.from_(placed.subquery("placed"), copy=False)
    return query.where(binary(exp.EQ, column("place", "placed"), literal(1)), copy=False)
