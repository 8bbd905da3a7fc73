"""What learners are built of: the expected outcome of a person in one arm, and a ridge that may shrink all the way."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.models.predict.encoding import encoded, linear_encodings
from segmentary.models.predict.formula import Formula, floats
from segmentary.models.table.typed_table import Floats, TypedTable

Base: TypeAlias = Literal["ridge", "boosting"]
BASES: tuple[Base, ...] = ("ridge", "boosting")
STRENGTHS = tuple(float(10.0**k) for k in np.arange(1.5, -3.6, -0.5))
"""Penalties of a ridge for means, as a share of the people: 30 leaves a thirtieth of every slope."""
FOLDS = 5


def constant(table: TypedTable, value: float) -> Formula:
    """Return the formula that says the same of everybody."""
    return Formula(table.columns, (), float(value))


def outcome_model(
    table: TypedTable, y: Floats, base: Base, *, binary: bool, seed: int, penalty: float | Literal["auto"] = "auto"
) -> Formula:
    """Return the expected outcome given what is known of a person; the mean where nothing tells people apart.

    binary : by a logistic link, so that it stays a probability. penalty : of a ridge-logistic; means choose their own.
    """
    from segmentary.models.predict.learners import fit_boosting, fit_logistic

    if len(y) == 0:
        return constant(table, 0.0)
    try:
        if base == "boosting":
            return fit_boosting(table, y, loss="logistic" if binary else "squared", seed=seed)
        if binary:
            return fit_logistic(table, y, penalty=penalty, seed=seed)
        return fit_mean(table, y, seed=seed)
    except NoAnswerError:
        return constant(table, float(y.mean()))


def fit_mean(table: TypedTable, y: Floats, weight: Floats | None = None, *, seed: int = 0) -> Formula:
    """Return a ridge regression of a number, the penalty by cross-validation up to one that leaves hardly any slope.

    Effects are small beside the noise of single people, so the penalty must be able to take nearly everything away:
    the order of people stays, their distance shrinks.

    References: Hoerl & Kennard (1970), Technometrics 12(1).
    """
    try:
        encodings, notes = linear_encodings(table)
    except NoAnswerError:
        return constant(table, float(np.average(y, weights=weight)))
    from threadpoolctl import threadpool_limits

    x = encoded(encodings, table)
    w = np.ones(len(y)) if weight is None else weight * (len(y) / weight.sum())
    with threadpool_limits(limits=1):
        centre, middle = np.average(x, axis=0, weights=w), float(np.average(y, weights=w))
        strength = best_strength(x, y, w, seed)
        beta = solved(x - centre, y - middle, w, (strength,))[0]
    return Formula(
        table.columns,
        encodings,
        middle - float(centre @ beta),
        floats(beta),
        (),
        "identity",
        (),
        notes,
        strength * len(y),
    )


def best_strength(x: Floats, y: Floats, w: Floats, seed: int) -> float:
    """Return the penalty (as a share of the people) with the smallest squared error over five folds."""
    fold = np.random.default_rng(seed).permutation(len(y)) % FOLDS
    losses = np.zeros(len(STRENGTHS))
    for k in range(FOLDS):
        train, test = fold != k, fold == k
        if not test.any() or not train.any():
            continue
        centre, middle = np.average(x[train], axis=0, weights=w[train]), float(np.average(y[train], weights=w[train]))
        betas = solved(x[train] - centre, y[train] - middle, w[train], STRENGTHS)
        left = (y[test] - middle)[:, None] - (x[test] - centre) @ betas.T
        losses += w[test] @ left**2
    return STRENGTHS[int(np.argmin(losses))]


def solved(x: Floats, y: Floats, w: Floats, strengths: tuple[float, ...]) -> Floats:
    """Return the slopes for each penalty; (strengths, m), by one decomposition."""
    weighted = x * w[:, None]
    values, vectors = np.linalg.eigh(weighted.T @ x)
    turned = vectors.T @ (weighted.T @ y)
    return np.array([vectors @ (turned / (np.maximum(values, 0.0) + strength * w.sum())) for strength in strengths])
