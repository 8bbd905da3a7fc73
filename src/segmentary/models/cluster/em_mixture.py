"""What all mixtures have in common as scikit-learn estimators: rows, weights, placement, criteria."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, DensityMixin  # noqa: TID253
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data  # noqa: TID253

from segmentary.models.assign.terms import TIE, Terms, softmax
from segmentary.models.cluster.em import Found, Starts, criteria
from segmentary.models.table.typed_table import Floats

BLOCK = 4_000_000
"""Numbers in between (rows x segments x columns) placed at a time: all of them would not fit for millions of rows."""


class Mixture(DensityMixin, BaseEstimator, ABC):  # type: ignore[misc]
    """A mixture of segments. Subclasses fit it and give its terms.

    Attributes
    ----------
    labels_ : (n,) most likely segment of the rows fitted. weights_ : (k,) shares of the segments, descending.
    log_likelihood_ : sum over rows, weighted as given. n_parameters_, aic_, bic_, icl_ : smaller is better; n is the
        sum of the weights. entropy_ : 1 is sure of everybody. classification_error_ : expected share placed wrong.
    n_iter_ : EM steps of the best run. converged_ : whether it settled. n_found_ : how many of the `n_runs_` long runs
        ended at the best; once out of many is a reason for more starts.
    """

    n_components: int
    n_init: Starts
    _missing = True

    @abstractmethod
    def terms(self) -> Terms:
        """Return how anybody is placed."""

    def predict(self, X: Any) -> npt.NDArray[np.intp]:  # noqa: N803
        """Return (n,) the most likely segment."""
        return most_likely(self._scores(X))

    def predict_proba(self, X: Any) -> Floats:  # noqa: N803
        """Return (n, k) the probability of each segment."""
        return softmax(self._scores(X))

    def fit_predict(self, X: Any, y: Any = None, sample_weight: Any = None) -> npt.NDArray[np.intp]:  # noqa: N803
        """Fit, and return (n,) the most likely segment of each row."""
        return np.asarray(self.fit(X, sample_weight=sample_weight).labels_)

    @abstractmethod
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Fit the mixture."""

    @abstractmethod
    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return (n,) the log-density of each row."""

    def score(self, X: Any, y: Any = None) -> float:  # noqa: N803
        """Return the mean log-density of the rows."""
        return float(np.mean(self.score_samples(X)))

    def _scores(self, X: Any) -> Floats:  # noqa: N803
        """Return (n, k) scores of rows, block by block."""
        check_is_fitted(self)
        x = self._rows(X, reset=False)
        terms = self.terms()
        rows = max(1, BLOCK // max(1, terms.segments * x.shape[1]))
        return np.concatenate([terms.scores(x[i : i + rows]) for i in range(0, len(x), rows)])

    def _rows(self, X: Any, *, reset: bool) -> Floats:  # noqa: N803
        """Return the rows as numbers; refuse what is infinite, or missing where that is not allowed."""
        finite = "allow-nan" if self._missing else True
        found: Floats = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite=finite)
        return found

    def _weights(self, sample_weight: Any, x: Floats) -> Floats:
        """Return (n,) weights, not negative, not all zero."""
        found: Floats = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
        if not (found > 0).any():
            raise ValueError("Sample weights must contain at least one non-zero number.")
        return found

    def _checked_components(self, distinct: int, rows: int) -> int:
        """Return the number of components; refuse more than there are rows, warn of more than different ones."""
        k = self.n_components
        if not isinstance(k, (int, np.integer)) or isinstance(k, bool) or k < 1:
            raise ValueError(f"n_components is {k!r}: a whole number from 1 is needed")
        if self.n_init != "auto" and (not isinstance(self.n_init, (int, np.integer)) or self.n_init < 1):
            raise ValueError(f"n_init is {self.n_init!r}: a whole number from 1, or 'auto'")
        if rows < k:
            raise ValueError(f"{k} components need as many rows: n_samples = {rows}")
        if distinct < k:
            warnings.warn(
                f"{k} components, but {distinct} different rows: some are the same", UserWarning, stacklevel=3
            )
        return int(k)

    def _seed(self) -> int:
        """Return the seed of the starts."""
        from sklearn.utils import check_random_state

        given: Any = getattr(self, "random_state", 0)
        if given is None or isinstance(given, (int, np.integer)):
            return int(given or 0)
        return int(check_random_state(given).randint(2**31 - 1))

    def _report(self, found: Found, parameters: int, probabilities: Floats, weight: Floats) -> None:
        """Set what is known of the fit, from (m, k) probabilities of rows with (m,) weights."""
        said = criteria(found.log_likelihood, parameters, probabilities, weight)
        self.log_likelihood_ = found.log_likelihood
        self.n_parameters_ = parameters
        self.aic_, self.bic_, self.icl_ = said.aic, said.bic, said.icl
        self.entropy_, self.classification_error_ = said.entropy, said.classification_error
        self.n_iter_, self.converged_ = max(1, found.steps), found.settled
        self.n_found_, self.n_runs_, self.n_starts_ = found.reached, found.runs, found.starts

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn what is accepted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self._missing
        return tags


def most_likely(scores: Floats) -> npt.NDArray[np.intp]:
    """Return (n,) the highest of (n, k) scores, the first of those within a tie, as `Terms.labels` does."""
    return np.asarray(np.argmax(scores >= scores.max(axis=1, keepdims=True) - TIE, axis=1))


def log_sum(scores: Floats) -> Floats:
    """Return (n,) log of the sum of exp of (n, k) scores."""
    top = scores.max(axis=1)
    return np.asarray(top + np.log(np.exp(scores - top[:, None]).sum(axis=1)), dtype=np.float64)
