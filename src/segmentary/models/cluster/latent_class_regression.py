"""Latent class regression: who belongs to which class depends on covariates, estimated in one step."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.em import Found, Starts, by_size, one_thread, search
from segmentary.models.cluster.em_design import DesignProblem, different_rows
from segmentary.models.cluster.em_errors import covariance, deviations, observed_information
from segmentary.models.cluster.em_kinds import Levels
from segmentary.models.cluster.em_mixture import Mixture, log_sum
from segmentary.models.cluster.latent_class_patterns import checked_codes
from segmentary.models.cluster.latent_class_steps import to_units
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

SAMPLE = 3_000
"""Rows the starts are tried on where there are more than twice as many."""
MOST = 50.0
"""Largest logit of a standardised covariate: perfect separation stays finite."""


class CovariateProblem(DesignProblem):
    """Classes with membership by multinomial logit on z, items by codes; parameters: (1 + c, k) logits, then items.

    rows : (m, c + p) standardised covariates (no missing), then codes.
    """

    def __init__(self, rows: Floats, weight: Floats, k: int, c: int, parts: Sequence[Levels]) -> None:
        self.c, self.parts = c, tuple(parts)
        self.ends = np.cumsum([(1 + c) * k, *(part.parameters(k) for part in self.parts)])
        self.widths = np.cumsum([1 + c, *(part.width for part in self.parts)])
        z = np.concatenate([np.ones((len(rows), 1)), rows[:, :c]], axis=1)
        self.z, place = np.unique(z, axis=0, return_inverse=True)
        self.people = np.bincount(place.ravel(), weights=weight, minlength=len(self.z))
        space = np.concatenate([rows.T[:0], *(part.design(rows[:, c + j]) for j, part in enumerate(parts))]).T
        if not space.shape[1]:
            space = z
        super().__init__(rows, weight, k, space)

    def design(self, across: Floats) -> Floats:
        """Return (D, b): 1, covariates, indicators of answers."""
        items = [part.design(x) for part, x in zip(self.parts, across[self.c :], strict=True)]
        return np.concatenate([np.ones((1, across.shape[1])), across[: self.c], *items])

    def split(self, place: Floats) -> list[Floats]:
        """Return the logits and the parameters of each item."""
        return np.split(place, self.ends[:-1])

    def coefficients(self, place: Floats) -> Floats:
        """Return (D, k), membership without its denominator, which is the same in all classes."""
        logits, *own = self.split(place)
        items = [p.coefficients(o, self.k) for p, o in zip(self.parts, own, strict=True)]
        return np.concatenate([logits.reshape(-1, self.k), *items])

    def step(self, place: Floats) -> tuple[Floats, float]:
        """Return the parameters after one step, and the log-likelihood before."""
        after, known = super().step(place)
        return after, known - float(self.people @ log_sum(self.z @ self.logits(place)))

    def logits(self, place: Floats) -> Floats:
        """Return (1 + c, k) logits."""
        return place[: self.ends[0]].reshape(-1, self.k)

    def maximised(self, sums: Floats, before: Floats | None) -> Floats:
        """Return logits by Newton steps and answers by their shares."""
        start = np.zeros((1 + self.c, self.k)) if before is None else self.logits(before)
        logits = self.membership(sums[: 1 + self.c], start, 10 if before is None else 2)
        bounds = zip(self.widths, self.widths[1:], strict=False)
        items = [part.maximised(sums[a:b], None) for part, (a, b) in zip(self.parts, bounds, strict=True)]
        return np.concatenate([logits.ravel(), *items])

    def membership(self, sums: Floats, logits: Floats, rounds: int) -> Floats:
        """Return logits nearer to the maximum of sum(sums * logits) - log denominators; the last class is the base."""
        k, size = self.k, 1 + self.c
        logits = logits - logits[:, [-1]]
        if k == 1:
            return logits
        value = self._value(sums, logits)
        for _ in range(rounds):
            raw = self.z @ logits
            p = np.exp(raw - log_sum(raw)[:, None])
            slope = (sums - self.z.T @ (p * self.people[:, None]))[:, :-1].T.ravel()
            curve = np.empty((k - 1, size, k - 1, size))
            for a in range(k - 1):
                for b in range(k - 1):
                    w = self.people * p[:, a] * ((a == b) - p[:, b])
                    curve[a, :, b, :] = (self.z * w[:, None]).T @ self.z
            whole = curve.reshape((k - 1) * size, -1)
            whole[np.diag_indices(len(whole))] += 1e-9 * self.weight
            move = np.clip(np.linalg.solve(whole, slope), -3, 3).reshape(k - 1, size).T
            for _ in range(6):
                tried = logits.copy()
                tried[:, :-1] = np.clip(logits[:, :-1] + move, -MOST, MOST)
                now = self._value(sums, tried)
                if now >= value:
                    break
                move = move / 2
            else:
                break
            gained, logits, value = now - value, tried, now
            if gained < 1e-10 * self.weight:
                break
        return logits

    def _value(self, sums: Floats, logits: Floats) -> float:
        return float((sums * logits).sum() - self.people @ log_sum(self.z @ logits))

    def inside(self, place: Floats) -> Floats:
        """Return the nearest allowed parameters."""
        logits, *own = self.split(place)
        items = [p.inside(o) for p, o in zip(self.parts, own, strict=True)]
        return np.concatenate([np.clip(logits, -MOST, MOST), *items])

    def score(self, place: Floats, free: Sequence[tuple[int, int]]) -> Floats:
        """Return the score of the logits (classes but the last) and of the items' free (level, class) logits."""
        near = self.probabilities(place) * self.counts[:, None]
        sums = np.zeros((int(self.widths[-1]), self.k))
        for start in range(0, len(self.rows), 2048):
            sums += self._block(start) @ near[start : start + 2048]
        raw = self.z @ self.logits(place)
        p = np.exp(raw - log_sum(raw)[:, None])
        rest = sums[: 1 + self.c] - self.z.T @ (p * self.people[:, None])
        coefficients = self.coefficients(place)
        items = np.zeros_like(sums)
        for a, b in zip(self.widths, self.widths[1:], strict=False):
            items[a:b] = sums[a:b] - sums[a:b].sum(axis=0) * np.exp(coefficients[a:b])
        return np.concatenate([rest[:, :-1].T.ravel(), [items[level, c] for level, c in free]])


@dataclass(frozen=True, eq=False)
class MembershipErrors:
    """Standard errors of membership: (k,) of intercepts, (k, c) of coefficients (0 in the base), their covariance.

    covariance : of (intercept, coefficients) of the segments after the base, one after the other.
    """

    intercepts: Floats
    coefficients: Floats
    covariance: Floats


class LatentClassRegression(Mixture):
    """Latent classes whose shares depend on covariates: multinomial logit, estimated together with the classes.

    Parameters
    ----------
    n_components : number of segments.
    covariates : places in X of the covariates (numbers; dummies for groups); all other columns are coded items.
    levels : number of levels of every column of X (of covariates anything); None: up to the highest code.
    n_init, tol, max_iter, random_state, tell : as in `LatentClass`.

    Attributes
    ----------
    weights_ : (k,) average shares. intercepts_ : (k,). coefficients_ : (k, c) log odds against the largest segment
        (row 0 is 0). probabilities_ : per item (k, L). n_used_ : weight of rows fitted. And those of `Mixture`.

    Notes
    -----
    Rows with a missing covariate are not fitted (said by a warning); they are placed as if it were average. Missing
    items say nothing, as in `LatentClass`.

    References
    ----------
    Dayton & Macready (1988), JASA 83; Bandeen-Roche et al. (1997), JASA 92; Linzer & Lewis (2011).
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        covariates: Sequence[int] = (),
        levels: Sequence[int] | None = None,
        n_init: Starts = "auto",
        tol: float = 1e-10,
        max_iter: int = 5000,
        random_state: int = 0,
        tell: Tell = quiet,
    ) -> None:
        self.n_components = n_components
        self.covariates = covariates
        self.levels = levels
        self.n_init = n_init
        self.tol = tol
        self.max_iter = max_iter
        self.random_state = random_state
        self.tell = tell

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Self:  # noqa: N803
        """Fit to (n, q) values with (n,) weights."""
        x = self._rows(X, reset=True)
        weight = self._weights(sample_weight, x)
        self._by = [int(j) % x.shape[1] for j in self.covariates]
        self._items = [j for j in range(x.shape[1]) if j not in self._by]
        given = None if self.levels is None else [self.levels[j] for j in self._items]
        levels = checked_codes(x[:, self._items], given)
        whole = ~np.isnan(x[:, self._by]).any(axis=1)
        if not (whole & (weight > 0)).any():
            raise ValueError("every row misses a covariate")
        if not whole.all():
            said = f"{int((~whole).sum())} of {len(x)} rows miss a covariate and are not fitted"
            warnings.warn(said, UserWarning, stacklevel=2)
        rows, counts = different_rows(x[whole][:, self._by + self._items], weight[whole])
        k = self._checked_components(len(rows), int((weight[whole] > 0).sum()))
        c = len(self._by)
        self._centre = np.average(rows[:, :c], axis=0, weights=counts)
        scale = np.sqrt(np.average((rows[:, :c] - self._centre) ** 2, axis=0, weights=counts))
        self._scale = np.where(scale > 0, scale, 1.0)
        rows[:, :c] = (rows[:, :c] - self._centre) / self._scale
        parts = []
        for j, count in enumerate(levels):
            column = rows[:, c + j]
            known = ~np.isnan(column)
            margin = np.bincount(column[known].astype(np.intp), weights=counts[known], minlength=count)
            parts.append(Levels(margin.astype(np.float64)))
        with one_thread():
            problem = CovariateProblem(rows, counts, k, c, parts)
            sample = None
            if len(rows) > 2 * SAMPLE and k > 1:
                drawn = np.random.default_rng(self._seed()).multinomial(SAMPLE, counts / counts.sum()).astype(float)
                sample = CovariateProblem(rows[drawn > 0], drawn[drawn > 0], k, c, parts)
            best = search(
                problem,
                seed=self._seed(),
                n_init=self.n_init,
                tol=self.tol,
                max_iter=self.max_iter,
                sample=sample,
                alone=k == 1,
                batch=10,
                tell=self.tell,
            )
            self._keep(problem, best)
        self.labels_ = self.predict(x)
        return self

    def _keep(self, problem: CovariateProblem, best: Found) -> None:
        """Set what was found, segments by size, the largest the base."""
        k = problem.k
        near = problem.probabilities(best.place)
        sizes = problem.counts @ near / problem.weight
        order = by_size(sizes, problem.coefficients(best.place)[1 + problem.c :].T)
        free = (k - 1) * (1 + problem.c) + sum(part.free(k) for part in problem.parts)
        known = problem.step(best.place)[1]
        self._report(Found(**{**best.__dict__, "log_likelihood": known}), free, near[:, order], problem.counts)
        self.weights_, self.n_used_ = sizes[order], problem.weight
        logits = problem.logits(best.place)[:, order]
        logits = logits - logits[:, [0]]
        self.coefficients_ = (logits[1:] / self._scale[:, None]).T
        self.intercepts_ = logits[0] - self.coefficients_ @ self._centre
        own = problem.split(best.place)[1:]
        tables = [one.reshape(part.width, k)[:, order] for part, one in zip(problem.parts, own, strict=True)]
        self.probabilities_ = [table.T.copy() for table in tables]
        self._tables = [part.coefficients(t.ravel(), k) for part, t in zip(problem.parts, tables, strict=True)]
        self._problem = problem
        # The base of the problem's logits is its last class: the largest segment.
        turned = np.roll(np.arange(k), -1)
        based = logits[:, turned]
        self._at = np.concatenate([based.ravel(), *(table[:, turned].ravel() for table in tables)])

    def terms(self) -> Terms:
        """Return how anybody is placed: logits of known covariates, look-ups of answered items."""
        k, q = len(self.weights_), len(self._by) + len(self._items)
        zero = np.zeros((k, q))
        numbers = {
            j: np.stack([-b * m, b, np.zeros(k)])
            for j, b, m in zip(self._by, self.coefficients_.T, self._centre, strict=True)
        }
        lookups = {j: table.T.copy() for j, table in zip(self._items, self._tables, strict=True) if len(table)}
        constant = self.intercepts_ + self.coefficients_ @ self._centre
        return Terms(constant, zero, zero.copy(), lookups=lookups, numbers=numbers)

    def score_samples(self, X: Any) -> Floats:  # noqa: N803
        """Return (n,) the log-probability of each row's answers given its covariates (missing ones: average)."""
        x = self._rows(X, reset=False)
        z = np.nan_to_num(x[:, self._by] - self._centre, nan=0.0)
        base = self.intercepts_ + self.coefficients_ @ self._centre
        return np.asarray(log_sum(self._scores(X)) - log_sum(base + z @ self.coefficients_.T))

    def standard_errors(self) -> MembershipErrors:
        """Return standard errors of membership by the observed information (weights as frequencies)."""
        problem, k = self._problem, len(self.weights_)
        size = 1 + problem.c
        at, free, place = self._at, [], problem.ends[0]
        table = np.exp(problem.coefficients(at))
        for j, part in enumerate(problem.parts):
            for c in range(k):
                own = table[problem.widths[j] : problem.widths[j + 1], c]
                levels = [int(one) for one in np.argsort(own, kind="stable") if own[one] > 1e-6 and part.margin[one]]
                free += [(int(problem.widths[j]) + one, c, levels) for one in levels[:-1]]
        logits = problem.logits(at)

        def score(theta: Floats) -> Floats:
            moved = at.copy()
            new = logits.copy()
            new[:, :-1] = theta[: (k - 1) * size].reshape(k - 1, size).T
            moved[:place] = new.ravel()
            moved[place:] = shifted(problem, at, free, theta[(k - 1) * size :])
            return problem.score(moved, [(level, c) for level, c, _ in free])

        start = np.concatenate([logits[:, :-1].T.ravel(), np.zeros(len(free))])
        found = covariance(observed_information(score, start))[: (k - 1) * size, : (k - 1) * size]
        turn = np.kron(np.eye(k - 1), to_units(self._centre, self._scale))
        found = turn @ found @ turn.T
        errors = np.zeros((k, size))
        errors[1:] = deviations(found).reshape(k - 1, size)
        return MembershipErrors(errors[:, 0], errors[:, 1:], found)

    def __sklearn_tags__(self) -> Any:
        """Say to scikit-learn that codes are wanted."""
        tags = super().__sklearn_tags__()
        tags.input_tags.categorical = True
        tags.input_tags.positive_only = True
        return tags


def shifted(problem: CovariateProblem, at: Floats, free: Sequence[tuple[int, int, list[int]]], by: Floats) -> Floats:
    """Return the items' parameters with the free (level, class) logits moved."""
    logs = problem.coefficients(at)
    for (level, c, _), step in zip(free, by, strict=True):
        logs[level, c] += step
    parts = []
    for a, b in zip(problem.widths, problem.widths[1:], strict=False):
        raised = np.exp(logs[a:b])
        parts.append((raised / raised.sum(axis=0)).ravel())
    return np.concatenate([np.empty(0), *parts])
