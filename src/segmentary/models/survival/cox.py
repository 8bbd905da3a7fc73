"""Cox's regression: what shortens or lengthens how long customers stay, whatever the risk is over time.

The risk of leaving at any time is that of an average person times exp(b x). Coefficients maximise the partial
likelihood by Newton's method on standardised features, ties by Efron (or Breslow); standard errors are the model's, or
robust against a wrong model and against people who belong together (sandwich). Where no finite maximum exists (a
feature tells perfectly who left; features that are one another in other words) coefficients are held by a ridge, and
`note_` says so.

References: Cox (1972), JRSS B 34(2); Efron (1977), JASA 72(359); Lin & Wei (1989), JASA 84(408) (robust); Therneau &
Grambsch (2000), Modeling Survival Data; Harrell et al. (1982), JAMA 247(18) (concordance).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, UsageError
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.survival.baseline import Baseline
from segmentary.models.survival.counts import Floats, coded
from segmentary.models.survival.cox_problem import CoxProblem, cox_problem, feature_names

if TYPE_CHECKING:
    from segmentary.models.survival.proportional import Proportionality

HOLD = 1.0
"""Ridge on standardised coefficients where there is no finite maximum: as if their spread were about 1."""
STEPS = 40
FEW_EVENTS = 10
"""Fewer than this per feature, and coefficients are said to be shaky."""


@dataclass(frozen=True, slots=True)
class CoxTerm:
    """One feature: its coefficient, and by what one unit more of it multiplies the risk of leaving at any time."""

    name: str
    coefficient: float
    standard_error: float
    ratio: Interval
    p: float


class CoxRegression:
    """Cox's regression of durations.

    Parameters
    ----------
    ties : how equal times count: ``efron`` (nearly exact) or ``breslow``. penalty : ridge on standardised coefficients,
    half of it times their squares is taken from the log-likelihood. errors : ``model`` or ``robust``. level : of
    intervals.

    Attributes
    ----------
    names_ : (p,) features. coefficients_, standard_errors_ : (p,) per unit; of a constant feature 0 and NaN.
    covariance_ : (p, p). log_likelihood_, null_log_likelihood_ : partial, without the penalty; with nothing known.
    people_, events_ : numbers. penalty_ : the ridge that was used. note_ : what was done about trouble; empty: none.
    baseline_ : the cumulative hazard of a person of average features, per stratum. means_ : (p,) those averages.
    steps_ : Newton steps.
    """

    def __init__(
        self,
        *,
        ties: Literal["efron", "breslow"] = "efron",
        penalty: float = 0.0,
        errors: Literal["model", "robust"] = "model",
        level: float = 0.95,
    ) -> None:
        self.ties = ties
        self.penalty = penalty
        self.errors = errors
        self.level = level

    def fit(
        self,
        x: npt.ArrayLike,
        durations: npt.ArrayLike,
        events: npt.ArrayLike,
        *,
        entry: npt.ArrayLike | None = None,
        weights: npt.ArrayLike | None = None,
        strata: Any = None,
        clusters: Any = None,
        names: Sequence[str] | None = None,
    ) -> Self:
        """Estimate coefficients.

        x : (n, p) features. durations : (n,) until they left or were last seen; events : (n,) whether they left.
        entry : (n,) since when they were under observation. weights : (n,) how many people a row is worth; with survey
        weights ask for robust errors. strata : (n,) groups with a baseline risk of their own. clusters : (n,) who
        belongs together (households): errors are robust then.

        Raises
        ------
        DataError, NoAnswerError
            as of `cox_problem`.
        UsageError
            an option has no meaning.
        """
        if self.ties not in ("efron", "breslow") or self.errors not in ("model", "robust") or not self.penalty >= 0:
            raise UsageError(
                f"ties={self.ties!r}, errors={self.errors!r}, penalty={self.penalty!r} is no way to fit",
                hint='ties "efron" or "breslow", errors "model" or "robust", penalty 0 or more',
            )
        problem = cox_problem(x, durations, events, entry=entry, weights=weights, strata=strata)
        self.names_ = feature_names(names, len(problem.scale))
        self.people_, self.events_ = len(problem), int(problem.left.sum())
        self.means_ = problem.centre
        notes: list[str] = []
        beta, likelihood, information = self.maximised(problem, notes)
        self.problem_ = problem
        self.beta_ = beta
        penalised = information + self.penalty_ * np.eye(len(beta))
        inverse = np.linalg.pinv(penalised, hermitian=True)
        covariance: Floats = np.asarray(inverse @ information @ inverse if self.penalty_ else inverse)
        self.log_likelihood_ = likelihood
        hazards = Baseline.of(problem, beta, efron=self.ties == "efron")
        if self.errors == "robust" or clusters is not None:
            groups = None if clusters is None else coded(clusters, len(problem))[0][problem.order]
            residuals = hazards.residuals(problem, beta)
            if groups is not None:
                summed = np.zeros((int(groups.max()) + 1, len(beta)))
                np.add.at(summed, groups, residuals)
                residuals = summed
            covariance = inverse @ (residuals.T @ residuals) @ inverse
        self.unscale(problem, beta, covariance)
        self.baseline_ = hazards.unscaled(problem, len(self.names_))
        self.note_ = " ".join(notes)
        return self

    def maximised(self, problem: CoxProblem, notes: list[str]) -> tuple[Floats, float, Floats]:
        """Return standardised coefficients, log-likelihood and information; set what was tried."""
        self.penalty_ = self.penalty
        names = [self.names_[place] for place in problem.used]
        constant = [name for place, name in enumerate(self.names_) if place not in problem.used]
        if constant:
            notes.append(f"{', '.join(constant)}: the same for everybody, no effect can be told.")
        alike = problem.alike
        if len(alike) and not self.penalty:
            self.penalty_ = HOLD
            told = ", ".join(names[place] for place in alike)
            notes.append(f"{told} are each other in other words: effects are shared between them (ridge {HOLD:g}).")
        beta, likelihood, information, settled = self.newton(problem)
        if not settled and not self.penalty_:
            self.penalty_ = HOLD
            far = [names[place] for place in np.flatnonzero(np.abs(beta) >= 0.5 * np.abs(beta).max())]
            notes.append(
                f"{', '.join(far)} tells perfectly who left, so that no finite effect fits best: effects are held back "
                f"(ridge {HOLD:g})."
            )
            beta, likelihood, information, settled = self.newton(problem)
        if not settled:
            notes.append("The fit did not settle fully: coefficients are approximate.")
        if self.events_ < FEW_EVENTS * len(problem.used):
            notes.append(f"Only {self.events_:,} left, for {len(problem.used)} features: effects are shaky.")
        return beta, likelihood, information

    def newton(self, problem: CoxProblem) -> tuple[Floats, float, Floats, bool]:
        """Return coefficients, log-likelihood, information, and whether a finite maximum was reached."""
        from segmentary.models.survival.cox_kernels import newton_pass

        def at(beta: Floats) -> tuple[float, Floats, Floats]:
            eta = problem.x @ beta
            found = newton_pass(
                problem.x, eta, problem.weight, problem.time, problem.left, problem.entry, problem.late,
                problem.stratum, self.ties == "efron",
            )  # fmt: skip
            return float(found[0]), np.asarray(found[1]), np.asarray(found[2])

        beta = np.zeros(problem.x.shape[1])
        likelihood, gradient, information = at(beta)
        self.null_log_likelihood_, self.steps_ = likelihood, 0
        target = likelihood
        while self.steps_ < STEPS and len(beta):
            self.steps_ += 1
            slope = gradient - self.penalty_ * beta
            curve = information + self.penalty_ * np.eye(len(beta))
            step = np.linalg.lstsq(curve, slope, rcond=1e-14)[0]
            gain = float(slope @ step)
            for _ in range(12):
                tried = beta + step
                found = at(tried) if np.abs(tried).max() < 60 else (math.nan, gradient, information)
                new = found[0] - self.penalty_ / 2 * float(tried @ tried)
                if math.isfinite(new) and new >= target - 1e-9 * (1 + abs(target)):
                    break
                step = step / 2
            else:
                return beta, likelihood, information, False
            likelihood, gradient, information = found
            beta, target = tried, new
            # Errors are squared by each step: what is left after a gain of 1e-7 is nothing.
            if gain < 1e-7:
                finite = bool((np.abs(beta) < 12).all()) or bool(self.penalty_)
                return beta, likelihood, information, finite and self.certain(information)
        return beta, likelihood, information, not len(beta)

    def certain(self, information: Floats) -> bool:
        """Return whether the likelihood is curved in every direction: flat ones run to infinity."""
        if self.penalty_ or not len(information):
            return True
        return float(np.linalg.eigvalsh(information)[0]) > 1e-3

    def unscale(self, problem: CoxProblem, beta: Floats, covariance: Floats) -> None:
        """Set coefficients and errors per unit."""
        p, used = len(self.names_), problem.used
        self.coefficients_, self.covariance_ = np.zeros(p), np.full((p, p), math.nan)
        self.coefficients_[used] = beta / problem.scale[used]
        self.covariance_[np.ix_(used, used)] = covariance / np.outer(problem.scale[used], problem.scale[used])
        self.standard_errors_ = np.sqrt(np.maximum(np.diag(self.covariance_), 0.0))

    @property
    def terms_(self) -> tuple[CoxTerm, ...]:
        """Every feature with its ratio of risks, interval and p-value (Wald)."""
        z = normal_quantile(self.level)
        found = []
        for name, b, s in zip(self.names_, self.coefficients_, self.standard_errors_, strict=True):
            known = math.isfinite(s) and s > 0
            ratio = Interval(
                bounded(b), bounded(b - z * s) if known else 0.0, bounded(b + z * s) if known else math.inf,
                self.people_, self.level,
            )  # fmt: skip
            found.append(
                CoxTerm(name, float(b), float(s), ratio, math.erfc(abs(b / s) / math.sqrt(2)) if known else math.nan)
            )
        return tuple(found)

    def linear_predictor(self, x: npt.ArrayLike) -> Floats:
        """Return b (x - mean) for each person; (n,)."""
        grid = np.asarray(x, dtype=np.float64)
        grid = grid[:, None] if grid.ndim == 1 else grid
        if grid.ndim != 2 or grid.shape[1] != len(self.names_):
            raise DataError(f"features of shape {grid.shape} and {len(self.names_)} coefficients do not fit")
        return np.asarray((grid - self.means_) @ self.coefficients_)

    def survival(self, x: npt.ArrayLike, times: npt.ArrayLike, *, stratum: str | None = None) -> Floats:
        """Return (n, t) the share of people like each who are still there after each time; NaN beyond what was seen."""
        return self.survival_interval(x, times, stratum=stratum)[0]

    def survival_interval(
        self, x: npt.ArrayLike, times: npt.ArrayLike, *, stratum: str | None = None
    ) -> tuple[Floats, Floats, Floats]:
        """Return survival with low and high, (n, t) each: log-log, coefficients and baseline both uncertain."""
        grid = np.asarray(x, dtype=np.float64)
        moved = (grid[:, None] if grid.ndim == 1 else grid) - self.means_
        risk = np.exp(self.linear_predictor(x))
        hazard, pulled, variance = self.baseline_.at(np.asarray(times, dtype=np.float64), stratum)
        cumulative = risk[:, None] * hazard[None, :]
        # d log H(t | x) = x - mean of x of those who left so far, and the noise of the steps themselves.
        away = moved[:, None, :] * hazard[None, :, None] - pulled[None, :, :]
        known = np.nan_to_num(self.covariance_)
        spread = np.einsum("ntp,pq,ntq->nt", away, known, away) + variance[None, :]
        half = normal_quantile(self.level) * np.sqrt(spread) / np.where(hazard > 0, hazard, 1.0)
        survival = np.exp(-cumulative)
        wide = np.exp(np.minimum(half, 50.0))
        return survival, np.exp(-cumulative * wide), np.exp(-cumulative / wide)

    def leaving_within(
        self, x: npt.ArrayLike, since: npt.ArrayLike, horizon: float, *, stratum: str | None = None
    ) -> Floats:
        """Return (n,) the chance of leaving within the horizon for somebody still there after `since`; (n,) times.

        1 - S(since + horizon) / S(since). Where nobody was seen so late, the risk of the latest time seen is taken.
        """
        start = np.asarray(since, dtype=np.float64)
        more = self.baseline_.between(start, horizon, stratum)
        return np.asarray(-np.expm1(-np.exp(self.linear_predictor(x)) * more))

    def concordance(self) -> Interval:
        """Return how often of two people the one of higher risk left first, where that is known (within strata).

        .5 is chance, 1 everything; the interval is that of a U-statistic (jackknife of people), of those fitted on.
        """
        from segmentary.models.survival.concordance import concordance_of

        problem = self.problem_
        eta = problem.x @ self.beta_
        return concordance_of(problem.time, problem.left, eta, problem.stratum, level=self.level)

    def proportionality(self, scale: Literal["survival", "time", "log", "rank"] = "survival") -> Proportionality:
        """Return whether each effect is the same over time (Grambsch & Therneau), with a verdict in words."""
        from segmentary.models.survival.proportional import proportionality

        return proportionality(self, scale)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "ties": self.ties,
            "penalty": self.penalty,
            "errors": self.errors,
            "level": self.level,
            "names": list(self.names_),
            "coefficients": self.coefficients_.tolist(),
            "covariance": [[None if math.isnan(v) else v for v in row] for row in self.covariance_.tolist()],
            "means": self.means_.tolist(),
            "log_likelihood": self.log_likelihood_,
            "null_log_likelihood": self.null_log_likelihood_,
            "people": self.people_,
            "events": self.events_,
            "used_penalty": self.penalty_,
            "note": self.note_,
            "baseline": self.baseline_.to_document(),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the fit a document describes: it predicts, but knows the people it was fitted on no more."""
        found = cls(
            ties=document["ties"], penalty=document["penalty"], errors=document["errors"], level=document["level"]
        )
        found.names_ = tuple(document["names"])
        found.coefficients_ = np.array(document["coefficients"], dtype=np.float64)
        found.covariance_ = np.array(document["covariance"], dtype=np.float64).reshape(2 * (len(found.names_),))
        found.standard_errors_ = np.sqrt(np.maximum(np.diag(found.covariance_), 0.0))
        found.means_ = np.array(document["means"], dtype=np.float64)
        found.log_likelihood_ = document["log_likelihood"]
        found.null_log_likelihood_ = document["null_log_likelihood"]
        found.people_, found.events_ = document["people"], document["events"]
        found.penalty_, found.note_ = document["used_penalty"], document["note"]
        found.baseline_ = Baseline.from_document(document["baseline"])
        return found


def bounded(log_ratio: float) -> float:
    """Return exp, infinite where it is too large to be written."""
    return math.exp(log_ratio) if log_ratio < 700 else math.inf
