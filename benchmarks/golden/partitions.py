"""Best-known costs of k-means and k-modes, with default settings; Gower dissimilarities of R cluster."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.golden.row import GoldenRow

MCDONALDS = {
    2: 2145.50373,
    3: 1818.70065,
    4: 1602.89946,
    5: 1434.60119,
    6: 1325.08757,
    7: 1241.79803,
    8: 1166.43636,
}
"""R kmeans, 500 starts; 200 to 500 other starts never beat it."""
VACMOT = {
    2: 3203.75068,
    3: 3009.39380,
    4: 2872.55778,
    5: 2751.35785,
    6: 2660.53144,
    7: 2596.73136,
    8: 2539.65251,
}
MODES = (("gss82", 3, 552.0), ("gss82", 4, 440.0), ("carcinoma", 3, 70.0), ("vacmot", 6, 3586.0))
"""The best of many fits of kmodes 0.12.2, three ways to begin and several seeds."""
RELATIVE = 1e-4
FLOWER = np.array(
    [
        [0, 1, 1, 4, 3, 15, 25, 15],
        [1, 0, 0, 2, 1, 3, 150, 50],
        [0, 1, 0, 3, 3, 1, 150, 50],
        [0, 0, 1, 4, 2, 16, 125, 50],
        [0, 1, 0, 5, 2, 2, 20, 15],
        [0, 1, 0, 4, 3, 12, 50, 40],
        [0, 0, 0, 4, 3, 13, 40, 20],
        [0, 0, 1, 2, 2, 7, 100, 15],
        [1, 1, 0, 3, 1, 4, 25, 15],
        [1, 1, 0, 5, 2, 14, 100, 60],
        [1, 1, 1, 5, 3, 8, 45, 10],
        [1, 1, 1, 1, 2, 9, 90, 25],
        [1, 1, 0, 1, 2, 6, 20, 10],
        [1, 1, 1, 4, 2, 11, 80, 30],
        [1, 0, 0, 3, 2, 10, 40, 20],
        [1, 0, 0, 4, 2, 18, 200, 60],
        [1, 0, 0, 2, 2, 17, 150, 60],
        [0, 0, 1, 2, 1, 5, 25, 10],
    ],
    dtype=np.float64,
)
"""Eighteen popular flowers: winters, shadow, tubers (asymmetric), colour, soil, preference, height, distance.

Struyf, Hubert & Rousseeuw (1996), Clustering in an Object-Oriented Environment, J. Stat. Software 1(4).
"""


def answers(data: Path, name: str) -> np.ndarray:
    """Return the answers of a survey as codes, missing as NaN."""
    import pandas as pd

    folder = data / "statistics"
    if name == "mcdonalds":
        return (pd.read_csv(folder / "mcdonalds.csv").iloc[:, :11] == "Yes").to_numpy(np.float64)
    if name == "vacmot":
        return pd.read_parquet(folder / "vacmot.parquet").iloc[:, :20].to_numpy(np.float64)
    table = pd.read_csv(folder / f"{name}.csv")
    codes = np.column_stack([pd.factorize(table[column], sort=True)[0] for column in table]).astype(np.float64)
    return np.where(codes < 0, np.nan, codes)


def rows(data: Path, *, most: int = 8) -> list[GoldenRow]:
    """Return the comparisons, of up to `most` segments."""
    from segmentary.models.cluster.kmeans import KMeans
    from segmentary.models.cluster.kmodes import KModes

    found = []
    for name, known in (("mcdonalds", MCDONALDS), ("vacmot", VACMOT)):
        x = answers(data, name)
        for k, cost in known.items():
            if k <= most:
                ours = KMeans(k).fit(x).inertia_
                what, source = f"k-means {name} k={k}: sum of squares", "R kmeans, 500 starts"
                found.append(GoldenRow("partitions", what, ours, cost, "at_most", RELATIVE * cost, source))
    for name, k, cost in MODES:
        if k <= most:
            ours = KModes(k).fit(answers(data, name)).cost_
            what = f"k-modes {name} k={k}: answers that differ"
            found.append(GoldenRow("partitions", what, ours, cost, "at_most", 0.0, "kmodes 0.12.2, best of many"))
    return found + flowers()


def flowers() -> list[GoldenRow]:
    """Return the comparison with daisy(flower, type = list(asymm = 3))."""
    from segmentary.models.cluster.gower import gower

    measures = ["nominal", "nominal", "asymmetric", "nominal", "ordinal", "ordinal", "number", "number"]
    apart = gower(FLOWER, measures)
    lower = apart[np.tril_indices(len(FLOWER), -1)]
    figures = (
        ("flowers 2 and 1", apart[1, 0], 0.8875408),
        ("flowers 3 and 1", apart[2, 0], 0.5272467),
        ("flowers 4 and 1", apart[3, 0], 0.3517974),
        ("all pairs, mean", lower.mean(), 0.5097615),
    )
    return [
        GoldenRow("partitions", f"Gower {what}", float(ours), reference, "equal", 6e-8, "R cluster::daisy, asymm = 3")
        for what, ours, reference in figures
    ]
