"""Correlations of the normal variables behind tied answers: tetrachoric, polychoric, polyserial, all by one formula.

Every column is taken as a normal variable seen through steps. With scores s (the mean of the normal variable within a
step) and their Hermite coefficients c, two columns whose normal variables correlate by r have scores that correlate by
h(r) = sum over m of c1[m] c2[m] r^m (Mehler's formula; Lancaster 1957). The correlation seen is turned back into r.
For two yes/no columns this is the tetrachoric correlation exactly (one figure and two margins are all a two by two
table has); for two columns without ties it is the correlation of normal scores; between, it matches what is seen of
the data instead of maximising a likelihood, which is what a reference data set must do.

References: Pearson (1900), Phil. Trans. A 195; Olsson (1979), Psychometrika 44(4); Lancaster (1957), Biometrika 44.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segmentary.models.table.typed_table import Floats

DEGREE = 80
"""Hermite terms; the rest is below r^80, .02 at r = .95."""
LARGEST = 0.98


@dataclass(frozen=True, eq=False)
class Margin:
    """One column as steps of a normal variable.

    values : (l,) distinct values, ascending. shares : (l,) of the weight of those known. scores : (l,) mean of the
    normal variable within the step, over all standardised to 1. hermite : (DEGREE,) coefficients of degree 1, 2 ...
    """

    values: Floats
    shares: Floats
    scores: Floats
    hermite: Floats


def margin(x: Floats, w: Floats) -> Margin:
    """Return the steps of one column; missing (NaN) is left out. A constant column has scores of 0.

    x : (n,); w : (n,) weights.
    """
    from scipy.special import ndtri

    known = ~np.isnan(x)
    values, codes = np.unique(x[known], return_inverse=True)
    mass = np.bincount(codes, w[known], minlength=len(values)).astype(np.float64)
    shares = mass / mass.sum() if len(values) else mass
    if len(values) < 2:
        return Margin(values, shares, np.zeros(len(values)), np.zeros(DEGREE))
    cuts = ndtri(np.cumsum(shares)[:-1].clip(1e-12, 1 - 1e-12))
    density = np.exp(-0.5 * cuts**2) / np.sqrt(2 * np.pi)
    # Orthonormal Hermite polynomials at the cuts, times the density; the step from -inf and to +inf adds nothing.
    below, here = np.zeros_like(cuts), density
    edges = np.empty((DEGREE, len(cuts)))
    for m in range(DEGREE):
        edges[m] = here / np.sqrt(m + 1)
        below, here = here, (cuts * here - np.sqrt(m) * below) / np.sqrt(m + 1)
    padded = np.pad(edges, ((0, 0), (1, 1)))
    inside = padded[:, :-1] - padded[:, 1:]
    scores = inside[0] / shares
    deviation = float(np.sqrt(shares @ scores**2))
    scores = scores / deviation
    return Margin(values, shares, scores, inside @ scores)


def scored(x: Floats, one: Margin) -> Floats:
    """Return the scores of a column's values; missing stays missing."""
    known = ~np.isnan(x)
    found = np.full(len(x), np.nan)
    if len(one.values):
        found[known] = one.scores[np.searchsorted(one.values, x[known])]
    return found


def seen_correlation(z: Floats, w: Floats) -> Floats:
    """Return (p, p) weighted correlations over the rows where both are known; 0 where nothing varies."""
    known = ~np.isnan(z)
    filled, present = np.where(known, z, 0.0), known.astype(np.float64)
    weighted = present * w[:, None]
    both = weighted.T @ present
    safe = np.maximum(both, 1e-300)
    first = (filled * w[:, None]).T @ present / safe
    second = (filled**2 * w[:, None]).T @ present / safe
    mixed = (filled * w[:, None]).T @ filled / safe
    spread = np.sqrt(np.maximum(second - first**2, 0.0))
    scale = spread * spread.T
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(scale > 1e-12, (mixed - first * first.T) / scale, 0.0)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found.clip(-1, 1))


def latent_correlation(z: Floats, w: Floats, margins: list[Margin]) -> Floats:
    """Return (p, p) correlations of the normal variables, made positive definite.

    z : (n, p) scores (`scored`), missing NaN; w : (n,) weights; margins : of each column.
    """
    seen = seen_correlation(z, w)
    hermite = np.array([one.hermite for one in margins])
    low, high = np.full_like(seen, -LARGEST), np.full_like(seen, LARGEST)
    for _ in range(24):
        middle = (low + high) / 2
        # Horner over the degrees, for all pairs at once.
        value = np.zeros_like(middle)
        for m in range(DEGREE - 1, -1, -1):
            value = middle * (value + np.outer(hermite[:, m], hermite[:, m]))
        above = value > seen
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    found = (low + high) / 2
    constant = (hermite**2).sum(axis=1) == 0
    found[constant] = 0.0
    found[:, constant] = 0.0
    return positive_definite((found + found.T) / 2)


def positive_definite(matrix: Floats, *, least: float = 1e-3) -> Floats:
    """Return the correlation matrix with eigenvalues of about `least` and more, rescaled to a diagonal of 1."""
    matrix = matrix.copy()
    np.fill_diagonal(matrix, 1.0)
    values, vectors = np.linalg.eigh(matrix)
    if values[0] >= least:
        return matrix
    mended = (vectors * np.maximum(values, least)) @ vectors.T
    scale = np.sqrt(np.diag(mended))
    return np.asarray(mended / np.outer(scale, scale))
