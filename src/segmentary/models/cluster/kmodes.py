"""K-modes: segments of people who give the same answers, around the most frequent ones."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from segmentary.models.cluster.partition import Partition
from segmentary.models.cluster.problem import Places
from segmentary.models.table.typed_table import Floats


class KModes(Partition):
    """Segments around modes: everybody to the mode that differs in the fewest answers.

    X holds codes 0 ... L-1 of levels (fractions are cut off, with a warning), NaN where the answer is missing: it
    decides nothing, and neither does a level nobody had in the fit. Of equally frequent levels the first is the mode,
    of equally near modes that of the largest segment.

    Parameters
    ----------
    n_clusters, n_init, swaps, max_iter, random_state : as of `segmentary.models.cluster.kmeans.KMeans`.

    Attributes
    ----------
    cluster_modes_ : (k, p) in the order of size; NaN where a column has no known answer. labels_ : (n,). cost_ :
        weighted number of answers that differ from the mode, as the package kmodes counts it. n_iter_, n_starts_,
        n_agreeing_ : as of KMeans.

    References
    ----------
    Huang (1998), Data Mining and Knowledge Discovery 2(3); Chaturvedi, Green & Carroll (2001), J. Classification 18(1).
    """

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
        return np.arange(q)

    def _read(self, X: Any, *, reset: bool) -> Floats:  # noqa: N803
        found = super()._read(X, reset=reset)
        codes = np.floor(found)
        if (codes != found)[~np.isnan(found)].any():
            warnings.warn("codes of levels are whole numbers: the fractions are cut off", UserWarning, stacklevel=3)
        return codes

    def _gamma(self, spread: float) -> float:
        return 1.0

    def _keep(self, prototypes: Floats, cost: float) -> None:
        self.cluster_modes_ = prototypes
        self.cost_ = cost
