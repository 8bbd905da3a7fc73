"""Hierarchical segments: Genie's and Ward's."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from segmentary.models.cluster.shape import Drawn, Labels, Shape
from segmentary.models.progress import Tell


class Hierarchical(Shape):
    """Segments by merging: what is near first.

    Parameters
    ----------
    n_clusters : segments.
    method : "ward" merges where the sum of squares rises least: round segments of like size. "genie" merges along the
        shortest spanning tree, and lets the smallest segments go first as soon as sizes become too unequal: it finds
        shapes, long and bent ones too, and is not drawn out by single outliers; but others are placed by centroids,
        which bent shapes do not keep to. Ward is the default: on real tables it was nearer to what is known of them.
    gini_threshold : of genie, the Gini index of sizes (0 all equal, 1 one has all) from which the smallest go first; 1
        is single linkage.
    max_rows : distinct rows that are merged (work grows with their square); of more a random sample is, and the others
        go to the nearest centroid. random_state : draws it.

    Attributes
    ----------
    labels_ : (n,) 0 the largest. n_clusters_, centroids_ (k, q), inertia_ (weighted sum of squares about them).
    agreement_ : weighted share of the fitted whom `predict` (the nearest centroid) puts where the method did.
    sampled_ : rows of the sample, 0 where all were merged.

    References
    ----------
    Gagolewski, Bartoszuk & Cena (2016), Information Sciences 363, 8-23; Ward (1963), JASA 58(301).
    """

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        method: Literal["genie", "ward"] = "ward",
        gini_threshold: float = 0.3,
        max_rows: int = 20_000,
        random_state: Any = 0,
    ):
        self.n_clusters = n_clusters
        self.method = method
        self.gini_threshold = gini_threshold
        self.max_rows = max_rows
        self.random_state = random_state

    def _checked(self, rows: int) -> None:
        whole = isinstance(self.n_clusters, int | np.integer) and not isinstance(self.n_clusters, bool)
        if not whole or self.n_clusters < 1:
            raise ValueError(f"n_clusters={self.n_clusters!r}: it has to be a whole number of at least 1")
        if rows < self.n_clusters:
            raise ValueError(f"n_samples={rows} (of positive weight) should be >= n_clusters={self.n_clusters}.")
        if self.method not in ("genie", "ward"):
            raise ValueError(f"method={self.method!r}: 'genie' or 'ward'")
        if not 0 <= self.gini_threshold <= 1:
            raise ValueError(f"gini_threshold={self.gini_threshold!r}: it has to be between 0 and 1")

    def _shapes(self, drawn: Drawn, tell: Tell) -> Labels:
        from segmentary.models.cluster.tree_kernels import cut, genie, spanning_tree, ward

        p = drawn.problem
        k = min(int(self.n_clusters), len(p))
        if k < self.n_clusters:
            import warnings

            from sklearn.exceptions import ConvergenceWarning

            text = f"{k} segments, not {self.n_clusters}: only {k} rows differ"
            warnings.warn(text, ConvergenceWarning, stacklevel=3)
        if len(p) == 1:
            return np.zeros(1, dtype=np.intp)
        tell(f"merging {len(p):,} rows", 0.0)
        if self.method == "ward":
            pairs, costs = ward(p.x, p.weights)
            found = cut(pairs, np.argsort(costs, kind="stable"), len(p), k)
        else:
            ends, lengths = spanning_tree(p.x, np.zeros(len(p)))
            tell("merging along the shortest spanning tree", 0.8)
            order = np.argsort(lengths, kind="stable")
            found = genie(ends[order], p.weights, k, float(self.gini_threshold))
        tell("merged", 1.0)
        return np.asarray(found, dtype=np.intp)
