"""K-prototypes: numbers and answers together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from segmentary.models.cluster.partition import Partition
from segmentary.models.cluster.problem import Places
from segmentary.models.table.typed_table import Floats


class KPrototypes(Partition):
    """Segments around means of numbers and modes of answers.

    A row costs its squared distance to the means plus gamma for every answer that is not the mode. Numbers should be
    on one scale before (standardised). What is missing (NaN), number or answer, costs nothing and decides nothing.

    Parameters
    ----------
    n_clusters, n_init, swaps, max_iter, random_state : as of `segmentary.models.cluster.kmeans.KMeans`.
    categorical_features : places of the columns that hold codes, or (q,) whether each does.
    gamma : what a different answer costs; None: half the mean standard deviation of the numbers (Huang's rule, as in
        the package kmodes), 1 where there are no numbers, or all are constant. With standardised numbers 0.5: a
        different answer is worth a difference of 0.7 standard deviations.

    Attributes
    ----------
    cluster_prototypes_ : (k, q) means, and codes of modes, in the order of size. labels_ : (n,). cost_ : weighted, as
        the package kmodes counts it. gamma_ : what was used. n_iter_, n_starts_, n_agreeing_ : as of KMeans.

    References
    ----------
    Huang (1998), Data Mining and Knowledge Discovery 2(3).
    """

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        categorical_features: Sequence[int] | Sequence[bool] | None = None,
        gamma: float | None = None,
        n_init: int | str = "auto",
        swaps: int = 10,
        max_iter: int = 300,
        random_state: Any = 0,
    ):
        self.n_clusters = n_clusters
        self.categorical_features = categorical_features
        self.gamma = gamma
        self.n_init = n_init
        self.swaps = swaps
        self.max_iter = max_iter
        self.random_state = random_state

    def _coded(self, q: int) -> Places:
        return coded_places(self.categorical_features, q)

    def _gamma(self, spread: float) -> float:
        if self.gamma is None:
            return 0.5 * spread if spread > 0 else 1.0
        if not (np.isfinite(self.gamma) and self.gamma >= 0):
            raise ValueError(f"gamma={self.gamma!r}: it has to be a number of at least 0")
        return float(self.gamma)

    def _keep(self, prototypes: Floats, cost: float) -> None:
        self.cluster_prototypes_ = prototypes
        self.cost_ = cost


def coded_places(categorical_features: Any, q: int) -> Places:
    """Return the places of coded columns among q, given as places or as (q,) flags.

    Raises
    ------
    ValueError : a place is not there, or twice there, or there are not q flags.
    """
    given = np.asarray([] if categorical_features is None else categorical_features)
    if given.dtype == bool:
        if given.shape != (q,):
            raise ValueError(f"categorical_features has {given.size} flags, X {q} columns")
        return np.flatnonzero(given)
    places = np.unique(given.astype(np.intp))
    if given.ndim != 1 or len(places) != given.size or (places < 0).any() or (places >= q).any():
        raise ValueError(f"categorical_features={categorical_features!r}: not places of {q} columns")
    return places
