"""Sequences whose steps are bound to steps further back: every choice of events, step by step, by joins.

Of the choices only what later steps ask of them is kept, each once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import literal
from segmentary.language.compile_order import add, level, microseconds, named
from segmentary.language.inputs import Inputs
from segmentary.language.sql import binary, call, column, every

if TYPE_CHECKING:
    from segmentary.language.compile_sequences import Marks

FIRST = ("customer_id", "first_place", "first_moment")


def chained(marks: Marks, inputs: Inputs) -> exp.Select:
    """Return the events of the first step with ``done``, the earliest moment at which all steps are complete."""
    count = len(marks.steps)
    steps = count - 1 if marks.steps[-1].absent else count
    relations = [(marks.name, marks.query(inputs)), (chain_name(marks, 0), first_step(marks))]
    for i in range(1, steps):
        relations.append((chain_name(marks, i), next_step(marks, i)))
    whole = chain_name(marks, steps - 1)
    complete = exp.select(*(column(name, whole) for name in FIRST[:2]))
    complete.select(named(exp.Min(this=column("moment", whole)), "done"), copy=False).from_(whole, copy=False)
    if marks.steps[-1].absent:
        complete.where(absence(marks, whole), copy=False)
    complete.group_by(*(column(name, whole) for name in FIRST[:2]), copy=False)
    query = exp.select(*(column(name, marks.name) for name in marks.columns), column("done", "complete"))
    query.from_(marks.name, copy=False)
    same = (
        binary(exp.EQ, column("customer_id", "complete"), column("customer_id", marks.name)),
        binary(exp.EQ, column("first_place", "complete"), column("place", marks.name)),
    )
    query.join(complete.subquery("complete"), on=every(same), join_type="left", copy=False)
    query.where(column("m0", marks.name), copy=False)
    # One more select around, so that what is added outside does not meet the names inside.
    result = level(query, "chains")
    for name, relation in relations:
        result.with_(name, relation, copy=False)
    return result


def chain_name(marks: Marks, i: int) -> str:
    """Return the name of the chains up to step i."""
    return f"{marks.name}_{i}"


def asked_later(marks: Marks, i: int) -> dict[tuple[int, str], str]:
    """Return which properties of which steps (from 0) up to i later steps are bound to, and their columns."""
    found: dict[tuple[int, str], str] = {}
    for later in range(i + 1, len(marks.steps)):
        for binding in marks.steps[later].same:
            earlier = later - 1 if binding.step is None else binding.step - 1
            if earlier < i:
                name = marks.properties[binding.other or binding.path]
                found[earlier, name] = f"{name}_of_{earlier}"
    return found


def own_columns(marks: Marks) -> list[str]:
    """Return what a chain keeps of its newest event."""
    steps = {f"m{i}" for i in range(len(marks.steps))}
    return [name for name in marks.columns if name not in steps and name != "customer_id"]


def first_step(marks: Marks) -> exp.Select:
    """Return the chains of one event."""
    query = exp.select(
        column("customer_id", marks.name),
        named(column("place", marks.name), "first_place"),
        named(column("moment", marks.name), "first_moment"),
        *(column(name, marks.name) for name in own_columns(marks)),
    )
    query.from_(marks.name, copy=False).where(column("m0", marks.name), copy=False)
    return query.distinct(copy=False)


def next_step(marks: Marks, i: int) -> exp.Select:
    """Return the chains that step i makes one event longer."""
    chain = chain_name(marks, i - 1)
    query = exp.select(
        *(column(name, chain) for name in FIRST), *(column(name, marks.name) for name in own_columns(marks))
    )
    kept = asked_later(marks, i - 1)
    for (earlier, name), place in asked_later(marks, i).items():
        found = column(kept[earlier, name], chain) if (earlier, name) in kept else column(name, chain)
        add(query, found, place)
    query.from_(chain, copy=False)
    query.join(exp.to_table(marks.name), on=follows(marks, i, chain), copy=False)
    if marks.sequence.within is not None:
        taken = binary(exp.Sub, column("moment", marks.name), column("first_moment", chain))
        query.where(binary(exp.LT, taken, literal(microseconds(marks.sequence.within))), copy=False)
    return query.distinct(copy=False)


def follows(marks: Marks, i: int, chain: str) -> exp.Expr:
    """Return whether an event is step i after a chain."""
    step = marks.steps[i]
    parts = [
        binary(exp.EQ, column("customer_id", marks.name), column("customer_id", chain)),
        column(f"m{i}", marks.name),
        binary(exp.GT, column("place", marks.name), column("place", chain)),
    ]
    gap = binary(exp.Sub, column("moment", marks.name), column("moment", chain))
    if step.min_gap is not None:
        parts.append(binary(exp.GTE, gap, literal(microseconds(step.min_gap))))
    if step.max_gap is not None:
        parts.append(binary(exp.LT, gap.copy(), literal(microseconds(step.max_gap))))
    parts += [binary(exp.EQ, column(tie.later, marks.name), column(tie.earlier, chain)) for tie in marks.ties(i)]
    kept = asked_later(marks, i - 1)
    for binding in step.same:
        if binding.step not in (None, i):
            name = marks.properties[binding.other or binding.path]
            earlier = column(kept[(binding.step or i) - 1, name], chain)
            parts.append(binary(exp.EQ, column(marks.properties[binding.path], marks.name), earlier))
    return every(parts)


def absence(marks: Marks, chain: str) -> exp.Expr:
    """Return whether no event is the last step after a chain, and none can be any more."""
    last = len(marks.steps) - 1
    such = exp.select(literal(1)).from_(marks.name, copy=False).where(follows(marks, last, chain), copy=False)
    gap = marks.steps[last].max_gap
    deadline = binary(exp.Add, column("moment", chain), literal(0 if gap is None else microseconds(gap)))
    passed = binary(exp.LTE, deadline, call("epoch_us", literal(marks.activity.context.as_of)))
    return every((passed, exp.Not(this=exp.Exists(this=such))))
