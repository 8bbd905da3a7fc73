"""Concordance against every pair looked at."""

from __future__ import annotations

import math

import numpy as np
import pytest

from segmentary.models.survival.concordance import concordance_of


def naive(time: np.ndarray, left: np.ndarray, risk: np.ndarray, stratum: np.ndarray) -> float:
    right = pairs = 0.0
    for i in range(len(time)):
        for j in range(len(time)):
            sooner = left[i] and (time[i] < time[j] or (time[i] == time[j] and not left[j]))
            if stratum[i] == stratum[j] and sooner:
                pairs += 1
                right += 1.0 if risk[i] > risk[j] else 0.5 if risk[i] == risk[j] else 0.0
    return right / pairs


@pytest.mark.parametrize("seed", range(6))
def test_every_pair(seed: int) -> None:
    chance = np.random.default_rng(seed)
    time, left = chance.integers(1, 9, 70).astype(float), chance.random(70) < 0.6
    risk, stratum = chance.integers(0, 12, 70).astype(float), chance.integers(0, 2, 70)
    found = concordance_of(time, left, risk, stratum)
    assert found.estimate == pytest.approx(naive(time, left, risk, stratum))
    assert found.low < found.estimate < found.high


def test_perfect_and_nothing() -> None:
    time = np.arange(1.0, 9)
    left = np.ones(8, dtype=bool)
    assert concordance_of(time, left, -time).estimate == 1
    assert concordance_of(time, left, time).estimate == 0
    assert concordance_of(time, left, np.zeros(8)).estimate == 0.5
    assert math.isnan(concordance_of(time, ~left, time).estimate)


def test_interval_covers() -> None:
    chance = np.random.default_rng(8)
    truth = None
    held = 0
    for run in range(200):
        n = 200_000 if run == 0 else 150
        x = chance.normal(size=n)
        time = chance.exponential(np.exp(-0.7 * x))
        found = concordance_of(time, np.ones(n, dtype=bool), x)
        if run == 0:
            truth = found.estimate
            continue
        assert truth is not None
        held += found.low <= truth <= found.high
    assert held / 199 >= 0.9
