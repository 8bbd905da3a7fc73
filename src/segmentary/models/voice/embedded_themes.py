"""Themes as clusters of places that another model gives texts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from segmentary.models.progress import Tell, quiet
from segmentary.models.voice.embedding import Embedder, places

COUNTS = (2, 3, 4, 5, 6, 8, 10, 12)
HALVES = 4


def placed(
    embedder: Embedder, texts: Sequence[str], some: npt.NDArray[np.intp], most: int, seed: int, tell: Tell = quiet
) -> tuple[npt.NDArray[np.intp], float, float]:
    """Return the cluster of each text, and how alike clusters of halves are (adjusted Rand index; by chance 0).

    The number of clusters is the one whose halves agree best.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    everything = places(embedder, texts)
    x, chance = everything[some], np.random.default_rng(seed)
    best = (-1.0, np.full(len(texts), 0, dtype=np.intp))
    for number, k in enumerate(k for k in COUNTS if k <= most):
        tell(f"{k} themes", number / len(COUNTS))
        whole = KMeans(k, n_init=3, random_state=seed).fit(x)
        alike = []
        for _ in range(HALVES):
            half = chance.permutation(len(x))[: len(x) // 2]
            other = KMeans(k, n_init=3, random_state=seed).fit(x[half])
            alike.append(adjusted_rand_score(whole.labels_, other.predict(x)))
        if float(np.mean(alike)) > best[0] + 0.02:
            best = float(np.mean(alike)), whole.predict(everything).astype(np.intp)
    return best[1], best[0], 0.0
