"""The pass over the events, in the form the engine does best."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Plan
from segmentary.language.sequence_kernel import SequenceKernel
from segmentary.language.sequence_rows import InOrder
from segmentary.language.sql import column

PIECE = 16 * 122_880
IN_ORDER = frozenset({"duckdb"})
"""Engines that give rows as they are stored, quickly."""
FEW = 8
"""Fewer aggregates than this are sooner made by the engine alone than handed over."""


def make_activity(engine: Engine, plan: Plan, inputs: Inputs, name: str) -> None:
    """Make the temporary relation of a plan's activity, packed where the engine and the events allow it."""
    if engine.dialect not in IN_ORDER:
        engine.create_as(name, plan.activity(inputs), temporary=True)
        return
    count_sequences(engine, plan, inputs, name)
    if not make_packed(engine, plan, inputs, name):
        engine.create_as(f"{name}_whole", plan.activity(inputs), temporary=True)
        create_view(engine, name, exp.select("*").from_(exp.table_(f"{name}_whole", quoted=True)))


def make_packed(engine: Engine, plan: Plan, inputs: Inputs, name: str) -> bool:
    """Make the activity by a kernel; return whether that was possible."""
    packed = plan.packed_activity()
    if len(packed.packed) < FEW:
        return False
    counted = packed.kernel().run(pieces(engine, packed.rows(inputs), inputs.events))
    if counted is None:
        return False
    engine.ingest(f"{name}_counted", counted)
    table = exp.table_(f"{name}_counted", quoted=True)
    beside = packed.beside(inputs, table)
    if beside is not None:
        engine.create_as(f"{name}_whole", beside, temporary=True)
        table = exp.table_(f"{name}_whole", quoted=True)
    create_view(engine, name, packed.read(table))
    return True


def count_sequences(engine: Engine, plan: Plan, inputs: Inputs, name: str) -> None:
    """Let a kernel count the sequences of a plan that it can count; a table holds each instead of a query."""
    found = plan.collected.found
    for key, one in list(found.items()):
        if one.in_order is None:
            continue
        kernel = SequenceKernel(one.in_order.chain, ties(engine, one.in_order, inputs, f"{name}_tied"))
        counted = kernel.run(map(as_table, pieces(engine, one.in_order.rows(inputs), inputs.events)))
        if counted is None:
            continue
        place = f"{name}_{one.column}"
        engine.ingest(place, counted)
        query = exp.select(column("customer_id", place), column("value", place)).from_(exp.table_(place, quoted=True))
        found[key] = replace(one, build=lambda _, query=query: query.copy(), in_order=None)  # type: ignore[misc]


def ties(engine: Engine, sequence: InOrder, inputs: Inputs, name: str) -> Callable[[pa.ChunkedArray], pa.Table]:
    """Return what gives the order of events of one moment."""

    def ask(rows: pa.ChunkedArray) -> pa.Table:
        engine.ingest(name, pa.table({"place": rows}))
        ends = pc.min_max(rows)
        of_events = exp.column("rowid", table="events", quoted=True)
        query = sequence.ties(inputs, exp.table_(name, quoted=True))
        low, high = (literal(ends[side].as_py()) for side in ("min", "max"))
        return engine.table(query.where(of_events >= low, of_events.copy() <= high, copy=False))

    return ask


def as_table(batch: pa.RecordBatch) -> pa.Table:
    """Return a batch as a table."""
    return pa.Table.from_batches([batch])


def pieces(engine: Engine, query: exp.Select, events: exp.Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a query over ``events`` as they are stored, some row groups at a time."""
    place = exp.column("rowid")
    last = engine.value(exp.select(exp.Max(this=place)).from_(events.copy()))
    of_events = exp.column("rowid", table="events")
    for first in range(0, 0 if last is None else int(last) + 1, PIECE):
        piece = query.where(of_events >= literal(first), of_events < literal(first + PIECE))
        yield from engine.table(piece).to_batches()


def create_view(engine: Engine, name: str, query: exp.Select) -> None:
    """Make or replace a temporary view."""
    temporary = exp.Properties(expressions=[exp.TemporaryProperty()])
    place = exp.table_(name, quoted=True)
    engine.execute(exp.Create(this=place, kind="VIEW", expression=query, replace=True, properties=temporary))
