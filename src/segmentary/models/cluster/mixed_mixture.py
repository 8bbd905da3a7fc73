"""Mixtures of columns of every kind: numbers, counts, ordered and unordered answers, any of them missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, TypeAlias

import numpy as np

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.em import Found, Starts, by_size, one_thread, search
from segmentary.models.cluster.em_design import DesignProblem, different_rows
from segmentary.models.cluster.em_gaussian import rounding_floor
from segmentary.models.cluster.em_kinds import Count, CountModel, Levels, Normal, Ordered
from segmentary.models.cluster.em_mixture import Mixture, log_sum
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.columns import KINDS
from segmentary.models.table.typed_table import Floats

Part: TypeAlias = Normal | Count | Levels
SAMPLE = 3_000
"""Rows the starts are tried on where there are more than twice as many."""


class KindsProblem(DesignProblem):
    """A mixture of columns of all kinds; parameters: shares, then those of each column."""

    def __init__(self, x: Floats, weight: Floats, k: int, parts: Sequence[Part], space: Floats) -> None:
        self.parts = tuple(parts)
        sizes = [k, *(part.parameters(k) for part in self.parts)]
        self.ends = np.cumsum(sizes)
        self.widths = np.cumsum([1, *(part.width for part in self.parts)])
        super().__init__(x, weight, k, space)

    def design(self, across: Floats) -> Floats:
        """Return (D, b): 1, then what each column contributes."""
        columns = [part.design(x) for part, x in zip(self.parts, across, strict=True)]
        return np.concatenate([np.ones((1, across.shape[1])), *columns])

    def split(self, place: Floats) -> list[Floats]:
        """Return the shares and the parameters of each column."""
        return np.split(place, self.ends[:-1])

    def coefficients(self, place: Floats) -> Floats:
        """Return (D, k)."""
        shares, *own = self.split(place)
        logs = np.log(np.maximum(shares, 1e-300))[None, :]
        return np.concatenate([logs, *(p.coefficients(o, self.k) for p, o in zip(self.parts, own, strict=True))])

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return the parameters that weighted sums lead to."""
        own = [None] * len(self.parts) if before is None else self.split(before)[1:]
        shares = np.maximum(sums[0], 1e-10 * self.weight)
        bounds = zip(self.widths, self.widths[1:], strict=False)
        columns = [p.maximised(sums[a:b], o) for p, o, (a, b) in zip(self.parts, own, bounds, strict=True)]
        return np.concatenate([shares / shares.sum(), *columns])

    def inside(self, place: Floats) -> Floats:
        """Return the nearest allowed parameters."""
        shares, *own = self.split(place)
        shares = np.maximum(shares, 1e-10)
        return np.concatenate([shares / shares.sum(), *(p.inside(o) for p, o in zip(self.parts, own, strict=True))])

    def step(self, place: Floats) -> tuple[Floats, float]:
        """Return the parameters after one step, and the log-likelihood before."""
        after, known = super().step(place)
        return after, known + self.constant(place)

    def constant(self, place: Floats) -> float:
        """Return the part of the log-likelihood that is the same in all segments."""
        return sum(p.constant(o) for p, o in zip(self.parts, self.split(place)[1:], strict=True))


class MixedMixture(Mixture):
    """A mixture of columns of every kind, independent within a segment, with missing values by likelihood.

    Parameters
    ----------
    n_components : number of segments.
    kinds : (p,) kind of each column: numeric, count, ordinal, nominal or binary; None: all numeric.
    levels : (p,) number of levels of coded columns (others: anything); None: up to the highest code.
    counts : negative_binomial (one dispersion per column, shared by the segments) or poisson.
    variance_floor : no segment's variance of a number is below this share of the variance of everybody, nor below what
        the rounding of its values allows (`segmentary.models.cluster.em_gaussian.rounding_floor`).
    n_init, tol, max_iter, random_state, tell : as in `LatentClass`.

    Attributes
    ----------
    weights_ : (k,). And those of `Mixture`. profiles_ : per column a dictionary: numeric mean, variance (k,);
        count mean (k,), size; ordinal, nominal and binary probabilities (k, L), ordinal slopes (k,) too.

    Notes
    -----
    X is (n, p): numbers, counts, and codes 0 ... L-1 of coded kinds; NaN missing at random, no row dropped. Counts are
    modelled as counts: normal components on counts find a segment for every frequent value.

    References
    ----------
    Hunt & Jorgensen (1999), Australian & NZ J. Statistics 41(2); Vermunt & Magidson (2002), in Applied Latent Class
    Analysis; McParland & Gormley (2016), ADAC 10.
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        kinds: Sequence[str] | None = None,
        levels: Sequence[int] | None = None,
        counts: CountModel = "negative_binomial",
        variance_floor: float = 1e-3,
        n_init: Starts = "auto",
        tol: float = 1e-8,
        max_iter: int = 5000,
        random_state: int = 0,
        tell: Tell = quiet,
    ) -> None:
        self.n_components = n_components
        self.kinds = kinds
        self.levels = levels
        self.counts = counts
        self.variance_floor = variance_floor
        self.n_init = n_init
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.tell = tell

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Fit to (n, p) values with (n,) weights."""
        x = self._rows(X, reset=True)
        weight = self._weights(sample_weight, x)
        self.kinds_ = self._checked_kinds(x)
        rows, counts = different_rows(x, weight)
        k = self._checked_components(len(rows), int((weight > 0).sum()))
        parts = [self._part(j, rows[:, j], counts) for j in range(rows.shape[1])]
        space = np.concatenate([spread(rows[:, j], counts, self.kinds_[j]) for j in range(rows.shape[1])], axis=1)
        with one_thread():
            problem = KindsProblem(rows, counts, k, parts, space)
            best = search(
                problem,
                seed=self._seed(),
                n_init=self.n_init,
                tol=self.tol,
                max_iter=self.max_iter,
                sample=self._sample(rows, counts, k, space),
                alone=k == 1,
                batch=10,
                sound=lambda looked, place: bool(place[:k].min() * looked.weight >= 2),
                tell=self.tell,
            )
            self._keep(problem, best)
        self.labels_ = self.predict(x)
        return self

    def _sample(self, rows: Floats, counts: Floats, k: int, space: Floats) -> KindsProblem | None:
        """Return the problem of a part of the rows, where there are many."""
        if len(rows) <= 2 * SAMPLE or k == 1:
            return None
        drawn = np.random.default_rng(self._seed()).multinomial(SAMPLE, counts / counts.sum()).astype(np.float64)
        part, weight = rows[drawn > 0], drawn[drawn > 0]
        whole = [self._part(j, rows[:, j], counts) for j in range(rows.shape[1])]
        parts = [
            self._part(j, part[:, j], weight) if isinstance(whole[j], Count) else whole[j] for j in range(len(whole))
        ]
        return KindsProblem(part, weight, k, parts, space[drawn > 0])

    def _checked_kinds(self, x: Floats) -> tuple[str, ...]:
        """Return the kind of each column; refuse values that do not fit."""
        kinds = ("numeric",) * x.shape[1] if self.kinds is None else tuple(self.kinds)
        if len(kinds) != x.shape[1] or any(kind not in KINDS for kind in kinds):
            raise ValueError(f"kinds are {kinds}: one of {', '.join(KINDS)} for each of {x.shape[1]} columns")
        if self.counts not in ("negative_binomial", "poisson"):
            raise ValueError(f"counts is {self.counts!r}: negative_binomial or poisson")
        for j, kind in enumerate(kinds):
            known = x[~np.isnan(x[:, j]), j]
            if kind != "numeric" and ((known < 0).any() or (known != np.floor(known)).any()):
                raise ValueError(f"column {j} is {kind}: whole numbers from 0 are needed")
        return kinds

    def _part(self, j: int, column: Floats, weight: Floats) -> Part:
        """Return the model of a column."""
        known = ~np.isnan(column)
        x, w = column[known], weight[known]
        match self.kinds_[j]:
            case "numeric":
                centre = float(np.average(x, weights=w)) if len(x) else 0.0
                variance = float(np.average((x - centre) ** 2, weights=w)) if len(x) else 0.0
                near = variance <= (1e-12 * max(1e-300, float(np.abs(x).max(initial=0.0)))) ** 2
                if near:
                    return Normal(centre, 1.0, self.variance_floor)
                rounding = min(1.0, rounding_floor(x, w) / variance)
                return Normal(centre, float(np.sqrt(variance)), max(self.variance_floor, rounding))
            case "count":
                values, place = np.unique(x, return_inverse=True)
                return Count(
                    values, np.bincount(place, weights=w, minlength=len(values)).astype(np.float64), self.counts
                )
        top = int(x.max()) + 1 if len(x) else 0
        levels = top if self.levels is None else max(top, int(self.levels[j]))
        if levels > 10_000:
            raise ValueError(f"column {j} is {self.kinds_[j]}, but a code is {levels - 1}")
        margin = np.bincount(x.astype(np.intp), weights=w, minlength=levels).astype(np.float64)
        return Ordered(margin) if self.kinds_[j] == "ordinal" else Levels(margin)

    def _keep(self, problem: KindsProblem, best: Found) -> None:
        """Set what was found, segments by size."""
        k = problem.k
        coefficients = problem.coefficients(best.place)
        order = by_size(best.place[:k], coefficients[1:].T)
        near = problem.probabilities(best.place)[:, order]
        known = problem.step(best.place)[1]
        free = k - 1 + sum(part.free(k) for part in problem.parts)
        self._report(Found(**{**best.__dict__, "log_likelihood": known}), free, near, problem.counts)
        self.weights_ = best.place[:k][order]
        self._parts, self._coefficients = problem.parts, coefficients[:, order]
        own = problem.split(best.place)[1:]
        self._own = own
        self.profiles_ = [profile(p, o, k, order) for p, o in zip(problem.parts, own, strict=True)]

    def terms(self) -> Terms:
        """Return how anybody is placed: what each known column adds."""
        k, p = len(self.weights_), len(self._parts)
        numbers: dict[int, Floats] = {}
        counts: dict[int, Floats] = {}
        lookups: dict[int, Floats] = {}
        at = 1
        for j, part in enumerate(self._parts):
            own = self._coefficients[at : at + part.width]
            at += part.width
            if isinstance(part, Normal):
                c, b, a = own
                m, s = part.centre, part.scale
                numbers[j] = np.stack([c - b * m / s + a * (m / s) ** 2, b / s - 2 * a * m / s**2, a / s**2])
            elif isinstance(part, Count):
                counts[j] = own.copy()
            elif part.width:
                lookups[j] = own.T.copy()
        zero = np.zeros((k, p))
        return Terms(np.log(self.weights_), zero, zero.copy(), None, lookups, counts, numbers)

    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return (n,) the log-density of what is known of each row."""
        from scipy.special import gammaln

        found = log_sum(self._scores(X))
        x = self._rows(X, reset=False)
        for j, (part, own) in enumerate(zip(self._parts, self._own, strict=True)):
            if isinstance(part, Count):
                count, size = x[:, j], own[-1]
                extra = -gammaln(count + 1)
                if part.model == "negative_binomial":
                    extra = extra + gammaln(count + size) - gammaln(size)
                found = found + np.where(np.isnan(count), 0.0, extra)
        return np.asarray(found)


def profile(part: Part, own: Floats, k: int, order: Any) -> dict[str, Any]:
    """Return what a column is like in each segment, in its own units."""
    if isinstance(part, Normal):
        return {"mean": own[:k][order] * part.scale + part.centre, "variance": own[k:][order] * part.scale**2}
    if isinstance(part, Count):
        return {"mean": own[:k][order], "size": float(own[k]) if part.model == "negative_binomial" else np.inf}
    found: dict[str, Any] = {"probabilities": np.exp(part.coefficients(own, k)).T[order] * (part.margin > 0)}
    if isinstance(part, Ordered):
        found["slopes"] = own[part.width :][order]
    return found


def spread(column: Floats, weight: Floats, kind: str) -> Floats:
    """Return (m, r) coordinates of a column in which starts are drawn; missing is the mean."""
    if kind in ("nominal", "binary"):
        seen = np.unique(column[~np.isnan(column)])[:50]
        found = (column[:, None] == seen).astype(np.float64)
        found = np.where(np.isnan(column)[:, None], np.nan, found)
    else:
        found = (np.log1p(column) if kind == "count" else column)[:, None]
    known = ~np.isnan(found)
    total = np.maximum(weight @ known, 1e-300)
    mean = weight @ np.where(known, found, 0.0) / total
    away = np.where(known, found - mean, 0.0)
    width = np.sqrt((weight @ away**2) / total)
    return np.asarray(away / np.where(width > 0, width, 1.0) / np.sqrt(max(1, found.shape[1])))
