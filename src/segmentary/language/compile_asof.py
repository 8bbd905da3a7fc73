"""What an event knows through something else: attributes as they were then, facts of references, entries into segments.

Each is a relation of its own with at most one row that fits an event, left-joined to the events that need it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.errors import DefinitionError
from segmentary.language.compile_order import add, down, level, named, over, up
from segmentary.language.inputs import Inputs
from segmentary.language.sql import binary, choose, column, constant, every, is_missing, normal_sql, some
from segmentary.language.tree import Context, SinceEntry

BEGINNING = dt.datetime(1, 1, 1)  # noqa: DTZ001 - as the warehouse writes instants: UTC without zone
END = dt.datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001


@dataclass(frozen=True, slots=True)
class Side:
    """A relation joined to events: how it is made, and which row fits an event."""

    name: str
    build: Callable[[Inputs], exp.Select]
    fits: exp.Expr


class Sides:
    """The relations the events of a plan are joined with, each made once."""

    def __init__(self, context: Context, computed: frozenset[str] = frozenset()) -> None:
        self.context = context
        self.computed = computed
        self.found: dict[Hashable, Side] = {}

    def attribute(self, name: str) -> exp.Expr:
        """Return the raw text of an attribute as it was when the event happened.

        Raises
        ------
        DefinitionError
            for a computed trait, which has no past.
        """
        if name in self.computed:
            raise DefinitionError(
                f"the computed trait {name!r} has no past",
                hint="only attributes from a source are known as of an event",
            )

        def make(table: str) -> Side:
            moment = column("happened_at", "events")
            fits = (
                same_customer(table),
                binary(exp.LTE, column("since", table), moment),
                binary(exp.GT, column("until", table), moment.copy()),
            )
            return Side(table, lambda inputs: stretches(name, f"{table}_versions", inputs), every(fits))

        return column("value", self.side(("attribute", name), make))

    def fact(self, table: str, name: str, key: exp.Expr) -> exp.Expr:
        """Return a fact about what a key names."""

        def make(alias: str) -> Side:
            return Side(
                alias, lambda inputs: facts(table, name, inputs), binary(exp.EQ, column("id", alias), key.copy())
            )

        return column("value", self.side(("fact", table, name, key), make))

    def entry(self, window: SinceEntry) -> exp.Expr:
        """Return when the customer entered a segment, for the first or the last time."""

        def make(table: str) -> Side:
            return Side(table, lambda inputs: entered(window, inputs, self.context), same_customer(table))

        return column("entry", self.side(("entry", window), make))

    def side(self, key: Hashable, make: Callable[[str], Side]) -> str:
        """Return the name of a relation, made at the first request of a key."""
        if key not in self.found:
            self.found[key] = make(f"beside_{len(self.found)}")
        return self.found[key].name

    def used(self, expression: exp.Expr | None) -> list[Side]:
        """Return the relations an expression reads."""
        if expression is None or not self.found:
            return []
        tables = {place.table for place in expression.find_all(exp.Column)}
        return [side for side in self.found.values() if side.name in tables]

    def join(self, query: exp.Select, expression: exp.Expr) -> None:
        """Join what an expression reads to a select of ``events``."""
        for side in self.used(expression):
            query.join(exp.to_table(side.name), on=side.fits.copy(), join_type="left", copy=False)

    def relations(self, inputs: Inputs) -> list[tuple[str, exp.Select]]:
        """Return every relation with its name."""
        return [(side.name, side.build(inputs)) for side in self.found.values()]


def same_customer(table: str) -> exp.Expr:
    return binary(exp.EQ, column("customer_id", table), column("customer_id", "events"))


def needed(relation: exp.Table | None, what: str) -> exp.Table:
    """Return a relation a definition reads.

    Raises
    ------
    DefinitionError
        when it was not handed in.
    """
    if relation is None:
        raise DefinitionError(f"{what} are not there to be read", hint="run `segmentary run` first")
    return relation.copy()


def table_as(relation: exp.Table, name: str) -> exp.Expr:
    return exp.alias_(relation, name, table=True)


def stretches(name: str, table: str, inputs: Inputs) -> exp.Select:
    """Return the values an attribute had one after the other: customer_id, value, ``since`` <= t < ``until``.

    Versions may overlap, and a later one may end first. So time is cut wherever a version begins or ends, and for each
    piece the version is chosen: the latest begun, of those the latest known. ``table`` is how the versions are called.
    """
    versions = exp.select(column("customer_id", "told"), column("value", "told"), column("value_type", "told"))
    versions.from_(table_as(needed(inputs.attributes, "attributes"), "told"), copy=False)
    versions.where(binary(exp.EQ, column("name", "told"), constant(name)), copy=False)
    for end, edge, beyond in (("valid_from", "begun", BEGINNING), ("valid_to", "ended", END)):
        add(versions, exp.Coalesce(this=column(end, "told"), expressions=[literal(beyond)]), edge)
    add(versions, exp.Coalesce(this=column("known_at", "told"), expressions=[literal(BEGINNING)]), "learnt")

    def cuts(edge: str) -> exp.Select:
        query = exp.select(column("customer_id", table), named(column(edge, table), "since"))
        return query.from_(table, copy=False)

    both = exp.union(cuts("begun"), cuts("ended"), distinct=True, copy=False)
    pieces = exp.select(column("customer_id", "cuts"), column("since", "cuts"))
    pieces.from_(both.subquery("cuts"), copy=False)
    following = exp.Lead(this=column("since", "cuts"))
    add(pieces, over(following, [column("customer_id", "cuts")], [up(column("since", "cuts"))]), "next_cut")

    chosen = exp.select(column("customer_id", "pieces"), column("since", "pieces"), column("value", table))
    add(chosen, exp.Coalesce(this=column("next_cut", "pieces"), expressions=[literal(END)]), "until")
    best = [column("begun", table), column("learnt", table)]
    best += [column("value", table), column("value_type", table)]
    piece = [column("customer_id", "pieces"), column("since", "pieces")]
    add(chosen, over(exp.RowNumber(), piece, map(down, best)), "place")
    chosen.from_(pieces.subquery("pieces"), copy=False)
    covers = (
        binary(exp.EQ, column("customer_id", table), column("customer_id", "pieces")),
        binary(exp.LTE, column("begun", table), column("since", "pieces")),
        binary(exp.GT, column("ended", table), column("since", "pieces")),
    )
    chosen.join(exp.to_table(table), on=every(covers), copy=False)

    query = exp.select(*(column(one, "chosen") for one in ("customer_id", "since", "until", "value")))
    query.from_(chosen.subquery("chosen"), copy=False)
    query.where(binary(exp.EQ, column("place", "chosen"), literal(1)), copy=False)
    return query.with_(table, versions, copy=False)


def facts(table: str, name: str, inputs: Inputs) -> exp.Select:
    """Return a fact of a reference table by normal id, each id once."""
    identity = normal_sql(column("id", "told"))
    query = exp.select(named(identity, "id"), named(exp.Max(this=column("value", "told")), "value"))
    query.from_(table_as(needed(inputs.references, "reference tables"), "told"), copy=False)
    asked = (
        binary(exp.EQ, column("table_name", "told"), constant(table)),
        binary(exp.EQ, column("name", "told"), constant(name)),
    )
    return query.where(every(asked), copy=False).group_by(identity.copy(), copy=False)


def entered(window: SinceEntry, inputs: Inputs, context: Context) -> exp.Select:
    """Return when each customer entered a segment, by the log; an entry while inside is none."""
    log = exp.select(*(column(one, "told") for one in ("customer_id", "entered", "valid_at", "detected_at")))
    log.from_(table_as(needed(inputs.entries, "entries and exits"), "told"), copy=False)
    counted = [
        binary(exp.EQ, column("segment", "told"), constant(window.segment)),
        binary(exp.LT, column("valid_at", "told"), literal(context.as_of)),
    ]
    if context.known_at is not None:
        counted.append(binary(exp.LTE, column("detected_at", "told"), literal(context.known_at)))
    log.where(every(counted), copy=False)
    moves = level(log, "log")
    exits_first = choose((column("entered", "log"), literal(1)), otherwise=literal(0))
    order = [up(column("valid_at", "log")), up(exits_first), up(column("detected_at", "log"))]
    add(moves, over(exp.Lag(this=column("entered", "log")), [column("customer_id", "log")], order), "inside")
    outside = some((is_missing(column("inside", "moves")), exp.Not(this=column("inside", "moves"))))
    chosen = exp.Min if window.which == "first" else exp.Max
    query = exp.select(column("customer_id", "moves"), named(chosen(this=column("valid_at", "moves")), "entry"))
    query.from_(moves.subquery("moves"), copy=False)
    query.where(every((column("entered", "moves"), outside)), copy=False)
    return query.group_by(column("customer_id", "moves"), copy=False)
