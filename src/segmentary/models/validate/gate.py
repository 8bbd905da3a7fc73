"""The gate: whether data shows more than one population with the same answers and the same correlations would.

Two kinds of test. `copula_w` (`tetrachoric_w` where all answers are yes or no): log(W_k / W_1), the share of the spread
that k segments leave, against reference data sets of `null_models`, standardised for every k, the largest over k
counted. `dip`: one test per continuous column, since references keep every column as it is and so cannot see a split
along one.

References: Hennig & Lin (2015), Statistics and Computing 25(4), 821-833; Hartigan & Hartigan (1985), Annals of
Statistics 13(1); Davison & Hinkley (1997), Bootstrap Methods, section 4.2 (p-values by simulation).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.columns import Column
from segmentary.models.table.patterns import distinct
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.validate.coordinates import Coordinates
from segmentary.models.validate.dip import dip_test
from segmentary.models.validate.null_models import copula_null
from segmentary.models.validate.verdict import Test

LEVEL = 0.025
COLUMNS_WORTH = 0.25
"""Least excess that counts, times the number of columns: groups must explain a quarter of one column's spread more than
one population would. With many people any oddity of one population is significant; only groups also explain."""
DIP_LEVEL = 0.01
DOUBTFUL = 0.15
"""Up to this p-value more references are made, unless the data stands far outside them."""
FEWEST_REFERENCES = 39
"""Fewer cannot give a p-value of LEVEL."""
FAR = 6.0
"""Standard deviations beyond the average reference from which no more are needed."""
MORE = 4
STARTS = 3


@dataclass(frozen=True, eq=False)
class Spreads:
    """log(W_k / W_1) of the data and of references, (ks,) and (references, ks), of a table of so many columns."""

    ks: tuple[int, ...]
    observed: Floats
    references: Floats
    columns: int

    @property
    def standardised(self) -> Floats:
        """(references + 1, ks) how far below the average of all, data first; exchangeable under one population."""
        everything = np.vstack([self.observed, self.references])
        deviation = np.maximum(everything.std(axis=0), 1e-12)
        return np.asarray((everything.mean(axis=0) - everything) / deviation)

    @property
    def p(self) -> float:
        """The p-value of the largest over k."""
        largest = self.standardised.max(axis=1)
        return float((largest >= largest[0] - 1e-12).mean())

    @property
    def excess(self) -> Floats:
        """(ks,) how much less spread segments leave than in the average reference, in logarithms."""
        return np.asarray(self.references.mean(axis=0) - self.observed)

    @property
    def clear(self) -> bool:
        """Whether more references would not change the answer: well inside them, or far outside."""
        if self.p > DOUBTFUL or self.excess.max() < COLUMNS_WORTH / self.columns:
            return True
        centre, deviation = self.references.mean(axis=0), np.maximum(self.references.std(axis=0), 1e-12)
        return float(((centre - self.observed) / deviation).max()) > FAR


def spread_test(
    table: TypedTable,
    space: Coordinates,
    ks: tuple[int, ...],
    *,
    references: int,
    seed: int,
    tell: Tell = quiet,
) -> tuple[Test, Spreads]:
    """Test how much of the spread segments explain, against one population."""
    w = table.weight
    null = copula_null(space.plain, w)
    coded = all(column.coded for column in table.columns)
    rng = np.random.default_rng([seed, 2])
    observed = log_spread(space.features(space.plain), w, ks, coded=coded, seed=seed)
    rows: list[Floats] = []
    references = max(references, FEWEST_REFERENCES)
    wanted = references
    while len(rows) < wanted:
        tell("Making data of one population", len(rows) / (MORE * references))
        features = space.features(null.sample(rng))
        rows.append(log_spread(features, w, ks, coded=coded, seed=seed + len(rows) + 1))
        if len(rows) == references:
            wanted = (
                references if Spreads(ks, observed, np.array(rows), len(table.columns)).clear else MORE * references
            )
    spreads = Spreads(ks, observed, np.array(rows), len(table.columns))
    standardised = spreads.standardised[0]
    best = int(np.argmax(standardised))
    name = "tetrachoric_w" if all(column.kind == "binary" for column in table.columns) else "copula_w"
    excess = float(spreads.excess.max())
    return Test(name, spreads.p, float(standardised[best]), len(rows), k=ks[best], excess=excess), spreads


def passes(test: Test, columns: int) -> bool:
    """Return whether a test alone says that a table of so many columns holds more than one population."""
    if test.name == "dip":
        return test.p <= DIP_LEVEL
    return test.p <= LEVEL and test.excess is not None and test.excess * columns >= COLUMNS_WORTH


def log_spread(x: Floats, w: Floats, ks: tuple[int, ...], *, coded: bool, seed: int) -> Floats:
    """Return log(W_k / W_1) for each k."""
    from segmentary.models.validate import lloyd

    if coded:
        patterns = distinct(x, w)
        x, w = patterns.values, patterns.weights
    total = float((w[:, None] * (x - np.average(x, axis=0, weights=w)) ** 2).sum())
    if total <= 0:
        return np.zeros(len(ks))
    within = lloyd.costs(x, w, ks, starts=STARTS, seed=seed)
    return np.asarray(np.log(np.maximum(within, 1e-9 * total) / total))


def dip_tests(columns: tuple[Column, ...], space: Coordinates, w: Floats) -> Test | None:
    """Test every numeric column for more than one hump (Bonferroni); None where no column is numeric."""
    places = [place for place, column in enumerate(columns) if column.kind == "numeric"]
    found = [dip_test(space.plain[:, place], w) for place in places]
    if not found:
        return None
    corrected = [min(1.0, len(found) * p) for _, p in found]
    split = tuple(columns[place].name for place, p in zip(places, corrected, strict=True) if p <= DIP_LEVEL)
    best = int(np.argmin(corrected))
    return Test("dip", corrected[best], found[best][0], columns=split)
