"""A small decision tree over readable conditions: grown best split first, on thresholds already rounded.

Weighted Gini impurity (Breiman et al. 1984). Every split is one `Condition`; its other side is the complement, so that
everybody, with whatever is unknown, is in exactly one leaf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from segmentary.models.describe.estimates import sums_by
from segmentary.models.describe.round_numbers import threshold
from segmentary.models.describe.rule_tests import Condition
from segmentary.models.table.typed_table import Floats, TypedTable

LARGEST = 1e15
"""Beyond it numbers are no exact decimals of the language."""
CUTS = 31
"""Places a number may be cut at: about its quantiles, rounded."""


@dataclass(eq=False)
class Node:
    """Some people and how they are told from the others.

    path : conditions that lead here. rows : (m,) who. counts : (k,) weight by segment. gain : impurity that the best
    split takes away; split : that split, None where there is none worth it.
    """

    path: tuple[Condition, ...]
    rows: npt.NDArray[np.intp]
    counts: Floats
    gain: float = 0.0
    split: Condition | None = None
    children: tuple[Node, Node] | None = field(default=None)

    @property
    def segment(self) -> int:
        """The segment most people here are of."""
        return int(np.argmax(self.counts))


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a tree ends: conditions that are all true, and the segment of whom they are true."""

    path: tuple[Condition, ...]
    segment: int


@dataclass(frozen=True, eq=False)
class Grower:
    """What a tree is grown on.

    table, labels, weight : the people. k : segments. deepest : conditions in a row. least : weight of the smallest
    leaf. missing : per column whether it has unknown values.
    """

    table: TypedTable
    labels: npt.NDArray[np.intp]
    weight: Floats
    k: int
    deepest: int
    least: float
    missing: tuple[bool, ...]
    ready: tuple[tuple[Condition, ...], ...]

    def grown(self, most: int) -> Iterator[tuple[Leaf, ...]]:
        """Yield the leaves of the tree with 1, 2 ... most leaves, each with one split more than the last."""
        root = self.node((), np.arange(len(self.labels)))
        leaves = [root]
        yield told(leaves)
        while len(leaves) < most:
            best = max(leaves, key=lambda one: one.gain)
            if best.split is None:
                return
            place = leaves.index(best)
            leaves[place : place + 1] = self.halves(best, best.split)
            yield told(leaves)

    def node(self, path: tuple[Condition, ...], rows: npt.NDArray[np.intp]) -> Node:
        """Return a node with its best split, where it may be split."""
        counts = sums_by(self.labels[rows], self.weight[rows], self.k)
        found = Node(path, rows, counts)
        if len(path) < self.deepest and np.count_nonzero(counts) > 1 and counts.sum() >= 2 * self.least:
            self.look(found)
        return found

    def halves(self, node: Node, split: Condition) -> list[Node]:
        """Return the people of a node for whom a condition holds, and all others of it."""
        place = self.table.place(split.column)
        hit = split.among(self.table.values[node.rows, place])
        missing = self.missing[place]
        other = Condition(split.column, split.at_least, split.codes, "not" if missing else "no")
        return [
            self.node((*node.path, split), node.rows[hit]),
            self.node((*node.path, other), node.rows[~hit]),
        ]

    def look(self, node: Node) -> None:
        """Find the best split of a node; of equals the first column's."""
        whole = gini(node.counts)
        for place, ready in enumerate(self.ready):
            x = self.table.values[node.rows, place]
            for condition in ready or self.sets(place, node, x):
                rows = node.rows[condition.among(x)]
                inside = sums_by(self.labels[rows], self.weight[rows], self.k)
                outside = node.counts - inside
                if min(inside.sum(), outside.sum()) < self.least:
                    continue
                gain = whole - gini(inside) - gini(outside)
                if gain > node.gain + 1e-9 * whole and gain > 1e-6 * self.weight.sum():
                    node.gain, node.split = gain, condition

    def sets(self, place: int, node: Node, x: Floats) -> list[Condition]:
        """Return sets of levels of a nominal column: each alone, and those most typical of each segment here."""
        column = self.table.columns[place]
        known = ~np.isnan(x)
        if column.kind != "nominal" or not known.any():
            return []
        codes = x[known].astype(np.intp)
        table = np.zeros((len(column.levels), self.k))
        rows = node.rows[known]
        np.add.at(table, (codes, self.labels[rows]), self.weight[rows])
        present = np.flatnonzero(table.sum(axis=1))
        shares = table[present] / table[present].sum(axis=1, keepdims=True)
        found = dict.fromkeys(frozenset({code}) for code in present.tolist())
        for segment in np.flatnonzero(node.counts).tolist():
            order = present[np.argsort(-shares[:, segment], kind="stable")]
            found |= dict.fromkeys(frozenset(order[:size].tolist()) for size in (2, 3) if size < len(order))
        return [Condition(column.name, codes=codes) for codes in found]


def grower(
    table: TypedTable, labels: npt.NDArray[np.intp], k: int, *, deepest: int, least_share: float = 0.01
) -> Grower:
    """Return what grows the tree of these people. labels : (n,) 0 ... k-1."""
    missing = tuple(bool(np.isnan(x).any()) for x in table.values.T)
    ready = tuple(conditions(table, place) for place in range(len(table.columns)))
    least = max(least_share * float(table.weight.sum()), 5.0)
    return Grower(table, labels, table.weight, k, deepest, least, missing, ready)


def conditions(table: TypedTable, place: int) -> tuple[Condition, ...]:
    """Return the conditions worth trying on a column that has no sets of levels: nominal columns have none here."""
    column, x = table.columns[place], table.values[:, place]
    values = x[~np.isnan(x)]
    if len(values) == 0 or not column.name.strip() or np.abs(values).max() >= LARGEST:
        return ()
    if column.kind == "binary":
        return (Condition(column.name, codes=frozenset({1})),)
    if column.kind == "ordinal":
        top = len(column.levels)
        return tuple(Condition(column.name, codes=frozenset(range(code, top))) for code in range(1, top))
    if column.coded:
        return ()
    cuts = np.unique(np.quantile(values, np.arange(1, CUTS + 1) / (CUTS + 1)))
    rounded = sorted({threshold(values, float(cut)) for cut in cuts})
    return tuple(Condition(column.name, at_least=cut) for cut in rounded)


def gini(counts: Floats) -> float:
    """Return weight times Gini impurity."""
    total = float(counts.sum())
    return total - float(counts @ counts) / total if total > 0 else 0.0


def told(leaves: Sequence[Node]) -> tuple[Leaf, ...]:
    return tuple(Leaf(leaf.path, leaf.segment) for leaf in leaves)


def placed(leaves: Sequence[Leaf], table: TypedTable) -> npt.NDArray[np.intp]:
    """Return (n,) the segment each person's leaf stands for; -1 where plain conditions leave somebody out."""
    found = np.full(len(table), -1, dtype=np.intp)
    for leaf in leaves:
        here = np.ones(len(table), dtype=np.bool_)
        for condition in leaf.path:
            here &= condition.holds(table)
        found[here] = leaf.segment
    return found
