"""What events say of everybody, one aggregate at a time, aligned with a population: counts, sums, first and last.

The engine finds the events that count and hands over where they stand and what is added up, narrow; whose they are
follows from the place. The numbers are those of the shared pass over the events (`language.aggregates`), exactly.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import literal, text
from segmentary.language.inputs import Inputs
from segmentary.language.kinds import DIGITS
from segmentary.language.packed import way_of
from segmentary.language.sql import binary, column, every
from segmentary.workspace.population import Population

if TYPE_CHECKING:
    import numpy as np

    from segmentary.language.aggregates import Activity
    from segmentary.language.parts import Aggregate

    Numbers = np.ndarray[Any, np.dtype[np.int64]]

LARGEST = 4 * 10**18
"""Sums stay below this, so that whole numbers of 64 bits hold every part of them."""


def key_of(activity: Activity, one: Aggregate) -> Hashable | None:
    """Return what an aggregate is the same by in every plan of one state; None for what only this plan knows."""
    way = way_of(one)
    if way is None:
        return None
    condition = text(one.picked.condition, "duckdb")
    return "events", activity.context.as_of, way, one.made.value.sql("duckdb"), one.made.places, condition


def scanned(engine: Engine, activity: Activity, one: Aggregate, events: exp.Table) -> pa.Table:
    """Return where the events of an aggregate stand, and the ``value`` that is added up; for those with a key."""
    query = exp.Select().from_(exp.alias_(events.copy(), "events", table=True), copy=False)
    before = binary(exp.LT, column("happened_at", "events"), literal(activity.context.as_of))
    query.where(every((one.picked.condition, before)), copy=False)
    query.select(aliased(column("rowid", "events"), "place"), copy=False)
    if way_of(one) != "count":
        query.select(aliased(one.made.value.this.copy(), "value"), copy=False)
    return engine.table(query)


def counted(rows: pa.Table, one: Aggregate, population: Population) -> pa.Array | None:
    """Return an aggregate of everybody out of its rows; None where whole numbers of 64 bits could not hold it."""
    import numpy as np

    rows = rows.combine_chunks()
    places = rows.column("place").to_numpy()
    order = None
    if len(places) and not (places[1:] > places[:-1]).all():
        order = np.argsort(places, kind="stable")
        places = places[order]
    found = np.searchsorted(places, population.bounds)
    starts, ends = found[population.first], found[population.after]
    way = way_of(one)
    if way is None or way == "count":
        return pa.array(ends - starts)
    values, there = numbers_of(rows.column("value"))
    if order is not None:
        values, there = values[order], there[order]
    return added(one, way, (values, there), starts, ends)


def added(one: Aggregate, way: str, read: tuple[Numbers, Numbers], starts: Numbers, ends: Numbers) -> pa.Array | None:
    """Return what is made of everybody's values; they stand from `starts` until before `ends`."""
    import numpy as np

    values, there = read
    if way == "known":
        return pa.array(running(there, starts, ends))
    if way == "sum":
        if len(values) * max(abs(int(values.max(initial=0))), abs(int(values.min(initial=0)))) > LARGEST:
            return None
        total = running(values, starts, ends)
        words = np.empty(2 * len(total), dtype=np.int64)
        words[0::2], words[1::2] = total, total >> 63
        found = pa.Array.from_buffers(pa.decimal128(38, 4), len(total), [None, pa.py_buffer(words)])
        places = 4 if one.made.places is None else one.made.places
        return found.cast(pa.decimal128(DIGITS + places, places))
    never = np.iinfo(np.int64).max if way == "min" else np.iinfo(np.int64).min
    filled = np.append(np.where(there.astype(bool), values, never), never)
    if not len(starts):
        return pa.array([], pa.timestamp("us"))
    bounds = np.column_stack((starts, ends)).ravel()
    reduce = np.minimum.reduceat if way == "min" else np.maximum.reduceat
    found_values = np.where(ends > starts, reduce(filled, bounds)[::2], never)
    return pa.array(found_values, mask=found_values == never).cast(pa.timestamp("us"))


def running(values: Numbers, starts: Numbers, ends: Numbers) -> Numbers:
    """Return the sum of everybody's values."""
    import numpy as np

    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    found: Numbers = sums[ends] - sums[starts]
    return found


def numbers_of(read: pa.ChunkedArray) -> tuple[Numbers, Numbers]:
    """Return values as whole numbers (money in ten-thousandths, moments in microseconds), and 1 where there is one."""
    import numpy as np

    found = pa.concat_arrays(read.chunks) if read.num_chunks else pa.array([], read.type)
    there = found.is_valid().to_numpy(zero_copy_only=False).astype(np.int64)
    if pa.types.is_decimal(found.type):
        # The lower half of sixteen bytes: of eighteen digits it is all.
        words = np.frombuffer(found.buffers()[1], dtype=np.int64)
        values = words[2 * found.offset : 2 * (found.offset + len(found)) : 2] * there
    else:
        values = found.cast(pa.timestamp("us")).cast(pa.int64()).fill_null(0).to_numpy()
    return values, there


def others(
    engine: Engine, activity: Activity, several: Sequence[Aggregate], inputs: Inputs, size: int
) -> dict[str, pa.Array]:
    """Return aggregates that are no plain sums, by column, as the shared pass computes them.

    ``inputs.universe`` is everybody, with everyone's ``place``.
    """
    plain = [one for one in several if one.made.form == "plain"]
    singles = [one for one in several if one.made.form != "plain"]
    query = exp.select(column("place", "everybody")).from_(
        exp.alias_(inputs.universe.copy(), "everybody", table=True), copy=False
    )
    if plain:
        join_by_customer(query, "counted")
    for one in plain:
        query.select(aliased(activity.or_zero(one, "counted"), one.column), copy=False)
    for one in singles:
        query.select(aliased(activity.or_zero(one, f"of_{one.column}"), one.column), copy=False)
        join_by_customer(query, f"of_{one.column}")
    activity.surround(query, inputs)
    if plain:
        query.with_("counted", activity.counted(plain, inputs.events), copy=False)
    for one in singles:
        query.with_(f"of_{one.column}", activity.single(one, inputs), copy=False)
    return placed(engine.table(query), size)


def placed(table: pa.Table, size: int, *, once: bool = False) -> dict[str, pa.Array]:
    """Return columns in the order of ``place``; with `once`, none where a place has several rows."""
    import numpy as np

    places = table.column("place").to_numpy()
    if once and np.bincount(places, minlength=1).max() > 1:
        return {}
    order = np.full(size, -1, dtype=np.int64)
    order[places] = np.arange(len(places))
    index = pa.array(order, mask=order < 0)
    found = table.drop_columns(["place"]).combine_chunks().take(index)
    return {name: pa.concat_arrays(one.chunks) for name, one in zip(found.column_names, found.columns, strict=True)}


def aliased(value: exp.Expr, name: str) -> exp.Expr:
    """Return a value under a name."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def join_by_customer(query: exp.Select, table: str) -> None:
    """Join a relation to a query of everybody."""
    on = binary(exp.EQ, column("customer_id", table), column("customer_id", "everybody"))
    query.join(exp.to_table(table), on=on, join_type="left", copy=False)
