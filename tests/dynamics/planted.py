"""People of four planted segments, what may become of them, and a solution found in them."""

from __future__ import annotations

from typing import Literal

import numpy as np
from sklearn.cluster import KMeans

from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import Terms
from segmentary.models.describe.description import Description, SegmentDescription
from segmentary.models.discover.solution import Fit, Solution
from segmentary.models.intervals import wilson
from segmentary.models.table.columns import Column
from segmentary.models.table.scaling import prepare
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.criteria import Criteria, Recommendation
from segmentary.models.validate.verdict import Verdict

Change = Literal["same", "sizes", "tails", "outliers", "moved", "new", "split", "merge"]
CENTRES = np.array(
    [[4, 0, 0, 0, 0], [-3, 4, 0, 0, 0], [-3, -4, 0, 0, 0], [0, 0, 6, 0, 0]], dtype=float
)  # the last two coordinates are noise until somebody new comes
NAMES = ("spend", "visits", "mail", "app", "store")


def people(seed: int, change: Change = "same", *, n: int = 1000, apart: float = 5.0) -> TypedTable:
    """Draw people; `apart`: standard deviations between a new group, or the halves of a split, and where they were."""
    chance = np.random.default_rng(seed)
    sizes = [0.2, 0.2, 0.25, 0.35] if change == "sizes" else [0.35, 0.3, 0.2, 0.15]
    group = chance.choice(4, n, p=sizes)
    centres = CENTRES.copy()
    if change == "moved":
        centres[0, 3] += 1.5
    if change == "merge":
        centres[1] = centres[2] = (CENTRES[1] + CENTRES[2]) / 2
    noise = chance.standard_t(4, (n, 5)) if change == "tails" else chance.normal(size=(n, 5))
    x = centres[group] + noise
    some = chance.random(n)
    if change == "new":
        x[some < 0.08] = CENTRES[1] + [0, 0, 0, apart, 0] + noise[some < 0.08]
    if change == "outliers":
        x[some < 0.06] = 5 * noise[some < 0.06]
    if change == "split":
        x[group == 0, 4] += np.where(some[group == 0] < 0.5, apart / 2, -apart / 2)
    return TypedTable(tuple(Column(name, "numeric") for name in NAMES), x)


def solution(table: TypedTable, k: int = 4) -> Solution:
    """Return the segments k-means finds."""
    preparation = prepare(table)
    fitted = KMeans(k, n_init=10, random_state=0).fit(preparation.apply(table))
    centres = fitted.cluster_centers_
    terms = Terms(-0.5 * (centres**2).sum(axis=1), centres, np.zeros_like(centres), posterior=False)
    keys = tuple("abcdefgh"[:k])
    segments = tuple(
        SegmentDescription(
            place, key, key.upper(), "", int((fitted.labels_ == place).sum()),
            wilson(int((fitted.labels_ == place).sum()), len(table)), None, None, None, (),
        )
        for place, key in enumerate(keys)
    )  # fmt: skip
    return Solution(
        "planted",
        Fit("kmeans", k, 0, len(table), len(table), table.effective_n, False),
        table.columns,
        Assigner(keys, table.columns, preparation, terms),
        1.0,
        Criteria((), Recommendation("kmeans", k, "", "")),
        Verdict("natural", None, None, (), None, None, len(table), table.effective_n, ""),
        Description(segments, (), (), (), None),
    )
