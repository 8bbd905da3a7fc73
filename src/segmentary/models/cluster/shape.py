"""What hierarchical and density segments share: rows in, labels out, others to the nearest centroid."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import (  # noqa: TID253  # estimators are scikit-learn's; imported inside functions by everybody else
    BaseEstimator,
    ClusterMixin,
)

from segmentary.errors import NoAnswerError
from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.problem import Problem, problem_of
from segmentary.models.cluster.sharpness import sharpness
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.patterns import Patterns, distinct
from segmentary.models.table.typed_table import Floats

Labels = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Drawn:
    """The distinct rows a method is fitted on, in inner units, and which rows of X these are patterns of.

    rows : (s,) of X, those of positive weight, or a sample of them. inverse : (s,) the pattern of each. share : how
    much of the weight they are.
    """

    problem: Problem
    rows: Labels
    inverse: Labels
    share: float


class Shape(ClusterMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """Base of methods without a rule of their own for others: these go to the nearest centroid."""

    max_rows: int
    random_state: Any
    labels_: Labels

    @abstractmethod
    def _shapes(self, drawn: Drawn, tell: Tell) -> Labels:
        """Return (m,) the segment of each distinct row, any whole numbers, -1 noise."""

    def _checked(self, rows: int) -> None:
        """Refuse parameters out of range."""

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, *, tell: Tell = quiet) -> Self:  # noqa: N803
        """Find the segments.

        X : (n, q) numbers, none missing. sample_weight : (n,) not negative: a row of weight 3 is three such rows.

        Raises
        ------
        ValueError : too few rows of positive weight, or a parameter out of range.
        """
        from sklearn.utils.validation import _check_sample_weight, validate_data

        x: Floats = validate_data(self, X, dtype=np.float64, order="C")
        weights = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
        self._checked(int((weights > 0).sum()))
        if not (isinstance(self.max_rows, int | np.integer) and self.max_rows >= 2):
            raise ValueError(f"max_rows={self.max_rows!r}: it has to be a whole number of at least 2")
        if not np.isfinite(weights.sum()):  # heavier together than any number
            weights = weights / weights.max()
        drawn = self._drawn(x, weights)
        found = self._shapes(drawn, tell)
        self._learn(x, weights, drawn, found)
        self.n_features_in_ = x.shape[1]
        return self

    def _drawn(self, x: Floats, weights: Floats) -> Drawn:
        """Return the distinct rows, of a random sample where there are more than `max_rows`."""
        from sklearn.utils import check_random_state

        rows = np.flatnonzero(weights > 0)
        whole = float(weights.sum())
        packed: Patterns = distinct(x[rows], weights[rows])
        if len(packed) > self.max_rows:
            seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
            rows = np.sort(np.random.default_rng(seed).permutation(rows)[: self.max_rows])
            packed = distinct(x[rows], weights[rows])
        none = np.empty(0, dtype=np.intp)
        problem = problem_of(packed.values, packed.weights, none, lambda spread: 1.0)
        return Drawn(problem, rows, packed.inverse, float(weights[rows].sum() / whole))

    def _learn(self, x: Floats, weights: Floats, drawn: Drawn, found: Labels) -> None:
        """Keep segments in the order of size, their centroids, and how far these agree with the method."""
        p = drawn.problem
        names, places = np.unique(found[found >= 0], return_inverse=True)
        mass = np.bincount(places, p.weights[found >= 0], minlength=len(names))
        order = np.argsort(-mass, kind="stable")
        rank = np.empty(len(names), dtype=np.intp)
        rank[order] = np.arange(len(names))
        labels = np.full(len(p), -1, dtype=np.intp)
        labels[found >= 0] = rank[places]
        k, q = len(names), x.shape[1]
        centres, cost = np.zeros((k, q)), 0.0
        for c in range(k):
            here = labels == c
            centres[c] = (p.weights[here, None] * p.x[here]).sum(axis=0) / p.weights[here].sum()
            cost += float((p.weights[here, None] * (p.x[here] - centres[c]) ** 2).sum())
        self.n_clusters_ = k
        self.centroids_ = centres * p.unit + p.middle
        self.inertia_ = cost * p.unit * p.unit * p.heaviest
        self.sampled_ = len(drawn.rows) if drawn.share < 1 else 0
        self._terms = nearest_terms(p, centres, cost, labels) if k else None
        placed = self._terms.labels(x) if self._terms else np.full(len(x), -1, dtype=np.intp)
        self.labels_ = placed.copy()
        self.labels_[drawn.rows] = labels[drawn.inverse]
        fitted = weights[drawn.rows]
        self.agreement_ = float(fitted[placed[drawn.rows] == self.labels_[drawn.rows]].sum() / fitted.sum())

    def predict(self, X: Any) -> Labels:  # noqa: N803
        """Return (n,) the segment whose centroid is nearest; -1 for everybody where there is no segment."""
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        x: Floats = validate_data(self, X, dtype=np.float64, reset=False)
        return np.full(len(x), -1, dtype=np.intp) if self._terms is None else self._terms.labels(x)

    def terms(self) -> Terms:
        """Return how others are placed: by the nearest centroid, which need not be where the method put the fitted.

        `agreement_` is the weighted share of the fitted for whom both are the same.

        Raises
        ------
        NoAnswerError : there is no segment.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        if self._terms is None:
            raise NoAnswerError("no segment is dense enough: everybody is noise", hint="lower min_cluster_size")
        return self._terms


def nearest_terms(p: Problem, centres: Floats, cost: float, labels: Labels) -> Terms:
    """Return the terms of nearest centroids (in inner units), as sure as a mixture of equal spheres of that cost."""
    k, q = centres.shape
    known = float(p.weights[labels >= 0].sum()) * q
    none = np.empty(0)
    beta = sharpness(max(cost, 1e-9 * known), known, 1.0, none, none)
    slope = 2 * beta * centres / p.unit
    constant = (-slope * p.middle - beta * centres**2).sum(axis=1)
    return Terms(constant, slope, np.zeros((k, q)), posterior=False)
