"""The activity out of a packed pass: what the kernel counted, and beside it what it cannot count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.aggregates import Activity, join_by_customer
from segmentary.language.inputs import Inputs
from segmentary.language.packed import Packing
from segmentary.language.parts import aliased
from segmentary.language.sql import binary, choose, column, constant, every, is_missing, some

if TYPE_CHECKING:
    from segmentary.language.kernel import Kernel

FEW_NAMES = 2


class PackedActivity:
    """How an activity is made with a kernel: `rows` for it, what it gives as a table, `beside` and `read`."""

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        plain = [one for one in activity.found.values() if one.made.form == "plain"]
        self.packing = Packing(plain, activity.exact)
        self.packed = [one for one in plain if one.column in self.packing.decoded]
        self.others = [one for one in plain if one.column not in self.packing.decoded]
        self.singles = [one for one in activity.found.values() if one.made.form != "plain"]

    def rows(self, inputs: Inputs) -> exp.Select:
        """Return what the kernel reads: narrow columns of the events, as they are stored."""
        query = exp.Select().from_(exp.alias_(inputs.events.copy(), "events", table=True), copy=False)
        # Not `in`: of a list DuckDB makes a join, and a join gives rows in another order. Of many names a test costs
        # more than it spares: the other events fall into a cell that adds nothing.
        named = [binary(exp.EQ, column("name", "events"), constant(name)) for name in self.packing.names]
        names = [some(named)] if 0 < len(named) <= FEW_NAMES else []
        before = binary(exp.LT, column("happened_at", "events"), literal(self.activity.context.as_of))
        return self.packing.query(query.where(every((*names, before)), copy=False))

    def kernel(self) -> Kernel:
        """Return what makes a table of the rows."""
        return self.packing.kernel()

    def beside(self, inputs: Inputs, counted: exp.Table) -> exp.Select | None:
        """Return, for everybody in the universe, what was counted and what has to be asked in SQL; None for nothing."""
        if not self.others and not self.singles:
            return None
        query = exp.select(column("customer_id", "everybody")).from_(
            exp.alias_(inputs.universe.copy(), "everybody", table=True), copy=False
        )
        join_by_customer(query, "counted", counted)
        query.select(aliased(column("customer_id", "counted"), "counted_id"), copy=False)
        for adding in self.packing.adding:
            query.select(column(adding.name, "counted"), copy=False)
        if self.others:
            join_by_customer(query, "others")
        for one in self.others:
            query.select(aliased(self.activity.or_zero(one, "others"), one.column), copy=False)
        for one in self.singles:
            query.select(aliased(self.activity.or_zero(one, f"of_{one.column}"), one.column), copy=False)
            join_by_customer(query, f"of_{one.column}")
        self.activity.surround(query, inputs)
        if self.others:
            query.with_("others", self.activity.counted(self.others, inputs.events), copy=False)
        for one in self.singles:
            query.with_(f"of_{one.column}", self.activity.single(one, inputs), copy=False)
        return query

    def read(self, table: exp.Table) -> exp.Select:
        """Return the activity, from the table `beside` made, or from what was counted where there is nothing beside."""
        query = exp.select(column("customer_id", "packed"))
        query.from_(exp.alias_(table.copy(), "packed", table=True), copy=False)
        wide = bool(self.others or self.singles)
        for one in self.packed:
            found = self.packing.decoded[one.column].copy()
            if wide and one.made.places is not None:
                found = choose((is_missing(column("counted_id", "packed")), literal(0)), otherwise=found)
            query.select(aliased(found, one.column), copy=False)
        for one in (*self.others, *self.singles):
            query.select(column(one.column, "packed"), copy=False)
        return query
