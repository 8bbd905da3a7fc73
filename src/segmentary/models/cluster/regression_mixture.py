"""Mixtures of linear regressions: segments in which what people like depends on different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.em import Found, Starts, by_size, one_thread, search
from segmentary.models.cluster.em_design import DesignProblem, different_rows, products
from segmentary.models.cluster.em_errors import covariance, deviations, observed_information
from segmentary.models.cluster.em_mixture import Mixture, log_sum
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

SAMPLE = 3_000
LOG_2PI = float(np.log(2 * np.pi))


class LineProblem(DesignProblem):
    """A mixture of regressions of the last column of z on 1 and the others; parameters: shares, (k, q) b, (k,) s^2."""

    def __init__(self, z: Floats, weight: Floats, k: int, least: float) -> None:
        self.q, self.least = z.shape[1], least
        self.upper = np.triu_indices(self.q + 1)
        super().__init__(z, weight, k, z)

    def design(self, across: Floats) -> Floats:
        """Return (D, b) products of 1 and the columns."""
        return products(np.concatenate([np.ones((1, across.shape[1])), across]))

    def parts(self, place: Floats) -> tuple[Floats, Floats, Floats]:
        """Return (k,) shares, (k, q) intercept and slopes, (k,) variances around the line."""
        k, q = self.k, self.q
        return place[:k], place[k : k + k * q].reshape(k, q), place[k + k * q :]

    def coefficients(self, place: Floats) -> Floats:
        """Return (D, k): the squared distance from the line, spread over the products."""
        shares, b, variance = self.parts(place)
        u = np.concatenate([-b, np.ones((self.k, 1))], axis=1)
        form = -0.5 * u[:, :, None] * u[:, None, :] / variance[:, None, None]
        found = form[:, self.upper[0], self.upper[1]]
        found[:, self.upper[0] != self.upper[1]] *= 2
        found[:, 0] += np.log(np.maximum(shares, 1e-300)) - 0.5 * (LOG_2PI + np.log(variance))
        return np.asarray(found.T)

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return weighted least squares from weighted sums of products."""
        k, q = self.k, self.q
        moments = np.zeros((k, q + 1, q + 1))
        moments[:, self.upper[0], self.upper[1]] = sums.T
        moments[:, self.upper[1], self.upper[0]] = sums.T
        n = np.maximum(moments[:, 0, 0], 1e-10 * self.weight)
        left = moments[:, :q, :q] + np.eye(q) * (1e-10 * n)[:, None, None]
        if not np.isfinite(left).all():
            return np.full(k * (q + 2), np.nan)
        b = np.linalg.solve(left, moments[:, :q, q, None])[:, :, 0]
        u = np.concatenate([-b, np.ones((k, 1))], axis=1)
        rest = np.einsum("ki,kij,kj->k", u, moments, u) / n
        return np.concatenate([n / n.sum(), b.ravel(), np.maximum(rest, self.least)])

    def inside(self, place: Floats) -> Floats:
        """Return shares that are shares and variances above the floor."""
        shares, b, variance = self.parts(place)
        shares = np.maximum(shares, 1e-10)
        return np.concatenate([shares / shares.sum(), b.ravel(), np.maximum(variance, self.least)])

    def start(self, rng: np.random.Generator, turn: int) -> Floats:
        """Return a start: groups of rows, or groups drawn by lot, which regressions part from each other."""
        if turn % 2 == 0:
            return super().start(rng, turn)
        near = rng.dirichlet(np.full(self.k, 0.3), len(self.rows)) + 1e-3
        return self.from_members(near / near.sum(axis=1, keepdims=True))


@dataclass(frozen=True, eq=False)
class RegressionErrors:
    """Standard errors: (k,) of intercepts, (k, q - 1) of coefficients; covariance of all coefficients of a segment."""

    intercepts: Floats
    coefficients: Floats
    covariances: Floats


class RegressionMixture(Mixture):
    """A mixture of linear regressions with normal errors (latent class regression with a numeric response).

    Parameters
    ----------
    n_components : number of segments.
    response : place in X of the column that is explained by all others (negative: from the end).
    variance_floor : no segment's variance around its line is below this share of the response's variance.
    n_init, tol, max_iter, random_state, tell : as in `LatentClass`.

    Attributes
    ----------
    weights_ : (k,). intercepts_ : (k,). coefficients_ : (k, q - 1), in the order of the columns without the response.
    sigmas_ : (k,) standard deviations around the line (maximum likelihood). And those of `Mixture`.

    Notes
    -----
    X is (n, q) numbers with the response among them, because who belongs where depends on it; ``y`` is not used.

    References
    ----------
    DeSarbo & Cron (1988), J. Classification 5; Leisch (2004), JSS 11(8).
    """

    _missing = False

    def __init__(
        self,
        n_components: int = 2,
        *,
        response: int = -1,
        variance_floor: float = 1e-4,
        n_init: Starts = "auto",
        tol: float = 1e-9,
        max_iter: int = 5000,
        random_state: int = 0,
        tell: Tell = quiet,
    ) -> None:
        self.n_components = n_components
        self.response = response
        self.variance_floor = variance_floor
        self.n_init = n_init
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.tell = tell

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Fit to (n, q) numbers with (n,) weights."""
        x = self._rows(X, reset=True)
        weight = self._weights(sample_weight, x)
        q = x.shape[1]
        if not -q <= self.response < q:
            raise ValueError(f"response is {self.response}: there are {q} columns")
        self._order = [j for j in range(q) if j != self.response % q] + [self.response % q]
        rows, counts = different_rows(x[:, self._order], weight)
        k = self._checked_components(len(rows), int((weight > 0).sum()))
        self._centre = np.average(rows, axis=0, weights=counts)
        spread = np.sqrt(np.average((rows - self._centre) ** 2, axis=0, weights=counts))
        self._scale = np.where(spread > 1e-12 * np.maximum(np.abs(rows).max(axis=0), 1e-300), spread, 1.0)
        z = (rows - self._centre) / self._scale
        with one_thread():
            problem = LineProblem(z, counts, k, self.variance_floor)
            sample = None
            if len(rows) > 2 * SAMPLE and k > 1:
                drawn = np.random.default_rng(self._seed()).multinomial(SAMPLE, counts / counts.sum()).astype(float)
                sample = LineProblem(z[drawn > 0], drawn[drawn > 0], k, self.variance_floor)
            best = search(
                problem,
                seed=self._seed(),
                n_init=self.n_init,
                tol=self.tol,
                max_iter=self.max_iter,
                sample=sample,
                alone=k == 1,
                sound=lambda looked, place: bool(place[:k].min() * looked.weight >= q + 1),
                tell=self.tell,
            )
            self._keep(problem, best)
        self.labels_ = self.predict(x)
        return self

    def _keep(self, problem: LineProblem, best: Found) -> None:
        """Set what was found, in the units of the columns, segments by size."""
        k, q = problem.k, problem.q
        shares, b, variance = problem.parts(best.place)
        order = by_size(shares, b)
        near = problem.probabilities(best.place)[:, order]
        known = problem.step(best.place)[1] - problem.weight * float(np.log(self._scale[-1]))
        self._report(Found(**{**best.__dict__, "log_likelihood": known}), k - 1 + k * (q + 1), near, problem.counts)
        self.weights_ = shares[order]
        self.sigmas_ = np.sqrt(variance[order]) * self._scale[-1]
        self.coefficients_ = b[order, 1:] * self._scale[-1] / self._scale[:-1]
        self.intercepts_ = b[order, 0] * self._scale[-1] + self._centre[-1] - self.coefficients_ @ self._centre[:-1]
        self._problem, self._at = (
            problem,
            problem.inside(np.concatenate([shares[order], b[order].ravel(), variance[order]])),
        )

    def terms(self) -> Terms:
        """Return how anybody is placed: log share and log normal density of the distance from the line."""
        k, q = len(self.weights_), len(self._order)
        u = np.empty((k, q))
        u[:, self._order] = np.concatenate([-self.coefficients_, np.ones((k, 1))], axis=1)
        two = 2 * self.sigmas_**2
        constant = np.log(self.weights_) - 0.5 * LOG_2PI - np.log(self.sigmas_) - self.intercepts_**2 / two
        linear = 2 * u * (self.intercepts_ / two)[:, None]
        cross = -u[:, :, None] * u[:, None, :] / two[:, None, None]
        places = np.arange(q)
        quadratic = cross[:, places, places].copy()
        cross[:, places, places] = 0.0
        return Terms(constant, linear, quadratic, cross)

    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return (n,) the log-density of the response given the other columns."""
        return log_sum(self._scores(X))

    def predict_response(self, X: Any) -> Floats:  # noqa: N803
        """Return (n, k) what each segment's line says of the response (whose column in X is not looked at)."""
        x = self._rows(np.nan_to_num(np.asarray(X, dtype=np.float64)), reset=False)
        return np.asarray(self.intercepts_ + x[:, self._order[:-1]] @ self.coefficients_.T)

    def standard_errors(self) -> RegressionErrors:
        """Return standard errors by the observed information (weights as frequencies); NaN where not determined."""
        problem, k, q = self._problem, len(self.weights_), len(self._order)
        shares, b, variance = problem.parts(self._at)

        def unpacked(theta: Floats) -> Floats:
            raised = np.exp(np.append(theta[: k - 1], 0.0))
            return np.concatenate([raised / raised.sum(), theta[k - 1 : k - 1 + k * q], np.exp(theta[k - 1 + k * q :])])

        def score(theta: Floats) -> Floats:
            place = unpacked(theta)
            near = problem.probabilities(place) * problem.counts[:, None]
            s, slopes, spread = problem.parts(place)
            one = np.concatenate([np.ones((len(problem.rows), 1)), problem.rows[:, :-1]], axis=1)
            rest = problem.rows[:, -1:] - one @ slopes.T
            lines = (near * rest / spread).T @ one
            widths = 0.5 * (near * (rest**2 / spread - 1)).sum(axis=0)
            return np.concatenate([(near.sum(axis=0) - s * problem.weight)[: k - 1], lines.ravel(), widths])

        at = np.concatenate([np.log(shares[:-1] / shares[-1]), b.ravel(), np.log(variance)])
        found = covariance(observed_information(score, at))[k - 1 : k - 1 + k * q, k - 1 : k - 1 + k * q]
        back = np.zeros((q, q))
        back[0, 0] = self._scale[-1]
        back[1:, 1:] = np.diag(self._scale[-1] / self._scale[:-1])
        back[0, 1:] = -self._scale[-1] * self._centre[:-1] / self._scale[:-1]
        whole = np.array([back @ found[c * q : (c + 1) * q, c * q : (c + 1) * q] @ back.T for c in range(k)])
        errors = np.array([deviations(one) for one in whole])
        return RegressionErrors(errors[:, 0], errors[:, 1:], whole)
