"""BG/BB: purchases at opportunities that come at fixed times (a yearly appeal, a weekly market), until gone for good.

A person buys at each opportunity with a chance of their own (beta, alpha and beta) while there, and before each
opportunity leaves for good with a chance of their own (beta, gamma and delta). Only the number of purchases x, the
opportunity of the last one t_x (0: none) and the number of opportunities n matter, so people are counted in cells.

References: Fader, Hardie & Shang (2010), Marketing Science 29(6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.value.delta import Array, Link, Predicted, delta, of_parameters, vague
from segmentary.models.value.maximum import maximise

NAMES = ("alpha", "beta", "gamma", "delta")
MOST_OPPORTUNITIES = 10_000
ALIKE = 1e5
"""alpha + beta that stands for: everybody has the same chance of buying."""
FAR = 1e7
"""gamma + delta that stands for: the chance of leaving cannot be told from zero."""


class BetaGeoBetaBinomial:
    """Purchases at fixed opportunities.

    Attributes
    ----------
    params_ : alpha, beta (of buying), gamma, delta (of leaving). standard_errors_ : of them.
    covariance_ : (4, 4) of their logarithms. log_likelihood_ : at the maximum, NaN for a fallback.
    people_ : how many were fitted on.
    note_ : what fallback was taken, a sentence; empty: none.
    """

    params_: dict[str, float]
    covariance_: Array
    log_likelihood_: float
    people_: int
    note_: str

    def fit(self, x: ArrayLike, t_x: ArrayLike, n: ArrayLike, count: ArrayLike | None = None) -> Self:
        """Estimate by maximum likelihood.

        x : (cells,) purchases. t_x : (cells,) the opportunity of the last one, 0 where x is 0.
        n : (cells,) opportunities so far. count : (cells,) people in each; one when not given.

        Raises DataError when a cell is impossible, NoAnswerError when there is nobody.
        """
        cells = checked(x, t_x, n, count)
        bought, last, chances, people = cells
        self.people_ = int(people.sum())
        if self.people_ == 0 or not (chances * people).any():
            raise NoAnswerError("there is nobody with an opportunity to buy", hint="give people who had one or more")
        used = (people > 0) & (chances > 0)
        rows, place = np.unique(np.column_stack([bought, last, chances])[used], axis=0, return_inverse=True)
        people = np.asarray(np.bincount(place.ravel(), weights=people[used]), dtype=np.float64)
        bought, last, chances = rows.T
        if reason := too_little(bought, chances):
            return self.alike(bought, chances, people, reason)
        starts = [np.array(start) for start in ((0.0, 0.0, 0.0, 1.0), (-0.5, 0.5, -2.0, 2.0), (1.0, 1.0, 1.0, 3.0))]
        found = maximise(
            lambda theta: log_likelihood(theta, bought, last, chances, people), starts, float(people.sum())
        )
        self.keep(found.theta, found.covariance, found.value)
        self.note_ = "; ".join(notes_of(self.params_, found.runaway, vague=vague(found)))
        return self

    def alike(self, bought: Array, chances: Array, people: Array, why: str) -> Self:
        """Expect the same chance for everybody and nobody to leave."""
        hits, all_chances = float(bought @ people) + 0.5, float(chances @ people) + 1.0
        share = hits / all_chances
        theta = np.log([share * ALIKE, (1 - share) * ALIKE, 1.0, FAR])
        along = np.array([1 - share, -share, 0.0, 0.0])
        covariance = np.outer(along, along) / (all_chances * share * (1 - share))
        self.keep(
            theta, covariance, float(log_likelihood(theta, bought, np.minimum(chances, bought), chances, people)[0])
        )
        self.note_ = (
            f"{why}: everybody is expected to buy at {100 * share:.3g}% of the opportunities, and nobody to leave; who "
            "differs from whom, and who is gone, cannot be told"
        )
        return self

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
        """Return (4,) the logarithms of the parameters."""
        if not hasattr(self, "params_"):
            raise UsageError("the BG/BB model has not been fitted", hint="call fit() or from_document() first")
        return np.log([self.params_[name] for name in NAMES])

    def alive(self, x: ArrayLike, t_x: ArrayLike, n: ArrayLike) -> Array:
        """Return (cells,) the chance that a person will still be there at the next opportunity, n + 1."""
        bought, last, chances, _ = checked(x, t_x, n, None)
        return alive_at(self.log_parameters(), bought, last, chances)

    def alive_interval(
        self, x: ArrayLike, t_x: ArrayLike, n: ArrayLike, *, level: float = 0.95
    ) -> tuple[Array, Array, Array]:
        """Return (estimate, low, high) of `alive`."""
        bought, last, chances, _ = checked(x, t_x, n, None)
        return self.interval(lambda theta: alive_at(theta, bought, last, chances), "logit", level)

    def expected_purchases(self, x: ArrayLike, t_x: ArrayLike, n: ArrayLike, opportunities: int) -> Array:
        """Return (cells,) the purchases expected at the next so many opportunities."""
        bought, last, chances, _ = checked(x, t_x, n, None)
        return expected(self.log_parameters(), bought, last, chances, horizon(opportunities))

    def expected_purchases_interval(
        self, x: ArrayLike, t_x: ArrayLike, n: ArrayLike, opportunities: int, *, level: float = 0.95
    ) -> tuple[Array, Array, Array]:
        """Return (estimate, low, high) of `expected_purchases`."""
        bought, last, chances, _ = checked(x, t_x, n, None)
        steps = horizon(opportunities)
        estimate, low, high = self.interval(lambda theta: expected(theta, bought, last, chances, steps), "log", level)
        return estimate, low, np.minimum(high, steps)

    def expected_from_start(self, opportunities: int) -> float:
        """Return the purchases expected of somebody new at their first so many opportunities."""
        none = np.zeros(1)
        return float(expected(self.log_parameters(), none, none, none, horizon(opportunities))[0])

    def interval(self, predicted: Predicted, link: Link, level: float) -> tuple[Array, Array, Array]:
        """Return what is predicted with its interval."""
        return delta(predicted, self.log_parameters(), self.covariance_, link=link, level=level)

    def parameter_interval(self, *, level: float = 0.95) -> dict[str, tuple[float, float, float]]:
        """Return each parameter with its interval, on the log scale."""
        self.log_parameters()
        return of_parameters(self.params_, self.covariance_, level)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        self.log_parameters()
        return {
            "model": "bg_bb",
            "params": dict(self.params_),
            "covariance": self.covariance_.tolist(),
            "log_likelihood": self.log_likelihood_ if np.isfinite(self.log_likelihood_) else None,
            "people": self.people_,
            "note": self.note_,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the model a document describes.

        Raises DataError when it is not one of `to_document`.
        """
        try:
            if document["model"] != "bg_bb":
                raise KeyError("model")
            model = cls()
            params = {name: float(document["params"][name]) for name in NAMES}
            known = document["log_likelihood"]
            covariance = np.array(document["covariance"], dtype=np.float64)
            model.keep(np.log(list(params.values())), covariance, float("nan") if known is None else float(known))
            model.params_ = params
            model.people_ = int(document["people"])
            model.note_ = str(document["note"])
        except (KeyError, TypeError, ValueError) as error:
            raise DataError("not a BG/BB model", hint="use what BetaGeoBetaBinomial.to_document() returned") from error
        return model


def horizon(opportunities: int) -> int:
    """Return the number of opportunities ahead, or refuse it."""
    if not 0 <= opportunities <= MOST_OPPORTUNITIES:
        raise UsageError(f"opportunities ahead must be 0 to {MOST_OPPORTUNITIES}, not {opportunities}")
    return opportunities


def checked(x: ArrayLike, t_x: ArrayLike, n: ArrayLike, count: ArrayLike | None) -> tuple[Array, Array, Array, Array]:
    """Return the cells as numbers of one length, possible ones only."""
    bought, last, chances, people = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(one, dtype=np.float64)) for one in (x, t_x, n, 1.0 if count is None else count))
    )
    whole = all(np.isfinite(one).all() and (one == np.floor(one)).all() for one in (bought, last, chances))
    possible = (bought >= 0) & (bought <= last) & (last <= chances) & ((bought > 0) == (last > 0)) & (people >= 0)
    if not whole or not possible.all():
        raise DataError(
            "a cell of purchases is impossible",
            hint="x <= t_x <= n, all whole numbers, and t_x is 0 exactly where x is 0",
        )
    if len(chances) and chances.max() > MOST_OPPORTUNITIES:
        raise DataError(f"more than {MOST_OPPORTUNITIES} opportunities", hint="count in longer steps: weeks, not hours")
    return bought, last, chances, people


def too_little(bought: Array, chances: Array) -> str:
    """Say why the four parameters cannot be told from these distinct cells; empty: they can."""
    if (bought == 0).all():
        return "nobody ever bought"
    if len(bought) == 1:
        return "everybody has the same history (one cell)"
    if chances.max() == 1:
        return "nobody had more than one opportunity"
    if (bought == chances).all():
        return "everybody bought at every opportunity"
    return ""


def notes_of(params: Mapping[str, float], at_bounds: tuple[int, ...], *, vague: bool) -> list[str]:
    """Return what to say about an estimate that is not an ordinary one."""
    notes = []
    held = [NAMES[place] for place in at_bounds]
    leaving = params["gamma"] / (params["gamma"] + params["delta"])
    if leaving < 1e-4:
        notes.append("no leaving is found: everybody counts as still there (a beta-binomial model)")
    elif {"alpha", "beta"} & set(held):
        notes.append("the chance of buying does not tell people apart (alpha or beta at the edge of what is searched)")
    elif held:
        notes.append(f"{' and '.join(held)} reached the edge of what is searched: not part of the intervals")
    if vague:
        notes.append("the data say little about some of the parameters: intervals are wide")
    return notes


def pieces(theta: Array, bought: Array, last: Array, chances: Array) -> tuple[Array, Array, Array]:
    """Return the logarithm of each way a history can have come about: (1 + longest silence, cells), and its places.

    Row 0: still there after all n; row 1 + i: left right after opportunity t_x + i. Second and third: the numbers
    added to beta, and to delta, in each row (the betas of `log_likelihood` and their derivatives need them).
    """
    from scipy.special import betaln

    alpha, beta, gamma, delta_ = np.exp(theta)
    longest = int((chances - last).max(initial=0))
    after = np.arange(longest)[:, None]
    misses = np.vstack([chances - bought, last - bought + after])
    passed = np.vstack([chances, last + after])
    there = np.vstack([np.ones((1, len(bought)), dtype=bool), after < chances - last])
    left = np.zeros((longest + 1, 1))
    left[1:] = 1.0
    ways = betaln(alpha + bought, beta + misses) + betaln(gamma + left, delta_ + passed)
    ways -= betaln(alpha, beta) + betaln(gamma, delta_)
    return np.where(there, ways, -np.inf), misses, passed


def log_likelihood(theta: Array, bought: Array, last: Array, chances: Array, people: Array) -> tuple[float, Array]:
    """Return the log-likelihood of the cells and its gradient in log-parameters."""
    from scipy.special import logsumexp, psi

    ways, misses, passed = pieces(theta, bought, last, chances)
    cell = logsumexp(ways, axis=0)
    alpha, beta, gamma, delta_ = np.exp(theta)
    share = np.exp(ways - cell) * people  # how much of each cell came about in each way
    left = np.zeros((len(ways), 1))
    left[1:] = 1.0
    total = float(people.sum())
    both = psi(alpha + beta + bought + misses)
    leaving = psi(gamma + delta_ + left + passed)
    gradient = np.array(
        [
            alpha * ((share * (psi(alpha + bought) - both)).sum() - total * (psi(alpha) - psi(alpha + beta))),
            beta * ((share * (psi(beta + misses) - both)).sum() - total * (psi(beta) - psi(alpha + beta))),
            gamma * ((share * (psi(gamma + left) - leaving)).sum() - total * (psi(gamma) - psi(gamma + delta_))),
            delta_ * ((share * (psi(delta_ + passed) - leaving)).sum() - total * (psi(delta_) - psi(gamma + delta_))),
        ]
    )
    return float(people @ cell), gradient


def alive_at(theta: Array, bought: Array, last: Array, chances: Array) -> Array:
    """Return the chance of being there at the next opportunity."""
    from scipy.special import logsumexp

    ways, _, _ = pieces(theta, bought, last, chances)
    _, _, gamma, delta_ = np.exp(theta)
    stays = (delta_ + chances) / (gamma + delta_ + chances)
    return np.asarray(stays * np.exp(ways[0] - logsumexp(ways, axis=0)))


def expected(theta: Array, bought: Array, last: Array, chances: Array, opportunities: int) -> Array:
    """Return the purchases expected at the next opportunities: the paper's equation as a sum, finite at gamma = 1."""
    from scipy.special import logsumexp

    ways, _, _ = pieces(theta, bought, last, chances)
    alpha, beta, gamma, delta_ = np.exp(theta)
    after = np.arange(opportunities)[:, None]
    # The chance of staying n + 1, n + 2, ... opportunities, for those who stayed n.
    stays = np.cumprod((delta_ + chances + after) / (gamma + delta_ + chances + after), axis=0).sum(axis=0)
    buys = (alpha + bought) / (alpha + beta + chances)
    return np.asarray(buys * stays * np.exp(ways[0] - logsumexp(ways, axis=0)))
