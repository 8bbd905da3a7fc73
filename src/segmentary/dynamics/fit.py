"""How well people fit found segments: the density of the fitted people in them, and where its border lies.

In the coordinates of the solution's preparation (or, for methods without one, of a preparation made for it) every
segment is a normal cloud with its mean and a covariance drawn towards that of all segments; a person's misfit is minus
the log of the mixture's density. What counts as "no longer fits" is set by the fitted people themselves, each scored by
figures the person was not part of (five folds): the highest 2.5 % of them. No normality is needed for that border to be
right, only for it to be sharp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError
from segmentary.models.discover.solution import Solution
from segmentary.models.table.matching import matched
from segmentary.models.table.preparation import Preparation
from segmentary.models.table.scaling import prepare, quantiles
from segmentary.models.table.typed_table import Floats, TypedTable

Labels = npt.NDArray[np.intp]
UNFIT = 0.025
FOLDS = 5
MOST_AXES = 20
"""More coordinates than these are turned to the principal axes first."""
FLOOR = 0.01
"""A direction in which a segment hardly varies is given this share of the variance of everybody."""
FEWEST = 50
SIMULATED = 6_000


@dataclass(frozen=True, eq=False)
class Clouds:
    """Normal clouds: sizes (k,), means (k, d), covariances (k, d, d), and the one of all segments (d, d)."""

    sizes: Floats
    means: Floats
    covariances: Floats
    within: Floats

    def misfit(self, z: Floats) -> Floats:
        """Return (n,) minus the log density of each row (n, d)."""
        logs = np.full((len(z), len(self.sizes)), -np.inf)
        for place in np.flatnonzero(self.sizes > 0):
            root = np.linalg.cholesky(self.covariances[place])
            off = np.linalg.solve(root, (z - self.means[place]).T)
            logs[:, place] = np.log(self.sizes[place]) - np.log(np.diag(root)).sum() - 0.5 * (off**2).sum(axis=0)
        top = logs.max(axis=1)
        return np.asarray(-(top + np.log(np.exp(logs - top[:, None]).sum(axis=1))))

    @property
    def whitening(self) -> Floats:
        """(d, d) matrix that makes the spread within segments 1 in every direction: z @ whitening."""
        return np.asarray(np.linalg.inv(np.linalg.cholesky(self.within)).T)


def clouds(z: Floats, labels: Labels, w: Floats, k: int) -> Clouds:
    """Return the clouds of k segments of rows (n, d) with weights (n,)."""
    d = z.shape[1]
    total = w.sum()
    everybody = np.average(z, axis=0, weights=w)
    floor = FLOOR * np.average((z - everybody) ** 2, axis=0, weights=w) + 1e-9
    sizes, means = np.zeros(k), np.tile(everybody, (k, 1))
    scatters = np.zeros((k, d, d))
    for place in range(k):
        here = labels == place
        if here.any():
            sizes[place] = w[here].sum() / total
            means[place] = np.average(z[here], axis=0, weights=w[here])
            off = z[here] - means[place]
            scatters[place] = (off * w[here][:, None]).T @ off
    within = scatters.sum(axis=0) / total + np.diag(floor)
    prior = 3.0 * d
    weights = sizes * total
    covariances = (scatters + prior * within) / (weights + prior)[:, None, None] + np.diag(floor)
    return Clouds(sizes, means, covariances, within)


@dataclass(frozen=True, eq=False)
class Baseline:
    """What the fitted people were like, without the people: enough to say later who no longer fits.

    Attributes
    ----------
    keys : (k,) of the segments. preparation, turn (q, d), centre (q,) : from a typed table to the coordinates.
    clouds : the segments. border : misfit above which nobody but 2.5 % of them were. people, effective_n : them.
    unfit : (k,) share of each segment's people beyond the border.
    """

    keys: tuple[str, ...]
    preparation: Preparation
    turn: Floats
    centre: Floats
    clouds: Clouds
    border: float
    people: int
    effective_n: float
    unfit: Floats

    def coordinates(self, table: TypedTable) -> Floats:
        """Return (n, d) coordinates of people."""
        return np.asarray((self.preparation.apply(table) - self.centre) @ self.turn)

    def drawn(self, seed: int) -> tuple[Floats, Labels]:
        """Return people as the clouds would have them, where the people themselves are not at hand."""
        chance = np.random.default_rng([seed, 17])
        labels = chance.choice(len(self.keys), SIMULATED, p=self.clouds.sizes / self.clouds.sizes.sum())
        z = np.empty((SIMULATED, len(self.within)))
        for place in range(len(self.keys)):
            here = labels == place
            z[here] = chance.multivariate_normal(
                self.clouds.means[place], self.clouds.covariances[place], int(here.sum()), method="cholesky"
            )
        return z, np.asarray(labels, dtype=np.intp)

    @property
    def within(self) -> Floats:
        """(d, d) covariance within segments."""
        return self.clouds.within

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "keys": list(self.keys),
            "preparation": self.preparation.to_document(),
            "turn": self.turn.tolist(),
            "centre": self.centre.tolist(),
            "sizes": self.clouds.sizes.tolist(),
            "means": self.clouds.means.tolist(),
            "covariances": self.clouds.covariances.tolist(),
            "within": self.clouds.within.tolist(),
            "border": self.border,
            "people": self.people,
            "effective_n": self.effective_n,
            "unfit": self.unfit.tolist(),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the baseline a document describes."""

        def array(key: str) -> Floats:
            return np.asarray(document[key], dtype=np.float64)

        return cls(
            tuple(document["keys"]),
            Preparation.from_document(document["preparation"]),
            array("turn"),
            array("centre"),
            Clouds(array("sizes"), array("means"), array("covariances"), array("within")),
            document["border"],
            document["people"],
            document["effective_n"],
            array("unfit"),
        )


def baseline(solution: Solution, reference: TypedTable, *, seed: int = 0) -> Baseline:
    """Return what the fitted people are like.

    reference : those the solution was fitted on, or people like them, with its columns.

    Raises
    ------
    NoAnswerError
        when fewer than fifty of them can be placed.
    """
    table, labels = placed(solution, reference)
    if len(table) < FEWEST:
        raise NoAnswerError(
            f"{len(table):,} people of the reference can be placed: too few to say who fits",
            hint=f"give at least {FEWEST} of those the segments were found in",
        )
    preparation = solution.assigner.preparation or prepare(table)
    x, w = preparation.apply(table), table.weight * (table.effective_n / len(table))
    centre = np.average(x, axis=0, weights=w)
    turn = axes(x - centre, w)
    z = (x - centre) @ turn
    k = solution.k
    scores = np.empty(len(z))
    fold = np.random.default_rng([seed, 5]).permutation(len(z)) % FOLDS
    for one in range(FOLDS):
        inside = fold == one
        scores[inside] = clouds(z[~inside], labels[~inside], w[~inside], k).misfit(z[inside])
    border = float(quantiles(scores, w, np.array([1 - UNFIT]))[0])
    beyond = w * (scores > border)
    each = np.bincount(labels, w, minlength=k)
    unfit = np.bincount(labels, beyond, minlength=k) / np.where(each > 0, each, 1.0)
    keys = solution.assigner.labels
    made = clouds(z, labels, w, k)
    return Baseline(keys, preparation, turn, centre, made, border, len(table), table.effective_n, unfit)


def placed(solution: Solution, table: TypedTable) -> tuple[TypedTable, Labels]:
    """Return the people of a table who can be placed, with the columns of the solution, and their segments."""
    part, _ = matched(table, solution.columns)
    labels = solution.assigner.assign(part)
    here = labels >= 0
    return (part if here.all() else part.take(here)), np.asarray(labels[here], dtype=np.intp)


def axes(x: Floats, w: Floats) -> Floats:
    """Return (q, d) the identity, or the first principal axes where there are many coordinates."""
    q = x.shape[1]
    if q <= MOST_AXES:
        return np.eye(q)
    _, vectors = np.linalg.eigh((x * w[:, None]).T @ x / w.sum())
    return np.asarray(vectors[:, ::-1][:, :MOST_AXES])
