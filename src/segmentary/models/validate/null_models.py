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
from segmentary.models.validate.latent_correlation import latent_correlation, margin, scored


@dataclass(frozen=True, eq=False)
class CopulaNull:
    """One population with the margins and correlations of a table.

    plain : (n, p) the table, missing NaN; weights : (n,); root : (p, p) with root @ root.T the latent correlations.
    """

    plain: Floats
    weights: Floats
    root: Floats

    def sample(self, rng: np.random.Generator) -> Floats:
        """Return (n, p) one reference data set."""
        n, p = self.plain.shape
        z = rng.standard_normal((n, p))
        if n > 4 * p:
            # The sample's own correlations would add to those of the data: take them out (Iman & Conover 1982).
            z -= z.mean(axis=0)
            z = z @ np.linalg.inv(np.linalg.cholesky(z.T @ z / n)).T
        z = z @ self.root.T
        found = np.full_like(self.plain, np.nan)
        for j in range(p):
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
    return CopulaNull(plain, weights, np.linalg.cholesky(latent_correlation(z, weights, margins)))
