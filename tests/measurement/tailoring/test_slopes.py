"""The slope from sums is that of least squares; its variance that of people as clusters."""

import numpy as np
import pytest

from segmentary.measurement.tailoring.slopes import (
    TrendSums,
    difference_of_slopes,
    people_sums,
    slope,
    with_item,
)


def sums_of(people):
    """people: per person (months, parts)."""
    totals, products = np.zeros(5), np.zeros((5, 5))
    for t, y in people:
        v = np.array([t @ y, y.sum(), t @ t, t.sum(), len(t)], dtype=float)
        totals += v
        products += np.outer(v, v)
    return TrendSums(len(people), totals, products)


def drawn(rng, n, rate=0.0, months=24, habit=0.2):
    people = []
    for _ in range(n):
        t = np.flatnonzero(rng.uniform(size=months) < 0.4).astype(float)
        if len(t):
            own = rng.normal(0, habit)
            people.append((t - 12, np.clip(0.5 + own + rate * (t - 12) + rng.normal(0, 0.1, len(t)), 0, 1)))
    return people


def test_against_the_long_way():
    people = drawn(np.random.default_rng(1), 60, rate=0.01)
    t, y = np.concatenate([p[0] for p in people]), np.concatenate([p[1] for p in people])
    rate, start = np.polyfit(t, y, 1)
    who = np.repeat(np.arange(len(people)), [len(p[0]) for p in people])
    score = np.bincount(who, (t - t.mean()) * (y - start - rate * t))
    spread = ((t - t.mean()) ** 2).sum()
    error = np.sqrt((score**2).sum() * len(people) / (len(people) - 1)) / spread
    found = slope(sums_of(people))
    assert found.estimate == pytest.approx(rate)
    assert found.error == pytest.approx(error)
    assert found.middle == pytest.approx(y.mean())


def test_intervals_hold_and_nulls_are_not_claimed():
    inside = wrong = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        found = slope(sums_of(drawn(rng, 80, rate=0.004, habit=0.05)))
        inside += found.low <= 0.004 <= found.high
        wrong += slope(sums_of(drawn(rng, 80))).p < 0.05
    assert 180 <= inside <= 199
    assert wrong <= 20


def test_groups_can_be_taken_apart():
    rng = np.random.default_rng(2)
    one, two = drawn(rng, 30), drawn(rng, 40, rate=0.02)
    rest = sums_of(one + two).without(sums_of(one))
    assert slope(rest).estimate == pytest.approx(slope(sums_of(two)).estimate)
    assert slope(rest).error == pytest.approx(slope(sums_of(two)).error)
    gap = difference_of_slopes(slope(sums_of(two)), slope(sums_of(one)))
    assert gap.p < 0.001
    assert gap.low < gap.estimate < gap.high


def test_nothing_to_fit():
    assert slope(TrendSums(0, np.zeros(5), np.zeros((5, 5)))) is None
    t, y = np.array([1.0, 2.0]), np.array([0.5, 0.5])
    assert slope(sums_of([(t, y)])) is None  # one person
    assert slope(sums_of([(t[:1], y[:1])] * 5)) is None  # one month
    assert slope(sums_of([(t, y)] * 5)) is None  # nothing varies


def test_rows_become_sums():
    people = drawn(np.random.default_rng(3), 20)
    whole = sums_of(people)
    m = whole.products
    row = (20, whole.totals[4], whole.totals[3], whole.totals[2], m[4, 4], m[4, 3], m[4, 2], m[3, 3], m[3, 2], m[2, 2])
    item = (
        whole.totals[1], whole.totals[0], m[1, 1], m[1, 0], m[0, 0], m[1, 4], m[1, 3], m[1, 2], m[0, 4], m[0, 3],
        m[0, 2],
    )  # fmt: skip
    made = with_item(people_sums(row), item)
    assert np.allclose(made.products, m)
    assert np.allclose(made.totals, whole.totals)
    assert not with_item(people_sums(row), None).products[:2].any()
