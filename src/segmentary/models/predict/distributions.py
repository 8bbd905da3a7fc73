"""How features were spread when a model was made: what drift is measured against."""

from __future__ import annotations

import numpy as np

from segmentary.models.predict.card import Distribution
from segmentary.models.table.typed_table import Floats, TypedTable

BINS = 10
MOST_LEVELS = 20


def distributions(table: TypedTable) -> tuple[Distribution, ...]:
    """Return the distribution of every column: tenths of a number, levels of a text (the most frequent 20)."""
    return tuple(
        spread_of_levels(column.name, table.values[:, place], column.levels)
        if column.coded
        else spread_of(column.name, table.values[:, place])
        for place, column in enumerate(table.columns)
    )


def spread_of(name: str, x: Floats) -> Distribution:
    """Return the distribution of a number: shares of people between borders at its tenths, the missing apart."""
    known = x[~np.isnan(x)]
    if not len(known):
        return Distribution(name, (), (), (0.0,), 1.0 if len(x) else 0.0)
    edges = np.unique(np.quantile(known, np.arange(1, BINS) / BINS, method="lower"))
    # A border nobody lies above parts nothing.
    edges = edges[edges < known.max()]
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    shares = tuple(float(one) for one in counts / len(x))
    return Distribution(name, tuple(float(one) for one in edges), (), shares, float(1 - len(known) / len(x)))


def spread_of_levels(name: str, x: Floats, levels: tuple[str, ...]) -> Distribution:
    """Return the distribution of a text; what is beyond the most frequent levels stands last, together."""
    known = x[~np.isnan(x)].astype(np.intp)
    counts = np.bincount(known, minlength=len(levels))
    order = sorted(range(len(levels)), key=lambda code: (-counts[code], levels[code]))[:MOST_LEVELS]
    total = max(1, len(x))
    rest = float(len(known) - sum(counts[code] for code in order)) / total
    shares = (*(float(counts[code]) / total for code in order), rest)
    missing = float(1 - len(known) / total) if len(x) else 0.0
    return Distribution(name, (), tuple(levels[code] for code in order), shares, missing)
