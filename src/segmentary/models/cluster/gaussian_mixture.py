"""Mixtures of normal distributions: segments of numbers, each with its centre, size, shape and orientation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.em import Found, Starts, by_size, one_thread, search
from segmentary.models.cluster.em_design import DesignProblem, different_rows, products
from segmentary.models.cluster.em_gaussian import (
    DIAGONAL,
    FAMILIES,
    covariance_parameters,
    diagonal,
    floored,
    full,
    rounding_floor,
)
from segmentary.models.cluster.em_mixture import Mixture, log_sum
from segmentary.models.progress import Tell, quiet, within
from segmentary.models.table.typed_table import Floats

AUTO = ("EII", "VII", "EEI", "VVI", "EEE", "VEV", "VVV")
"""Families compared where the family is "auto"."""
SAMPLE = 3_000
"""Rows the starts are tried on where there are more than twice as many."""
SCREEN = 10
"""Starts each family gets before the one of the smallest BIC gets all."""
LOG_2PI = float(np.log(2 * np.pi))


class NormalProblem(DesignProblem):
    """A normal mixture of one covariance family; parameters: shares, means, then covariances (or variances)."""

    def __init__(self, x: Floats, weight: Floats, k: int, family: str, least: Floats, space: Floats) -> None:
        d = x.shape[1]
        self.family, self.least, self.d = family, least, d
        self.flat = family in DIAGONAL
        self.upper = np.triu_indices(d)
        super().__init__(x, weight, k, space)

    def design(self, across: Floats) -> Floats:
        """Return (D, b): 1, x, and squares or all products."""
        room = 1 + self.d
        if self.flat:
            found = np.empty((room + self.d, across.shape[1]))
            np.multiply(across, across, out=found[room:])
        else:
            found = products(across, room)
        found[0], found[1:room] = 1.0, across
        return found

    def parts(self, place: Floats) -> tuple[Floats, Floats, Floats]:
        """Return (k,) shares, (k, d) means and (k, d, d) covariances or (k, d) variances."""
        k, d = self.k, self.d
        spread = place[k + k * d :].reshape((k, d) if self.flat else (k, d, d))
        return place[:k], place[k : k + k * d].reshape(k, d), spread

    def coefficients(self, place: Floats) -> Floats:
        """Return (1 + d + ..., k) coefficients of the log-densities."""
        shares, means, spread = self.parts(place)
        constant, linear, precision = precisions(shares, means, spread)
        if self.flat:
            second = -0.5 * precision
        else:
            second = -precision[:, self.upper[0], self.upper[1]]
            second[:, self.upper[0] == self.upper[1]] *= 0.5
        return np.concatenate([constant[None, :], linear.T, second.T])

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return shares, means and covariances of weighted sums of (1, x, x x')."""
        d = self.d
        n = np.maximum(sums[0], 1e-10 * self.weight)
        means = (sums[1 : 1 + d] / n).T
        if self.flat:
            scatter = np.maximum(sums[1 + d :].T - n[:, None] * means**2, 0.0)
        else:
            scatter = np.zeros((self.k, d, d))
            scatter[:, self.upper[0], self.upper[1]] = sums[1 + d :].T
            scatter[:, self.upper[1], self.upper[0]] = sums[1 + d :].T
            scatter -= n[:, None, None] * means[:, :, None] * means[:, None, :]
        return self.packed(n, means, scatter)

    def packed(self, n: Floats, means: Floats, scatter: Floats) -> Floats:
        """Return flat parameters of weights, means and scatter."""
        if not (np.isfinite(scatter).all() and np.isfinite(means).all()):
            return np.full(self.k * (1 + self.d) + scatter.size, np.nan)
        spread = (diagonal if self.flat else full)(self.family, n, scatter)
        return np.concatenate([n / n.sum(), means.ravel(), floored(spread, self.least).ravel()])

    def inside(self, place: Floats) -> Floats:
        """Return shares that are shares and covariances of the family, above the floor."""
        shares, means, spread = self.parts(place)
        shares = np.maximum(shares, 1e-10)
        spread = floored(spread, self.least)
        return self.packed(shares, means, spread * shares.reshape(-1, *[1] * (spread.ndim - 1)))


def precisions(shares: Floats, means: Floats, spread: Floats) -> tuple[Floats, Floats, Floats]:
    """Return (k,) constants, (k, d) linear terms and the precisions of log share + log normal density."""
    d = means.shape[1]
    if spread.ndim == 2:
        precision = 1.0 / spread
        linear, size = means * precision, np.log(spread).sum(axis=1)
    else:
        try:
            lower = np.linalg.cholesky(spread)
        except np.linalg.LinAlgError:
            return np.full(len(shares), np.nan), means, spread
        half = np.linalg.inv(lower)
        precision = np.swapaxes(half, 1, 2) @ half
        linear = np.einsum("kij,kj->ki", precision, means)
        size = 2 * np.log(np.diagonal(lower, axis1=1, axis2=2)).sum(axis=1)
    constant = np.log(np.maximum(shares, 1e-300)) - 0.5 * (d * LOG_2PI + size + (means * linear).sum(axis=1))
    return constant, linear, precision


class GaussianMixture(Mixture):
    """A mixture of normal distributions with weights, many starts and covariance families.

    Parameters
    ----------
    n_components : number of segments.
    covariance : a family of `segmentary.models.cluster.em_gaussian.FAMILIES` (EII, VII, EEI, VEI, EVI, VVI, EEE, VEE,
        EEV, VEV, EVV, VVV), or several, of which the one of the smallest BIC is taken; "auto": seven of them.
    variance_floor : no segment has, in any direction, less than this share of the variance of everybody (columns in
        units of their own standard deviation), nor less than the rounding of the values allows
        (`segmentary.models.cluster.em_gaussian.rounding_floor`). It keeps components from collapsing onto a few rows
        or values; a fit that does not touch it is the plain maximum of the likelihood.
    least_rows : components of less weight than this are taken for collapsed and such a run is given up where another
        is there; None: columns + 1 where every segment has a shape of its own, else 2.
    n_init, tol, max_iter, random_state, tell : as in `LatentClass`.

    Attributes
    ----------
    weights_ : (k,). means_ : (k, d). covariances_ : (k, d, d). covariance_ : the family. family_bics_ : family -> BIC
        (of a few starts; where the
        starts were tried on a sample: that of the sample, scaled up). And those of `Mixture`.

    Notes
    -----
    X is (n, d) numbers without missing values. BIC here is -2 log L + p log n: mclust prints its negative.

    References
    ----------
    Fraley & Raftery (2002), JASA 97; Celeux & Govaert (1995); Scrucca et al. (2016), R Journal 8(1).
    """

    _missing = False

    def __init__(
        self,
        n_components: int = 2,
        *,
        covariance: str | Sequence[str] = "auto",
        variance_floor: float = 1e-5,
        least_rows: float | None = None,
        n_init: Starts = "auto",
        tol: float = 1e-8,
        max_iter: int = 5000,
        random_state: int = 0,
        tell: Tell = quiet,
    ) -> None:
        self.n_components = n_components
        self.covariance = covariance
        self.variance_floor = variance_floor
        self.least_rows = least_rows
        self.n_init = n_init
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.tell = tell

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Fit to (n, d) numbers with (n,) weights."""
        x = self._rows(X, reset=True)
        weight = self._weights(sample_weight, x)
        families = self._families()
        rows, counts = different_rows(x, weight)
        k = self._checked_components(len(rows), int((weight > 0).sum()))
        with one_thread():
            self._centre, self._scale, variance = scaled(rows, counts)
            z = (rows - self._centre) / self._scale
            best, family = self._searched(z, counts, variance, families, k)
            self._keep(best, family, z, counts, variance, k)
        self.labels_ = self.predict(x)
        return self

    def _families(self) -> tuple[str, ...]:
        asked = self.covariance
        found = AUTO if asked == "auto" else (asked,) if isinstance(asked, str) else tuple(asked)
        unknown = [one for one in found if one not in FAMILIES]
        if unknown or not found:
            raise ValueError(f"covariance {unknown}: there are {', '.join(FAMILIES)}, or 'auto'")
        return found

    def _problem(self, family: str, z: Floats, counts: Floats, variance: Floats, k: int) -> NormalProblem:
        rounding = np.array([rounding_floor(z[:, j], counts) for j in range(z.shape[1])])
        least = np.maximum(self.variance_floor * variance, np.minimum(rounding, variance))
        return NormalProblem(z, counts, k, family, least, z / np.sqrt(variance))

    def _searched(
        self, z: Floats, counts: Floats, variance: Floats, families: tuple[str, ...], k: int
    ) -> tuple[Found, str]:
        """Return the best run and its family; many rows: families and starts are tried on a sample."""
        sample, total = None, counts.sum()
        if len(z) > 2 * SAMPLE and k > 1:
            drawn = np.random.default_rng(self._seed()).multinomial(SAMPLE, counts / total).astype(np.float64)
            sample = (z[drawn > 0], drawn[drawn > 0])
        looked = (z, counts) if sample is None else sample
        bics: dict[str, float] = {}
        for place, family in enumerate(families if len(families) > 1 else ()):
            tell = within(self.tell, 0.5 * place / len(families), 0.5 * (place + 1) / len(families))
            quick: Starts = SCREEN if self.n_init == "auto" else self.n_init
            run = self._run(self._problem(family, *looked, variance, k), None, k, quick, tell)
            known = run.log_likelihood * total / looked[1].sum()
            bics[family] = -2 * known + self._parameters(family, k, z.shape[1]) * np.log(total)
        family = min(bics, key=lambda one: bics[one]) if bics else families[0]
        back = 2 * total * z.shape[1] * np.log(self._scale)
        self.family_bics_ = {name: float(value + back) for name, value in bics.items()}
        whole = self._problem(family, z, counts, variance, k)
        part = None if sample is None else self._problem(family, *sample, variance, k)
        return self._run(whole, part, k, self.n_init, within(self.tell, 0.5 * bool(bics), 1.0)), family

    def _run(self, problem: NormalProblem, sample: NormalProblem | None, k: int, n_init: Starts, tell: Tell) -> Found:
        d, least = problem.d, self.least_rows
        if least is None:
            least = d + 1 if problem.family[1:] in ("VI", "EV", "VV") or problem.family == "VII" else 2

        def sound(looked: NormalProblem, place: Floats) -> bool:
            return bool(place[:k].min() * looked.weight >= least)

        return search(
            problem,
            seed=self._seed(),
            n_init=n_init,
            tol=self.tol,
            max_iter=self.max_iter,
            sample=sample,
            alone=k == 1,
            batch=10,
            sound=sound,
            tell=tell,
        )

    def _parameters(self, family: str, k: int, d: int) -> int:
        return k - 1 + k * d + covariance_parameters(family, k, d)

    def _keep(self, best: Found, family: str, z: Floats, counts: Floats, variance: Floats, k: int) -> None:
        """Set what was found, in the units of the columns, segments by size."""
        problem = self._problem(family, z, counts, variance, k)
        shares, means, spread = problem.parts(best.place)
        order = by_size(shares, means)
        near = problem.probabilities(best.place)[:, order]
        best = Found(**{**best.__dict__, "log_likelihood": problem.step(best.place)[1]})
        self._report(best, self._parameters(family, k, z.shape[1]), near, counts)
        back = float(counts.sum() * z.shape[1] * np.log(self._scale))
        self.log_likelihood_ -= back
        self.aic_, self.bic_, self.icl_ = self.aic_ + 2 * back, self.bic_ + 2 * back, self.icl_ + 2 * back
        self.covariance_ = family
        self.family_bics_.setdefault(family, self.bic_)
        self.weights_ = shares[order]
        self.means_ = means[order] * self._scale + self._centre
        spread = spread[order] * self._scale**2
        self._spread = spread
        self.covariances_ = np.array([np.diag(one) for one in spread]) if problem.flat else spread.copy()

    def terms(self) -> Terms:
        """Return how anybody is placed: log share and log normal density as a quadratic form."""
        constant, linear, precision = precisions(self.weights_, self.means_, self._spread)
        if precision.ndim == 2:
            return Terms(constant, linear, -0.5 * precision)
        quadratic = -0.5 * np.diagonal(precision, axis1=1, axis2=2).copy()
        cross = -0.5 * precision
        places = np.arange(cross.shape[1])
        cross[:, places, places] = 0.0
        return Terms(constant, linear, quadratic, cross)

    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return (n,) the log-density of each row."""
        return log_sum(self._scores(X))


def scaled(x: Floats, weight: Floats) -> tuple[Floats, float, Floats]:
    """Return (d,) centres, one scale for all columns, and (d,) variances in units of that scale (1 where constant)."""
    centre = np.average(x, axis=0, weights=weight)
    variance = np.average((x - centre) ** 2, axis=0, weights=weight)
    large = np.maximum(np.abs(x).max(axis=0), 1e-300)
    variance = np.where(variance > (1e-12 * large) ** 2, variance, 0.0)
    typical = variance[variance > 0]
    scale = float(np.sqrt(np.exp(np.log(typical).mean()))) if len(typical) else 1.0
    return centre, scale, np.where(variance > 0, variance / scale**2, 1.0)
