"""Whether two ways of dividing people go together: tables of weighted counts, their test, and how strong it is.

Pearson's chi-squared on the table of people by segment and level. Without weights it is judged by its distribution, or,
where many cells are expected to hold few people (Cochran 1954: one below 1, or more than a fifth below 5), by dealing
the segments out anew 2,000 times. With survey weights it is corrected to the second order (Rao & Scott 1984, Annals of
Statistics 12(1); Thomas & Rao 1987) and judged by F, as the linearised covariance of the cells demands.

Cramer's V is corrected for the V that chance alone gives (Bergsma 2013, Journal of the Korean Statistical Society
42(3)); its interval comes from the noncentral chi-squared distributions the statistic would be at the ends of (Smithson
2003).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.describe.estimates import sums_by
from segmentary.models.intervals import Interval
from segmentary.models.table.typed_table import Floats

DEALS = 2_000
MOST_DEALT = 20_000
"""With weights people are dealt one by one: beyond so many the correction by Rao and Scott stands alone."""
LARGEST_CORRECTED = 1_500
"""Cells up to which the second-order correction is made; beyond it, the first-order one (its mean)."""


@dataclass(frozen=True, eq=False)
class CountTable:
    """A table of people by segment (rows) and level (columns), with empty rows and columns left out.

    counts : (r, c) people. weights : (r, c) their weight, scaled to n. squares : (r, c) sums of squared weights in that
    scale. rows, columns : which segments and levels are left.
    """

    counts: Floats
    weights: Floats
    squares: Floats
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]

    @property
    def n(self) -> int:
        """How many people."""
        return int(self.counts.sum())

    @property
    def expected(self) -> Floats:
        """(r, c) weight if the two had nothing to do with each other."""
        product = np.outer(self.weights.sum(axis=1), self.weights.sum(axis=0))
        return np.asarray(product / max(float(self.weights.sum()), 1e-300))

    @property
    def chi_squared(self) -> float:
        """Pearson's statistic of the weighted counts."""
        expected = self.expected
        return float(((self.weights - expected) ** 2 / expected).sum())

    @property
    def freedom(self) -> int:
        """Degrees of freedom."""
        return max(0, len(self.rows) - 1) * max(0, len(self.columns) - 1)


def count_table(
    labels: npt.NDArray[np.intp], codes: npt.NDArray[np.intp], weight: Floats, k: int, levels: int
) -> CountTable:
    """Return the table of people with a known level. labels, codes, weight : (n,)."""
    weight = weight * (len(weight) / weight.sum()) if len(weight) else weight
    cell = labels * levels + codes
    sums = [sums_by(cell, each, k * levels).reshape(k, levels) for each in (np.ones(len(cell)), weight, weight**2)]
    rows, columns = np.flatnonzero(sums[0].sum(axis=1)), np.flatnonzero(sums[0].sum(axis=0))
    counts, weights, squares = (one[np.ix_(rows, columns)] for one in sums)
    return CountTable(counts, weights, squares, rows, columns)


@dataclass(frozen=True, slots=True)
class Judged:
    """A test: its name, its statistic (chi-squared, corrected for weights), p, and how many people it is worth."""

    name: str
    statistic: float
    p: float
    effective: float


def judged(
    table: CountTable,
    labels: npt.NDArray[np.intp],
    codes: npt.NDArray[np.intp],
    weight: Floats,
    random: np.random.Generator,
) -> Judged:
    """Test whether segment and level go together. labels, codes, weight : (n,) the people of the table."""
    from scipy.special import chdtrc, fdtrc

    if table.freedom == 0:
        return Judged("chi_squared", 0.0, 1.0, float(table.n))
    statistic, expected = table.chi_squared, table.expected
    sparse = bool((expected < 1).any() or (expected < 5).mean() > 0.2)
    weighted = bool(np.ptp(weight) > 1e-9 * weight.max())
    if not weighted and not sparse:
        return Judged("chi_squared", statistic, float(chdtrc(table.freedom, statistic)), float(table.n))
    mean, freedom = design_effect(table) if weighted else (1.0, 0.0)
    corrected, effective = statistic / mean, table.n / mean
    if sparse and not (weighted and table.n > MOST_DEALT):
        deals = dealt(table, labels, codes, weight, random) if weighted else dealt_counts(table, random)
        p = (1 + int((deals >= statistic * (1 - 1e-9)).sum())) / (1 + len(deals))
        return Judged("chi_squared_dealt_anew", corrected, p, effective)
    p = float(fdtrc(freedom, freedom * max(table.n - 1, 1), corrected / table.freedom))
    return Judged("rao_scott", corrected, p, effective)


def dealt(
    table: CountTable,
    labels: npt.NDArray[np.intp],
    codes: npt.NDArray[np.intp],
    weight: Floats,
    random: np.random.Generator,
) -> Floats:
    """Return the statistics of so many tables in which the segments are dealt out anew among the same people."""
    rows, columns = np.searchsorted(table.rows, labels), np.searchsorted(table.columns, codes)
    shape = table.weights.shape
    weight = weight * (len(weight) / weight.sum())
    found = np.empty(DEALS)
    for deal in range(DEALS):
        cell = random.permutation(rows) * shape[1] + columns
        sums = sums_by(cell, weight, shape[0] * shape[1]).reshape(shape)
        expected = np.outer(sums.sum(axis=1), sums.sum(axis=0)) / sums.sum()
        found[deal] = ((sums - expected) ** 2 / expected).sum()
    return found


def dealt_counts(table: CountTable, random: np.random.Generator) -> Floats:
    """Return the same without weights: tables with the margins of this one, drawn column by column (Patefield 1981)."""
    expected, left = table.expected, np.tile(np.rint(table.counts.sum(axis=1)).astype(np.int64), (DEALS, 1))
    found = np.zeros(DEALS)
    for column, size in enumerate(np.rint(table.counts.sum(axis=0)).astype(np.int64).tolist()):
        drawn = np.array([random.multivariate_hypergeometric(row, size, method="marginals") for row in left])
        found += ((drawn - expected[:, column]) ** 2 / expected[:, column]).sum(axis=1)
        left -= drawn
    return found


def design_effect(table: CountTable) -> tuple[float, float]:
    """Return the mean of the generalised design effects, and the degrees of freedom the test has left (Satterthwaite).

    Weights alone: people are drawn one by one, with replacement.
    """
    n = table.n
    p = (table.weights / table.weights.sum()).ravel()
    q = (table.squares / table.weights.sum() ** 2).ravel()
    r, c = table.weights.shape
    if r * c > LARGEST_CORRECTED:
        kish = n * float(q.sum())
        return kish, float(table.freedom)
    covariance = np.diag(q) - np.outer(q, p) - np.outer(p, q) + q.sum() * np.outer(p, p)
    covariance *= n / max(n - 1, 1)
    effects, pairs = contrasts(r, c)
    pairs = pairs - effects @ np.linalg.lstsq(effects, pairs, rcond=None)[0]
    # The covariance is judged at the cells as they are; empty cells take no part.
    inverse = np.divide(1.0, p, out=np.zeros_like(p), where=p > 0)
    scaled = pairs * inverse[:, None]
    simple = pairs.T @ scaled / n
    found = np.linalg.lstsq(simple, scaled.T @ covariance @ scaled, rcond=None)[0]
    trace, square = float(np.trace(found)), float((found * found.T).sum())
    if trace <= 0 or square <= 0:
        return 1.0, float(table.freedom)
    return trace / table.freedom, trace**2 / square


def contrasts(r: int, c: int) -> tuple[Floats, Floats]:
    """Return what spans the main effects of an r x c table, and its interactions."""
    rows, columns = np.divmod(np.arange(r * c), c)
    main = [np.ones(r * c)]
    main += [(rows == i).astype(np.float64) for i in range(1, r)]
    main += [(columns == j).astype(np.float64) for j in range(1, c)]
    pairs = [((rows == i) & (columns == j)).astype(np.float64) for i in range(1, r) for j in range(1, c)]
    return np.column_stack(main), np.column_stack(pairs)


def cramers_v(found: Judged, table: CountTable) -> Interval:
    """Return Cramer's V, corrected for chance, with its interval; 0 where it cannot be told."""
    (r, c), freedom, n = table.weights.shape, table.freedom, max(found.effective, 2.0)
    statistic = found.statistic
    if freedom == 0 or table.n < 2:
        return Interval(0.0, 0.0, 0.0 if freedom == 0 else 1.0, table.n)
    rows, columns = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    most = max(min(rows, columns) - 1, 1e-9)
    estimate = math.sqrt(min(1.0, max(0.0, statistic / n - freedom / (n - 1)) / most))
    low, high = noncentrality(statistic, freedom)
    ends = [math.sqrt(min(1.0, end / n / most)) for end in (low, high)]
    return Interval(estimate, min(ends[0], estimate), max(ends[1], estimate), table.n)


def noncentrality(statistic: float, freedom: float, *, level: float = 0.95) -> tuple[float, float]:
    """Return the noncentralities at which the statistic would be just as high, or as low, as chance allows."""
    from scipy.special import chndtrinc

    tail = (1 - level) / 2
    ends = []
    for share in (1 - tail, tail):
        end = float(chndtrinc(statistic, freedom, share)) if statistic < 1e5 else math.nan
        if math.isnan(end) or end > 1e9:
            # Far out the distribution is normal.
            z = -1.959963984540054 if share > 0.5 else 1.959963984540054
            end = max(0.0, statistic - freedom + z * math.sqrt(2 * (freedom + 2 * max(statistic - freedom, 0.0))))
        ends.append(max(0.0, end))
    return ends[0], ends[1]
