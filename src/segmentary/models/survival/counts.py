"""How long people stayed, as counts: per group and duration, how many left and how many are still there.

Survival curves, their tests and their intervals need nothing else, so counts are made where the data is
(`counts_query`) and shipped instead of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlglot import exp

from segmentary.engine.sqlfile import identifier
from segmentary.errors import DataError, UnknownNameError

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]

EVERYBODY = "everybody"
DENSE_CELLS = 20_000_000
"""Counted by place (no sorting) while groups x whole-number durations are no more than this, and 4 per row."""


@dataclass(frozen=True, eq=False)
class SurvivalCounts:
    """Counts of durations, the cells of one group after those of another.

    Attributes
    ----------
    groups : (g,) names, sorted.
    starts : (g + 1,) where the cells of each group begin.
    times : (m,) durations at which somebody left, was last seen, or came under observation; rising within a group.
    events : (m,) how many left then (the event). exits : (m,) how many were last seen then, those who left included.
    entries : (m,) how many came under observation then, when that is after their start (delayed entry); else zeros.
    people : (g,) how many people there are, without weights.
    left_out : rows without a duration, an event or a group: they are in no count.
    """

    groups: tuple[str, ...]
    starts: npt.NDArray[np.int64]
    times: Floats
    events: Floats
    exits: Floats
    entries: Floats
    people: Codes
    left_out: int = 0

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.groups)

    @property
    def group(self) -> Codes:
        """(m,) the place of the group of each cell."""
        return np.repeat(np.arange(len(self.groups)), np.diff(self.starts))

    @property
    def at_risk(self) -> Floats:
        """(m,) how many were under observation just before each time: everybody who had come in and not gone out."""
        # Whoever has no late entry is there from the start, before every time of the group.
        late = sums_within(self.entries, self.starts)
        totals = group_sums(self.exits, self.starts) - group_sums(self.entries, self.starts)
        gone = sums_within(self.exits, self.starts) - self.exits
        return np.repeat(totals, np.diff(self.starts)) + (late - self.entries) - gone

    def place(self, group: str) -> int:
        """Return where a group stands."""
        if group not in self.groups:
            raise UnknownNameError("group", group, self.groups)
        return self.groups.index(group)

    def select(self, groups: Sequence[str]) -> SurvivalCounts:
        """Return the counts of these groups, in this order."""
        places = [self.place(one) for one in groups]
        rows = [np.arange(self.starts[one], self.starts[one + 1]) for one in places]
        taken = np.concatenate(rows) if rows else np.empty(0, dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum([len(one) for one in rows], dtype=np.int64)]).astype(np.int64)
        return SurvivalCounts(
            tuple(groups),
            starts,
            self.times[taken],
            self.events[taken],
            self.exits[taken],
            self.entries[taken],
            self.people[places],
        )

    def together(self, name: str = EVERYBODY) -> SurvivalCounts:
        """Return the counts of all groups as one."""
        times, place = np.unique(self.times, return_inverse=True)
        events, exits, entries = (
            np.bincount(place, one, minlength=len(times)).astype(np.float64)
            for one in (self.events, self.exits, self.entries)
        )
        starts = np.array([0, len(times)], dtype=np.int64)
        return SurvivalCounts(
            (name,), starts, times, events, exits, entries, self.people.sum(keepdims=True), self.left_out
        )

    @classmethod
    def from_arrays(
        cls,
        durations: npt.ArrayLike,
        events: npt.ArrayLike,
        groups: Any = None,
        *,
        entry: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        weights_are: str = "counts",
    ) -> SurvivalCounts:
        """Count people.

        durations : (n,) how long until they left, or until they were last seen; any unit. events : (n,) whether they
        left (1) or were still there (0). groups : (n,) texts or anything Arrow takes; None: one group.
        entry : (n,) since when they were under observation (0: from their start): whoever left earlier could not have
        been seen (delayed entry). weights : (n,) positive; ``counts``: so many people are one row; ``survey``: shares
        of the population, which are scaled per group to the number of people of equal weight they are worth (Kish).

        Raises
        ------
        DataError
            arrays differ in length, a duration is negative or infinite, an entry is not before its duration, an event
            is neither 0 nor 1, a weight is not positive, `weights_are` has no meaning.
        """
        time = np.ascontiguousarray(durations, dtype=np.float64)
        left = np.ascontiguousarray(events, dtype=np.float64)
        code, names = coded(groups, len(time))
        late = None if entry is None else np.ascontiguousarray(entry, dtype=np.float64)
        weight = None if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
        if weights_are not in ("counts", "survey"):
            raise DataError(f"weights_are={weights_are!r} has no meaning", hint='"counts" or "survey"')
        known = checked(time, left, code, late, weight)
        lost = 0
        if known is not None:
            lost = int((~known).sum())
            time, left, code = time[known], left[known], code[known]
            late = None if late is None else late[known]
            weight = None if weight is None else weight[known]
        if weight is not None and weights_are == "survey":
            total, squares = (np.bincount(code, one, minlength=len(names)) for one in (weight, weight**2))
            weight = weight * (total / np.where(squares > 0, squares, 1.0))[code]
        people = np.bincount(code, minlength=len(names)).astype(np.int64)
        return counted(code, names, time, left, late, weight, people, lost)

    @classmethod
    def from_table(cls, table: pa.Table) -> SurvivalCounts:
        """Read the answer of `counts_query`: one row per (group, entry, duration, event) with ``people``, ``weight``.

        Raises
        ------
        DataError
            a duration is negative, an entry is not before its duration, or an event is neither 0 nor 1.
        """
        people = floats(table, "people")
        weight = floats(table, "weight") if "weight" in table.column_names else people
        entry = floats(table, "entry") if "entry" in table.column_names else None
        groups = table.column("group_name") if "group_name" in table.column_names else None
        cells = cls.from_arrays(floats(table, "duration"), floats(table, "event"), groups, entry=entry, weights=weight)
        code, names = coded(groups, table.num_rows)
        known = ~np.isnan(floats(table, "duration")) & ~np.isnan(floats(table, "event")) & (code >= 0)
        heads = np.bincount(code[known], people[known], minlength=len(names)).astype(np.int64)
        lost = int(people[~known].sum())
        return SurvivalCounts(
            cells.groups, cells.starts, cells.times, cells.events, cells.exits, cells.entries, heads, lost
        )


def counts_query(
    people: exp.Table | exp.Query,
    *,
    duration: str,
    event: str,
    group: str | None = None,
    entry: str | None = None,
    weight: str | None = None,
) -> exp.Select:
    """Return the query that counts people per group, duration and event; read its answer by `from_table`.

    duration : a column of numbers. event : a column of truth values. group : a column of texts. entry : since when a
    person was under observation. weight : how many people a row is worth.
    """
    relation = people.subquery("people") if isinstance(people, exp.Query) else people.copy()
    double = exp.DataType.build("double")
    left = exp.case().when(exp.column(identifier(event)), exp.Literal.number(1))
    left = left.when(exp.not_(exp.column(identifier(event))), exp.Literal.number(0))
    keys: list[tuple[exp.Expr, str]] = []
    if group is not None:
        keys.append((exp.column(identifier(group)), "group_name"))
    if entry is not None:
        keys.append((exp.cast(exp.column(identifier(entry)), double), "entry"))
    keys += [(exp.cast(exp.column(identifier(duration)), double), "duration"), (left, "event")]
    sums: list[exp.Expr] = [exp.alias_(exp.Count(this=exp.Star()), "people")]
    if weight is not None:
        sums.append(exp.alias_(exp.Sum(this=exp.cast(exp.column(identifier(weight)), double)), "weight"))
    chosen = exp.select(*[exp.alias_(tree.copy(), name) for tree, name in keys], *sums)
    return chosen.from_(relation).group_by(*[tree.copy() for tree, _ in keys])


def counted(
    code: Codes,
    names: tuple[str, ...],
    time: Floats,
    left: Floats,
    late: Floats | None,
    weight: Floats | None,
    people: Codes,
    lost: int,
) -> SurvivalCounts:
    """Return the counts of checked arrays."""
    delayed = late is not None and bool((late > 0).any())
    moments, codes = time, code
    if delayed and late is not None:
        moments, codes = np.concatenate([time, late]), np.concatenate([code, code])
    cell, group, times = cells_of(codes, moments, len(names))
    m, n = len(times), len(time)
    exits = np.bincount(cell[:n], weight, minlength=m).astype(np.float64)
    gone = left > 0
    events = np.bincount(cell[:n][gone], None if weight is None else weight[gone], minlength=m).astype(np.float64)
    entries = np.zeros(m)
    if delayed and late is not None:
        waits = late > 0
        came = np.bincount(cell[n:][waits], None if weight is None else weight[waits], minlength=m)
        entries = came.astype(np.float64)
    used = (exits > 0) | (entries > 0)
    starts = np.concatenate([[0], np.cumsum(np.bincount(group[used], minlength=len(names)))]).astype(np.int64)
    return SurvivalCounts(names, starts, times[used], events[used], exits[used], entries[used], people, lost)


def cells_of(code: Codes, time: Floats, groups: int) -> tuple[Codes, Codes, Floats]:
    """Return (n,) the cell of each row, and (m,) group and time of each cell, groups and times rising."""
    if not len(time):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    top = float(time.max())
    width = int(top) + 1 if top < DENSE_CELLS else DENSE_CELLS
    if width * groups <= min(DENSE_CELLS, 4 * len(time) + 4096):
        whole = time.astype(np.int64)
        if np.array_equal(whole, time):
            group, place = np.divmod(np.arange(width * groups), width)
            return code * width + whole, group, place.astype(np.float64)
    order = np.lexsort((time, code))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(code[order]) != 0) | (np.diff(time[order]) != 0)
    cell = np.empty(len(order), dtype=np.int64)
    cell[order] = np.cumsum(new) - 1
    return cell, code[order][new], time[order][new]


def coded(groups: Any, n: int) -> tuple[Codes, tuple[str, ...]]:
    """Return (n,) the place of each row's group among the sorted names (-1: unknown), and the names."""
    if groups is None:
        return np.zeros(n, dtype=np.int64), (EVERYBODY,)
    array = groups if isinstance(groups, pa.Array | pa.ChunkedArray) else pa.array(groups, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if len(array) != n:
        raise DataError(f"{n:,} durations and {len(array):,} groups do not fit")
    known = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    labels = known.dictionary.to_pylist()
    order = sorted(range(len(labels)), key=labels.__getitem__)
    rank = np.empty(len(labels) + 1, dtype=np.int64)
    rank[order], rank[-1] = np.arange(len(labels)), -1
    codes = known.indices.fill_null(len(labels)).to_numpy(zero_copy_only=False)
    return rank[codes], tuple(str(labels[one]) for one in order)


def checked(
    time: Floats, left: Floats, code: Codes, late: Floats | None, weight: Floats | None
) -> npt.NDArray[np.bool_] | None:
    """Return which rows are known (None: all); refuse what cannot be."""
    for name, one in (("events", left), ("entries", late), ("weights", weight)):
        if one is not None and one.shape != time.shape:
            raise DataError(f"{len(time):,} durations and {len(one):,} {name} do not fit")
    known = ~(np.isnan(time) | np.isnan(left)) & (code >= 0)
    if late is not None:
        known &= ~np.isnan(late)
    every = bool(known.all())
    some = time if every else time[known]
    flags = left if every else left[known]
    if len(some) and (some.min() < 0 or not np.isfinite(some.max())):
        raise DataError("a duration is negative or infinite", hint="durations count from a customer's start")
    if len(flags) and not ((flags == 0) | (flags == 1)).all():
        raise DataError("an event is neither 0 (still there) nor 1 (left)")
    if late is not None and len(some) and ((late[known] < 0).any() or (late[known] >= some).any()):
        raise DataError("somebody came under observation after being last seen", hint="entry must be before duration")
    if weight is not None and not (np.isfinite(weight[known]).all() and (weight[known] > 0).all()):
        raise DataError("a weight is missing, zero, negative or infinite", hint="leave those rows out first")
    return None if every else known


def sums_within(values: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Return running sums that begin anew with each group."""
    running = np.cumsum(values)
    before = np.concatenate([[0.0], running])[starts[:-1]]
    return np.asarray(running - np.repeat(before, np.diff(starts)))


def group_sums(values: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Return (g,) the sum of each group."""
    running = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(running[starts[1:]] - running[starts[:-1]])


def floats(table: pa.Table, name: str) -> Floats:
    return np.array(table.column(name).cast(pa.float64()).to_numpy(), dtype=np.float64)
