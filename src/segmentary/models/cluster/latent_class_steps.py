"""What classes go with, in three steps: classes first, then people assigned, then what they go with, bias corrected.

People assigned to their likeliest class are partly assigned wrong, which makes classes look too alike. How often is
known from the model, and corrected for: by weights (BCH: Bolck, Croon & Hagenaars 2004, Political Analysis 12; Vermunt
2010, ibid. 18) or by maximum likelihood with the errors fixed (Vermunt 2010). Covariates never change the classes, as
they can in one step (`latent_class_regression`). Standard errors are robust (sandwich) and take the classes and their
error rates as known (Bakk, Tekle & Vermunt 2013, Sociological Methodology 43, on what that leaves out).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segmentary.models.assign.terms import softmax
from segmentary.models.cluster.em_errors import covariance, deviations, observed_information
from segmentary.models.table.typed_table import Floats

Correction: TypeAlias = Literal["bch", "ml", "none"]
Assignment: TypeAlias = Literal["modal", "proportional"]


@dataclass(frozen=True, eq=False)
class Steps:
    """People assigned to classes. w : (n, k) assignment. errors : (k, k) P(assigned to s | in t), rows t.

    weight : (n,). bch : (n, k) weights whose expectation is membership.
    """

    w: Floats
    errors: Floats
    weight: Floats

    @property
    def bch(self) -> Floats:
        """(n, k) membership corrected for errors of assignment; single values can be negative."""
        return np.asarray(self.w @ np.linalg.inv(self.errors))


def assigned(probabilities: Floats, weight: Floats | None = None, *, assignment: Assignment = "modal") -> Steps:
    """Assign people by (n, k) probabilities of membership, and work out how often that is wrong."""
    probabilities = np.asarray(probabilities, dtype=np.float64)
    n, k = probabilities.shape
    given = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    w = np.eye(k)[probabilities.argmax(axis=1)] if assignment == "modal" else probabilities
    joint = (probabilities * given[:, None]).T @ w
    total = joint.sum(axis=1)
    if (total <= 0).any() or np.linalg.cond(joint) > 1e8:
        raise ValueError("a segment has nobody, or cannot be told from another: its assignment cannot be corrected")
    return Steps(w, joint / total[:, None], given)


@dataclass(frozen=True, eq=False)
class MembershipModel:
    """How membership depends on covariates: log odds against the first segment.

    coefficients, errors, p : (k, 1 + c) with the intercept first; row 0 is the base. covariance : of rows 1 ... k - 1,
    one after the other. n : weight of the people it rests on. correction : how it was corrected.
    """

    coefficients: Floats
    errors: Floats
    p: Floats
    covariance: Floats
    n: float
    correction: Correction


def membership_by(
    covariates: Floats,
    probabilities: Floats,
    weight: Floats | None = None,
    *,
    correction: Correction = "ml",
    assignment: Assignment = "modal",
) -> MembershipModel:
    """Return a multinomial logit of membership on (n, c) covariates.

    Rows with a missing covariate are left out (``n`` says how much weight is left). ValueError where the covariates
    separate segments perfectly or one is a combination of others: no finite answer.
    """
    z = np.asarray(covariates, dtype=np.float64)
    z = z[:, None] if z.ndim == 1 else z
    steps = assigned(probabilities, weight, assignment=assignment)
    whole = ~np.isnan(z).any(axis=1)
    z, w, weights = z[whole], steps.w[whole], steps.weight[whole]
    if not len(z):
        raise ValueError("every row misses a covariate")
    centre, scale = np.average(z, axis=0, weights=weights), z.std(axis=0)
    if (scale <= 0).any():
        raise ValueError("a covariate is constant: it cannot go with anything")
    one = np.concatenate([np.ones((len(z), 1)), (z - centre) / scale], axis=1)
    k, size = w.shape[1], one.shape[1]
    if k == 1:
        raise ValueError("there is one segment: membership depends on nothing")
    errors = steps.errors if correction == "ml" else np.eye(k)
    target = steps.bch[whole] if correction == "bch" else w

    def rows(theta: Floats) -> tuple[Floats, Floats]:
        p = softmax(np.concatenate([np.zeros((len(one), 1)), one @ theta.reshape(k - 1, size).T], axis=1))
        if correction != "ml":
            return p, target - p
        chance = np.maximum(p @ errors, 1e-300)
        return chance, p * ((w / chance) @ errors.T) - p

    def score(theta: Floats) -> Floats:
        return np.asarray(((rows(theta)[1][:, 1:] * weights[:, None]).T @ one).ravel())

    def value(theta: Floats) -> float:
        return -float(weights @ (target * np.log(np.maximum(rows(theta)[0], 1e-300))).sum(axis=1) / weights.sum())

    theta = climbed(value, lambda at: -score(at) / weights.sum(), np.zeros((k - 1) * size))
    rest = rows(theta)[1][:, 1:] * weights[:, None]
    each = (rest[:, :, None] * one[:, None, :]).reshape(len(one), -1)
    information = observed_information(score, theta)
    found = covariance(information, each)
    # Where membership is certain for everybody nothing is learnt from anybody: the odds have run away.
    runaway = float(np.linalg.eigvalsh(information).min()) < 1e-6 * weights.sum()
    if runaway or not np.isfinite(found).all():
        raise ValueError("covariates separate segments perfectly, or repeat each other: there is no finite answer")
    turn = np.kron(np.eye(k - 1), to_units(centre, scale))
    found = turn @ found @ turn.T
    coefficients, deviation = np.zeros((k, size)), np.zeros((k, size))
    coefficients[1:] = (turn @ theta).reshape(k - 1, size)
    deviation[1:] = deviations(found).reshape(k - 1, size)
    p = np.ones((k, size))
    p[1:] = two_sided(coefficients[1:] / deviation[1:])
    return MembershipModel(coefficients, deviation, p, found, float(weights.sum()), correction)


def to_units(centre: Floats, scale: Floats) -> Floats:
    """Return (1 + c, 1 + c) what turns coefficients of standardised covariates into those of their own units."""
    back = np.eye(1 + len(scale))
    back[0, 1:] = -centre / scale
    back[1:, 1:] = np.diag(1 / scale)
    return back


def climbed(value: Callable[[Floats], float], slope: Callable[[Floats], Floats], start: Floats) -> Floats:
    """Return where a smooth function of few parameters is smallest."""
    from scipy.optimize import minimize

    found = minimize(value, start, jac=slope, method="BFGS", options={"gtol": 1e-9, "maxiter": 2000})
    return np.asarray(found.x, dtype=np.float64)


def two_sided(z: Floats) -> Floats:
    """Return two-sided p-values of standard normal values."""
    from scipy.stats import norm

    return np.asarray(2 * norm.sf(np.abs(z)), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Distal:
    """What an outcome is like in each segment.

    estimates, errors, low, high : (k, r) means (r = 1) or shares of r levels, standard errors, 95 % intervals.
    statistic, df, p : Wald test that all segments are alike. n : weight of the people it rests on.
    """

    estimates: Floats
    errors: Floats
    low: Floats
    high: Floats
    statistic: float
    df: int
    p: float
    n: float
    correction: Correction


def distal(
    outcome: Floats,
    probabilities: Floats,
    weight: Floats | None = None,
    *,
    kind: Literal["numeric", "nominal"] = "numeric",
    correction: Correction = "bch",
    assignment: Assignment = "modal",
) -> Distal:
    """Return the mean (or the shares of the levels 0 ... r - 1) of an outcome (n,) in each segment.

    Rows with a missing outcome are left out. BCH assumes nothing of the outcome's distribution and is the default for
    it; ML takes numbers for normal within a segment.
    """
    y = np.asarray(outcome, dtype=np.float64)
    steps = assigned(probabilities, weight, assignment=assignment)
    known = ~np.isnan(y)
    if not known.any():
        raise ValueError("the outcome is missing for everybody")
    y, w, weights = y[known], steps.w[known], steps.weight[known]
    target = steps.bch[known] if correction == "bch" else w
    if correction == "ml":
        target = outcome_members(y, w, weights, steps.errors, kind)
    values = y[:, None] if kind == "numeric" else (y[:, None] == np.arange(int(y.max()) + 1)).astype(np.float64)
    near = target * weights[:, None]
    total = near.sum(axis=0)
    if (total <= 0).any():
        raise ValueError("a segment has nobody whose outcome is known")
    means = (near.T @ values) / total[:, None]
    k, r = means.shape
    each = near[:, :, None] * (values[:, None, :] - means[None, :, :]) / total[None, :, None]
    if correction == "ml":
        each = corrected_scores(y, w, weights, steps.errors, kind, means, target)
    spread = each.reshape(len(y), -1).T @ each.reshape(len(y), -1)
    errors = deviations(spread).reshape(k, r)
    statistic, df, p = alike(means, spread)
    low, high = means - 1.959964 * errors, means + 1.959964 * errors
    if kind == "nominal":
        low, high = np.clip(low, 0, 1), np.clip(high, 0, 1)
    return Distal(means, errors, low, high, statistic, df, p, float(weights.sum()), correction)


def outcome_members(
    y: Floats, w: Floats, weights: Floats, errors: Floats, kind: Literal["numeric", "nominal"]
) -> Floats:
    """Return (n, k) membership given assignment and outcome, by EM with the errors of assignment fixed."""
    near = (w @ errors.T) / np.maximum((w @ errors.T).sum(axis=1, keepdims=True), 1e-300)
    before = -np.inf
    floor = 1e-6 * max(float(np.average((y - np.average(y, weights=weights)) ** 2, weights=weights)), 1e-300)
    for _ in range(20_000):
        heavy = near * weights[:, None]
        total = np.maximum(heavy.sum(axis=0), 1e-300)
        if kind == "numeric":
            mean = (heavy.T @ y) / total
            variance = np.maximum((heavy * (y[:, None] - mean) ** 2).sum(axis=0) / total, floor)
            density = np.exp(-0.5 * (y[:, None] - mean) ** 2 / variance) / np.sqrt(2 * np.pi * variance)
        else:
            levels = (y[:, None] == np.arange(int(y.max()) + 1)).astype(np.float64)
            density = levels @ ((heavy.T @ levels) / total[:, None]).T
        joint = np.maximum(density, 1e-300) * (total / total.sum())
        # One share per class assigned to: with soft assignment each counts by its weight (Vermunt 2010).
        chance = np.maximum(joint @ errors, 1e-300)
        near = joint * ((w / chance) @ errors.T)
        now = float(weights @ (w * np.log(chance)).sum(axis=1))
        if now - before < 1e-11 * weights.sum():
            break
        before = now
    return np.asarray(near)


def corrected_scores(
    y: Floats,
    w: Floats,
    weights: Floats,
    errors: Floats,
    kind: Literal["numeric", "nominal"],
    means: Floats,
    near: Floats,
) -> Floats:
    """Return (n, k, r) influence of each row on the means of the ML correction (jackknife of one more EM step).

    The influence solves (I - J) h = g, with g the row's part of an EM step and J the step's derivative at its fixed
    point, taken numerically (Jamshidian & Jennrich 2000, JRSS B 62).
    """
    k, r = means.shape
    values = y[:, None] if kind == "numeric" else (y[:, None] == np.arange(r)).astype(np.float64)
    total = (near * weights[:, None]).sum(axis=0)
    second = (near * weights[:, None]).T @ values**2 / total[:, None]
    at = np.concatenate([(total / total.sum())[:, None], means, second], axis=1)

    def members(state: Floats) -> Floats:
        share, mean, square = state[:, 0], state[:, 1 : 1 + r], state[:, 1 + r :]
        if kind == "numeric":
            variance = np.maximum(square[:, 0] - mean[:, 0] ** 2, 1e-12)
            density = np.exp(-0.5 * (y[:, None] - mean[:, 0]) ** 2 / variance) / np.sqrt(2 * np.pi * variance)
        else:
            density = values @ mean.T
        joint = np.maximum(density, 1e-300) * share
        return np.asarray(joint * ((w / np.maximum(joint @ errors, 1e-300)) @ errors.T))

    def step(state: Floats) -> Floats:
        heavy = members(state) * weights[:, None]
        n = heavy.sum(axis=0)
        return np.concatenate(
            [(n / weights.sum())[:, None], *((heavy.T @ v) / n[:, None] for v in (values, values**2))], axis=1
        )

    size = at.size
    change = np.empty((size, size))
    for j in range(size):
        away = np.zeros(size)
        away[j] = 1e-6 * max(1e-3, abs(at.ravel()[j]))
        up, down = (step(at + sign * away.reshape(at.shape)) for sign in (1, -1))
        change[:, j] = ((up - down) / (2 * away[j])).ravel()
    heavy = members(at) * weights[:, None]
    parts = [
        (heavy - at[:, 0] * weights[:, None])[:, :, None] / weights.sum(),
        heavy[:, :, None] * (values[:, None, :] - means) / total[None, :, None],
        heavy[:, :, None] * (values[:, None, :] ** 2 - second) / total[None, :, None],
    ]
    each = np.concatenate(parts, axis=2).reshape(len(y), -1)
    moved = each @ np.linalg.pinv(np.eye(size) - change, rcond=1e-8).T
    return np.asarray(moved.reshape(len(y), k, -1)[:, :, 1 : 1 + r])


def alike(means: Floats, spread: Floats) -> tuple[float, int, float]:
    """Return the Wald test that all rows of (k, r) estimates are equal: statistic, degrees of freedom, p."""
    from scipy.stats import chi2

    k, r = means.shape
    used = max(1, r - 1)
    against = np.zeros(((k - 1) * used, k * r))
    for c in range(1, k):
        for j in range(used):
            against[(c - 1) * used + j, c * r + j] = 1.0
            against[(c - 1) * used + j, j] = -1.0
    if not len(against):
        return 0.0, 0, 1.0
    gap, own = against @ means.ravel(), against @ spread @ against.T
    df = int(np.linalg.matrix_rank(own, tol=1e-12 * max(1e-300, float(np.trace(own)))))
    statistic = float(gap @ np.linalg.pinv(own, rcond=1e-10) @ gap)
    return statistic, df, float(chi2.sf(statistic, df)) if df else 1.0
