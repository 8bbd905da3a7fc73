"""Adds up what events say about each customer, when they come customer by customer: whole numbers in arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentary.language.parts import Adding, Way

Numbers = np.ndarray[Any, np.dtype[np.int64]]
SIZE = "rows"
EIGHTEEN_DIGITS = 10**18
MANY, FEW_ROWS = 100, 10_000  # more pieces than that, and one more for so many rows, is no order at all
NEVER = {"min": np.iinfo(np.int64).max, "max": np.iinfo(np.int64).min}


@dataclass(slots=True)
class Stretch:
    """Some customers in rising order, and their numbers."""

    ids: pa.Array
    first: str
    last: str
    numbers: dict[str, Numbers]


class Kernel:
    """Adds up rows, one number per customer and column.

    Rows may come in pieces in any order, as an engine's threads hand them over, as long as each piece is in the order
    of customers and the pieces do not overlap.
    """

    def __init__(self, adding: Sequence[Adding], lane: int) -> None:
        self.adding = adding
        self.lane = lane
        self.tables = {one.name: np.array((0, *one.adds), dtype=np.int64) for one in adding}
        self.stretches: list[Stretch] = []
        self.largest: dict[str, int] = {one.of: 0 for one in adding if one.of is not None}

    def run(self, batches: Iterable[pa.RecordBatch]) -> pa.Table | None:
        """Return one row per customer, in the order of ids: ``customer_id`` and every column.

        None when events are not stored customer by customer, or when a number could have been too large.
        """
        rows = 0
        for batch in batches:
            # What was begun has to be read to its end: the connection is free only then.
            rows += batch.num_rows
            if batch.num_rows and len(self.stretches) <= MANY + rows // FEW_ROWS:
                self.add(batch)
        in_order = len(self.stretches) <= MANY + rows // FEW_ROWS
        return self.table() if in_order and self.joined() else None

    def add(self, batch: pa.RecordBatch) -> None:
        """Add up a batch."""
        whose = batch.column("customer_id")
        starts = beginnings(whose)
        ids = whose.take(pa.array(starts))
        arrays = {name: self.read(batch, name) for name in self.largest}
        cells = {name: batch.column(name).to_numpy().astype(np.intp) for name in {one.cell for one in self.adding}}
        numbers = {SIZE: np.diff(starts, append=batch.num_rows)}
        for one in self.adding:
            adds = self.tables[one.name].take(cells[one.cell])
            numbers[one.name] = reduced(one, adds, None if one.of is None else arrays[one.of], starts)
        falls = np.flatnonzero(~pc.less(ids[:-1], ids[1:]).to_numpy(zero_copy_only=False)) + 1
        for low, high in itertools.pairwise((0, *falls.tolist(), len(ids))):
            part = ids[low:high]
            piece = {name: found[low:high] for name, found in numbers.items()}
            self.stretches.append(Stretch(part, part[0].as_py(), part[-1].as_py(), piece))

    def read(self, batch: pa.RecordBatch, name: str) -> tuple[Numbers, Numbers]:
        """Return a column's values, 0 where there is none, and 1 where there is one."""
        found = batch.column(name)
        there = found.is_valid().to_numpy(zero_copy_only=False).astype(np.int64)
        if pa.types.is_decimal(found.type):
            # The lower half of sixteen bytes: of eighteen digits it is all.
            words = np.frombuffer(found.buffers()[1], dtype=np.int64)
            values = words[2 * found.offset : 2 * (found.offset + len(found)) : 2] * there
            self.largest[name] = max(self.largest[name], int(np.abs(values).max()))
        else:
            values = found.cast(pa.timestamp("us")).cast(pa.int64()).fill_null(0).to_numpy()
        return values, there

    def joined(self) -> bool:
        """Bring the stretches into order and join customers cut in two; return whether all is as it must be."""
        self.stretches.sort(key=lambda one: (one.first, one.last))
        kept: list[Stretch] = []
        for one in self.stretches:
            before = kept[-1] if kept else None
            if before is None or before.last < one.first:
                kept.append(one)
                continue
            if before.last > one.first:
                return False
            for name, numbers in one.numbers.items():
                operation = np.add if name == SIZE else self.operation(name)
                before.numbers[name][-1] = operation(before.numbers[name][-1], numbers[0])
            if len(one.ids) > 1:
                rest = {name: numbers[1:] for name, numbers in one.numbers.items()}
                kept.append(Stretch(one.ids[1:], one.ids[1].as_py(), one.last, rest))
        self.stretches = kept
        most = max((int(one.numbers[SIZE].max()) for one in kept), default=0)
        return most < 1 << self.lane and all(most * one < EIGHTEEN_DIGITS for one in self.largest.values())

    def operation(self, name: str) -> np.ufunc:
        """Return how numbers of a column are joined."""
        return next(OPERATIONS[one.way] for one in self.adding if one.name == name)

    def table(self) -> pa.Table:
        """Return all results."""
        found = {"customer_id": pa.chunked_array([one.ids for one in self.stretches], pa.string())}
        for one in self.adding:
            parts = [finished(one.way, stretch.numbers.pop(one.name)) for stretch in self.stretches]
            found[one.name] = pa.chunked_array(parts, TYPES[one.way])
        return pa.table(found)


OPERATIONS: dict[Way, np.ufunc] = {
    "ever": np.bitwise_or,
    "count": np.add,
    "known": np.add,
    "sum": np.add,
    "min": np.minimum,
    "max": np.maximum,
}
TYPES: dict[Way, pa.DataType] = {
    "ever": pa.int64(),
    "count": pa.int64(),
    "known": pa.int64(),
    "sum": pa.decimal128(18, 4),
    "min": pa.timestamp("us"),
    "max": pa.timestamp("us"),
}


def beginnings(whose: pa.Array) -> Numbers:
    """Return the places where another customer begins."""
    offsets = np.frombuffer(whose.buffers()[1], dtype=np.int32)[whose.offset : whose.offset + len(whose) + 1]
    length = int(offsets[1] - offsets[0])
    if length and (np.diff(offsets) == length).all():
        # Ids of one length are compared as blocks of bytes.
        data = np.frombuffer(whose.buffers()[2], dtype=f"V{length}", count=len(whose), offset=int(offsets[0]))
        differs = data[1:] != data[:-1]
    else:
        differs = pc.not_equal(whose[1:], whose[:-1]).to_numpy(zero_copy_only=False)
    return np.concatenate((np.zeros(1, dtype=np.int64), np.flatnonzero(differs) + 1))


def reduced(one: Adding, adds: Numbers, values: tuple[Numbers, Numbers] | None, starts: Numbers) -> Numbers:
    """Return one number per customer of a batch."""
    if values is not None:
        read, there = values
        match one.way:
            case "sum":
                adds = adds * read
            case "known":
                adds = adds * there
            case "min" | "max":
                adds = np.where((adds * there).astype(bool), read, NEVER[one.way])
    found: Numbers = OPERATIONS[one.way].reduceat(adds, starts)
    return found


def finished(way: Way, numbers: Numbers) -> pa.Array:
    """Return numbers as what they stand for."""
    if way == "sum":
        words = np.empty(2 * len(numbers), dtype=np.int64)
        words[0::2], words[1::2] = numbers, numbers >> 63
        return pa.Array.from_buffers(TYPES[way], len(numbers), [None, pa.py_buffer(words)])
    if way in ("min", "max"):
        return pa.array(numbers, mask=numbers == NEVER[way]).cast(TYPES[way])
    return pa.array(numbers)
