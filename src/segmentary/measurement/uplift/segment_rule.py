"""The best single rule: one trait split in two, the arm's effect in each part; what any model has to beat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segmentary.measurement.uplift.trial import Mask, Trial
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats, TypedTable

CUTS = 8
LEAST = 50
"""People of each arm on either side of a split."""


@dataclass(frozen=True, slots=True)
class SegmentRule:
    """Whether a trait is one of some levels, or above a cut; and the effect inside and outside. Unknown is outside."""

    column: Column
    above: float | None
    level: int | None
    inside: float
    outside: float

    @property
    def text(self) -> str:
        """As people read it."""
        if self.level is not None:
            return f"{self.column.label} = {self.column.levels[self.level]}"
        return f"{self.column.label} > {self.above:.4g}"

    def holds(self, table: TypedTable) -> Mask:
        """Return (n,) whether it is true of each person."""
        return split(table.values[:, table.place(self.column.name)], self.above, self.level)

    def predict(self, table: TypedTable) -> Floats:
        """Return the effect of the side each person is on; (n,)."""
        return np.where(self.holds(table), self.inside, self.outside)


def split(x: Floats, above: float | None, level: int | None) -> Mask:
    found: Mask = x == level if level is not None else np.nan_to_num(x, nan=-np.inf) > (above or 0.0)
    return found


def splits_of(column: Column, x: Floats) -> Iterator[tuple[float | None, int | None]]:
    """Yield the splits of a column: each level of a text, eighths of a number."""
    known = x[~np.isnan(x)]
    if not len(known):
        return
    if column.kind == "nominal":
        for level in np.unique(known):
            yield None, int(level)
    elif column.kind == "binary":
        yield None, 1
    else:
        for cut in np.unique(np.quantile(known, np.arange(1, CUTS) / CUTS, method="lower")):
            if cut < known.max():
                yield float(cut), None


def best_rule(trial: Trial) -> SegmentRule | None:
    """Return the rule whose two sides differ most in the effect, for what chance does; None: too few people."""
    best, most = None, 0.0
    p = trial.chance
    weighted = np.where(trial.treated, trial.y / p, -trial.y / (1 - p))
    # Centring on what both arms would do takes out what is common; the lot keeps it unbiased.
    level = np.average(trial.y, weights=np.where(trial.treated, 1 - p, p))
    scores = weighted - np.where(trial.treated, level / p, -level / (1 - p))
    for place, column in enumerate(trial.table.columns):
        x = trial.table.values[:, place]
        for above, code in splits_of(column, x):
            inside = split(x, above, code)
            counts = np.bincount(inside * 2 + trial.treated, minlength=4)
            if counts.min() < LEAST:
                continue
            one, other = scores[inside], scores[~inside]
            error = one.var() / len(one) + other.var() / len(other)
            z = (one.mean() - other.mean()) ** 2 / error if error > 0 else 0.0
            if z > most:
                most, best = z, SegmentRule(column, above, code, float(one.mean()), float(other.mean()))
    return best
