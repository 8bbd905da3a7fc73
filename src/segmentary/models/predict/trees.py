"""One decision tree as arrays, and how boosted trees of scikit-learn become such."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

LEAF = -1
NEAR = 1e-12
"""Values nearer to a threshold than this share of it count as equal to it."""


@dataclass(frozen=True)
class Tree:
    """A binary tree over features; node 0 is its root.

    feature, threshold : of each node: left where the feature is at most the threshold. missing_left : whether a missing
    value goes left. left, right : the nodes below; -1 of a leaf. value : what a leaf adds.
    """

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    missing_left: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    @property
    def places(self) -> set[int]:
        """The features it splits by."""
        return {place for place, below in zip(self.feature, self.left, strict=True) if below != LEAF}

    @property
    def leaves(self) -> int:
        """The number of its leaves."""
        return sum(below == LEAF for below in self.left)

    @cached_property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """The fields as arrays."""
        return tuple(
            np.asarray(one)
            for one in (self.feature, self.threshold, self.missing_left, self.left, self.right, self.value)
        )

    def values_of(self, features: Floats) -> Floats:
        """Return what it adds for each row of features (n, m); (n,)."""
        feature, threshold, missing_left, left, right, value = self.arrays
        node = np.zeros(len(features), dtype=np.intp)
        open_rows = np.flatnonzero(left[node] != LEAF)
        while len(open_rows):
            here = node[open_rows]
            x = features[open_rows, feature[here]]
            goes_left = np.where(np.isnan(x), missing_left[here], x <= threshold[here])
            node[open_rows] = np.where(goes_left, left[here], right[here])
            open_rows = open_rows[left[node[open_rows]] != LEAF]
        found: Floats = value[node]
        return found

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        names = ("feature", "threshold", "missing_left", "left", "right", "value")
        return {name: list(getattr(self, name)) for name in names}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the tree a document describes."""
        return cls(**{name: tuple(one) for name, one in document.items()})


def exported(estimator: Any) -> tuple[float, tuple[Tree, ...]]:
    """Return the baseline and the trees of a fitted HistGradientBoosting of one output without categorical splits."""
    baseline = float(np.asarray(estimator._baseline_prediction).reshape(-1)[0])
    return baseline, tuple(tree_of(stage[0].nodes) for stage in estimator._predictors)


def tree_of(nodes: npt.NDArray[Any]) -> Tree:
    """Return a tree of the nodes scikit-learn keeps."""
    leaf = nodes["is_leaf"].astype(bool)
    # A threshold of infinity parts the missing from the known: as JSON and SQL know no infinity, the largest number.
    # A threshold may be a value of somebody: engines turn decimals into doubles that differ in the last bit, and all of
    # them are to stand on its left.
    told = nodes["num_threshold"]
    told = np.where(np.isfinite(told), told + NEAR * np.abs(told), np.finfo(np.float64).max)
    threshold = np.where(leaf, 0.0, told)
    return Tree(
        tuple(int(one) for one in np.where(leaf, 0, nodes["feature_idx"])),
        tuple(float(one) for one in threshold),
        tuple(bool(one) for one in nodes["missing_go_to_left"]),
        tuple(int(one) for one in np.where(leaf, LEAF, nodes["left"].astype(np.int64))),
        tuple(int(one) for one in np.where(leaf, LEAF, nodes["right"].astype(np.int64))),
        tuple(float(one) for one in np.where(leaf, nodes["value"], 0.0)),
    )
