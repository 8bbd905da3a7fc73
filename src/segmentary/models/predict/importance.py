"""Which features a prediction rests on, and which way: by mixing each up among people it was not fitted on.

Reference: Breiman (2001), Machine Learning 45(1), permutation importance.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from segmentary.models.predict.card import FeatureWeight
from segmentary.models.predict.formula import Formula
from segmentary.models.predict.metrics import auc, middle_ranks
from segmentary.models.table.typed_table import Floats, TypedTable

Direction: TypeAlias = Literal["more", "less", "mixed", "unknown"]
ENOUGH = 4_000
MOST = 40
CLEAR = 0.1
GIVES_AWAY = 0.99


def permuted(
    table: TypedTable, predict: Callable[[TypedTable], Floats], loss: Callable[[Floats], float], *, seed: int = 0
) -> tuple[FeatureWeight, ...]:
    """Return the features in falling importance: how much worse the prediction becomes when one is mixed up.

    predict : of a table; loss : of its predictions, the lower the better, for the rows of the table given.
    """
    chance = np.random.default_rng(seed)
    told = predict(table)
    best = loss(told)
    order = chance.permutation(len(table))
    found = []
    for place, column in enumerate(table.columns):
        x = table.values[:, place]
        if len(x) and (x == x[0]).all():
            continue
        values = table.values.copy()
        values[:, place] = x[order]
        worse = max(0.0, loss(predict(TypedTable(table.columns, values))) - best)
        found.append((worse, column.name, column.label, direction_of(x, told, column.kind == "nominal")))
    total = sum(one[0] for one in found) or 1.0
    found.sort(key=lambda one: (-one[0], one[1]))
    return tuple(
        FeatureWeight(name, title, worse / total, way) for worse, name, title, way in found[:MOST] if worse > 0
    )


def direction_of(x: Floats, predicted: Floats, nominal: bool) -> Direction:
    """Return whether more of a feature comes with more, less, or now one and now the other."""
    known = ~np.isnan(x)
    if nominal or known.sum() < 10 or np.ptp(x[known]) == 0 or np.ptp(predicted[known]) == 0:
        return "unknown"
    r = float(np.corrcoef(middle_ranks(x[known]), middle_ranks(predicted[known]))[0, 1])
    return "mixed" if abs(r) < CLEAR else "more" if r > 0 else "less"


def linear_weights(formula: Formula) -> tuple[FeatureWeight, ...]:
    """Return the terms of a linear formula in falling size: features are standardised, so that sizes compare."""
    names = {column.name: column for column in formula.columns}
    total = sum(map(abs, formula.weights)) or 1.0
    found = []
    for encoding, weight in zip(formula.encodings, formula.weights, strict=True):
        column = names[encoding.column]
        title = column.label
        if encoding.way == "level":
            title = f"{title}: {', '.join(column.levels[code] for code in encoding.levels)}"
        elif encoding.way == "missing":
            title = f"{title}: unknown"
        if weight:
            found.append(FeatureWeight(column.name, title, abs(weight) / total, "more" if weight > 0 else "less"))
    return tuple(sorted(found, key=lambda one: (-one.importance, one.title))[:MOST])


def giving_away(table: TypedTable, y: Floats) -> tuple[str, ...]:
    """Return the columns that alone tell the outcome almost perfectly, missing values counting as one value."""
    found = []
    for place, column in enumerate(table.columns):
        x = table.values[:, place]
        if column.kind == "nominal":
            codes = np.nan_to_num(x, nan=-1.0).astype(np.intp) + 1
            rate = np.bincount(codes, y) / np.maximum(1, np.bincount(codes))
            x = rate[codes]
        known = ~np.isnan(x)
        one = auc(y, np.where(known, x, -np.inf)).estimate
        other = auc(y, np.where(known, -x, -np.inf)).estimate
        if max(one, 1 - one, other, 1 - other) > GIVES_AWAY:
            found.append(column.name)
    return tuple(found)
