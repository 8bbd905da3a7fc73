"""Which question to ask next, of somebody who has answered some."""

from __future__ import annotations

import numpy as np

from segmentary.market.typing_logit import softmax
from segmentary.models.assign.assigner import Assigner
from segmentary.models.table.typed_table import Floats, TypedTable

PROBES = (-1.3, -0.3, 0.3, 1.3)
"""Answers tried of a number: standardised, about the middles of four equal groups of people."""


def next_items(assigner: Assigner, table: TypedTable, below: float) -> tuple[str | None, ...]:
    """Return for each person the unanswered item that leaves least doubt on average; None where sure or at the end.

    How likely each answer is: as likely as the tool's own view of the person makes it, taking answers within a segment
    as exp(score), evenly over the options there are.
    """
    part = table.select([column.name for column in assigner.columns])
    scores = assigner.terms.scores(assigner.rows(part))
    now = softmax(scores)
    # Whoever is sure is asked nothing: unanswered people are never sure.
    unsure = ~(now.max(axis=1) >= below) | ~assigner.placed(part)
    best = np.full(len(part), np.inf)
    chosen = np.full(len(part), -1)
    for place, column in enumerate(assigner.columns):
        options = list(range(len(column.levels))) if column.coded else probes(assigner, place)
        doubt = expected_doubt(assigner, part, place, [float(option) for option in options], now)
        better = unsure & np.isnan(part.values[:, place]) & (doubt < best - 1e-12)
        best[better], chosen[better] = doubt[better], place
    return tuple(None if place < 0 else assigner.columns[place].name for place in chosen.tolist())


def expected_doubt(assigner: Assigner, table: TypedTable, place: int, options: list[float], now: Floats) -> Floats:
    """Return (n,) the expected entropy of the segment after an item is answered."""
    found, total = np.zeros(len(table)), np.zeros(len(table))
    for option in options:
        values = table.values.copy()
        values[:, place] = option
        after = assigner.terms.scores(assigner.rows(TypedTable(table.columns, values)))
        p = softmax(after)
        # Bayes backwards: an answer is as likely as its odds ratios make it under the present view.
        ratio = p / np.maximum(now, 1e-12)
        likely = (now * ratio / np.maximum(ratio.max(axis=1, keepdims=True), 1e-12)).sum(axis=1)
        entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=1)
        found += likely * entropy
        total += likely
    return found / np.maximum(total, 1e-12)


def probes(assigner: Assigner, place: int) -> list[float]:
    """Return a few typical values of a number, out of its transform."""
    name = assigner.columns[place].name
    for feature in assigner.preparation.features if assigner.preparation is not None else ():
        if feature.column == name:
            transform = feature.transform
            spread = np.array(PROBES) * transform.scale + transform.centre
            return list((np.sign(spread) * np.expm1(np.abs(spread))) if transform.way == "log" else spread)
    return list(PROBES)
