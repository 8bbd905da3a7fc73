"""K-means with as many starts as the best cost takes, on weighted distinct rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from segmentary.models.cluster.partition import Partition
from segmentary.models.cluster.problem import Places
from segmentary.models.table.typed_table import Floats


class KMeans(Partition):
    """Segments around means: everybody to the nearest centre, by squared distance.

    Parameters
    ----------
    n_clusters : segments.
    n_init : starts; "auto": until three of them end at the same best cost, at most 160 (see `segmentary.models.cluster.
        search`). Each is k-means++, sweeps, single moves and random swaps, on distinct rows with their weights.
    swaps : how many random swaps in a row may be in vain before a start ends; 0: plain starts, for work in bulk.
    max_iter : sweeps of one descent.
    random_state : seed. The result is the same on any number of threads and in any order of the rows (up to 20,000
        rows, or where rows repeat).

    Attributes
    ----------
    cluster_centers_ : (k, q), in the order of size. labels_ : (n,) 0 the largest. inertia_, cost_ : weighted sum of
        squared distances, with the weights as given. n_iter_ : sweeps of the best start. n_starts_, n_agreeing_ : how
        many starts there were, and how many ended at the best cost.

    References
    ----------
    Lloyd (1982), IEEE Trans. Inf. Theory 28(2); Hartigan & Wong (1979), Applied Statistics 28(1); Arthur &
    Vassilvitskii (2007), SODA; Franti (2018), J. Big Data 5(13) (random swaps).
    """

    _missing = False

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        n_init: int | str = "auto",
        swaps: int = 10,
        max_iter: int = 300,
        random_state: Any = 0,
    ):
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.swaps = swaps
        self.max_iter = max_iter
        self.random_state = random_state

    def _coded(self, q: int) -> Places:
        return np.empty(0, dtype=np.intp)

    def _gamma(self, spread: float) -> float:
        return 1.0

    def _keep(self, prototypes: Floats, cost: float) -> None:
        self.cluster_centers_ = prototypes
        self.inertia_ = self.cost_ = cost

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """Return (n, k) distances to the centres."""
        return np.sqrt(super().transform(X))
