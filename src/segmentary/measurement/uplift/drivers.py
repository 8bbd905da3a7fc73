"""Which traits go with a larger effect: the share of the differences between predictions that lies between values."""

from __future__ import annotations

from typing import Literal

import numpy as np

from segmentary.models.predict.card import FeatureWeight
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

PARTS = 8


def drivers(table: TypedTable, predicted: Floats) -> tuple[FeatureWeight, ...]:
    """Return each trait's share of the variance of predicted effects (between its values; eighths of a number).

    Traits that go together share what they say, so shares may sum to more than 1.
    """
    whole = float(predicted.var())
    found = []
    for place, column in enumerate(table.columns):
        x = table.values[:, place]
        group = groups_of(column, x)
        counts = np.bincount(group)
        means = np.bincount(group, weights=predicted) / np.maximum(1, counts)
        between = float(counts @ (means - predicted.mean()) ** 2 / len(x))
        share = between / whole if whole > 1e-18 else 0.0
        found.append(FeatureWeight(column.name, column.label, min(1.0, share), direction_of(column, x, predicted)))
    return tuple(sorted(found, key=lambda one: (-one.importance, one.name)))


def groups_of(column: Column, x: Floats) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """Return (n,) the part of a trait each person is in; the unknown are one."""
    unknown = np.isnan(x)
    group = np.zeros(len(x), dtype=np.intp)
    if column.coded:
        group[~unknown] = x[~unknown].astype(np.intp) + 1
    elif (~unknown).any():
        edges = np.unique(np.quantile(x[~unknown], np.arange(1, PARTS) / PARTS))
        group[~unknown] = np.searchsorted(edges, x[~unknown], side="left") + 1
    return group


def direction_of(column: Column, x: Floats, predicted: Floats) -> Literal["more", "less", "mixed", "unknown"]:
    """Return whether more of a trait goes with a larger effect."""
    known = ~np.isnan(x)
    if column.kind == "nominal" or known.sum() < 2 or np.ptp(x[known]) == 0 or np.ptp(predicted[known]) == 0:
        return "unknown"
    r = float(np.corrcoef(x[known], predicted[known])[0, 1])
    return "more" if r > 0.1 else "less" if r < -0.1 else "mixed"
