"""What one population would have answered: the same answers, the same correlations, nothing else in common.

A reference data set rearranges each column's own values by a normal copula with the correlations of
`latent_correlation`: every column keeps its distribution to the last value (Iman & Conover 1982), missing answers stay
where they are, and what is lost is whatever is not told by columns and correlations: groups.

References: Hennig & Lin (2015), Statistics and Computing 25(4), 821-833; Iman & Conover (1982), Communications in
Statistics 11(3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.models.table.typed_table import Floats
from segmentary.models.validate.latent_correlation import (
    LARGEST,
    latent_correlation,
    margin,
    positive_definite,
    scored,
    seen_correlation,
)

MATCHING = 4
"""Corrections per reference data set."""


@dataclass(frozen=True, eq=False)
class CopulaNull:
    """One population with the margins and correlations of a table.

    plain : (n, p) the table, missing NaN; weights : (n,). latent : (p, p) correlations of the normal variables to start
    from; seen : (p, p) correlations of the table itself, which every reference data set is brought to.
    """

    plain: Floats
    weights: Floats
    latent: Floats
    seen: Floats

    def sample(self, rng: np.random.Generator) -> Floats:
        """Return (n, p) one reference data set."""
        n, p = self.plain.shape
        z = rng.standard_normal((n, p))
        if n <= 4 * p:
            return self.answers(z @ np.linalg.cholesky(self.latent).T)
        # Its own chance correlations would come on top of those the data already has by chance, and make references
        # look more structured than the data: they are taken out, then corrected to what is seen after rounding.
        z -= z.mean(axis=0)
        z = z @ np.linalg.inv(np.linalg.cholesky(z.T @ z / n)).T
        wished = self.latent
        found = self.answers(z @ np.linalg.cholesky(wished).T)
        # Columns that say the same twice must do so in references too.
        twice = np.abs(self.seen - np.eye(p)).max(initial=0.0) > LARGEST
        least, most = (1e-8, 1.0) if twice else (1e-3, LARGEST)
        for _ in range(MATCHING):
            wished = (wished + self.seen - seen_correlation(found, self.weights)).clip(-most, most)
            wished = positive_definite(wished, least=least)
            found = self.answers(z @ np.linalg.cholesky(wished).T)
        return found

    def answers(self, z: Floats) -> Floats:
        """Return the table's own values, each column in the order of its normal variable."""
        found = np.full_like(self.plain, np.nan)
        for j in range(self.plain.shape[1]):
            known = np.flatnonzero(~np.isnan(self.plain[:, j]))
            found[known, j] = rearranged(self.plain[known, j], self.weights[known], z[known, j])
        return found


def rearranged(x: Floats, w: Floats, z: Floats) -> Floats:
    """Return values distributed as x (weighted by w) in the order of z; with equal weights a permutation of x."""
    order, places = np.argsort(x, kind="stable"), np.argsort(z, kind="stable")
    found = np.empty_like(x)
    if len(x) == 0 or np.ptp(w) == 0:
        found[places] = x[order]
        return found
    # The weights stay with the rows: the row at the middle of its weight gets that quantile of the weighted values.
    upper, mine = np.cumsum(w[order]), np.cumsum(w[places])
    at = np.searchsorted(upper, mine - w[places] / 2)
    found[places] = x[order][np.minimum(at, len(x) - 1)]
    return found


def copula_null(plain: Floats, weights: Floats) -> CopulaNull:
    """Fit the reference model of a table of numbers and ordered codes."""
    margins = [margin(plain[:, j], weights) for j in range(plain.shape[1])]
    z = np.column_stack([scored(plain[:, j], one) for j, one in enumerate(margins)])
    return CopulaNull(plain, weights, latent_correlation(z, weights, margins), seen_correlation(plain, weights))
