"""Gamma-Gamma: what people spend per purchase day, with those of few purchases drawn towards everybody's mean.

Each person has a mean spend of their own; single purchases scatter around it (gamma, shape p), and the people's rates
scatter too (gamma, shape q, rate gamma). How often people buy must not be related to how much they spend:
`segmentary.models.value.spend_checks` says how much it is.

References: Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value; Colombo & Jiang (1999), J. Interactive
Marketing 13(3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.value.delta import Array, delta, of_parameters, vague
from segmentary.models.value.maximum import maximise

NAMES = ("p", "q", "gamma")
FEWEST = 10
"""People with repeat spend below whom no spread between people is estimated."""
NEARLY_ALIKE = 200.0
"""The shape q beyond which people's means differ by a few hundredths."""
SAME = 1e6
"""The shape q that stands for: everybody is expected to spend the same."""


class GammaGamma:
    """Mean spend per purchase day and person.

    Attributes
    ----------
    params_ : p, q, gamma. standard_errors_ : of them. covariance_ : (3, 3) of their logarithms.
    log_likelihood_ : at the maximum. people_ : how many were fitted on.
    left_out_ : how many were given but could not be used, by reason.
    statistic_ : ``mean``; ``median`` when q is 1 or less, because then the mean over people does not exist.
    note_ : what fallback was taken, a sentence; empty: none.
    """

    params_: dict[str, float]
    covariance_: Array
    log_likelihood_: float
    people_: int
    left_out_: dict[str, int]
    statistic_: Literal["mean", "median"]
    note_: str

    def fit(self, spend_days: ArrayLike, mean_spend: ArrayLike, weights: ArrayLike | None = None) -> Self:
        """Estimate by maximum likelihood.

        spend_days : (n,) repeat purchase days with positive spend, whole numbers. mean_spend : (n,) mean spend of
        those days. weights : (n,) how many people each row stands for; everyone once when not given.
        Rows without such a day, or without a positive finite mean, are left out and counted.

        Raises DataError when the shapes differ, NoAnswerError when nobody is left.
        """
        days, spend, counts = rows_of(spend_days, mean_spend, weights)
        none, bad = days < 1, ~(np.isfinite(spend) & (spend > 0))
        self.left_out_ = {
            "no repeat purchase day with positive spend": int(counts[none].sum()),
            "spend that is zero, negative or missing": int(counts[bad & ~none].sum()),
        }
        good = ~none & ~bad & (counts > 0)
        days, spend, counts = days[good], spend[good], counts[good]
        self.people_ = int(counts.sum())
        if self.people_ == 0:
            raise NoAnswerError(
                "nobody has a repeat purchase with positive spend, so spend per person cannot be estimated",
                hint="take a longer period, or check that amounts are loaded",
            )
        if self.people_ < FEWEST:
            return self.pooled(spend, counts, f"only {self.people_} people with repeat spend (fewer than {FEWEST})")
        if np.ptp(np.log(spend)) < 1e-9:
            return self.pooled(spend, counts, "everybody's mean spend is the same")
        # The geometric mean: one enormous amount does not push everybody else to the edge of what is searched.
        scale = float(np.exp(np.average(np.log(spend), weights=counts)))
        starts = [np.array(start) for start in ((1.0, 1.0, 1.0), (0.0, 0.5, 0.0), (2.0, 2.0, 2.0))]
        found = maximise(likelihood(days, spend / scale, counts), starts, float(counts.sum()))
        theta = found.theta + np.array([0.0, 0.0, np.log(scale)])
        # The density of the mean itself is per unit of money: one Jacobian per person.
        self.keep(theta, found.covariance, found.value - self.people_ * np.log(scale))
        notes = []
        if found.runaway and self.params_["q"] > NEARLY_ALIKE:
            notes.append("people are not found to differ in what they spend: everybody is expected to spend the same")
        elif found.runaway:
            held = " and ".join(NAMES[place] for place in found.runaway)
            notes.append(f"{held} reached the edge of what is searched, which is no part of the intervals")
        if vague(found):
            notes.append("the data say little about the spread of spend: intervals are very wide")
        if self.statistic_ == "median":
            notes.append(
                f"q is {self.params_['q']:.3g}, not above 1: the mean spend over people does not exist (very few spend "
                "very much), so expected spend is each person's median instead"
            )
        self.note_ = "; ".join(notes)
        return self

    def pooled(self, spend: Array, counts: Array, why: str) -> Self:
        """Expect the same of everybody: the mean, with its own uncertainty."""
        mean = float(np.average(spend, weights=counts))
        people = counts.sum()
        variance = float(np.average((spend - mean) ** 2, weights=counts)) * people / max(1.0, people - 1)
        # One person says nothing about the spread: as wide as the spread of an exponential.
        relative = variance / people / mean**2 if people > 1 else 1.0
        theta = np.log([1.0, SAME, mean * (SAME - 1)])
        self.keep(theta, np.diag([0.0, 0.0, relative]), float("nan"))
        self.note_ = f"{why}: everybody is expected to spend the mean of {mean:.4g}"
        return self

    def keep(self, theta: Array, covariance: Array, log_likelihood: float) -> None:
        """Set the learned attributes."""
        values = np.exp(theta)
        self.params_ = dict(zip(NAMES, values.tolist(), strict=True))
        self.covariance_ = covariance
        self.log_likelihood_ = float(log_likelihood)
        self.statistic_ = "mean" if self.params_["q"] > 1 else "median"

    @property
    def standard_errors_(self) -> dict[str, float]:
        """Standard errors of the parameters."""
        of_logs = np.sqrt(np.maximum(np.diag(self.covariance_), 0.0)).tolist()
        return {name: self.params_[name] * error for name, error in zip(NAMES, of_logs, strict=True)}

    def log_parameters(self) -> Array:
        """Return (3,) the logarithms of p, q and gamma."""
        if not hasattr(self, "params_"):
            raise UsageError("the spend model has not been fitted", hint="call fit() or from_document() first")
        return np.log([self.params_[name] for name in NAMES])

    def factors(self, spend_days: ArrayLike, theta: Array | None = None) -> tuple[Array, Array]:
        """Return (base, slope): expected spend of a person is base + slope * mean_spend. Both (n,)."""
        p, q, gamma = np.exp(self.log_parameters() if theta is None else theta)
        days = np.maximum(np.asarray(spend_days, dtype=np.float64), 0.0)
        if self.statistic_ == "mean":
            # Where the uncertainty of q reaches below 1 the mean stays what it is just above.
            share = p / np.maximum(p * days + q - 1, 1e-6)
        else:
            from scipy.special import gammaincinv

            share = p / gammaincinv(p * days + q, 0.5)
        return gamma * share, days * share

    def expected_spend(self, spend_days: ArrayLike, mean_spend: ArrayLike) -> Array:
        """Return (n,) the expected spend per purchase day: the person's own mean drawn towards everybody's.

        The fewer days, the more it is drawn; with zero days it is everybody's, whatever mean_spend says.
        """
        days, spend = known(spend_days, mean_spend)
        base, slope = self.factors(days)
        return base + slope * spend

    def expected_spend_interval(
        self, spend_days: ArrayLike, mean_spend: ArrayLike, *, level: float = 0.95
    ) -> tuple[Array, Array, Array]:
        """Return (estimate, low, high), each (n,): uncertainty of the parameters, by the delta method."""
        days, spend = known(spend_days, mean_spend)

        def predicted(theta: Array) -> Array:
            base, slope = self.factors(days, theta)
            return base + slope * spend

        return delta(predicted, self.log_parameters(), self.covariance_, level=level)

    def population_spend(self) -> float:
        """Return the expected spend of somebody nothing is known of."""
        return float(self.expected_spend([0], [0.0])[0])

    def parameter_interval(self, *, level: float = 0.95) -> dict[str, tuple[float, float, float]]:
        """Return each parameter with its interval, on the log scale."""
        self.log_parameters()
        return of_parameters(self.params_, self.covariance_, level)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        self.log_parameters()
        return {
            "model": "gamma_gamma",
            "params": dict(self.params_),
            "covariance": self.covariance_.tolist(),
            "log_likelihood": self.log_likelihood_ if np.isfinite(self.log_likelihood_) else None,
            "people": self.people_,
            "left_out": dict(self.left_out_),
            "note": self.note_,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the model a document describes.

        Raises DataError when it is not one of `to_document`.
        """
        try:
            if document["model"] != "gamma_gamma":
                raise KeyError("model")
            model = cls()
            params = {name: float(document["params"][name]) for name in NAMES}
            likelihood_ = document["log_likelihood"]
            model.keep(
                np.log([params[name] for name in NAMES]),
                np.array(document["covariance"], dtype=np.float64),
                float("nan") if likelihood_ is None else float(likelihood_),
            )
            model.params_ = params
            model.people_ = int(document["people"])
            model.left_out_ = {str(why): int(count) for why, count in document["left_out"].items()}
            model.note_ = str(document["note"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError("not a fitted spend model", hint="use what GammaGamma.to_document() returned") from error
        return model


def rows_of(spend_days: ArrayLike, mean_spend: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array, Array]:
    """Return days, spend and counts as numbers of one length; a missing number of days is none."""
    days = np.atleast_1d(np.asarray(spend_days, dtype=np.float64))
    spend = np.atleast_1d(np.asarray(mean_spend, dtype=np.float64))
    counts = np.ones_like(days) if weights is None else np.atleast_1d(np.asarray(weights, dtype=np.float64))
    if days.ndim != 1 or days.shape != spend.shape or days.shape != counts.shape:
        raise DataError(f"spend_days {days.shape}, mean_spend {spend.shape} and weights {counts.shape} do not match")
    return np.nan_to_num(days), spend, counts


def known(spend_days: ArrayLike, mean_spend: ArrayLike) -> tuple[Array, Array]:
    """Return days and spend to predict on: without a usable mean there are no days."""
    days, spend, _ = rows_of(spend_days, mean_spend, None)
    usable = (days >= 1) & np.isfinite(spend) & (spend > 0)
    return np.where(usable, days, 0.0), np.where(usable, spend, 0.0)


def likelihood(days: Array, spend: Array, counts: Array) -> Any:
    """Return the objective: log-likelihood and gradient in the logarithms of p, q, gamma."""
    from scipy.special import gammaln, psi

    distinct, place = np.unique(days, return_inverse=True)
    per_days = np.bincount(place, weights=counts)
    people = float(counts.sum())
    total = days * spend
    log_total, log_spend = np.log(total), float(counts @ np.log(spend))
    by_days = np.bincount(place, weights=counts * log_total)

    def objective(theta: Array) -> tuple[float, Array]:
        p, q, gamma = np.exp(theta)
        shape = p * distinct
        pool = gamma + total
        weighted_log = np.bincount(place, weights=counts * np.log(pool))
        per_pool = np.bincount(place, weights=counts / pool)
        logs = float(weighted_log.sum())
        value = (
            per_days @ (gammaln(shape + q) - gammaln(shape))
            - people * (gammaln(q) - q * theta[2])
            + shape @ by_days
            - log_spend
            - (shape + q) @ weighted_log
        )
        digamma = psi(shape + q)
        slope_p = distinct @ (per_days * (digamma - psi(shape)) + by_days - weighted_log)
        slope_q = per_days @ digamma - people * (psi(q) - theta[2]) - logs
        slope_gamma = people * q / gamma - (shape + q) @ per_pool
        return float(value), np.array([p * slope_p, q * slope_q, gamma * slope_gamma])

    return objective
