"""Who is in which segment: a bit mask per customer, and the log of entries and exits.

Table ``membership`` has one row per customer and BIGINT columns mask0, mask1, ...; bit i of mask j is the segment at
position 60 * j + i. A position is given to a segment name once and for ever, so that masks of different runs compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.engine.sqlfile import column, identifier, literal
from segmentary.errors import UnknownNameError

BITS = 60
FEW = 60
"""So many segments are counted by one query; more are counted from the masks."""
MEMBERSHIP = "membership"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a segment's bit is."""

    mask: int
    bit: int

    @property
    def column(self) -> str:
        """The name of the mask column."""
        return f"mask{self.mask}"

    @property
    def weight(self) -> int:
        """The bit as a number."""
        return 1 << self.bit


def place_of(position: int) -> Place:
    """Return mask and bit of a position."""
    return Place(*divmod(position, BITS))


def mask_count(positions: Mapping[str, int]) -> int:
    """Return how many mask columns hold these positions (at least one)."""
    return max(positions.values(), default=0) // BITS + 1


def has_bit(mask: exp.Expr, weight: exp.Expr) -> exp.Expr:
    return exp.NEQ(this=exp.Paren(this=exp.BitwiseAnd(this=mask, expression=weight)), expression=exp.Literal.number(0))


def masks_query(flags: exp.Table, columns: Mapping[str, str], positions: Mapping[str, int]) -> exp.Select:
    """Return one row per customer with its masks, from a relation of one boolean column per segment.

    columns : segment name to the name of its boolean column.
    """
    by_mask: dict[int, list[exp.Expr]] = {number: [] for number in range(mask_count(positions))}
    for name, flag in columns.items():
        place = place_of(positions[name])
        branch = exp.Case().when(column(flag), exp.Literal.number(place.weight), copy=False)
        by_mask[place.mask].append(branch.else_(exp.Literal.number(0), copy=False))
    query = exp.select(column("customer_id")).from_(flags)
    for number, parts in by_mask.items():
        total: exp.Expr = parts[0] if parts else exp.Literal.number(0)
        for part in parts[1:]:
            total = exp.Add(this=total, expression=part)
        query = query.select(exp.cast(total, "bigint").as_(f"mask{number}", quoted=True), copy=False)
    return query


def with_bits_kept(
    masks: exp.Select, kept: Sequence[str], positions: Mapping[str, int], masks_before: int
) -> exp.Select:
    """Return masks in which some segments are as the membership table has them, for those who are still there."""
    bits: dict[int, int] = {}
    for name in kept:
        place = place_of(positions[name])
        bits[place.mask] = bits.get(place.mask, 0) | place.weight
    query = exp.select(column("customer_id", "made"))
    for number in range(mask_count(positions)):
        made: exp.Expr = column(f"mask{number}", "made")
        if number in bits and number < masks_before:
            held = exp.func("coalesce", column(f"mask{number}", "held"), exp.Literal.number(0))
            old = exp.Paren(this=exp.BitwiseAnd(this=held, expression=exp.Literal.number(bits[number])))
            made = exp.cast(exp.Paren(this=exp.BitwiseOr(this=made, expression=old)), "bigint")
        query = query.select(made.as_(f"mask{number}", quoted=True), copy=False)
    same = exp.EQ(this=column("customer_id", "held"), expression=column("customer_id", "made"))
    held_table = exp.table_(MEMBERSHIP, quoted=True, alias="held")
    return query.from_(masks.subquery("made")).join(held_table, on=same, join_type="left")


def members_query(position: int, table: str = MEMBERSHIP) -> exp.Select:
    """Return the ids of the members of one segment."""
    place = place_of(position)
    return (
        exp.select(column("customer_id"))
        .from_(exp.table_(table, quoted=True))
        .where(has_bit(column(place.column), exp.Literal.number(place.weight)))
    )


def flags_query(names: Sequence[str], positions: Mapping[str, int], table: str = MEMBERSHIP) -> exp.Select:
    """Return customer_id and one boolean column per segment, named s0, s1, ... in the order of `names`."""
    query = exp.select(column("customer_id")).from_(exp.table_(table, quoted=True))
    for number, name in enumerate(names):
        if name not in positions:
            raise UnknownNameError("segment", name, positions)
        place = place_of(positions[name])
        flag = has_bit(column(place.column), exp.Literal.number(place.weight))
        query = query.select(flag.as_(f"s{number}", quoted=True), copy=False)
    return query


def counts_query(names: Sequence[str], positions: Mapping[str, int], table: str = MEMBERSHIP) -> exp.Select:
    """Return one row: the number of members of each segment, in the order of `names`."""
    query = exp.Select().from_(exp.table_(table, quoted=True))
    for number, name in enumerate(names):
        place = place_of(positions[name])
        flag = has_bit(column(place.column), exp.Literal.number(place.weight))
        count = exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=flag))
        query = query.select(count.as_(f"n{number}", quoted=True), copy=False)
    return query


def sizes(
    engine: Engine, names: Sequence[str], positions: Mapping[str, int], table: str = MEMBERSHIP
) -> dict[str, int]:
    """Count the members of segments: few are asked of the database, many are counted from the masks as they come.

    A query with thousands of aggregates takes a database minutes to plan; the bits of a column take no time.
    """
    import numpy as np

    if len(names) <= FEW:
        return dict(zip(names, engine.rows(counts_query(names, positions, table))[0], strict=True)) if names else {}
    places = {name: place_of(positions[name]) for name in names}
    masks = sorted({place.mask for place in places.values()})
    query = exp.select(*(column(f"mask{number}") for number in masks)).from_(exp.table_(table, quoted=True))
    found = dict.fromkeys(names, 0)
    with engine.batches(query) as batches:
        for batch in batches:
            columns = {number: np.asarray(batch.column(at)) for at, number in enumerate(masks)}
            for name, place in places.items():
                found[name] += int(np.count_nonzero(columns[place.mask] & place.weight))
    return found


def positions_relation(positions: Mapping[str, int]) -> exp.Query:
    """Return a relation of segment, mask number and bit weight."""
    if not positions:
        nothing = {"segment": "varchar", "mask": "integer", "weight": "bigint"}
        return exp.select(*(exp.cast(exp.null(), kind).as_(name) for name, kind in nothing.items())).where(exp.false())
    rows: list[exp.Expr] = []
    for name, position in positions.items():
        place = place_of(position)
        rows.append(
            exp.Tuple(
                expressions=[
                    literal(name),
                    exp.Literal.number(place.mask),
                    exp.cast(exp.Literal.number(place.weight), "bigint"),
                ]
            )
        )
    values = exp.Values(
        expressions=rows,
        alias=exp.TableAlias(
            this=identifier("places"), columns=[identifier("segment"), identifier("mask"), identifier("weight")]
        ),
    )
    return exp.select("*").from_(values, copy=False)


def stored_places(engine: Engine, positions: Mapping[str, int]) -> exp.Query:
    """Return the same relation from a table: thousands of rows are slow to write as text and to read from it."""
    import pyarrow as pa

    places = [place_of(position) for position in positions.values()]
    rows = {
        "segment": pa.array(list(positions), pa.string()),
        "mask": pa.array([place.mask for place in places], pa.int32()),
        "weight": pa.array([place.weight for place in places], pa.int64()),
    }
    engine.ingest("segment_places", pa.table(rows))
    return exp.select("*").from_(exp.table_("segment_places", quoted=True))


def changes_query(
    *, before: str, after: str, positions: Mapping[str, int], masks_before: int, places: exp.Query | None = None
) -> exp.Query:
    """Return segment, customer_id, entered: one row for every bit that differs between two membership tables.

    Only masks that differ are looked into, bit by bit: a customer who changed in one of thousands of segments costs one
    mask, not thousands of tests.

    masks_before : how many mask columns the earlier table has; later ones count as empty.
    places : a relation as of `positions_relation`, where one is there already.
    """
    masks = mask_count(positions)
    joined = exp.select(
        exp.func("coalesce", column("customer_id", "after_run"), column("customer_id", "before_run")).as_("customer_id")
    )
    nothing = exp.cast(exp.Literal.number(0), "bigint")
    for number in range(masks):
        name = f"mask{number}"
        new = exp.func("coalesce", column(name, "after_run"), nothing.copy())
        old = exp.func("coalesce", column(name, "before_run"), nothing.copy()) if number < masks_before else nothing
        joined = joined.select(new.as_(f"new{number}"), old.copy().as_(f"old{number}"), copy=False)
    joined = joined.from_(exp.to_table(after, alias="after_run")).join(
        exp.to_table(before, alias="before_run"),
        on=exp.EQ(this=column("customer_id", "before_run"), expression=column("customer_id", "after_run")),
        join_type="full outer",
    )
    by_mask = [
        exp.select(
            column("customer_id"),
            exp.cast(exp.Literal.number(number), "integer").as_("mask"),
            column(f"new{number}").as_("new_mask"),
            column(f"old{number}").as_("old_mask"),
        )
        .from_("both_runs")
        .where(exp.NEQ(this=column(f"new{number}"), expression=column(f"old{number}")))
        for number in range(masks)
    ]
    differing: exp.Query = by_mask[0] if masks == 1 else exp.union(*by_mask, distinct=False, copy=False)
    weight = column("weight", "places")
    is_in = has_bit(column("new_mask", "changed"), weight)
    was_in = has_bit(column("old_mask", "changed"), weight.copy())
    return (
        exp.select(column("segment", "places"), column("customer_id", "changed"), is_in.as_("entered"))
        .from_(differing.subquery("changed", copy=False), copy=False)
        .join(
            (places or positions_relation(positions)).subquery("places", copy=False),
            on=exp.EQ(this=column("mask", "places"), expression=column("mask", "changed")),
            copy=False,
        )
        .where(exp.NEQ(this=exp.Paren(this=is_in.copy()), expression=exp.Paren(this=was_in)), copy=False)
        .with_("both_runs", as_=joined, materialized=True, copy=False)
    )


def masks_of_members(members: exp.Query, everybody: exp.Query, positions: Mapping[str, int]) -> exp.Select:
    """Return one row per customer of `everybody` with its masks, from rows of segment and customer_id (each once)."""
    weighed = (
        exp.select(column("customer_id", "inside"), column("mask", "places"), column("weight", "places"))
        .from_(members.subquery("inside"))
        .join(
            positions_relation(positions).subquery("places"),
            on=exp.EQ(this=column("segment", "places"), expression=column("segment", "inside")),
        )
    )
    numbers = range(mask_count(positions))
    added = exp.select(column("customer_id")).from_(weighed.subquery("weighed")).group_by(column("customer_id"))
    query = exp.select(column("customer_id", "everybody")).from_(everybody.subquery("everybody"))
    for number in numbers:
        of_mask = exp.EQ(this=column("mask"), expression=exp.Literal.number(number))
        total = exp.Sum(this=exp.Case().when(of_mask, column("weight")).else_(exp.Literal.number(0)))
        added = added.select(total.as_(f"mask{number}", quoted=True), copy=False)
        kept = exp.func("coalesce", column(f"mask{number}", "added"), exp.Literal.number(0))
        query = query.select(exp.cast(kept, "bigint").as_(f"mask{number}", quoted=True), copy=False)
    same = exp.EQ(this=column("customer_id", "added"), expression=column("customer_id", "everybody"))
    return query.join(added.subquery("added"), on=same, join_type="left")
