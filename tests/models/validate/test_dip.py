"""Hartigan's dip against the reference implementation, and what it must not take for a hump."""

import diptest
import numpy as np
import pytest

from segmentary.models.validate.dip import blurred, dip_test, p_of_dip, spread_ties
from segmentary.models.validate.dip_kernel import dip


@pytest.mark.parametrize("kind", ["normal", "uniform", "two humps", "skewed"])
@pytest.mark.parametrize("n", [5, 17, 60, 400])
def test_the_statistic_is_the_reference_one(kind, n):
    rng = np.random.default_rng(n)
    for _ in range(30):
        x = {
            "normal": rng.normal(size=n),
            "uniform": rng.uniform(size=n),
            "two humps": np.append(rng.normal(size=n // 2), rng.normal(5, 1, size=n - n // 2)),
            "skewed": rng.exponential(size=n),
        }[kind]
        assert dip(np.sort(x), np.full(n, 1 / n)) == pytest.approx(diptest.dipstat(x), abs=1e-12)


def test_the_p_value_is_the_reference_one():
    rng = np.random.default_rng(3)
    for n in (40, 90, 250, 1200):
        for apart in (0.0, 2.5, 3.0, 3.5):
            x = rng.normal(size=n) + apart * (rng.uniform(size=n) < 0.5)
            statistic, reference = diptest.diptest(x)
            assert p_of_dip(statistic, n) == pytest.approx(reference, abs=0.012)


def test_one_hump_is_seldom_called_two_and_two_are():
    rng = np.random.default_rng(5)
    one = [dip_test(rng.normal(size=300))[1] for _ in range(200)]
    assert np.mean(np.array(one) <= 0.05) <= 0.05
    two = [dip_test(rng.normal(size=300) + 4.5 * (rng.uniform(size=300) < 0.5))[1] for _ in range(20)]
    assert max(two) <= 0.01


@pytest.mark.parametrize("step", [1.0, 5.0, 10.0])
def test_rounding_is_no_hump(step):
    x = np.random.default_rng(7).normal(50, 15, size=2000)
    assert dip_test(np.round(x / step) * step)[1] > 0.05


def test_people_who_round_to_tens_are_no_groups():
    rng = np.random.default_rng(8)
    x = rng.normal(50, 15, size=1000)
    coarse = rng.choice([1.0, 5.0, 10.0], size=1000)
    assert dip_test(np.round(x / coarse) * coarse)[1] > 0.05


def test_rounded_humps_are_still_humps():
    rng = np.random.default_rng(9)
    x = np.append(rng.normal(20, 4, size=400), rng.normal(60, 6, size=400))
    assert dip_test(np.round(x / 5) * 5)[1] <= 0.01


def test_weights_count_people():
    rng = np.random.default_rng(11)
    x = np.append(rng.normal(size=150), rng.normal(6, 1, size=150))
    assert dip_test(x, np.ones(300)) == dip_test(x)
    alone = np.append(np.ones(150), np.full(150, 1e-6))
    assert dip_test(x, alone)[1] > 0.2


@pytest.mark.parametrize("x", [[], [1.0], [1.0] * 50, [0.0, 1.0] * 50, [np.nan] * 9, [1.0, 2.0, 3.0]])
def test_nothing_to_dip(x):
    assert dip_test(np.array(x)) == (0.0, 1.0)


def test_missing_is_left_out_and_scale_does_not_matter():
    x = np.random.default_rng(2).normal(size=80)
    with_gaps = np.append(x, [np.nan, np.nan])
    assert dip_test(with_gaps) == dip_test(x)
    assert dip_test(7 * x - 3)[0] == pytest.approx(dip_test(x)[0])


def test_ties_are_spread_within_their_cell():
    y, w = spread_ties(np.array([0.0, 1.0, 1.0, 3.0]), np.array([1.0, 2.0, 3.0, 4.0]))
    assert y.tolist() == [0.0, 0.875, 1.625, 3.0]
    assert w.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert np.std(blurred(np.linspace(0, 1, 500))) == pytest.approx(np.std(np.linspace(0, 1, 500)) * 1.03, rel=0.01)
