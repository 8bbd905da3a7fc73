"""The test of equal rows: what scipy says of large tables, and what draws say of small ones."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from segmentary.dynamics.homogeneity import row_test, row_tests, together


def test_large_tables_are_those_of_the_likelihood_ratio():
    table = np.array([[120, 60, 30], [90, 80, 40], [110, 70, 45]])
    found = row_test(table, np.random.default_rng(0))
    g, p, freedom, _ = chi2_contingency(table, lambda_="log-likelihood", correction=False)
    assert (found.g, found.p, found.freedom) == (pytest.approx(g), pytest.approx(p), freedom)
    assert not found.drawn


def test_small_tables_are_drawn_and_keep_the_level():
    chance = np.random.default_rng(1)
    rejected = 0
    for _ in range(200):
        table = np.stack([chance.multinomial(12, [0.9, 0.06, 0.04]) for _ in range(5)])
        found = row_test(table, np.random.default_rng(7))
        rejected += found is not None and found.p < 0.05
        assert found is None or found.drawn
    assert rejected <= 18


def test_nothing_to_compare():
    assert row_test(np.array([[5, 5]]), np.random.default_rng(0)) is None
    assert row_test(np.array([[5, 0], [7, 0]]), np.random.default_rng(0)) is None
    assert row_test(np.zeros((3, 3), dtype=int), np.random.default_rng(0)) is None
    assert together([None]) is None


def test_rows_are_corrected_together():
    changed, steady = np.array([[50, 50], [80, 20]]), np.array([[50, 50], [50, 50]])
    one, two, none = row_tests([changed, steady, np.zeros((2, 2), dtype=int)])
    assert none is None
    assert one.p_holm == pytest.approx(2 * one.p)
    assert two.p_holm == 1.0
    assert together([one, two, none]) == one.p_holm
    assert 0 < one.effect < 1
