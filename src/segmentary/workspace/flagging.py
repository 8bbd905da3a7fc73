"""One boolean per segment and customer: many segments piece by piece, for a query of thousands of columns takes long.

What segments of several pieces rest on is computed in each of them: it is the same in all.
"""

from __future__ import annotations

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.language.inputs import Inputs
from segmentary.language.plan import Plan

PIECE = 250
"""Planning a query takes time that grows with the square of its columns."""


def make_flags(engine: Engine, plan: Plan, inputs: Inputs, name: str) -> None:
    """Make the table of ``customer_id`` and a boolean per segment."""
    columns = list(plan.segment_columns.values())
    if len(columns) <= 2 * PIECE:
        engine.create_as(name, plan.memberships(inputs), temporary=True)
        return
    first = exp.Column(this=exp.to_identifier("customer_id", quoted=True), table=exp.to_identifier("f0"))
    query = exp.select(first)
    pieces = []
    for number, start in enumerate(range(0, len(columns), PIECE)):
        piece, alias = f"{name}_{number}", f"f{number}"
        wanted = columns[start : start + PIECE]
        engine.create_as(piece, plan.layers.query(wanted, inputs), temporary=True)
        pieces.append(piece)
        for column in wanted:
            query.select(exp.column(column, table=alias, quoted=True), copy=False)
        table = exp.table_(piece, quoted=True, alias=alias)
        if number == 0:
            query.from_(table, copy=False)
        else:
            same = exp.EQ(this=exp.column("customer_id", table=alias, quoted=True), expression=first.copy())
            query.join(table, on=same, copy=False)
    engine.create_as(name, query, temporary=True)
    for piece in pieces:
        engine.drop(piece)
