"""Everybody there is at a moment, in the order of their ids, and which rows of the events are whose.

Events are stored customer by customer: whose an event is follows from its place, and ids need not be read again. A
population is made once for each state of the warehouse and kept in memory.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column
from segmentary.language.tree import Context
from segmentary.schema import BELONGINGS, CUSTOMER_ATTRIBUTES, CUSTOMERS, EVENTS, PLACES, REFERENCE_VALUES

if TYPE_CHECKING:
    import numpy as np

    from segmentary.workspace.workspace import Workspace

    Places = np.ndarray[Any, np.dtype[np.int64]]

READ = (CUSTOMERS, EVENTS, CUSTOMER_ATTRIBUTES, REFERENCE_VALUES, PLACES, BELONGINGS)
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody at a moment.

    ids : sorted as the warehouse sorts them; bounds : rows of the events at which somebody's begin or end, rising;
    first, after : per person the bound at which theirs begin, and the one after the last; seen : the moment each is
    known from, in microseconds, missing for those who have always been there.
    """

    ids: pa.Array
    bounds: Places
    first: Places
    after: Places
    seen: pa.Array

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def bytes(self) -> int:
        """How much memory it takes."""
        return int(sum(part.nbytes for part in (self.ids, self.bounds, self.first, self.after, self.seen)))

    def at(self, as_of: dt.datetime) -> Population:
        """Return those who were there before a moment."""
        import pyarrow.compute as pc

        moment = pa.scalar((as_of - EPOCH) // dt.timedelta(microseconds=1), pa.int64())
        here = pc.or_kleene(pc.is_null(self.seen), pc.less(self.seen, moment))
        if pc.all(here, min_count=0).as_py():
            return self
        kept = here.to_numpy(zero_copy_only=False).astype(bool)
        return Population(
            self.ids.filter(here), self.bounds, self.first[kept], self.after[kept], self.seen.filter(here)
        )


def state_of(workspace: Workspace, engine: Engine) -> Hashable:
    """Return what changes whenever what is computed from the warehouse could change: tables, sizes, definitions."""
    from segmentary.ledger.definitions import newest_numbers

    table = exp.column("table_name")
    known = (
        exp.select(table, exp.column("table_oid"), exp.column("estimated_size"))
        .from_(exp.Table(this=exp.Anonymous(this="duckdb_tables")))
        .where(exp.column("temporary").not_(), table.copy().isin(*(one.name for one in READ)))
        .order_by(table.copy())
    )
    run = workspace.last_run()
    return (
        tuple(engine.rows(known)),
        workspace.derived.made_from(),
        newest_numbers(workspace.ledger),
        run.run_id if run is not None else 0,
    )


def population_of(workspace: Workspace, engine: Engine, state: Hashable, context: Context) -> Population | None:
    """Return everybody at the context's moment; None where events are not stored customer by customer."""
    held = workspace.columns.known(
        state, "everybody", lambda: everybody(engine), lambda found: found.bytes if found else 0
    )
    if not isinstance(held, Population):
        return None
    moment = context.as_of
    found: Population = workspace.columns.known(
        state, ("population", moment), lambda: held.at(moment), lambda one: 0 if one is held else one.bytes
    )
    return found


def everybody(engine: Engine) -> Population | Literal[False]:
    """Read the population; False where events do not lie together customer by customer."""
    import numpy as np

    row = exp.column("rowid")
    lowest, highest, count = exp.Min(this=row), exp.Max(this=row.copy()), exp.Count(this=exp.Star())
    lying = (
        exp.select(column("customer_id"), lowest.as_("first"), highest.as_("last"), count.as_("events"))
        .from_(exp.table_(EVENTS.name, quoted=True))
        .group_by(column("customer_id"))
    )
    same = exp.EQ(this=column("customer_id", "lying"), expression=column("customer_id", "people"))
    query = (
        exp.select(
            column("customer_id", "people"),
            column("first_seen_at", "people"),
            *(column(name, "lying") for name in ("first", "last", "events")),
        )
        .from_(exp.table_(CUSTOMERS.name, quoted=True, alias="people"))
        .join(lying.subquery("lying"), on=same, join_type="left")
        .order_by(column("customer_id", "people"))
    )
    table = engine.table(query).combine_chunks()
    firsts, lasts, sizes = (
        table.column(name).fill_null(0).to_numpy().astype(np.int64) for name in ("first", "last", "events")
    )
    if not np.array_equal(np.where(sizes > 0, lasts - firsts + 1, 0), sizes):
        return False
    there = sizes > 0
    if not (np.diff(firsts[there]) > 0).all():
        return False
    # Who has no events begins and ends at row 0, which is a bound: there is nothing between.
    bounds = np.unique(np.concatenate((np.zeros(1, dtype=np.int64), firsts[there], lasts[there] + 1)))
    first = np.where(there, np.searchsorted(bounds, firsts), 0)
    after = np.where(there, np.searchsorted(bounds, lasts + 1), 0)
    ids = table.column("customer_id").cast(pa.string())
    seen = table.column("first_seen_at").cast(pa.timestamp("us")).cast(pa.int64())
    return Population(whole(ids), bounds, first, after, whole(seen))


def whole(column_read: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    return pa.concat_arrays(column_read.chunks) if column_read.num_chunks else pa.array([], column_read.type)
