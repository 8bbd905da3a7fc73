"""The chain: expected sizes, drawn sizes around them, and how many new people come."""

import numpy as np
import pytest

from segmentary.dynamics.chain import drawn, expected, inflow_of, shares_of, smoothed


def steps_of(rows, count=4):
    """Rows: (from a to a, b, none, gone), from b ..., none ..., new to (a, b, none)."""
    one = np.zeros((5, 5), dtype=np.int64)
    for i, row in enumerate(rows):
        one[i, : len(row)] = row
    return np.stack([one] * count)


STEADY = steps_of([(80, 15, 0, 5), (10, 90, 0, 0), (0, 0, 10, 0), (12, 0, 0)])


def test_shares_are_of_each_row_and_rows_of_nobody_stay():
    shares = shares_of(STEADY)
    assert shares[0].tolist() == [0.8, 0.15, 0.0, 0.05]
    assert np.allclose(shares.sum(axis=1), 1)
    empty = shares_of(steps_of([]))
    assert np.array_equal(empty, np.eye(3, 4))


def test_expected_is_the_chain_with_inflow():
    inflow = inflow_of(STEADY)
    assert (inflow.level, inflow.variance, inflow.where.tolist()) == (12.0, 12.0, [1.0, 0.0, 0.0])
    found = expected(np.array([100, 100, 10]), shares_of(STEADY), inflow, 2)
    assert found[0].tolist() == pytest.approx([80 + 10 + 12, 15 + 90, 10])
    assert found[1].tolist() == pytest.approx([0.8 * 102 + 0.1 * 105 + 12, 0.15 * 102 + 0.9 * 105, 10])


def test_draws_lie_around_what_is_expected_and_are_the_same_by_seed():
    size, inflow = np.array([1000, 800, 100]), inflow_of(STEADY)
    many = [drawn(size, STEADY, inflow, 3, 2000, np.random.default_rng(1)) for _ in range(2)]
    assert np.array_equal(*many)
    assert np.allclose(many[0].mean(axis=0), expected(size, shares_of(STEADY), inflow, 3), rtol=0.02, atol=3)


def test_months_unlike_each_other_make_wide_intervals():
    wild = STEADY.copy()
    wild[::2, 0, :2] = (40, 55)
    size, inflow = np.array([1000, 800, 100]), inflow_of(STEADY)
    calm = drawn(size, STEADY, inflow, 1, 1000, np.random.default_rng(1)).std(axis=0)
    rough = drawn(size, wild, inflow, 1, 1000, np.random.default_rng(1)).std(axis=0)
    assert rough[0, 0] > 3 * calm[0, 0]


def test_smoothing():
    assert smoothed(np.array([4.0, 8.0, 6.0]), 0.0) == (6.0, pytest.approx(8.0))
    assert smoothed(np.array([4.0, 8.0, 6.0]), 1.0) == (6.0, pytest.approx(10.0))
    assert smoothed(np.zeros(0), 0.5) == (0.0, 0.0)
    rising = steps_of([(10,)], 5)
    rising[:, 3, 0] = [10, 20, 30, 40, 50]
    assert inflow_of(rising).alpha == 1.0
    assert inflow_of(steps_of([(10,)])).level == 0.0
