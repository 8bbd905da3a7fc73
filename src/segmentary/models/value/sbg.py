"""Shifted beta-geometric: how many subscribers renew, and how long they will, when each has a churn rate of their own.

Each subscriber leaves at every renewal with the same chance, which differs between people (beta, alpha and beta). The
weak leave first, so the renewal rate of those who remain rises, though nobody changes.

References: Fader & Hardie (2007), How to Project Customer Retention, J. Interactive Marketing 21(1); Fader & Hardie
(2010), Customer-Base Valuation in a Contractual Setting, Marketing Science 29(1) (residual lifetime).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.intervals import Interval
from segmentary.models.value.delta import Array, delta, of_parameters, vague
from segmentary.models.value.maximum import maximise

NAMES = ("alpha", "beta")
ALIKE = 1e5
"""alpha + beta that stands for: everybody has the same churn rate."""
DIFFERENT = 1e-4
"""alpha + beta that stands for: everybody either leaves at once or never."""
NEARLY_ALIKE = 200.0
"""alpha + beta beyond which churn rates differ by a few hundredths at most."""
MOST_RENEWALS = 10_000


@dataclass(frozen=True, slots=True)
class SurvivalPoint:
    """One renewal of the survivor table.

    renewal : 0 is the beginning. survived : share still there after it, by the model. retained : share of those there
    before who renew, by the model (None at 0). actual : share observed, None where nobody was there long enough.
    """

    renewal: int
    survived: Interval
    retained: Interval | None
    actual: float | None


class ShiftedBetaGeometric:
    """Renewals of one group of subscribers.

    Attributes
    ----------
    params_ : alpha, beta. standard_errors_ : of them. covariance_ : (2, 2) of their logarithms.
    log_likelihood_ : at the maximum. people_ : how many began. at_risk_, kept_ : (renewals,) how many came to each
    renewal, and how many of them renewed.
    note_ : what fallback was taken, a sentence; empty: none.
    """

    params_: dict[str, float]
    covariance_: Array
    log_likelihood_: float
    people_: int
    at_risk_: Array
    kept_: Array
    note_: str

    def fit(self, survivors: ArrayLike) -> Self:
        """Estimate from one cohort: how many began, and how many were left after each renewal.

        survivors : (renewals + 1,) never rising.

        Raises DataError when they rise or are negative, NoAnswerError when nobody came to a renewal.
        """
        left = np.atleast_1d(np.asarray(survivors, dtype=np.float64))
        if left.ndim != 1 or not np.isfinite(left).all() or (left < 0).any() or (np.diff(left) > 0).any():
            raise DataError("survivors must be counts that never rise", hint="how many began, then after each renewal")
        return self.fit_renewals(left[:-1], left[1:], people=int(left[0]) if len(left) else 0)

    def fit_renewals(self, at_risk: ArrayLike, kept: ArrayLike, *, people: int | None = None) -> Self:
        """Estimate from cohorts of any age together: how many came to each renewal, and how many of them renewed.

        at_risk, kept : (renewals,). Who has not come to a renewal yet is in neither: that is how cohorts of different
        age are added. people : how many began; those who came to the first renewal when not given.
        """
        came = np.atleast_1d(np.asarray(at_risk, dtype=np.float64))
        stayed = np.atleast_1d(np.asarray(kept, dtype=np.float64))
        if came.shape != stayed.shape or came.ndim != 1 or len(came) > MOST_RENEWALS:
            raise DataError(f"at_risk {came.shape} and kept {stayed.shape} must be two rows of one length")
        if not (np.isfinite(came).all() and (stayed >= 0).all() and (stayed <= came).all()):
            raise DataError("renewals cannot be more than those who came to them", hint="0 <= kept <= at_risk")
        self.people_ = int(came[0]) if people is None and len(came) else int(people or 0)
        self.at_risk_, self.kept_ = came, stayed
        if not came.any():
            raise NoAnswerError("nobody has come to a renewal yet", hint="wait for the first one")
        lost = came - stayed
        if reason := too_little(came, stayed, lost):
            return self.alike(reason)
        starts = [np.array(start) for start in ((0.0, 0.0), (-1.0, 0.5), (1.0, 3.0))]
        found = maximise(lambda theta: log_likelihood(theta, stayed, lost), starts, float(came.sum()))
        if found.theta.max() < 0 and found.runaway:
            return self.two_kinds()
        if found.runaway or (vague(found) and np.exp(found.theta).sum() > NEARLY_ALIKE):
            return self.alike("the renewal rate does not rise from renewal to renewal, so no difference is found")
        self.keep(found.theta, found.covariance, found.value)
        self.note_ = "the data say little about how people differ: intervals are wide" if vague(found) else ""
        return self

    def alike(self, why: str) -> Self:
        """Expect the same churn rate of everybody (a geometric model)."""
        share = self.one_share(float(self.kept_.sum()), float((self.at_risk_ - self.kept_).sum()), ALIKE)
        self.note_ = f"{why}: everybody is expected to renew at {100 * share:.3g}%, each time"
        return self

    def two_kinds(self) -> Self:
        """Expect some to leave at the first renewal, and nobody after it."""
        share = self.one_share(float(self.kept_[0]), float(self.at_risk_[0] - self.kept_[0]), DIFFERENT)
        self.note_ = (
            f"hardly anybody left after the first renewal: {100 * share:.3g}% are expected to stay for ever, the "
            "others to leave at once"
        )
        return self

    def one_share(self, kept: float, lost: float, together: float) -> float:
        """Set the model of a single share, with alpha + beta given; half a person is added to either side."""
        kept, lost = kept + 0.5, lost + 0.5
        share = kept / (kept + lost)
        along = np.array([-share, 1 - share])
        theta = np.log([(1 - share) * together, share * together])
        value = log_likelihood(theta, self.kept_, self.at_risk_ - self.kept_)[0]
        self.keep(theta, np.outer(along, along) * (1 / kept + 1 / lost), value)
        return share

    def keep(self, theta: Array, covariance: Array, log_likelihood_: float) -> None:
        """Set the learned attributes."""
        values = np.exp(theta)
        self.params_ = dict(zip(NAMES, values.tolist(), strict=True))
        self.covariance_ = covariance
        self.log_likelihood_ = float(log_likelihood_)

    @property
    def standard_errors_(self) -> dict[str, float]:
        """Standard errors of the parameters."""
        of_logs = np.sqrt(np.maximum(np.diag(self.covariance_), 0.0)).tolist()
        return {name: self.params_[name] * error for name, error in zip(NAMES, of_logs, strict=True)}

    def log_parameters(self) -> Array:
        """Return (2,) the logarithms of alpha and beta."""
        if not hasattr(self, "params_"):
            raise UsageError("the renewal model has not been fitted", hint="call fit() or from_document() first")
        return np.log([self.params_[name] for name in NAMES])

    def survival(self, renewals: int) -> Array:
        """Return (renewals + 1,) the share still there after 0, 1, 2, ... renewals."""
        return survived(self.log_parameters(), whole(renewals))

    def survival_interval(self, renewals: int, *, level: float = 0.95) -> tuple[Array, Array, Array]:
        """Return (estimate, low, high) of `survival`."""
        count = whole(renewals)
        theta = self.log_parameters()
        return delta(lambda at: survived(at, count), theta, self.covariance_, link="logit", level=level)

    def retention(self, renewals: int) -> Array:
        """Return (renewals,) the share of those who came to renewal 1, 2, ... that renews."""
        return kept_share(self.log_parameters(), whole(renewals))

    def retention_interval(self, renewals: int, *, level: float = 0.95) -> tuple[Array, Array, Array]:
        """Return (estimate, low, high) of `retention`."""
        count = whole(renewals)
        theta = self.log_parameters()
        return delta(lambda at: kept_share(at, count), theta, self.covariance_, link="logit", level=level)

    def residual_lifetime(self, renewed: ArrayLike, *, discount: float = 0.0, within: int | None = None) -> Array:
        """Return (n,) the renewals still to come of somebody who renewed so often, each discounted.

        renewed : (n,) renewals made. The next is due now and counts whole, the one after it by 1 / (1 + discount).
        discount : per renewal period. within : only the next so many renewals; without end when not given.

        Raises NoAnswerError when the sum has no end: undiscounted, without `within`, and alpha at most 1.
        """
        made = np.atleast_1d(np.asarray(renewed, dtype=np.float64))
        self.check_lifetime(made, discount, within)
        return to_come(self.log_parameters(), made, discount, within)

    def residual_lifetime_interval(
        self, renewed: ArrayLike, *, discount: float = 0.0, within: int | None = None, level: float = 0.95
    ) -> tuple[Array, Array, Array]:
        """Return (estimate, low, high) of `residual_lifetime`."""
        made = np.atleast_1d(np.asarray(renewed, dtype=np.float64))
        self.check_lifetime(made, discount, within)
        theta = self.log_parameters()
        return delta(lambda at: to_come(at, made, discount, within), theta, self.covariance_, level=level)

    def check_lifetime(self, made: Array, discount: float, within: int | None) -> None:
        """Refuse a residual lifetime without an answer."""
        if not (np.isfinite(made).all() and (made >= 0).all() and discount >= 0):
            raise UsageError("renewals made and the discount rate cannot be negative")
        if within is not None:
            whole(within)
        elif discount == 0 and self.params_["alpha"] <= 1:
            raise NoAnswerError(
                f"the expected lifetime has no end (alpha {self.params_['alpha']:.3g} is at most 1: some hardly leave)",
                hint="give a discount rate per period, or count only the next renewals",
            )

    def table(self, renewals: int, *, level: float = 0.95) -> list[SurvivalPoint]:
        """Return the survivor table: the model with intervals beside what was observed."""
        count = whole(renewals)
        survival = np.column_stack(self.survival_interval(count, level=level))
        retention = np.column_stack(self.retention_interval(count, level=level))
        came, kept = self.at_risk_, self.kept_
        seen = np.concatenate([[1.0], np.cumprod(np.divide(kept, came, out=np.zeros_like(kept), where=came > 0))])
        known = 1 + int(np.count_nonzero(np.cumprod(came > 0)))
        return [
            SurvivalPoint(
                renewal=place,
                survived=row_interval(survival[place], self.people_, level),
                retained=None
                if place == 0
                else row_interval(retention[place - 1], int(came[place - 1]) if place <= len(came) else 0, level),
                actual=float(seen[place]) if place < known else None,
            )
            for place in range(count + 1)
        ]

    def parameter_interval(self, *, level: float = 0.95) -> dict[str, tuple[float, float, float]]:
        """Return each parameter with its interval, on the log scale."""
        self.log_parameters()
        return of_parameters(self.params_, self.covariance_, level)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        self.log_parameters()
        return {
            "model": "sbg",
            "params": dict(self.params_),
            "covariance": self.covariance_.tolist(),
            "log_likelihood": self.log_likelihood_,
            "people": self.people_,
            "at_risk": self.at_risk_.tolist(),
            "kept": self.kept_.tolist(),
            "note": self.note_,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the model a document describes.

        Raises DataError when it is not one of `to_document`.
        """
        try:
            if document["model"] != "sbg":
                raise KeyError("model")
            model = cls()
            params = {name: float(document["params"][name]) for name in NAMES}
            covariance = np.array(document["covariance"], dtype=np.float64)
            model.keep(np.log(list(params.values())), covariance, float(document["log_likelihood"]))
            model.params_ = params
            model.people_ = int(document["people"])
            model.at_risk_ = np.array(document["at_risk"], dtype=np.float64)
            model.kept_ = np.array(document["kept"], dtype=np.float64)
            model.note_ = str(document["note"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                "not a renewal model", hint="use what ShiftedBetaGeometric.to_document() returned"
            ) from error
        return model


def fit_groups(survivors: Mapping[str, Sequence[float]]) -> dict[str, ShiftedBetaGeometric]:
    """Return one fitted model per group, each from its own survivors (see `ShiftedBetaGeometric.fit`)."""
    return {name: ShiftedBetaGeometric().fit(left) for name, left in survivors.items()}


def row_interval(row: Array, n: int, level: float) -> Interval:
    return Interval(float(row[0]), float(row[1]), float(row[2]), n, level)


def too_little(came: Array, kept: Array, lost: Array) -> str:
    """Say why the two parameters cannot be told from these renewals; empty: they can."""
    if not lost.any():
        return "nobody left yet"
    if not kept.any():
        return "everybody left at the first renewal"
    if np.count_nonzero(came) == 1:
        return "only one renewal is known, so how people differ cannot be told"
    return ""


def whole(renewals: int) -> int:
    """Return the number of renewals, or refuse it."""
    if not 0 <= renewals <= MOST_RENEWALS:
        raise UsageError(f"renewals must be 0 to {MOST_RENEWALS}, not {renewals}")
    return int(renewals)


def log_likelihood(theta: Array, kept: Array, lost: Array) -> tuple[float, Array]:
    """Return the log-likelihood and its gradient: at each renewal so many of those who came stay, so many leave."""
    alpha, beta = np.exp(theta)
    before = np.arange(len(kept), dtype=np.float64)
    both = alpha + beta + before
    came = kept + lost
    value = kept @ np.log(beta + before) + lost.sum() * theta[0] - came @ np.log(both)
    shared = (came / both).sum()
    return float(value), np.array([lost.sum() - alpha * shared, beta * ((kept / (beta + before)).sum() - shared)])


def kept_share(theta: Array, renewals: int) -> Array:
    alpha, beta = np.exp(theta)
    before = np.arange(renewals, dtype=np.float64)
    return np.asarray((beta + before) / (alpha + beta + before))


def survived(theta: Array, renewals: int) -> Array:
    return np.concatenate([[1.0], np.cumprod(kept_share(theta, renewals))])


def to_come(theta: Array, made: Array, discount: float, within: int | None) -> Array:
    """Return the discounted renewals to come: a sum, or Gauss's series where it has no end."""
    alpha, beta = np.exp(theta)
    if within is not None:
        after = np.arange(within, dtype=np.float64)[:, None]
        shares = np.cumprod((beta + made + after) / (alpha + beta + made + after), axis=0)
        return np.asarray((shares / (1 + discount) ** after).sum(axis=0))
    if discount == 0:
        # Where the uncertainty of alpha reaches below 1 the sum stays what it is just above.
        return np.asarray((beta + made) / max(alpha - 1, 1e-6))
    from scipy.special import hyp2f1

    first = (beta + made) / (alpha + beta + made)
    return np.asarray(first * hyp2f1(1.0, beta + made + 1, alpha + beta + made + 1, 1 / (1 + discount)))
