"""What k-means, k-modes and k-prototypes share: rows in, prototypes out, everybody to the nearest."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import (  # noqa: TID253  # estimators are scikit-learn's; imported inside functions by everybody else
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.problem import Places, Problem, by_size, places_of, problem_of
from segmentary.models.cluster.search import Found, search
from segmentary.models.cluster.sharpness import sharpness
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

MOST_CODES = 65_536


class Partition(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Base of the methods that put everybody to the nearest of k prototypes."""

    n_clusters: int
    n_init: Any
    swaps: int
    max_iter: int
    random_state: Any
    labels_: npt.NDArray[np.intp]
    _missing = True

    @abstractmethod
    def _coded(self, q: int) -> Places:
        """Return the places of the coded columns among q."""

    @abstractmethod
    def _gamma(self, spread: float) -> float:
        """Return what a level that differs costs, given the mean standard deviation of the numbers."""

    @abstractmethod
    def _keep(self, prototypes: Floats, cost: float) -> None:
        """Keep (k, columns) prototypes and the cost under the method's own names."""

    def __sklearn_tags__(self) -> Any:
        """Say what scikit-learn asks."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        tags.input_tags.allow_nan = self._missing
        return tags

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, *, tell: Tell = quiet) -> Self:  # noqa: N803
        """Find the prototypes.

        X : (n, q) numbers and codes. sample_weight : (n,) not negative, in any scale. tell : hears how far it is.

        Raises
        ------
        ValueError : fewer rows of positive weight than segments, or a parameter out of range.
        """
        from sklearn.utils import check_random_state
        from sklearn.utils.validation import _check_sample_weight

        x = self._read(X, reset=True)
        weights = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
        starts = self._checked(int((weights > 0).sum()))
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        self._coded_at = self._coded(x.shape[1])
        problem = problem_of(x, weights, self._coded_at, self._gamma)
        k = min(int(self.n_clusters), len(problem))
        found = search(problem, k, seed=seed, starts=starts, swaps=int(self.swaps), most=self.max_iter, tell=tell)
        self._learn(problem, found)
        self.labels_ = self._terms.labels(self._encoded(x))
        somebody = np.bincount(self.labels_, weights, minlength=self._n_features_out) > 0
        if not somebody.all():  # all of its rows are as near to a larger one
            self._learn(problem, found, somebody)
            self.labels_ = self._terms.labels(self._encoded(x))
        if self._n_features_out < self.n_clusters:
            from sklearn.exceptions import ConvergenceWarning

            text = f"{self._n_features_out} segments, not {self.n_clusters}: {len(problem)} different rows gave no more"
            warnings.warn(text, ConvergenceWarning, stacklevel=2)
        self.n_iter_, self.n_starts_, self.n_agreeing_ = found.iterations, found.starts, found.agreeing
        return self

    def _checked(self, rows: int) -> int | None:
        """Return how many starts are asked for, None: as many as it takes."""
        for name, value in (("n_clusters", self.n_clusters), ("max_iter", self.max_iter), ("n_init", self.n_init)):
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= 1
            if not whole and not (name == "n_init" and value == "auto"):
                raise ValueError(f"{name}={value!r}: it has to be a whole number of at least 1")
        if not (isinstance(self.swaps, int | np.integer) and self.swaps >= 0):
            raise ValueError(f"swaps={self.swaps!r}: it has to be a whole number of at least 0")
        if rows < self.n_clusters:
            raise ValueError(f"n_samples={rows} (of positive weight) should be >= n_clusters={self.n_clusters}.")
        return None if self.n_init == "auto" else int(self.n_init)

    def _read(self, X: Any, *, reset: bool) -> Floats:  # noqa: N803
        """Return the rows as float64."""
        from sklearn.utils.validation import validate_data

        finite = "allow-nan" if self._missing else True
        found: Floats = validate_data(self, X, dtype=np.float64, order="C", ensure_all_finite=finite, reset=reset)
        return found

    def _learn(self, problem: Problem, found: Found, somebody: npt.NDArray[np.bool_] | None = None) -> None:
        """Keep what was found: segments in the order of their size, without empty ones (and those with nobody)."""
        k, q = found.centres.shape[1], len(problem.middle)
        numbers = np.setdiff1d(np.arange(q + len(problem.levels)), self._coded_at)
        prototypes = np.full((k, q + len(problem.levels)), np.nan)
        prototypes[:, numbers] = found.centres.T * problem.unit + problem.middle
        modes = np.zeros((k, len(problem.levels)), dtype=np.intp)
        for place, levels in enumerate(problem.levels):
            if len(levels):
                costs = found.table[problem.offsets[place] : problem.offsets[place + 1]]
                modes[:, place] = np.argmin(costs, axis=0)
                prototypes[:, self._coded_at[place]] = levels[modes[:, place]]
        order = by_size(np.bincount(found.labels, problem.weights, minlength=k), prototypes)
        order = order if somebody is None else order[somebody]
        prototypes, modes, centres = prototypes[order], modes[order], found.centres.T[order]
        self._levels, self._unit, self._inner_gamma = problem.levels, problem.unit, problem.gamma
        self._numbers, self._middle, self._centres, self._modes = numbers, problem.middle, centres, modes
        self._n_features_out = len(order)
        self._plain = all(plain(levels) for levels in problem.levels)
        self._terms = self._scored(self._sharpness(problem, found.cost))
        self.gamma_ = problem.gamma * problem.unit * problem.unit
        self._keep(prototypes, found.cost * problem.heaviest * problem.unit * problem.unit)

    def _sharpness(self, problem: Problem, cost: float) -> float:
        """Return the beta of `sharpness`, by the cost there is or, where there is none, a billionth of a row's unit."""
        known = known_weight(problem.weights, ~np.isnan(problem.x))
        coded = known_weight(problem.weights, problem.codes >= 0)
        sizes = np.array([len(levels) for levels in problem.levels], dtype=np.float64)
        least = 1e-9 * float(known.sum() + problem.gamma * coded.sum())
        return sharpness(max(cost, least), float(known.sum()), problem.gamma, coded, sizes)

    def _scored(self, beta: float) -> Terms:
        """Return the terms: -beta x cost, less what is the same for all segments."""
        k, q = len(self._centres), len(self._numbers) + len(self._coded_at)
        slope = 2 * beta * self._centres / self._unit
        start = -slope * self._middle - beta * self._centres**2
        constant, linear = np.zeros(k), np.zeros((k, q))
        numbers: dict[int, Floats] = {}
        if self._missing:
            for place, j in enumerate(self._numbers):
                numbers[int(j)] = np.stack([start[:, place], slope[:, place], np.zeros(k)])
        else:
            linear[:, self._numbers], constant = slope, start.sum(axis=1)
        lookups: dict[int, Floats] = {}
        for place, levels in enumerate(self._levels):
            size = int(levels[-1]) + 1 if self._plain and len(levels) else max(1, len(levels))
            table = np.zeros((k, size))
            if len(levels):
                codes = levels.astype(np.intp) if self._plain else np.arange(len(levels))
                table[np.arange(k), codes[self._modes[:, place]]] = beta * self._inner_gamma
            lookups[int(self._coded_at[place])] = table
        return Terms(constant, linear, np.zeros((k, q)), lookups=lookups, numbers=numbers, posterior=False)

    def _encoded(self, x: Floats) -> Floats:
        """Return rows as the terms read them."""
        if self._plain:
            return x
        found = x.copy()
        for place, j in enumerate(self._coded_at):
            codes = places_of(x[:, j], self._levels[place], 0)
            found[:, j] = np.where(codes < 0, np.nan, codes)
        return found

    def predict(self, X: Any) -> npt.NDArray[np.intp]:  # noqa: N803
        """Return (n,) the segment of each row, 0 the largest; what is missing, or no known level, decides nothing."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        return self._terms.labels(self._encoded(self._read(X, reset=False)))

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """Return (n, k) what each row costs by each prototype, over what is known of it."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        x = self._read(X, reset=False)
        inner = x[:, self._numbers] / self._unit - self._middle / self._unit
        found = np.zeros((len(x), len(self._centres)))
        for c in range(len(self._centres)):
            found[:, c] = np.nansum((inner - self._centres[c]) ** 2, axis=1) * self._unit * self._unit
        for place, j in enumerate(self._coded_at):
            codes = places_of(x[:, j], self._levels[place], 0)[:, None]
            found += self.gamma_ * ((codes >= 0) & (codes != self._modes[:, place]))
        return found

    def score(self, X: Any, y: Any = None, sample_weight: Any = None) -> float:  # noqa: N803
        """Return minus the cost of these rows, each by its nearest prototype."""
        from sklearn.utils.validation import _check_sample_weight

        costs = Partition.transform(self, X).min(axis=1)
        return -float(_check_sample_weight(sample_weight, costs, dtype=np.float64) @ costs)

    def terms(self) -> Terms:
        """Return how anybody is placed.

        Raises
        ------
        ValueError : it was fitted on values that are no codes 0, 1, 2 ... where codes are read.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        if not self._plain:
            raise ValueError("terms are about codes 0, 1, 2 ...: it was fitted on other values")
        return self._terms


def plain(levels: Floats) -> bool:
    """Whether levels are codes 0, 1, 2 ... (not all need to occur)."""
    return not len(levels) or bool(levels[0] >= 0 and levels[-1] < MOST_CODES and (levels == np.floor(levels)).all())


def known_weight(weights: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Return the weight of what is known of each column."""
    return np.array([weights[known[:, j]].sum() for j in range(known.shape[1])], dtype=np.float64)
