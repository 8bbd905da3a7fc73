"""Criteria that are about distances: the gap, and silhouettes with what one population would show.

Their work grows with the square of the people or with the simulated data sets, so they look at a random sample of at
most 1,000 people, which the row says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from segmentary.models.discover.fitting import Candidate
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.preparation import Preparation
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import CriteriaRow
from segmentary.models.validate.gap import gap_statistic
from segmentary.models.validate.silhouette import silhouette, silhouette_excess

PEOPLE = 1_000
REFERENCES = 20

Key = tuple[str, int]


def measured(
    candidates: Mapping[Key, Candidate],
    table: TypedTable,
    scaled: Preparation,
    ks: Sequence[int],
    *,
    seed: int,
    tell: Tell = quiet,
) -> tuple[dict[Key, Candidate], tuple[CriteriaRow, ...]]:
    """Return the candidates with silhouettes, of k-means with gap and excess too, and the row of one segment.

    Silhouettes are Euclidean in the scaled coordinates, whatever the method; gap and excess are k-means' by definition.
    """
    rows = np.arange(len(table))
    if len(table) > PEOPLE:
        rows = np.sort(np.random.default_rng([seed, 13]).choice(len(table), PEOPLE, replace=False))
    part = table.take(rows)
    x, weight = scaled.apply(part), part.weight
    on = f"silhouette and gap on {len(rows):,} people" if len(rows) < len(table) else ""
    figures: dict[Key, dict[str, float]] = {}
    for step, (key, one) in enumerate(candidates.items()):
        tell("silhouettes of the segments", 0.3 * step / len(candidates))
        labels = one.terms.labels(one.fed.rows[one.fed.place[rows]])
        width = silhouette(x, labels, weight)
        figures[key] = {"silhouette": width} if np.isfinite(width) else {}
    alone: tuple[CriteriaRow, ...] = ()
    if any(name == "k_means" for name, _ in candidates):
        gaps = gap_statistic(
            x, [1, *ks], weights=weight, references=REFERENCES, seed=seed, tell=within(tell, 0.3, 0.65)
        )
        excess = silhouette_excess(part, ks, references=REFERENCES, seed=seed, tell=within(tell, 0.65, 1.0))
        for gap in gaps.rows:
            if gap.k == 1:
                alone = (CriteriaRow("k_means", 1, gap=gap.gap, gap_error=gap.error, smallest=len(table), note=on),)
            elif ("k_means", gap.k) in figures:
                figures["k_means", gap.k] |= {"gap": gap.gap, "gap_error": gap.error}
        for found in excess:
            if ("k_means", found.k) in figures and np.isfinite(found.excess):
                figures["k_means", found.k]["silhouette_excess"] = found.excess
    return {
        key: replace(one, figures=one.figures | figures[key], note="; ".join(part for part in (one.note, on) if part))
        for key, one in candidates.items()
    }, alone
