"""From a table and what happened to a formula: ridge logistic, ridge Tweedie, boosted trees.

All are deterministic by their seed, whatever the number of threads.

References: Friedman (2001), Annals of Statistics 29(5), boosting; `segmentary.models.predict.glm` for linear terms.
"""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.predict.encoding import encoded, linear_encodings, tree_encodings
from segmentary.models.predict.formula import Formula, Link, floats
from segmentary.models.predict.glm import POWER, Family, Fit, fit_ridge
from segmentary.models.predict.trees import exported
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats, TypedTable

Loss: TypeAlias = Literal["logistic", "tweedie", "squared"]
TREES = 60
LEAVES = 15
LINKS: dict[str, Link] = {"logistic": "logit", "tweedie": "log", "squared": "identity"}


def fit_logistic(
    table: TypedTable,
    y: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    penalty: float | Literal["auto"] = "auto",
    seed: int = 0,
    tell: Tell = quiet,
) -> Formula:
    """Return the chance of an event by a ridge logistic regression, with the covariance of its terms.

    y : (n,) 0 or 1. weight : (n,) positive; None: the weights of the table. penalty : of the squared coefficients of
    standardised features; ``auto``: by cross-validation. The penalty keeps coefficients finite where a column separates
    the two outcomes. The covariance is the inverse of the penalised information (the posterior of a normal prior).

    Raises
    ------
    NoAnswerError
        everybody has the same outcome, or nothing differs between people.
    DataError
        outcomes are no 0 and 1, or do not fit the table.
    """
    return fit_linear(table, y, weight, "logistic", penalty, seed, tell)


def fit_tweedie(
    table: TypedTable,
    y: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    penalty: float | Literal["auto"] = "auto",
    seed: int = 0,
    tell: Tell = quiet,
) -> Formula:
    """Return an amount (many zeros, a long tail) by a ridge Tweedie regression of power 1.5, log link.

    y : (n,) amounts of at least 0. The rest as of `fit_logistic`; the covariance is scaled by Pearson's dispersion.
    """
    return fit_linear(table, y, weight, "tweedie", penalty, seed, tell)


def fit_linear(
    table: TypedTable,
    y: npt.ArrayLike,
    weight: npt.ArrayLike | None,
    family: Family,
    penalty: float | Literal["auto"],
    seed: int,
    tell: Tell,
) -> Formula:
    """Return linear terms of one family."""
    from threadpoolctl import threadpool_limits

    outcome, w = checked(table, y, weight, family)
    encodings, notes = linear_encodings(table)
    x = encoded(encodings, table)
    # Amounts by their mean: the penalty then means the same in every currency.
    size = float(np.average(outcome, weights=w)) if family == "tweedie" else 1.0
    # On one thread: sums then come in one order, whatever the machine.
    with threadpool_limits(limits=1):
        fit = fit_ridge(x, outcome / size, w, family, penalty=penalty, seed=seed, tell=tell)
        covariance = np.linalg.pinv(fit.information, hermitian=True) * dispersion(x, outcome / size, w, family, fit)
    if not fit.settled:
        notes = (*notes, "The fit did not settle fully: coefficients are approximate.")
    return Formula(
        table.columns,
        encodings,
        float(fit.beta[0] + np.log(size)),
        floats(fit.beta[1:]),
        (),
        LINKS[family],
        tuple(floats(row) for row in covariance),
        notes,
        fit.penalty,
    )


def dispersion(x: Floats, y: Floats, weight: Floats, family: Family, fit: Fit) -> float:
    """Return Pearson's dispersion; 1 of a chance."""
    if family == "logistic":
        return 1.0
    eta = fit.beta[0] + x @ fit.beta[1:]
    mu = np.exp(np.clip(eta, -30, 30)) if family == "tweedie" else eta
    spread = mu**POWER if family == "tweedie" else np.ones(len(mu))
    return float(weight @ ((y - mu) ** 2 / spread)) / max(1.0, len(y) - len(fit.beta))


def fit_boosting(
    table: TypedTable,
    y: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    loss: Loss = "logistic",
    seed: int = 0,
    trees: int = TREES,
    leaves: int = LEAVES,
    rate: float | None = None,
    tell: Tell = quiet,
) -> Formula:
    """Return boosted trees: at most 60 of at most 15 leaves, so that an engine can compute them as SQL.

    y : (n,) 0 or 1 (logistic), amounts of at least 0 (tweedie), numbers (squared). Small tables get smaller trees and
    slower steps; the number of trees is settled on a tenth held out (early stopping) from 2,000 people on.

    Raises
    ------
    NoAnswerError, DataError
        as of `fit_logistic`.
    """
    outcome, w = checked(table, y, weight, loss)
    encodings = tree_encodings(table)
    x = encoded(encodings, table)
    size = float(np.average(outcome, weights=w)) if loss == "tweedie" else 1.0
    estimator = boosting(loss, len(outcome), seed, trees, leaves, rate)
    tell("growing trees", 0.0)
    grown(estimator, x, outcome / size, w, loss)
    baseline, made = exported(estimator)
    return Formula(table.columns, encodings, baseline + float(np.log(size)), (), made, LINKS[loss])


def boosting(loss: Loss, n: int, seed: int, trees: int, leaves: int, rate: float | None) -> Any:
    """Return the estimator: what it may do depends on how much there is to learn from."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    small = n < 2_000
    settings: dict[str, Any] = {
        "learning_rate": rate if rate is not None else (0.05 if n < 10_000 else 0.1),
        "max_iter": trees,
        "max_leaf_nodes": min(leaves, 6 if small else 8 if n < 10_000 else leaves),
        "min_samples_leaf": int(min(200, max(20, n // 200))),
        "l2_regularization": 1.0,
        "early_stopping": not small,
        "validation_fraction": 0.1,
        "n_iter_no_change": 10,
        "random_state": seed,
    }
    if loss == "logistic":
        return HistGradientBoostingClassifier(**settings)
    if loss == "squared":
        return HistGradientBoostingRegressor(**settings)
    from sklearn._loss.loss import HalfTweedieLoss

    return HistGradientBoostingRegressor(loss=HalfTweedieLoss(power=POWER), **settings)


def grown(estimator: Any, x: Floats, y: Floats, weight: Floats, loss: Loss) -> None:
    """Fit on one thread: sums then come in one order."""
    from threadpoolctl import threadpool_limits

    told = y.astype(np.intp) if loss == "logistic" else y
    with threadpool_limits(limits=1, user_api="openmp"):
        estimator.fit(x, told, sample_weight=None if np.all(weight == 1.0) else weight)


def checked(
    table: TypedTable, y: npt.ArrayLike, weight: npt.ArrayLike | None, family: Family | Loss
) -> tuple[Floats, Floats]:
    """Return outcomes and weights (mean 1) that can be learnt from."""
    outcome = np.asarray(y, dtype=np.float64)
    if outcome.shape != (len(table),):
        raise DataError(f"{len(table):,} people and outcomes of shape {outcome.shape} do not fit")
    if not np.isfinite(outcome).all():
        raise DataError("an outcome is missing or infinite", hint="leave those people out")
    w = table.weight if weight is None else np.asarray(weight, dtype=np.float64)
    if w.shape != outcome.shape or not (np.isfinite(w).all() and (w > 0).all()):
        raise DataError("weights must be positive, one per person")
    if not len(outcome):
        raise NoAnswerError("there is nobody to learn from", hint="widen the population")
    if family == "logistic":
        if not np.isin(outcome, (0.0, 1.0)).all():
            raise DataError("outcomes must be 0 or 1")
        happened = int(outcome.sum())
        if happened in (0, len(outcome)):
            message = f"it happened to {happened:,} of {len(outcome):,} people: there is nothing to tell apart"
            raise NoAnswerError(message, hint="choose another outcome, another horizon, or another moment")
    elif family == "tweedie":
        if (outcome < 0).any():
            raise DataError("an amount is negative", hint="count refunds apart")
        if not outcome.any():
            raise NoAnswerError(f"nobody of {len(outcome):,} spent anything: there is nothing to learn")
    return outcome, w * (len(w) / w.sum())
