"""Generalised linear models with a ridge penalty, by Newton steps; the penalty by cross-validation.

The features are standardised, so that one penalty fits all; the intercept is not penalised.

References: McCullagh & Nelder (1989), Generalized Linear Models; Jorgensen (1987), JRSS B 49(2), for Tweedie;
Hoerl & Kennard (1970), Technometrics 12(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

Family: TypeAlias = Literal["logistic", "tweedie", "squared"]
POWER = 1.5
"""Variance of a Tweedie amount: its mean to this power; between Poisson (1) and gamma (2)."""
PENALTIES = tuple(float(10.0**k) for k in np.arange(3.0, -2.01, -0.5))
FOLDS = 5
STEPS = 50
ENOUGH = 8_000
"""People the penalty is chosen with: more would not change it."""
FAR = 30.0
EXACT, ROUGH = 1e-10, 1e-6
"""Relative gains below which a fit has settled: of what is kept, and of what only chooses the penalty."""
WORSE = 3


@dataclass(frozen=True)
class Fit:
    """A fitted model: (m + 1,) intercept and weights, its penalised information, the penalty, whether it settled."""

    beta: Floats
    information: Floats
    penalty: float
    settled: bool


def fit_ridge(
    x: Floats,
    y: Floats,
    weight: Floats,
    family: Family,
    *,
    penalty: float | Literal["auto"] = "auto",
    seed: int = 0,
    tell: Tell = quiet,
) -> Fit:
    """Return the penalised maximum-likelihood fit.

    x : (n, m) standardised features. penalty : the weight of half the sum of squared coefficients; ``auto``: the one
    with the smallest mean deviance in five folds (the largest within a tenth of a standard error of it).
    """
    from threadpoolctl import threadpool_limits

    design = np.column_stack([np.ones(len(x)), x])
    # The matrices are small: threads would mostly wait for each other.
    with threadpool_limits(limits=1, user_api="blas"):
        chosen = penalty if penalty != "auto" else best_penalty(design, y, weight, family, seed=seed, tell=tell)
        return newton(design, y, weight, family, chosen, start_of(design, y, weight, family))


def best_penalty(design: Floats, y: Floats, weight: Floats, family: Family, *, seed: int, tell: Tell) -> float:
    """Return the penalty by cross-validation on at most `ENOUGH` people, scaled to all of them."""
    chance = np.random.default_rng(seed)
    order = chance.permutation(len(y))[:ENOUGH]
    fold = np.empty(len(order), dtype=np.intp)
    # Folds hold like shares of whom it happened to: sorted by outcome, dealt round.
    fold[np.argsort(y[order], kind="stable")] = np.arange(len(order)) % FOLDS
    losses = np.zeros((FOLDS, len(PENALTIES)))
    for k in range(FOLDS):
        train, test = order[fold != k], order[fold == k]
        if not len(test) or not len(train):
            continue
        learnt, held = (design[train], y[train], weight[train]), design[test]
        beta = start_of(*learnt, family)
        for place, penalty in enumerate(PENALTIES):
            tell("choosing how simple the model is", (k + place / len(PENALTIES)) / FOLDS)
            beta = newton(*learnt, family, penalty, beta, settles=ROUGH).beta
            losses[k, place] = deviance(held @ beta, y[test], weight[test], family)
            if place >= WORSE and (np.diff(losses[k, place - WORSE : place + 1]) > 0).all():
                losses[k, place + 1 :] = np.inf
                break
    mean = losses.mean(axis=0)
    best = int(np.argmin(mean))
    error = float(losses[:, best].std(ddof=1) / np.sqrt(FOLDS))
    near = np.flatnonzero(mean <= mean[best] + 0.1 * error)
    return PENALTIES[int(near[0])]


def start_of(design: Floats, y: Floats, weight: Floats, family: Family) -> Floats:
    """Return the intercept alone."""
    beta = np.zeros(design.shape[1])
    mean = float(np.average(y, weights=weight))
    if family == "logistic":
        held = min(max(mean, 1e-9), 1 - 1e-9)
        beta[0] = np.log(held / (1 - held))
    else:
        beta[0] = mean if family == "squared" else np.log(max(mean, 1e-9))
    return beta


def newton(
    design: Floats,
    y: Floats,
    weight: Floats,
    family: Family,
    penalty: float,
    start: Floats,
    *,
    settles: float = EXACT,
) -> Fit:
    """Return the fit from a start, halving steps that make it worse."""
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    beta = start.copy()
    value = objective(design @ beta, y, weight, family) + float(ridge @ beta**2) / 2
    settled = False
    for _ in range(STEPS):
        score, curve = slopes(design @ beta, y, weight, family)
        gradient = design.T @ score - ridge * beta
        information = (design * curve[:, None]).T @ design + np.diag(ridge)
        step = solved(information, gradient)
        size = 1.0
        while True:
            moved = beta + size * step
            new = objective(design @ moved, y, weight, family) + float(ridge @ moved**2) / 2
            if new <= value + 1e-12 * abs(value) or size < 1e-6:
                break
            size /= 2
        gain, beta, value = value - new, moved, new
        if gain <= settles * (abs(value) + 1e-12):
            settled = True
            break
    _, curve = slopes(design @ beta, y, weight, family)
    information = (design * curve[:, None]).T @ design + np.diag(ridge)
    return Fit(beta, information, penalty, settled)


def solved(information: Floats, gradient: Floats) -> Floats:
    """Return the Newton step; a direction nothing is known of is left where it is."""
    lifted = information + np.diag(1e-10 * np.maximum(np.diag(information), 1e-12))
    try:
        found: Floats = np.asarray(np.linalg.solve(lifted, gradient), dtype=np.float64)
    except np.linalg.LinAlgError:
        found = np.asarray(np.linalg.lstsq(lifted, gradient, rcond=None)[0], dtype=np.float64)
    return found


def slopes(eta: Floats, y: Floats, weight: Floats, family: Family) -> tuple[Floats, Floats]:
    """Return the derivative of the log-likelihood by the linear predictor, and its expected curvature; (n,) each."""
    if family == "squared":
        return weight * (y - eta), weight
    if family == "logistic":
        p = 1 / (1 + np.exp(-np.clip(eta, -FAR * 20, FAR * 20)))
        return weight * (y - p), np.maximum(weight * p * (1 - p), 1e-12)
    mu = np.exp(np.clip(eta, -FAR, FAR))
    return weight * (y - mu) * mu ** (1 - POWER), weight * mu ** (2 - POWER)


def objective(eta: Floats, y: Floats, weight: Floats, family: Family) -> float:
    """Return minus the log-likelihood, up to what the coefficients do not change."""
    if family == "squared":
        return float(weight @ (y - eta) ** 2) / 2
    if family == "logistic":
        return float(weight @ (np.logaddexp(0.0, eta) - y * eta))
    held = np.clip(eta, -FAR, FAR)
    return float(weight @ (np.exp((2 - POWER) * held) / (2 - POWER) - y * np.exp((1 - POWER) * held) / (1 - POWER)))


def deviance(eta: Floats, y: Floats, weight: Floats, family: Family) -> float:
    """Return the mean of the objective per person."""
    return objective(eta, y, weight, family) / float(weight.sum())
