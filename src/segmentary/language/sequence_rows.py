"""Sequences for an engine that gives events as they are stored: which rows `SequenceKernel` reads, and when it can."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.compile_order import TIES, add, instant_sql, microseconds
from segmentary.language.inputs import Inputs
from segmentary.language.sequence_kernel import Chain, Link
from segmentary.language.sql import binary, cast, choose, column, constant, every, some

if TYPE_CHECKING:
    from segmentary.language.compile_sequences import Marks

BITS = 31
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class InOrder:
    """A count of sequences that can be made of events as they are stored."""

    marks: Marks
    chain: Chain

    def rows(self, inputs: Inputs) -> exp.Select:
        """Return the events that matter: ``rowid``, ``customer_id``, ``moment``, ``marks``, properties."""
        marks = self.marks
        conditions = [*marks.matches, *marks.without.values()]
        # Not `in`: of a list DuckDB makes a join, and a join gives rows in another order.
        names = [binary(exp.EQ, column("name", "events"), constant(name)) for name in marks.names()]
        before = binary(exp.LT, column("happened_at", "events"), literal(marks.activity.context.as_of))
        query = exp.select(column("rowid", "events"), column("customer_id", "events"))
        query.from_(exp.alias_(inputs.events.copy(), "events", table=True), copy=False)
        add(query, instant_sql(), "moment")
        bits: exp.Expr = literal(0)
        for i, condition in enumerate(conditions):
            bit = choose((condition.copy(), literal(1 << i)), otherwise=literal(0))
            bits = bit if i == 0 else binary(exp.Add, bits, bit)
        add(query, cast(bits, "integer"), "marks")
        for path, name in marks.properties.items():
            if name in self.chain.columns:
                add(query, marks.values.property(path, "text"), name)
        picked = [some(names)] if names else []
        return query.where(every((*picked, before, some(one.copy() for one in conditions))), copy=False)

    def ties(self, inputs: Inputs, tied: exp.Table) -> exp.Select:
        """Return what orders events of one moment, for the rows of a table with their ``rowid`` as ``place``."""
        query = exp.select(column("rowid", "events"))
        for name, empty in TIES:
            add(query, exp.Coalesce(this=column(name, "events"), expressions=[literal(empty)]), f"by_{name}")
        query.from_(exp.alias_(inputs.events.copy(), "events", table=True), copy=False)
        same = binary(exp.EQ, column("rowid", "events"), column("place", "tied"))
        return query.join(exp.alias_(tied.copy(), "tied", table=True), on=same, copy=False)


def in_order(marks: Marks, latest: int | None) -> InOrder | None:
    """Return a count of sequences for a kernel; None where only SQL can tell."""
    sequence = marks.sequence
    conditions = [*marks.matches, *marks.without.values()]
    if sequence.session is not None or marks.turns or marks.has_far_bindings() or len(conditions) > BITS:
        return None
    if any(one.table not in ("events", "") for part in conditions for one in part.find_all(exp.Column)):
        # Something else has to be joined.
        return None
    if any(step.absent and step.max_gap is None for step in marks.steps):
        return None
    chain = Chain(
        len(marks.steps),
        tuple(link(marks, i) for i in range(1, len(marks.steps))),
        (marks.activity.context.as_of - EPOCH) // dt.timedelta(microseconds=1),
        marks.steps[-1].absent,
        sequence.anchor if sequence.anchor in ("first", "last") else None,
        None if sequence.within is None else microseconds(sequence.within),
        latest,
    )
    return InOrder(marks, chain) if chain.simple else None


def link(marks: Marks, i: int) -> Link:
    """Return what ties step i to the one before it."""
    step = marks.steps[i]
    return Link(
        0 if step.min_gap is None else microseconds(step.min_gap),
        None if step.max_gap is None else microseconds(step.max_gap),
        tuple(marks.properties[binding.other or binding.path] for binding in step.same),
        tuple(marks.properties[binding.path] for binding in step.same),
        len(marks.steps) + list(marks.without).index(i) if i in marks.without else None,
    )
