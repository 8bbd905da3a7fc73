"""Verdicts on real surveys: the textbook data sets must not be cried wolf over; and the dip and iris against R."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.golden.row import GoldenRow

RECOMPUTED = "recomputed: R 4.2.2, fpc / diptest; prototypes of the design"


def surveys(data: Path):
    """Return the two textbook surveys as typed tables of yes/no items."""
    import pandas as pd

    from segmentary.models.table.columns import Column
    from segmentary.models.table.typed_table import TypedTable

    burgers = pd.read_csv(data / "statistics" / "mcdonalds.csv").iloc[:, :11] == "Yes"
    travels = pd.read_parquet(data / "statistics" / "vacmot.parquet").iloc[:, :20]
    return {
        name: TypedTable(
            tuple(Column(str(one), "binary", ("no", "yes")) for one in frame.columns), frame.to_numpy(np.float64)
        )
        for name, frame in (("mcdonalds", burgers), ("vacmot", travels))
    }


def rows(data: Path) -> list[GoldenRow]:
    """Return the rows of this topic."""
    from segmentary.models.validate.judging import judge
    from segmentary.models.validate.prediction_strength import kmeans_placer, prediction_strength

    tables = surveys(data)
    found = []
    for name, kinds in (
        ("mcdonalds", ("reproducible", "constructive")),
        ("vacmot", ("structure_only", "constructive", "reproducible")),
    ):
        verdict = judge(tables[name])
        # The design's gate gave p = .30 and .22: not to be called natural is what both must agree on.
        found.append(
            GoldenRow(
                "verdicts",
                f"{name}: {verdict.kind} (1 expected)",
                float(verdict.kind in kinds),
                1.0,
                "equal",
                0.0,
                RECOMPUTED,
            )
        )
    strengths = (("mcdonalds", (0.95, 0.78, 0.62)), ("vacmot", (0.79, 0.62, 0.41)))
    for name, reference in strengths:
        for k, one in zip((2, 3, 4), reference, strict=True):
            ours = prediction_strength(kmeans_placer, tables[name].values, k, repetitions=30, seed=1).mean
            what = f"{name} prediction strength k={k}"
            found.append(GoldenRow("verdicts", what, ours, one, "equal", 0.08, RECOMPUTED))
    return found + iris_rows()


def iris_rows() -> list[GoldenRow]:
    """Return fpc's prediction.strength of iris (k = 2 ... 6), and Hartigan's dip of its petal length."""
    from sklearn.datasets import load_iris

    from segmentary.models.validate.gap import gap_statistic
    from segmentary.models.validate.prediction_strength import kmeans_placer, prediction_strength

    x = load_iris().data
    found = []
    for k, one in zip(range(2, 7), (0.976, 0.672, 0.541, 0.490, 0.460), strict=True):
        ours = prediction_strength(kmeans_placer, x, k, repetitions=50, seed=1).mean
        # fpc clusters each half from a single start, ours from several: the same for k = 2, dependable beyond.
        rule: Literal["equal", "at_least"] = "equal" if k == 2 else "at_least"
        what = f"iris prediction strength k={k}"
        found.append(GoldenRow("verdicts", what, ours, one, rule, 0.02, "R fpc prediction.strength, one start"))
    z = (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
    gaps = gap_statistic(z, range(1, 7), references=100, seed=1, distances="plain")
    for one, reference in zip(gaps.rows, (0.224, 0.469, 0.487, 0.442, 0.462, 0.453), strict=True):
        what = f"iris (scaled) gap k={one.k}"
        found.append(GoldenRow("verdicts", what, one.gap, reference, "equal", 0.03, "R cluster clusGap, scaledPCA"))
    found.append(GoldenRow("verdicts", "iris (scaled) gap choice", gaps.choice, 2, "equal", 0, "R Tibs2001SEmax"))
    return found
