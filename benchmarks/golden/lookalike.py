"""Telco: a fifth of the churners as the seed, the others to be found (prediction.md, section 4), mean of six seeds."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as csv

from benchmarks.golden.row import GoldenRow
from segmentary.models.predict.learners import fit_logistic
from segmentary.models.predict.lookalike import out_of_fold
from segmentary.models.predict.metrics import auc, lift_at
from segmentary.models.progress import quiet
from segmentary.models.table.reading import typed_table

SOURCE = "design, measured: seed-vs-population logistic"
SEEDS = 6


def rows(data: Path) -> list[GoldenRow]:
    """Return AUC and lift of the hidden churners, by models that did not know the person."""
    with gzip.open(data / "telco_churn" / "Telco-Customer-Churn.csv.gz") as file:
        frame = csv.read_csv(file)
    left = np.array([one == "Yes" for one in frame.column("Churn").to_pylist()], dtype=float)
    charges = [
        float(one) if (one or "").strip() else None for one in map(str, frame.column("TotalCharges").to_pylist())
    ]
    place = frame.column_names.index("TotalCharges")
    frame = frame.set_column(place, "TotalCharges", pa.array(charges, pa.float64())).drop_columns(["Churn"])
    table = typed_table(frame, ids="customerID").table
    figures = []
    for seed in range(SEEDS):
        churners = np.flatnonzero(left)
        member = np.zeros(len(left))
        member[np.random.default_rng(seed).permutation(churners)[: len(churners) // 5]] = 1
        hidden = member == 0
        apart = out_of_fold(table, member, fit_logistic(table, member).penalty, seed, quiet)[hidden]
        figures.append((auc(left[hidden], apart).estimate, lift_at(left[hidden], apart).estimate))
    area, lift = np.mean(figures, axis=0)
    return [
        GoldenRow("lookalike", "Telco, hidden churners, AUC", float(area), 0.840, "at_least", 0.01, SOURCE),
        GoldenRow(
            "lookalike", "Telco, hidden churners, lift of the top tenth", float(lift), 3.07, "at_least", 0.15, SOURCE
        ),
    ]
