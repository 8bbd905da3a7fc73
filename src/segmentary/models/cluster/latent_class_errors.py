"""How sure the parameters of latent classes are, and which pairs of items the classes leave unexplained."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segmentary.models.cluster.em_errors import covariance, deviations, observed_information
from segmentary.models.cluster.latent_class_kernels import _expect, posterior
from segmentary.models.cluster.latent_class_patterns import Items, Patterns
from segmentary.models.table.typed_table import Floats

EDGE = 1e-6
"""A probability nearer to 0 than this is on the boundary: it has no standard error, and the others are given it."""


@dataclass(frozen=True, eq=False)
class ClassErrors:
    """Standard errors on the scale of probabilities.

    weights : (k,) of shares. probabilities : per item (k, L) of answers, NaN on the boundary. determined : whether the
    information determines all parameters; if not every error is NaN, and the model is not identified (Goodman 1974).
    """

    weights: Floats
    probabilities: tuple[Floats, ...]
    determined: bool


@dataclass(frozen=True, eq=False)
class ClassFit:
    """Classes and the patterns they were fitted to. p : (levels, k) probabilities."""

    patterns: Patterns
    items: Items
    shares: Floats
    p: Floats

    def free(self) -> list[tuple[int, int, list[int]]]:
        """Return (item, class, levels off the boundary, the likeliest last) wherever there is something to estimate."""
        found = []
        for j in range(len(self.items.levels)):
            for c in range(len(self.shares)):
                a, b = int(self.items.offsets[j]), int(self.items.offsets[j + 1])
                levels = [int(one) for one in a + np.argsort(self.p[a:b, c], kind="stable") if self.p[one, c] > EDGE]
                if len(levels) > 1:
                    found.append((j, c, levels))
        return found


def class_errors(fit: ClassFit, way: Literal["information", "robust"]) -> ClassErrors:
    """Return standard errors of shares and probabilities.

    way : information (weights are frequencies), or robust (every row counts once, with its weight: survey weights).
    """
    k, free = len(fit.shares), fit.free()
    logits = [np.log(fit.p[levels[:-1], c] / fit.p[levels[-1], c]) for _, c, levels in free]
    at = np.concatenate([np.log(fit.shares[:-1] / fit.shares[-1]), *logits])

    def unpacked(theta: Floats) -> tuple[Floats, Floats]:
        raised = np.exp(np.append(theta[: k - 1], 0.0))
        p, place = fit.p.copy(), k - 1
        for _, c, levels in free:
            values = np.exp(np.append(theta[place : place + len(levels) - 1], 0.0))
            p[levels, c] = values / values.sum() * fit.p[levels, c].sum()
            place += len(levels) - 1
        return raised / raised.sum(), p

    codes, weight = fit.patterns.codes, fit.patterns.weight

    def score(theta: Floats) -> Floats:
        shares, p = unpacked(theta)
        counts, people, _ = _expect(codes, weight, fit.items.member, p, shares)
        parts = [counts[levels[:-1], c] - counts[levels, c].sum() * p[levels[:-1], c] for _, c, levels in free]
        return np.concatenate([(people - shares * people.sum())[: k - 1], *parts])

    scores = None
    if way == "robust":
        scores = row_scores(fit, free) * np.sqrt(fit.patterns.squares)[:, None]
    found = covariance(observed_information(score, at), scores)
    return on_probabilities(fit, free, found)


def row_scores(fit: ClassFit, free: list[tuple[int, int, list[int]]]) -> Floats:
    """Return (m, d) the score of each pattern."""
    near, _ = posterior(fit.patterns.codes, fit.items, fit.p, fit.shares)
    answered = answers(fit)
    parts = [(near - fit.shares)[:, :-1]]
    for j, c, levels in free:
        known = np.asarray(answered[:, fit.items.offsets[j] : fit.items.offsets[j + 1]].any(axis=1))
        parts.append(near[:, [c]] * (answered[:, levels[:-1]] - known[:, None] * fit.p[levels[:-1], c]))
    return np.concatenate(parts, axis=1)


def answers(fit: ClassFit) -> Floats:
    """Return (m, levels) indicators of the answers of each pattern."""
    found = np.zeros((len(fit.patterns.codes), len(fit.p)))
    for g in range(fit.patterns.codes.shape[1]):
        for place in range(fit.items.member.shape[1]):
            level = fit.items.member[fit.patterns.codes[:, g], place]
            rows = np.flatnonzero(level >= 0)
            found[rows, level[rows]] = 1.0
    return found


def on_probabilities(fit: ClassFit, free: list[tuple[int, int, list[int]]], found: Floats) -> ClassErrors:
    """Return errors of probabilities from the covariance of logits (delta method)."""
    k = len(fit.shares)
    determined = bool(np.isfinite(found).all())
    turn = np.diag(fit.shares) - np.outer(fit.shares, fit.shares)
    weights = deviations(turn[:, :-1] @ found[: k - 1, : k - 1] @ turn[:, :-1].T)
    errors = np.full_like(fit.p, np.nan)
    place = k - 1
    for _, c, levels in free:
        part = slice(place, place + len(levels) - 1)
        p = fit.p[levels, c]
        turn = (np.diag(p) - np.outer(p, p))[:, :-1]
        errors[levels, c] = deviations(turn @ found[part, part] @ turn.T)
        place += len(levels) - 1
    if not determined:
        weights = np.full(k, np.nan)
    offsets = fit.items.offsets
    return ClassErrors(weights, tuple(errors[a:b].T.copy() for a, b in itertools.pairwise(offsets)), determined)


def residuals(fit: ClassFit) -> Floats:
    """Return (p, p) bivariate residuals: Pearson's chi-square of each pair of items, per degree of freedom.

    Large values (Vermunt & Magidson's rule of thumb: above 3.84) mean the pair is associated within classes; then the
    classes are not all there is. Rows with both items known count. Reference: Oberski, van Kollenburg & Vermunt (2013).
    """
    near, _ = posterior(fit.patterns.codes, fit.items, fit.p, fit.shares)
    answered, weight, offsets = answers(fit), fit.patterns.weight, fit.items.offsets
    joint = answered.T @ (answered * weight[:, None])
    items = len(fit.items.levels)
    known = np.column_stack([answered[:, offsets[j] : offsets[j + 1]].any(axis=1) for j in range(items)])
    found = np.zeros((items, items))
    for i in range(items):
        for j in range(i):
            a, b = slice(offsets[i], offsets[i + 1]), slice(offsets[j], offsets[j + 1])
            people = (weight * (known[:, i] & known[:, j])) @ near
            expected = (fit.p[a] * people) @ fit.p[b].T
            there = expected > 1e-9
            seen = joint[a, b]
            free = max(1, (int(there.any(axis=1).sum()) - 1) * (int(there.any(axis=0).sum()) - 1))
            square = ((seen - expected)[there] ** 2 / expected[there]).sum()
            found[i, j] = found[j, i] = square / free
    return found
