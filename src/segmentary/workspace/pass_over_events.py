"""The pass over the events, in the form the engine does best."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Plan

PIECE = 16 * 122_880
IN_ORDER = frozenset({"duckdb"})
"""Engines that give rows as they are stored, quickly."""


def make_activity(engine: Engine, plan: Plan, inputs: Inputs, name: str) -> None:
    """Make the temporary relation of a plan's activity, packed where the engine and the events allow it."""
    if engine.dialect not in IN_ORDER:
        engine.create_as(name, plan.activity(inputs), temporary=True)
    elif not make_packed(engine, plan, inputs, name):
        engine.create_as(f"{name}_whole", plan.activity(inputs), temporary=True)
        create_view(engine, name, exp.select("*").from_(exp.table_(f"{name}_whole", quoted=True)))


def make_packed(engine: Engine, plan: Plan, inputs: Inputs, name: str) -> bool:
    """Make the activity by a kernel; return whether that was possible."""
    packed = plan.packed_activity()
    if not packed.packed:
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
