"""The stability index: its law without change, its interval with one, and what it says of few people."""

import math

import numpy as np
import pytest

from segmentary.dynamics.psi import stability

BINS = np.full(10, 0.1)
MOVED = np.array([0.2, 0.15, 0.12, 0.1, 0.1, 0.09, 0.08, 0.06, 0.05, 0.05])


def drawn(chance, shares, n):
    return chance.multinomial(n, shares).astype(float)


def test_without_change_it_is_centred_on_nothing_and_rejects_at_its_level():
    chance = np.random.default_rng(3)
    found = [stability(drawn(chance, BINS, 400), drawn(chance, BINS, 300)) for _ in range(400)]
    raw = np.mean([one.raw for one in found])
    assert raw == pytest.approx(9 * (1 / 400 + 1 / 300), rel=0.1), "the usual index is not 0 without change"
    assert np.mean([one.p < 0.05 for one in found]) == pytest.approx(0.05, abs=0.03)
    assert np.mean([one.raw > one.chance for one in found]) == pytest.approx(0.05, abs=0.03)
    assert all(one.verdict != "shifted" for one in found)


def test_the_interval_holds_the_truth():
    chance = np.random.default_rng(4)
    truth = float(((MOVED - BINS) * np.log(MOVED / BINS)).sum())
    found = [stability(drawn(chance, MOVED, 800), drawn(chance, BINS, 800)) for _ in range(300)]
    inside = np.mean([one.index.low <= truth <= one.index.high for one in found])
    assert 0.9 <= inside <= 0.99
    assert np.mean([one.index.estimate for one in found]) == pytest.approx(truth, rel=0.1)


def test_against_exact_shares_only_today_is_uncertain():
    chance = np.random.default_rng(5)
    found = [stability(drawn(chance, BINS, 500), BINS, then_people=math.inf) for _ in range(300)]
    assert np.mean([one.p < 0.05 for one in found]) == pytest.approx(0.05, abs=0.04)


def test_words_follow_the_interval_not_the_figure():
    few = stability(np.array([8.0, 2.0, 3.0]), np.array([4.0, 4.0, 5.0]))
    assert few.verdict == "not clear"
    many = stability(np.array([8000.0, 2000.0]), np.array([4000.0, 6000.0]))
    assert many.verdict == "shifted"
    assert stability(np.array([5010.0, 4990.0]), np.array([5000.0, 5000.0])).verdict == "stable"


def test_an_empty_bin_is_no_infinity_and_nobody_no_index():
    found = stability(np.array([50.0, 0.0]), np.array([25.0, 25.0]))
    assert math.isfinite(found.raw)
    assert stability(np.zeros(3), np.ones(3)) is None
    assert stability(np.array([5.0]), np.array([7.0])) is None
