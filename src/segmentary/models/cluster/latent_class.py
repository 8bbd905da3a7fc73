"""Latent class analysis: segments that differ in the probabilities of their answers."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal, Self

import numpy as np

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.em import Starts, by_size, search
from segmentary.models.cluster.em_mixture import Mixture, log_sum, most_likely
from segmentary.models.cluster.latent_class_errors import ClassErrors, ClassFit, class_errors, residuals
from segmentary.models.cluster.latent_class_kernels import ClassProblem, posterior
from segmentary.models.cluster.latent_class_patterns import checked_codes, heavy, joined, patterns
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

SAMPLE = 3_000
"""Patterns the starts are tried on where there are more than twice as many."""


class LatentClass(Mixture):
    """Latent class analysis of coded items by EM on the different answer patterns.

    Parameters
    ----------
    n_components : number of segments.
    levels : (p,) levels of each item; None: up to the highest code. Levels nobody answered have no say.
    n_init : starts; "auto": until the best was found three times (`segmentary.models.cluster.em.search`).
    tol : a run ends when three accelerated steps gain less log-likelihood per unit of weight.
    max_iter : steps of a run.
    random_state : seed. tell : told how far it is.

    Attributes
    ----------
    weights_ : (k,) shares. probabilities_ : p arrays (k, L_j) of answers. And those of `Mixture`.

    Notes
    -----
    X is (n, p) codes 0 ... L-1, NaN missing: unanswered items say nothing (missing at random), no row is dropped.
    Segments are ordered by size. With many starts agreeing (``n_found_``) the best is credible; it is never proved.

    References
    ----------
    Lazarsfeld & Henry (1968), Latent Structure Analysis; Goodman (1974), Biometrika 61(2); Linzer & Lewis (2011), JSS
    42(10).
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        levels: Sequence[int] | None = None,
        n_init: Starts = "auto",
        tol: float = 1e-10,
        max_iter: int = 5000,
        random_state: int = 0,
        tell: Tell = quiet,
    ) -> None:
        self.n_components = n_components
        self.levels = levels
        self.n_init = n_init
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.tell = tell

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Fit to (n, p) codes with (n,) weights."""
        x = self._rows(X, reset=True)
        weight = self._weights(sample_weight, x)
        levels = checked_codes(x, self.levels)
        self.n_levels_ = levels
        items = joined(levels, np.asarray(np.isnan(x).any(axis=0)), len(x))
        found = patterns(x, items, weight)
        codes, counts = heavy(found)
        k = self._checked_components(len(codes), len(x))
        problem = ClassProblem(codes, counts, items, k)
        sample = None
        if len(codes) > 2 * SAMPLE and k > 1:
            rng = np.random.default_rng(self._seed())
            drawn = rng.multinomial(2 * SAMPLE, counts / counts.sum()).astype(np.float64)
            sample = ClassProblem(codes[drawn > 0], drawn[drawn > 0], items, k)
        best = search(
            problem,
            seed=self._seed(),
            n_init=self.n_init,
            tol=self.tol,
            max_iter=self.max_iter,
            sample=sample,
            alone=k == 1,
            tell=self.tell,
        )
        shares, p = best.place[:k], best.place[k:].reshape(-1, k)
        order = by_size(shares, p.T)
        self.weights_ = shares[order] / shares.sum()
        self._table: Floats = np.ascontiguousarray(p[:, order])
        self._seen = problem.margin > 1.5e-10
        self._items, self._patterns = items, found
        near, known = posterior(found.codes, items, self._table, self.weights_)
        self._report(best, self._free(k), near, found.weight)
        self.log_likelihood_ = float(found.weight @ known)
        self.labels_ = most_likely(np.log(np.maximum(near, 1e-300)))[found.inverse]
        return self

    def _free(self, k: int) -> int:
        """Return the number of free parameters: levels nobody answered are none."""
        seen = [int(self._seen[a:b].sum()) for a, b in itertools.pairwise(self._items.offsets)]
        return k - 1 + k * sum(max(0, one - 1) for one in seen)

    @property
    def probabilities_(self) -> list[Floats]:
        """(k, L_j) probabilities of the answers to each item."""
        offsets = self._items.offsets
        return [self._table[a:b].T.copy() for a, b in itertools.pairwise(offsets)]

    def terms(self) -> Terms:
        """Return how anybody is placed: the log share, and a look-up of log probabilities per answered item."""
        p = len(self.n_levels_)
        logs = np.where(self._seen[:, None], np.log(self._table), 0.0)
        offsets = self._items.offsets
        zero = np.zeros((len(self.weights_), p))
        tables = {j: logs[a:b].T.copy() for j, (a, b) in enumerate(itertools.pairwise(offsets)) if b > a}
        return Terms(np.log(self.weights_), zero, zero.copy(), lookups=tables)

    def standard_errors(self, way: Literal["information", "robust"] = "information") -> ClassErrors:
        """Return standard errors: by the observed information, or robust to weights that are not frequencies."""
        return class_errors(self._fit(), way)

    def bivariate_residuals(self) -> Floats:
        """Return (p, p) what classes leave unexplained of each pair of items; above about 3.84 is much."""
        return residuals(self._fit())

    def _fit(self) -> ClassFit:
        return ClassFit(self._patterns, self._items, self.weights_, self._table)

    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return (n,) the log-probability of each row's answers."""
        return log_sum(self._scores(X))

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn that codes are wanted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.positive_only = True
        return tags
