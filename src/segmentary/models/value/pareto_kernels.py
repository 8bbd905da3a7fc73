"""Kernels of Pareto/NBD: the odds of having left, in two ways, and the likelihood with its gradient.

Everything hangs on one integral over the moment of leaving,

    A = s (beta+T)^s (alpha+T)^(r+x) * integral from t_x to T of (alpha+u)^-(r+x) (beta+u)^-(s+1) du,

the odds of having left: P(alive) = 1 / (1 + A). No hypergeometric function, no case alpha < beta, finite for any x.

``by_panels`` integrates for one customer: Gauss-Legendre in panels so short that few nodes are exact (most customers
need one panel). ``fill_tables`` integrates once from each distinct time to the last one for every small x, going from
the right and multiplying; a customer is then a difference of two entries (`by_tables`), some fifty times faster where
many customers share days. Both are exact to ten digits.

References: Schmittlein, Morrison & Colombo (1987), Management Science 33(1); Fader & Hardie (2005), A note on deriving
the Pareto/NBD model and related expressions.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit  # noqa: TID253  # a kernel module: imported inside functions by everybody else

from segmentary.models.value.beta_geometric_kernels import rising

SIZES = (4, 6, 10, 16, 24)
"""Numbers of nodes of the rules."""
STEEPEST = 20.0
"""A panel is so short that the integrand falls by e^-20 at most,"""
WIDEST = 3.0
"""and that alpha + u and beta + u grow to four times their start at most: 16 nodes are then exact to 13 digits."""


@njit(cache=True, nogil=True)
def rule_for(steep, wide):  # type: ignore[no-untyped-def]
    """Return which rule is exact where the integrand falls by e^-steep and alpha or beta + u grows by 1 + wide."""
    if steep < 0.5 and wide < 0.15:
        return 0
    if steep < 2.0 and wide < 0.5:
        return 1
    if steep < 6.0 and wide < 1.0:
        return 2
    if steep <= STEEPEST and wide <= WIDEST:
        return 3
    return 4


@njit(cache=True, nogil=True)
def by_panels(r, alpha, s, beta, x, t_x, age, rules, rule_weights):  # type: ignore[no-untyped-def]
    """Return ln A of one customer, and its derivatives to the logarithms of r, alpha, s, beta."""
    if s <= 0.0 or age <= t_x:
        return -math.inf, 0.0, 0.0, 0.0, 0.0
    power, late, whole = r + x, s + 1.0, age - t_x
    near_a, near_b = alpha + t_x, beta + t_x
    total, log_a, log_b, over_a, over_b = 0.0, 0.0, 0.0, 0.0, 0.0
    start = 0.0
    while start < whole * (1.0 - 1e-15):
        from_a, from_b = near_a + start, near_b + start
        slope, least = power / from_a + late / from_b, min(from_a, from_b)
        width = min(whole - start, WIDEST * least, STEEPEST / slope)
        rule = rule_for(slope * width, width / least)
        for q in range(SIZES[rule]):
            step = start + width * rules[rule, q]
            far_a, far_b = math.log1p(step / near_a), math.log1p(step / near_b)
            g = width * rule_weights[rule, q] * math.exp(-power * far_a - late * far_b)
            total += g
            log_a += g * far_a
            log_b += g * far_b
            over_a += g / (near_a + step)
            over_b += g / (near_b + step)
        start += width
        # The integrand falls: what is left is less than its height times its length.
        fallen = -power * math.log1p(start / near_a) - late * math.log1p(start / near_b)
        if math.exp(fallen) * (whole - start) < 1e-15 * total:
            break
    gap_a, gap_b = math.log1p(whole / near_a), math.log1p(whole / near_b)
    value = math.log(s * total / near_b) + power * gap_a + s * gap_b
    return (
        value,
        r * (gap_a - log_a / total),
        alpha * power * (1.0 / (alpha + age) - over_a / total),
        1.0 + s * (gap_b - log_b / total),
        beta * (s / (beta + age) - late * over_b / total),
    )


@njit(cache=True, nogil=True)
def fill_tables(r, alpha, s, beta, times, tables, rules, rule_weights):  # type: ignore[no-untyped-def]
    """Fill tables (top + 1, n_times, 5): integrals from each time to the last one.

    Of the integrand times 1, ln(alpha+u), 1/(alpha+u), ln(beta+u), 1/(beta+u); each multiplied by (alpha + time)^(r+x).
    rules, rule_weights : (5, 24) Gauss-Legendre of 4, 6, 10, 16 and 24 nodes on 0 to 1: as many as a gap needs.
    """
    top, m = tables.shape[0] - 1, len(times)
    tables[:, m - 1, :] = 0.0
    part = np.zeros(5)
    weight, shrink = np.zeros(24), np.zeros(24)
    h = np.zeros((24, 5))
    for j in range(m - 2, -1, -1):
        here, gap = alpha + times[j], times[j + 1] - times[j]
        steep = (r + top) * math.log1p(gap / here) + (s + 1.0) * math.log1p(gap / (beta + times[j]))
        wide = gap / (min(alpha, beta) + times[j])
        rule = rule_for(steep, wide)
        size = SIZES[rule]
        for q in range(size):
            u = times[j] + gap * rules[rule, q]
            log_b = math.log(beta + u)
            shrink[q] = here / (alpha + u)
            weight[q] = gap * rule_weights[rule, q] * math.exp(r * math.log(shrink[q]) - (s + 1.0) * log_b)
            h[q, 0], h[q, 1], h[q, 2] = 1.0, math.log(alpha + u), 1.0 / (alpha + u)
            h[q, 3], h[q, 4] = log_b, 1.0 / (beta + u)
        fall = here / (alpha + times[j + 1])
        carried = fall**r
        for k in range(top + 1):
            part[:] = 0.0
            for q in range(size):
                for one in range(5):
                    part[one] += weight[q] * h[q, one]
                weight[q] *= shrink[q]
            for one in range(5):
                tables[k, j, one] = part[one] + carried * tables[k, j + 1, one]
            carried *= fall


@njit(cache=True, nogil=True)
def fine(r, alpha, s, beta, times, top):  # type: ignore[no-untyped-def]
    """Say whether tables are as exact as panels: no gap between times asks for more than one of them."""
    widest, steepest = 0.0, 0.0
    for j in range(len(times) - 1):
        gap = times[j + 1] - times[j]
        here, there = alpha + times[j], beta + times[j]
        widest = max(widest, gap / min(here, there))
        steepest = max(steepest, gap * ((r + top) / here + (s + 1.0) / there))
    return widest <= 2 * WIDEST and steepest <= 2 * STEEPEST


@njit(cache=True, nogil=True)
def by_tables(r, alpha, s, beta, x, last, end, logs_a, logs_b, times, tables):  # type: ignore[no-untyped-def]
    """Return what `by_panels` does, from the tables. logs_a, logs_b : ln(alpha + times), ln(beta + times)."""
    if s <= 0.0 or end <= last:
        return -math.inf, 0.0, 0.0, 0.0, 0.0
    gap = (r + x) * (logs_a[end] - logs_a[last])
    rest = math.exp(-gap)
    near, far = tables[x, last], tables[x, end]
    total = near[0] - rest * far[0]
    if total <= 0.0:
        return -math.inf, 0.0, 0.0, 0.0, 0.0
    value = math.log(s * total) + gap + s * logs_b[end]
    return (
        value,
        r * (logs_a[end] - (near[1] - rest * far[1]) / total),
        alpha * (r + x) * (1.0 / (alpha + times[end]) - (near[2] - rest * far[2]) / total),
        1.0 + s * (logs_b[end] - (near[3] - rest * far[3]) / total),
        beta * (s / (beta + times[end]) - (s + 1.0) * (near[4] - rest * far[4]) / total),
    )


@njit(cache=True, nogil=True)
def leaving_odds(r, alpha, s, beta, x, last, end, times, top, rules, rule_weights, values, slopes):  # type: ignore[no-untyped-def]
    """Fill values (n,) with ln A and slopes (4, n); tables for x up to `top` (negative: none)."""
    top = top if s > 0.0 and fine(r, alpha, s, beta, times, top) else -1
    tables = np.empty((top + 1, len(times), 5))
    if top >= 0:
        fill_tables(r, alpha, s, beta, times, tables, rules, rule_weights)
    logs_a, logs_b = np.log(alpha + times), np.log(beta + times)
    for i in range(len(x)):
        if x[i] <= top:
            found = by_tables(r, alpha, s, beta, x[i], last[i], end[i], logs_a, logs_b, times, tables)
        else:
            found = by_panels(r, alpha, s, beta, x[i], times[last[i]], times[end[i]], rules, rule_weights)
        values[i], slopes[0, i], slopes[1, i], slopes[2, i], slopes[3, i] = found


@njit(cache=True, nogil=True)
def likelihood(r, alphas, s, betas, groups, x, last, end, times, count, tops, rules, rule_weights, gradient, by_group):  # type: ignore[no-untyped-def]
    """Return the log-likelihood; fill gradient (4,) to the logarithms of r, alpha, s, beta.

    Customers of group g (rows groups[g] to groups[g + 1]) have alphas[g] and betas[g]; by_group (n_groups, 2) gets the
    derivatives to the logarithms of these. tops : (n_groups,) see `leaving_odds`.
    """
    most, tallest = 0, -1
    for i in range(len(x)):
        most = max(most, x[i])
    for g in range(len(tops)):
        tallest = max(tallest, tops[g])
    bought, bought_slope = rising(r, most)
    room = np.empty((tallest + 1, len(times), 5))
    total = 0.0
    gradient[:] = 0.0
    by_group[:] = 0.0
    for g in range(len(alphas)):
        alpha, beta, top = alphas[g], betas[g], tops[g]
        tabled = top >= 0 and s > 0.0 and fine(r, alpha, s, beta, times, top)
        tables = room[: top + 1]
        logs_a, logs_b = np.empty(0), np.empty(0)
        if tabled:
            fill_tables(r, alpha, s, beta, times, tables, rules, rule_weights)
            logs_a, logs_b = np.log(alpha + times), np.log(beta + times)
        for i in range(groups[g], groups[g + 1]):
            n, k, age = count[i], x[i], times[end[i]]
            if tabled and k <= top:
                found = by_tables(r, alpha, s, beta, k, last[i], end[i], logs_a, logs_b, times, tables)
            else:
                found = by_panels(r, alpha, s, beta, k, times[last[i]], age, rules, rule_weights)
            gone = found[0]
            e = math.exp(-abs(gone))
            share = 1.0 / (1.0 + e) if gone > 0 else e / (1.0 + e)
            odds = max(gone, 0.0) + math.log1p(e)
            grown_a, grown_b = math.log1p(age / alpha), math.log1p(age / beta)
            total += n * (bought[k] - r * grown_a - k * math.log(alpha + age) - s * grown_b + odds)
            gradient[0] += n * (r * (bought_slope[k] - grown_a) + share * found[1])
            gradient[2] += n * (share * found[3] - s * grown_b)
            by_group[g, 0] += n * (r - (r + k) * alpha / (alpha + age) + share * found[2])
            by_group[g, 1] += n * (s * age / (beta + age) + share * found[4])
    for g in range(len(alphas)):
        gradient[1] += by_group[g, 0]
        gradient[3] += by_group[g, 1]
    return total
