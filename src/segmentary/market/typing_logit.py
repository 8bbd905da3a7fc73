"""The multinomial logit with a ridge, fitted by Newton's method: small, convex, the same on every machine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

RIDGE = 1.0
"""A normal prior with this precision on every slope: one person's worth, so that nobody is ever beyond doubt."""
LARGEST_NEWTON = 400


@dataclass(frozen=True, eq=False)
class Logit:
    """constant (k,) and slopes (d, k) of scores constant + x @ slopes; loss: penalised minus log-likelihood."""

    constant: Floats
    slopes: Floats
    loss: float

    def scores(self, x: Floats) -> Floats:
        """Return (n, k) scores."""
        return self.constant + x @ self.slopes


def fit_logit(
    x: Floats,
    labels: npt.NDArray[np.intp],
    weight: Floats,
    k: int,
    *,
    start: Logit | None = None,
    steps: int = 30,
    tolerance: float = 1e-7,
) -> Logit:
    """Fit the logit of k segments on coordinates x (n, d).

    labels : (n,) 0 ... k-1. weight : (n,) with mean about 1. start : a fit on the first coordinates, to begin from.
    """
    n, d = x.shape
    design = np.column_stack([np.ones(n), x])
    truth = np.zeros((n, k))
    truth[np.arange(n), labels] = 1.0
    beta = np.zeros((d + 1, k))
    shares = (weight @ truth + 0.5) / (weight.sum() + 0.5 * k)
    beta[0] = np.log(shares)
    if start is not None:
        beta[0] = start.constant
        beta[1 : 1 + len(start.slopes)] = start.slopes
    # The common shift of all constants means nothing: a trace of a ridge holds it.
    ridge = np.full(d + 1, RIDGE)
    ridge[0] = 1e-4
    if (d + 1) * k > LARGEST_NEWTON:
        return by_gradients(design, truth, weight, ridge, beta, steps)
    return by_newton(design, truth, weight, ridge, beta, steps, tolerance)


def loss_at(design: Floats, truth: Floats, weight: Floats, ridge: Floats, beta: Floats) -> tuple[float, Floats]:
    """Return the penalised loss and the (n, k) probabilities at coefficients beta (d + 1, k)."""
    scores = design @ beta
    top = scores.max(axis=1, keepdims=True)
    found = np.exp(scores - top)
    total = found.sum(axis=1, keepdims=True)
    log_likelihood = weight @ ((truth * scores).sum(axis=1) - top[:, 0] - np.log(total[:, 0]))
    return float(0.5 * (ridge @ beta**2).sum() - log_likelihood), found / total


def by_newton(
    design: Floats, truth: Floats, weight: Floats, ridge: Floats, beta: Floats, steps: int, tolerance: float
) -> Logit:
    from scipy.linalg import cho_factor, cho_solve

    d, k = design.shape[1], truth.shape[1]
    # The matrix of second derivatives is symmetric in coordinates and in segments: half of each is enough.
    left, right = np.triu_indices(d)
    one, other = np.triu_indices(k)
    pairs = design[:, left] * design[:, right]
    hessian = np.zeros((k, d, k, d))
    loss, p = loss_at(design, truth, weight, ridge, beta)
    for _ in range(steps):
        gradient = ridge[:, None] * beta - design.T @ (weight[:, None] * (truth - p))
        curve = weight[:, None] * p[:, one] * ((one == other) - p[:, other])
        sums = curve.T @ pairs
        for place, (i, j) in enumerate(zip(one.tolist(), other.tolist(), strict=True)):
            block = np.zeros((d, d))
            block[left, right] = sums[place]
            block[right, left] = sums[place]
            hessian[i, :, j, :] = hessian[j, :, i, :] = block
        matrix = hessian.reshape(k * d, k * d) + np.diag(np.tile(ridge, k))
        move = cho_solve(cho_factor(matrix), gradient.T.ravel()).reshape(k, d).T
        size = 1.0
        while True:
            new_loss, new_p = loss_at(design, truth, weight, ridge, beta - size * move)
            if new_loss <= loss + 1e-12 * abs(loss) or size < 1e-4:
                break
            size /= 2
        gained = loss - new_loss
        if gained > 0 or size == 1.0:
            beta, loss, p = beta - size * move, new_loss, new_p
        if gained <= tolerance * (1.0 + abs(loss)):
            break
    return Logit(beta[0], beta[1:], loss)


def by_gradients(design: Floats, truth: Floats, weight: Floats, ridge: Floats, beta: Floats, steps: int) -> Logit:
    from scipy.optimize import minimize

    shape = beta.shape

    def told(flat: Floats) -> tuple[float, Floats]:
        at = flat.reshape(shape)
        loss, p = loss_at(design, truth, weight, ridge, at)
        return loss, (ridge[:, None] * at - design.T @ (weight[:, None] * (truth - p))).ravel()

    found = minimize(told, beta.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 4 * steps})
    best = np.asarray(found.x).reshape(shape)
    return Logit(best[0], best[1:], float(found.fun))
