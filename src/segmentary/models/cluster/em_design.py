"""EM of mixtures whose log-densities are linear in a design: one product finds the members, one the next parameters.

Normal, multinomial, Poisson and regression components are exponential families: with the rows' statistics (1, x, x^2,
indicators ...) as a design, log-densities are ``design @ coefficients`` and the sums an M-step needs are
``design.T @ probabilities``. Rows are worked through in blocks that stay in the processor's cache.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

BLOCK = 2048
KEPT = 4_000_000
"""A design up to so many numbers is kept; a larger one is made again, block by block, in every step."""


class DesignProblem(ABC):
    """Weighted rows under a design. Subclasses say how parameters become coefficients and sums become parameters.

    Parameters
    ----------
    rows : (m, q) what the design is made of. weight : (m,).
    space : (m, r) standardised coordinates without missing values, in which starts are drawn.
    """

    def __init__(self, rows: Floats, weight: Floats, k: int, space: Floats) -> None:
        self.rows, self.counts, self.k, self.space = rows, weight, k, space
        self.across = np.ascontiguousarray(rows.T)
        self.weight = float(weight.sum())
        self.size = len(rows) * k
        self._columns = len(self.design(self.across[:, :1]))
        self._kept = self.design(self.across) if len(rows) * self._columns <= KEPT else None

    @abstractmethod
    def design(self, across: Floats) -> Floats:
        """Return (D, b) statistics of the columns (q, b) of b rows: whole columns lie together."""

    @abstractmethod
    def coefficients(self, place: Floats) -> Floats:
        """Return (D, k): the log share and log-density of a row are ``design @ coefficients``."""

    @abstractmethod
    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return the parameters that sums (D, k) lead to; `before`: those before (of M-steps that go on from there)."""

    @abstractmethod
    def inside(self, place: Floats) -> Floats:
        """Return the nearest allowed parameters."""

    def shake(self, place: Floats, rng: np.random.Generator) -> Floats:
        """Return good parameters with one component given up for a part of another: its rows divided in two."""
        near = self.probabilities(place)
        gone, halved = rng.permutation(self.k)[:2]
        direction = rng.normal(size=self.space.shape[1])
        side = self.space @ direction
        middle = float(np.average(side, weights=np.maximum(self.counts * near[:, halved], 1e-300)))
        near[:, halved] += near[:, gone] * rng.random()
        near[:, gone] = near[:, halved] * (side > middle)
        near[:, halved] -= near[:, gone]
        near = near + 1e-3 / self.k
        return self.from_members(near / near.sum(axis=1, keepdims=True))

    def step(self, place: Floats) -> tuple[Floats, float]:
        """Return the parameters after one step, and the log-likelihood before."""
        coefficients = self.coefficients(place)
        if not np.isfinite(coefficients).all():
            return place, np.nan
        sums = np.zeros((self._columns, self.k))
        turned = np.ascontiguousarray(coefficients.T)
        known = 0.0
        for start in range(0, len(self.rows), BLOCK):
            design, weight = self._block(start), self.counts[start : start + BLOCK]
            near = turned @ design
            top = near.max(axis=0)
            near -= top
            np.exp(near, out=near)
            total = near.sum(axis=0)
            known += float(weight @ (top + np.log(total)))
            near *= weight / total
            sums += design @ near.T
        return self.maximised(sums, place), known

    def _block(self, start: int) -> Floats:
        if self._kept is not None:
            return self._kept[:, start : start + BLOCK]
        return self.design(self.across[:, start : start + BLOCK])

    def probabilities(self, place: Floats) -> Floats:
        """Return (m, k) probabilities of membership."""
        coefficients = self.coefficients(place)
        found = np.empty((len(self.rows), self.k))
        for start in range(0, len(self.rows), BLOCK):
            near = coefficients.T @ self._block(start)
            near = np.exp(near - near.max(axis=0))
            found[start : start + BLOCK] = (near / near.sum(axis=0)).T
        return found

    def from_members(self, near: Floats) -> Floats:
        """Return the parameters that (m, k) probabilities of membership lead to."""
        sums = np.zeros((self._columns, self.k))
        for start in range(0, len(self.rows), BLOCK):
            part = slice(start, start + BLOCK)
            sums += self._block(start) @ (near[part] * self.counts[part, None])
        return self.maximised(sums, None)

    def start(self, rng: np.random.Generator, turn: int) -> Floats:
        """Return a start: rows by their nearest of k rows far apart, in all coordinates or some, settled or not."""
        space = self.space
        if turn % 3 == 2 and space.shape[1] > 2:
            space = space[:, rng.permutation(space.shape[1])[: max(2, space.shape[1] // 2)]]
        labels = nearest(space, self.counts, self.k, rng, rounds=(8, 0, 2)[turn % 3])
        near = np.full((len(labels), self.k), 0.02 / self.k)
        near[np.arange(len(labels)), labels] += 0.98
        return self.from_members(near)


def products(across: Floats, before: int = 0) -> Floats:
    """Return (before + q (q + 1) / 2, b): room, then products of columns in the order of `numpy.triu_indices`."""
    q, at = len(across), before
    found = np.empty((before + q * (q + 1) // 2, across.shape[1]))
    for j in range(q):
        np.multiply(across[j:], across[j], out=found[at : at + q - j])
        at += q - j
    return found


def nearest(space: Floats, weight: Floats, k: int, rng: np.random.Generator, *, rounds: int) -> npt.NDArray[np.intp]:
    """Return (m,) the nearest of k seeds far apart (Arthur & Vassilvitskii 2007), after some rounds of k-means."""
    square = np.einsum("ij,ij->i", space, space)
    apart, chance = np.full(len(space), np.inf), weight
    centres = np.empty((k, space.shape[1]))
    for c in range(k):
        upto = np.cumsum(chance)
        row = min(int(np.searchsorted(upto, rng.random() * upto[-1], side="right")), len(upto) - 1)
        centres[c] = space[row]
        apart = np.minimum(apart, np.maximum(square - 2 * (space @ space[row]) + square[row], 0.0))
        chance = weight * apart if (apart > 1e-12).any() else weight
    for _ in range(rounds):
        labels = closest(space, centres)
        heavy = np.bincount(labels, weights=weight, minlength=k)
        sums = np.column_stack([np.bincount(labels, weights=weight * one, minlength=k) for one in space.T])
        centres = np.where(heavy[:, None] > 0, sums / np.maximum(heavy, 1e-300)[:, None], centres)
    return closest(space, centres)


def closest(space: Floats, centres: Floats) -> npt.NDArray[np.intp]:
    """Return (m,) the place of the closest centre."""
    return np.asarray(np.argmin((centres**2).sum(axis=1) - 2 * (space @ centres.T), axis=1))


def unlike(rows: Floats) -> npt.NDArray[np.bool_]:
    """Return (m,) whether a row differs from the one before; missing equals missing."""
    found = np.zeros(len(rows), dtype=bool)
    found[:1] = True
    for j in range(rows.shape[1]):
        before, after = rows[:-1, j], rows[1:, j]
        found[1:] |= (after != before) & ~(np.isnan(after) & np.isnan(before))
    return found


def different_rows(x: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return the different rows of any weight, and their weights.

    Their order does not depend on that of the rows, and rows that come twice are one of twice the weight, so that
    starts drawn from them are the same. Missing equals missing.
    """
    there = np.flatnonzero(weight > 0)
    part = x[there]
    mixed = np.random.default_rng(7).random((x.shape[1],)) + 0.5
    key = np.zeros(len(part))
    for j in range(x.shape[1]):
        key += mixed[j] * np.where(np.isnan(part[:, j]), 7.7 + j, part[:, j])
    order = np.argsort(key, kind="stable")
    new = unlike(part[order])
    if ((key[order][1:] == key[order][:-1]) & new[1:]).any():
        # Columns of very different size: rows share a key without being the same.
        order = np.lexsort(part.T[::-1])
        new = unlike(part[order])
    turned = part[order]
    group = np.cumsum(new) - 1
    return turned[new], np.bincount(group, weights=weight[there][order]).astype(np.float64)
