import numpy as np
import pytest

from segmentary.measurement.tailoring.forecast import damped, forecast, last_year, line, mean, naive


def test_a_line_is_followed():
    rng = np.random.default_rng(1)
    series = 0.1 + 0.02 * np.arange(20) + rng.normal(0, 0.004, 20)
    found = forecast(series)
    assert found.beats_naive
    assert found.method == "line"
    assert found.values[0] == pytest.approx(0.5, abs=0.02)
    assert all(low <= value <= high for low, value, high in zip(found.low, found.values, found.high, strict=True))
    assert "points off" in found.sentence


def test_a_random_walk_is_not_beaten():
    wins = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = forecast(np.clip(0.5 + np.cumsum(rng.normal(0, 0.01, 20)), 0, 1))
        wins += found.beats_naive
        if not found.beats_naive:
            assert found.method == "naive"
            assert "naive wins" in found.sentence
    assert wins <= 20


def test_seasons_need_two_years():
    t = np.arange(36)
    series = 0.3 + 0.1 * np.sin(2 * np.pi * t / 12)
    found = forecast(series)
    assert found.method == "last year"
    assert found.values == pytest.approx(series[24:27].tolist())
    assert "last year" not in forecast(series[:23]).errors


def test_too_short_or_with_holes():
    assert forecast(np.full(8, 0.3)) is None
    assert forecast(np.array([0.3] * 10 + [np.nan])) is None
    assert forecast(np.array([])) is None


def test_a_constant_series():
    found = forecast(np.full(12, 0.25))
    assert not found.beats_naive
    assert found.values == (0.25, 0.25, 0.25)
    assert found.to_document()["errors"][0] == {"method": "naive", "error": 0.0}


def test_shares_stay_shares():
    found = forecast(np.clip(0.08 * np.arange(14), 0, 1), ahead=6)
    assert max(found.high) <= 1


def test_methods():
    series = np.arange(10) / 10
    assert naive(series, 2).tolist() == [0.9, 0.9]
    assert mean(series, 1)[0] == pytest.approx(0.65)
    assert line(series, 2) == pytest.approx([1.0, 1.1])
    assert damped(series, 1)[0] == pytest.approx(0.98)
    assert last_year(np.arange(12) / 12, 13)[12] == 0
