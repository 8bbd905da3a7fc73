"""Which question to ask next, of somebody who has answered some."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import softmax
from segmentary.models.table.typed_table import Floats, TypedTable

PROBES = (-1.3, -0.3, 0.3, 1.3)
"""Answers tried of a number: standardised, about the middles of four equal groups of people."""


def next_items(
    assigner: Assigner, table: TypedTable, shares: Sequence[Sequence[float]], below: float
) -> tuple[str | None, ...]:
    """Return for each person the unanswered item that leaves least doubt on average; None where sure or at the end.

    shares : per column of the assigner the share of each answer among all people; of numbers empty.
    """
    part = table.select([column.name for column in assigner.columns])
    scores = assigner.terms.scores(assigner.rows(part))
    now = softmax(scores)
    # Who has answered nothing is never sure.
    unsure = ~(now.max(axis=1) >= below) | ~assigner.placed(part)
    best = np.full(len(part), np.inf)
    chosen = np.full(len(part), -1)
    for place, column in enumerate(assigner.columns):
        if column.coded:
            answers, base = [float(code) for code in range(len(column.levels))], np.asarray(shares[place])
        else:
            answers, base = probes(assigner, place), np.full(len(PROBES), 1 / len(PROBES))
        doubt = expected_doubt(assigner, part, place, answers, base, scores)
        better = unsure & np.isnan(part.values[:, place]) & (doubt < best - 1e-12)
        best[better], chosen[better] = doubt[better], place
    return tuple(None if place < 0 else assigner.columns[place].name for place in chosen.tolist())


def expected_doubt(
    assigner: Assigner, table: TypedTable, place: int, answers: list[float], base: Floats, scores: Floats
) -> Floats:
    """Return (n,) the expected entropy of the segment after an item is answered.

    An answer is as likely as the person's likely segments give it: within a segment in proportion to its share among
    all people times exp(what it adds to the segment's score).
    """
    after, adds = [], []
    for answer in answers:
        values = table.values.copy()
        values[:, place] = answer
        then = assigner.terms.scores(assigner.rows(TypedTable(table.columns, values)))
        after.append(softmax(then))
        adds.append(then - scores)
    given = np.exp(np.array(adds) - np.max(adds, axis=0)) * np.maximum(base, 1e-9)[:, None, None]
    given /= given.sum(axis=0)
    likely = (softmax(scores)[None] * given).sum(axis=2)
    p = np.array(after)
    entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(axis=2)
    return np.asarray((likely * entropy).sum(axis=0))


def probes(assigner: Assigner, place: int) -> list[float]:
    """Return a few typical values of a number, out of its transform."""
    name = assigner.columns[place].name
    for feature in assigner.preparation.features if assigner.preparation is not None else ():
        if feature.column == name:
            transform = feature.transform
            spread = np.array(PROBES) * transform.scale + transform.centre
            values = np.sign(spread) * np.expm1(np.abs(spread)) if transform.way == "log" else spread
            return [float(value) for value in values]
    return list(PROBES)
