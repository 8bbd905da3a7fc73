"""Kernels of BG/NBD and MBG/NBD: likelihood with gradient, P(alive), expected purchases; all with derivatives.

Both models are one: with ``y`` chances to leave so far (BG: after each repeat, y = x; MBG: after the first purchase,
too, y = x + 1), a customer left after the last one with odds ``a / (b + y - 1) * ((alpha + T) / (alpha + t_x))^(r+x)``.

Expected purchases need no hypergeometric function: if nobody left, the number N in the horizon would be negative
binomial; purchase k + 1 takes place if N > k and the customer stayed k times. So E = sum over n of P(N = n) times
sum over k < n of E[q^k], q beta distributed: positive terms only, no pole at a = 1, exact for any x.

References: Fader, Hardie & Lee (2005), Marketing Science 24(2); Batislam, Denizel & Filiztekin (2007), International
Journal of Research in Marketing 24(3).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

LONG = 2000.0
"""More terms than this, and the integral over the probability of leaving is quicker than the sum."""
LARGE = 1e200
PRECISION = 1e-14
END = 25.0
"""The integral over logit p goes to here."""
NODES = (np.polynomial.legendre.leggauss(10)[0] + 1) / 2
WEIGHTS = np.polynomial.legendre.leggauss(10)[1] / 2


@njit(cache=True, nogil=True)
def rising(base, top):  # type: ignore[no-untyped-def]
    """Return ln Gamma(base + n) - ln Gamma(base) and its derivative, for n = 0 .. top, as prefix sums."""
    logs = np.zeros(top + 1)
    slopes = np.zeros(top + 1)
    for n in range(top):
        logs[n + 1] = logs[n] + math.log(base + n)
        slopes[n + 1] = slopes[n] + 1.0 / (base + n)
    return logs, slopes


@njit(cache=True, nogil=True)
def likelihood(r, alpha, a, b, modified, x, last, end, times, count, gradient):  # type: ignore[no-untyped-def]
    """Return the log-likelihood; fill gradient (4,) with derivatives to the logarithms of r, alpha, a, b.

    x : (n,) repeats. last, end : (n,) where t_x and T stand among the distinct `times`. a = 0: nobody leaves (NBD).
    """
    top = 0
    for i in range(len(x)):
        top = max(top, x[i])
    bought, bought_slope = rising(r, top)
    stayed, stayed_slope = rising(b, top + 1)
    chances, chances_slope = rising(a + b, top + 1)
    grown = np.log1p(times / alpha)
    within = 1.0 / (alpha + times)
    log_alpha, log_a = math.log(alpha), math.log(a) if a > 0 else -math.inf
    odds = np.empty(top + 2)
    for y in range(1, top + 2):
        odds[y] = log_a - math.log(b + y - 1)
    total, dr, dalpha, da, db = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(x)):
        n, k = count[i], x[i]
        y = k + modified
        late, early = grown[end[i]], grown[last[i]]
        value = bought[k] + stayed[y] - chances[y] - r * late - k * (log_alpha + late)
        slope_r = bought_slope[k] - late
        slope_alpha = r / alpha - (r + k) * within[end[i]]
        slope_a = -chances_slope[y]
        slope_b = stayed_slope[y] - chances_slope[y]
        if y > 0:
            gone = odds[y] + (r + k) * (late - early)
            if gone > 0:
                e = math.exp(-gone)
                value += gone + math.log1p(e)
                share = 1.0 / (1.0 + e)
            else:
                e = math.exp(gone)
                value += math.log1p(e)
                share = e / (1.0 + e)
            slope_r += share * (late - early)
            slope_alpha += share * (r + k) * (within[end[i]] - within[last[i]])
            if a > 0:
                slope_a += share / a
            slope_b -= share / (b + y - 1)
        total += n * value
        dr += n * slope_r
        dalpha += n * slope_alpha
        da += n * slope_a
        db += n * slope_b
    gradient[0], gradient[1], gradient[2], gradient[3] = dr * r, dalpha * alpha, da * a, db * b
    return total


@njit(cache=True, nogil=True)
def alive_logits(r, alpha, a, b, modified, x, t_x, age, logits, slopes):  # type: ignore[no-untyped-def]
    """Fill logits (n,) of P(alive), and slopes (4, n): derivatives to the logarithms of the parameters."""
    for i in range(len(x)):
        k = x[i]
        y = k + modified
        if y == 0 or a == 0.0:
            logits[i] = math.inf
            slopes[0, i], slopes[1, i], slopes[2, i], slopes[3, i] = 0.0, 0.0, 0.0, 0.0
            continue
        gap = math.log1p((age[i] - t_x[i]) / (alpha + t_x[i]))
        logits[i] = math.log(b + y - 1) - math.log(a) - (r + k) * gap
        slopes[0, i] = -r * gap
        slopes[1, i] = alpha * (r + k) * (age[i] - t_x[i]) / ((alpha + t_x[i]) * (alpha + age[i]))
        slopes[2, i] = -1.0
        slopes[3, i] = b / (b + y - 1)


@njit(cache=True, nogil=True)
def digamma(value):  # type: ignore[no-untyped-def]
    """Return the derivative of ln Gamma for a positive number: upwards to 10, then the asymptotic series."""
    total = 0.0
    while value < 10.0:
        total -= 1.0 / value
        value += 1.0
    square = 1.0 / (value * value)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return total + math.log(value) - 0.5 / value - series


@njit(cache=True, nogil=True)
def integrated(r, alpha, a, b, t, out):  # type: ignore[no-untyped-def]
    """Fill out as `expected` does, for horizons so long that the sum has too many terms.

    E = mean over p, beta distributed, of (1 - (1 + p t / alpha)^-r) / p: Gauss-Legendre in logit p, the two ends (p so
    small that nothing depends on it, p all but 1) in closed form.
    """
    tau = t / alpha
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    both = digamma(a + b)
    mean_a, mean_b = digamma(a) - both, digamma(b) - both
    # (1 + p tau)^-r is linear in p below this to ten digits.
    low = math.log(1e-10 / (tau * (1.0 + r)))
    near = r * tau * math.exp(a * low - log_beta) / a
    last = (1.0 + tau) ** (-r)
    far = math.exp(-b * END - log_beta) / b
    out[0] = near + far * (1.0 - last)
    out[1] = near / r + far * last * math.log1p(tau)
    out[2] = -near / alpha - far * r * last / (1.0 + tau) * t / (alpha * alpha)
    out[3] = near * (low - 1.0 / a - mean_a) - far * (1.0 - last) * mean_a
    out[4] = -near * mean_b + far * (1.0 - last) * (-END - 1.0 / b - mean_b)
    width = min(1.0, 2.0 / math.sqrt(1.0 + min(a, b)))
    panels = math.ceil((END - low) / width)
    width = (END - low) / panels
    for panel in range(panels):
        for q in range(len(NODES)):
            y = low + width * (panel + NODES[q])
            log_p, log_q = -math.log1p(math.exp(-y)) if y > -30 else y, -math.log1p(math.exp(y))
            p = math.exp(log_p)
            grown = math.log1p(p * tau)
            left = math.exp(-r * grown)
            mass = width * WEIGHTS[q] * math.exp(a * log_p + b * log_q - log_beta)
            term = mass * -math.expm1(-r * grown) / p
            out[0] += term
            out[1] += mass * left * grown / p
            out[2] -= mass * r * left / (1.0 + p * tau) * t / (alpha * alpha)
            out[3] += term * (log_p - mean_a)
            out[4] += term * (log_q - mean_b)


@njit(cache=True, nogil=True)
def expected(r, alpha, a, b, t, derive, out):  # type: ignore[no-untyped-def]
    """Fill out (5,): expected purchases in t of somebody alive, and derivatives to r, alpha, a, b (where asked for)."""
    out[:] = 0.0
    if t <= 0.0:
        return
    if a <= 0.0:
        out[0], out[1], out[2] = r * t / alpha, t / alpha, -r * t / (alpha * alpha)
        return
    tau = t / alpha
    if r * tau + 8.0 * math.sqrt(r * tau * (1.0 + tau)) + 40.0 * (1.0 + tau) > LONG:
        integrated(r, alpha, a, b, t, out)
        return
    z = t / (alpha + t)
    log_stay = -math.log1p(t / alpha)
    offset = r * log_stay
    weight, sum_w, sum_r, sum_n, sum_a, sum_b = 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    grown, grown_a, grown_b = 0.0, 0.0, 0.0
    kept, kept_a, kept_b, harmonic = 1.0, 0.0, 0.0, 0.0
    n = 0
    while True:
        ratio = (r + n) / (n + 1.0) * z
        if derive:
            harmonic += 1.0 / (r + n)
            grown_a += kept * kept_a
            grown_b += kept * kept_b
            kept_a -= 1.0 / (a + b + n)
            kept_b += 1.0 / (b + n) - 1.0 / (a + b + n)
        weight *= ratio
        grown += kept
        kept *= (b + n) / (a + b + n)
        n += 1
        term = weight * grown
        sum_w += term
        if derive:
            sum_r += term * harmonic
            sum_n += term * n
            sum_a += weight * grown_a
            sum_b += weight * grown_b
        if sum_w > LARGE:
            weight /= LARGE
            sum_w /= LARGE
            sum_r /= LARGE
            sum_n /= LARGE
            sum_a /= LARGE
            sum_b /= LARGE
            offset += math.log(LARGE)
        after = (r + n) / (n + 1.0) * z
        if after < 1.0:
            tail = weight * after / (1.0 - after) * (grown + 1.0 / (1.0 - after))
            if tail * (n if derive else 1.0) < PRECISION * sum_w:
                break
    scale = math.exp(offset)
    out[0] = sum_w * scale
    if derive:
        out[1] = (sum_r + log_stay * sum_w) * scale
        out[2] = (r * z / alpha * sum_w - sum_n / (alpha + t)) * scale
        out[3] = sum_a * scale
        out[4] = sum_b * scale


@njit(cache=True, nogil=True)
def expected_alive(r, alpha, a, b, modified, x, age, t, logs, slopes):  # type: ignore[no-untyped-def]
    """Fill logs (n,) of expected purchases in t (n,) of customers alive at T, and slopes (4, n) to log-parameters.

    Empty slopes (0 columns): none wanted.
    """
    derive = slopes.shape[1] > 0
    out = np.zeros(5)
    for i in range(len(x)):
        expected(r + x[i], alpha + age[i], a, b + x[i] + modified, t[i], derive, out)
        logs[i] = math.log(out[0]) if out[0] > 0 else -math.inf
        if derive and out[0] > 0:
            slopes[0, i] = r * out[1] / out[0]
            slopes[1, i] = alpha * out[2] / out[0]
            slopes[2, i] = a * out[3] / out[0]
            slopes[3, i] = b * out[4] / out[0]
