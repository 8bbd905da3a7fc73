"""The automatic choice beside k-means and a Gaussian mixture on real tables with known kinds.

The reference battery (uci of clustering-data-v1) is not distributed with anything this project installs; the four real
tables scikit-learn brings along stand in for it: iris, wine, breast cancer, handwritten digits. The number of kinds is
given, as there; everything else is left to defaults, k-means and mixture on standardised columns.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.golden.row import GoldenRow

TABLES = ("iris", "wine", "breast_cancer", "digits")


def rows(data: Path) -> list[GoldenRow]:
    found: list[GoldenRow] = []
    means: list[tuple[float, float]] = []
    for name in TABLES:
        ours, peers = agreement(name)
        best = max(peers, key=lambda peer: peers[peer])
        found.append(
            GoldenRow(
                "suite", f"{name}: ARI of the choice, best peer {best}", ours, peers[best], "at_least", 0.0, SOURCE
            )
        )
        means.append((ours, peers[best]))
    ours, best = np.mean(means, axis=0)
    found.append(GoldenRow("suite", "mean of the four tables", float(ours), float(best), "at_least", 0.0, SOURCE))
    return found


SOURCE = "scikit-learn's KMeans (20 starts) and GaussianMixture (full, 3 starts), standardised columns"


def agreement(name: str) -> tuple[float, dict[str, float]]:
    """Return the adjusted Rand index with the known kinds of the automatic choice, and of each peer."""
    from sklearn import datasets
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score
    from sklearn.mixture import GaussianMixture
    from sklearn.preprocessing import StandardScaler

    from segmentary.models.discover.discovery import discover

    x, kinds = getattr(datasets, f"load_{name}")(return_X_y=True)
    k = len(set(kinds.tolist()))
    varying = x[:, x.std(axis=0) > 0]
    z = StandardScaler().fit_transform(varying)
    found = discover(x, k=[k], repetitions=10, seed=0)
    peers = {
        "k-means": KMeans(k, n_init=20, random_state=0).fit_predict(z),
        "GMM": GaussianMixture(k, n_init=3, random_state=0, reg_covar=1e-4).fit_predict(z),
    }
    return (
        float(adjusted_rand_score(kinds, found.labels)),
        {peer: float(adjusted_rand_score(kinds, labels)) for peer, labels in peers.items()},
    )
