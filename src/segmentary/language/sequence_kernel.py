"""Counts sequences in arrays, when the events come customer by customer: backwards, as `compile_sequences` does in SQL.

Of the events of a step that complete the rest, in their order, the moment of completion never falls: who has a later
choice first has to wait at least as long. So of all later events in reach the first one decides, and it is found by
counting, without any window. This holds as long as events that are tied to each other share all that later steps are
tied by (`Chain.simple`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segmentary.language.kernel import beginnings

Numbers = np.ndarray[Any, np.dtype[np.int64]]
Bools = np.ndarray[Any, np.dtype[np.bool_]]
NONE = np.iinfo(np.int64).max
TIES = ("by_source", "by_sequence", "by_message_id")


@dataclass(frozen=True, slots=True)
class Link:
    """What ties a step to the one before it: spans in microseconds, pairs of equal properties, what lies between.

    min_gap, max_gap : the least, and the first that is too long; earlier, later : columns whose texts must be equal;
    without : the bit of events that must not lie between, None where there are none.
    """

    min_gap: int = 0
    max_gap: int | None = None
    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    without: int | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """A sequence in numbers; step i is bit i of an event's ``marks``.

    links : of every step but the first; absent : the last step must not happen until its ``max_gap`` is over.
    """

    steps: int
    links: tuple[Link, ...]
    as_of: int
    absent: bool = False
    anchor: str | None = None
    within: int | None = None
    latest: int | None = None

    @property
    def simple(self) -> bool:
        """Whether of all later events in reach the first one decides: its properties tell those of all others."""
        pairs = zip(self.links[:-1], self.links[1:], strict=True)
        return all(set(after.earlier) <= set(before.later) for before, after in pairs)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of properties."""
        return tuple(sorted({name for link in self.links for name in (*link.earlier, *link.later)}))


@dataclass(frozen=True, slots=True)
class Rows:
    """Events of whole customers in their order.

    whose : the customer's number; first, last : the first and last row among those that tie in every part of the order.
    """

    marks: Numbers
    moment: Numbers
    whose: Numbers
    first: Numbers
    last: Numbers
    codes: dict[str, Numbers]

    def at(self, bit: int) -> Bools:
        """Return which rows have a mark."""
        return (self.marks >> bit & 1).astype(bool)


class SequenceKernel:
    """Counts, for every customer, the events that begin a sequence.

    ties : gives, for rows by their ``rowid``, a table of ``rowid`` and the columns that order events of one moment.
    """

    def __init__(self, chain: Chain, ties: Callable[[pa.ChunkedArray], pa.Table]) -> None:
        self.chain = chain
        self.ties = ties
        self.found: list[tuple[pa.Array, Numbers]] = []
        self.newest: str | None = None

    def run(self, pieces: Iterable[pa.Table]) -> pa.Table | None:
        """Return ``customer_id`` and ``value`` of those who began any; None when customers do not come one by one.

        Parameters
        ----------
        pieces : ``rowid``, ``customer_id``, ``moment``, ``marks`` and the properties, each piece later in storage.
        """
        rest: pa.Table | None = None
        for piece in itertools.chain(pieces, (None,)):
            table = rest if piece is None else piece if rest is None else pa.concat_tables([rest, piece])
            if table is None or not table.num_rows:
                rest = table
                continue
            table = stored(table.combine_chunks())
            starts = beginnings(one_array(table, "customer_id"))
            if piece is None:
                if not self.add(table, starts):
                    return None
                break
            rest = table.slice(int(starts[-1]))
            if len(starts) > 1 and not self.add(table.slice(0, int(starts[-1])), starts[:-1]):
                return None
        ids = [one for one, _ in self.found]
        counts = [pa.array(one) for _, one in self.found]
        return pa.table(
            {"customer_id": pa.chunked_array(ids, pa.string()), "value": pa.chunked_array(counts, pa.int64())}
        )

    def add(self, table: pa.Table, starts: Numbers) -> bool:
        """Count in events of whole customers; return whether they come after all that came before."""
        ids = one_array(table, "customer_id").take(pa.array(starts))
        if self.newest is not None and self.newest >= ids[0].as_py():
            return False
        if pc.all(pc.less(ids[:-1], ids[1:])).as_py() is False:
            return False
        self.newest = ids[-1].as_py()
        whose = np.zeros(table.num_rows, dtype=np.int64)
        whose[starts[1:]] = 1
        counts = counted(self.chain, self.arranged(table, np.cumsum(whose)), len(ids))
        some = np.flatnonzero(counts)
        if len(some):
            self.found.append((ids.take(pa.array(some)), counts[some]))
        return True

    def arranged(self, table: pa.Table, whose: Numbers) -> Rows:
        """Return events in their order; what orders events of one moment is asked where it can matter."""
        marks, moment = numbers(table, "marks"), numbers(table, "moment")
        if ((moment[1:] < moment[:-1]) & (whose[1:] == whose[:-1])).any():
            order = np.lexsort((moment, whose))
            table, marks, moment = table.take(pa.array(order)), marks[order], moment[order]
        starts = np.ones(len(marks), dtype=bool)
        starts[1:] = (whose[1:] != whose[:-1]) | (moment[1:] != moment[:-1])
        tied = self.tied(marks, starts)
        if len(tied):
            found = self.ties(table.column("rowid").take(pa.array(tied)))
            group = np.cumsum(starts)[tied]
            order, fresh = in_order(found, table.column("rowid").take(pa.array(tied)), group)
            place = np.arange(len(marks))
            place[tied] = tied[order]
            table, marks = table.take(pa.array(place)), marks[place]
            starts[tied] = fresh
        first = np.flatnonzero(starts)
        sizes = np.diff(first, append=len(marks))
        return Rows(
            marks,
            moment,
            whose,
            np.repeat(first, sizes),
            np.repeat(first + sizes - 1, sizes),
            coded(table, self.chain.columns),
        )

    def tied(self, marks: Numbers, starts: Bools) -> Numbers:
        """Return the rows of one moment of which the order matters; the others begin a place each."""
        first = np.flatnonzero(starts)
        if len(first) == len(marks):
            return np.empty(0, dtype=np.int64)
        group = np.cumsum(starts) - 1
        sizes = np.diff(first, append=len(marks))
        shared = sizes[group] > 1
        if self.chain.anchor is None:
            # Events that are all the same one step do not follow each other.
            joined = np.bitwise_or.reduceat(marks, first)
            shared &= (joined & joined - 1 != 0)[group]
        starts |= ~shared
        return np.flatnonzero(shared)


def stored(table: pa.Table) -> pa.Table:
    """Return rows as they are stored."""
    place = numbers(table, "rowid")
    return table if (place[1:] > place[:-1]).all() else table.take(pa.array(np.argsort(place, kind="stable")))


def one_array(table: pa.Table, name: str) -> pa.Array:
    """Return a column in one piece."""
    found = table.column(name).combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def numbers(table: pa.Table, name: str) -> Numbers:
    """Return a column of whole numbers."""
    found: Numbers = one_array(table, name).to_numpy().astype(np.int64, copy=False)
    return found


def coded(table: pa.Table, names: Sequence[str]) -> dict[str, Numbers]:
    """Return equal numbers for equal texts of some columns, -1 for a missing one."""
    if not names:
        return {}
    together = pa.concat_arrays([one_array(table, name) for name in names]).dictionary_encode()
    codes = together.indices.fill_null(-1).to_numpy().astype(np.int64)
    return dict(zip(names, np.split(codes, len(names)), strict=True))


def in_order(found: pa.Table, asked: Any, group: Numbers) -> tuple[Numbers, Bools]:
    """Return the order of tied rows within their groups, and which of them, in that order, begin a place."""
    place = np.argsort(numbers(found, "rowid"), kind="stable")
    mine = np.argsort(np.argsort(asked.to_numpy(), kind="stable"), kind="stable")
    ties = found.take(pa.array(place[mine])).select(TIES).append_column("group", pa.array(group))
    keys = [("group", "ascending"), *((name, "ascending") for name in TIES)]
    order = pc.sort_indices(ties, sort_keys=keys)
    ties = ties.take(order)
    fresh = np.ones(len(group), dtype=bool)
    fresh[1:] = np.logical_or.reduce(
        [
            pc.not_equal(ties.column(name)[1:], ties.column(name)[:-1]).to_numpy(zero_copy_only=False)
            for name in ("group", *TIES)
        ]
    )
    return order.to_numpy().astype(np.int64), fresh


# ---------------------------------------------------------------- counting


def counted(chain: Chain, rows: Rows, customers: int) -> Numbers:
    """Return how many first events of those that may be are complete, by customer."""
    last = chain.steps - 1
    if chain.absent:
        last -= 1
        here = np.flatnonzero(rows.at(last))
        link = chain.links[last]
        after = np.flatnonzero(rows.at(last + 1))
        place = nearest(link, rows, here, after)
        kept = (place < 0) & (rows.moment[here] + (link.max_gap or 0) <= chain.as_of)
        here = here[kept]
    else:
        here = np.flatnonzero(rows.at(last))
    done = rows.moment[here]
    for i in reversed(range(last)):
        before = np.flatnonzero(rows.at(i))
        place = nearest(chain.links[i], rows, before, here)
        kept = place >= 0
        here, done = before[kept], done[place[kept]]
    if chain.within is not None:
        here = here[done - rows.moment[here] < chain.within]
    complete = np.zeros(len(rows.marks), dtype=bool)
    complete[here] = True
    anchors = np.flatnonzero(rows.at(0))
    return np.bincount(chosen(chain, rows, anchors, complete), minlength=customers).astype(np.int64)


def chosen(chain: Chain, rows: Rows, anchors: Numbers, complete: Bools) -> Numbers:
    """Return the customers of those complete among the anchors that are asked about."""
    whose = rows.whose[anchors]
    starts = np.ones(len(anchors), dtype=bool)
    starts[1:] = whose[1:] != whose[:-1]
    if chain.anchor is not None and len(anchors):
        first = np.flatnonzero(starts)
        sizes = np.diff(first, append=len(anchors))
        farthest = first if chain.anchor == "first" else first + sizes - 1
        anchors = anchors[rows.first[anchors] == np.repeat(rows.first[anchors[farthest]], sizes)]
        whose = rows.whose[anchors]
    if chain.latest is not None and len(anchors):
        # Counted from the customer's last one.
        ends = np.searchsorted(whose, whose, side="right")
        newest = ends - np.arange(len(whose)) <= max(chain.latest, 0)
        anchors, whose = anchors[newest], whose[newest]
    found: Numbers = whose[complete[anchors]]
    return found


def nearest(link: Link, rows: Rows, before: Numbers, after: Numbers) -> Numbers:
    """Return, for every row of a step, the place in ``after`` of the first it can be tied to; -1 for none."""
    nothing = np.full(len(before), -1, dtype=np.int64)
    if not len(before) or not len(after):
        return nothing
    if link.max_gap is not None and link.max_gap <= link.min_gap:
        return nothing
    mine, theirs, order = grouped(link, rows, before, after)
    after = after[order]
    if link.later:
        size = len(rows.marks)
        place = np.searchsorted(theirs * size + after, mine * size + rows.last[before], side="right")
    else:
        so_far = np.zeros(len(rows.marks), dtype=np.int64)
        so_far[after] = 1
        place = np.cumsum(so_far)[rows.last[before]]
    if link.min_gap:
        ends = np.searchsorted(theirs, mine, side="right")
        place = first_from(rows.moment[after], rows.moment[before] + link.min_gap, place, ends)
    inside = np.minimum(place, len(after) - 1)
    fits = (place < len(after)) & (theirs[inside] == mine)
    if link.max_gap is not None:
        fits &= rows.moment[after[inside]] - rows.moment[before] < link.max_gap
    if link.without is not None:
        barred = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(rows.at(link.without))))
        fits &= barred[rows.first[after[inside]]] == barred[rows.last[before] + 1]
    found: Numbers = np.where(fits, order[inside], -1)
    return found


def grouped(link: Link, rows: Rows, before: Numbers, after: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return a number for what must be equal of both sides, and the order of ``after`` by it; -1 and -2 never are."""
    mine, theirs = rows.whose[before], rows.whose[after]
    if not link.later:
        return mine, theirs, np.arange(len(after))
    known, there = np.ones(len(before), dtype=bool), np.ones(len(after), dtype=bool)
    for earlier, later in zip(link.earlier, link.later, strict=True):
        ours, others = rows.codes[earlier][before], rows.codes[later][after]
        known &= ours >= 0
        there &= others >= 0
        many = int(max(ours.max(), others.max())) + 2
        both = np.concatenate((mine * many + ours + 1, theirs * many + others + 1))
        both = np.unique(both, return_inverse=True)[1].astype(np.int64)
        mine, theirs = both[: len(before)], both[len(before) :]
    mine, theirs = np.where(known, mine, -1), np.where(there, theirs, -2)
    order = np.argsort(theirs, kind="stable")
    return mine, theirs[order], order


def first_from(values: Numbers, least: Numbers, low: Numbers, high: Numbers) -> Numbers:
    """Return the first place from ``low`` before ``high`` of a value that is not too small; ``high`` for none."""
    low, high = low.copy(), np.maximum(low, high)
    while (low < high).any():
        middle = low + high >> 1
        less = (low < high) & (values[np.minimum(middle, len(values) - 1)] < least)
        low, high = np.where(less, middle + 1, low), np.where(less | (low >= high), high, middle)
    return low
