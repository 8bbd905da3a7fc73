"""Survival curves against published numbers and against a person-by-person oracle."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pyarrow.csv as csv
import pytest
from tests.models.survival.leukaemia import EVENTS, GROUPS, RELAPSED, TREATED, WEEKS

from segmentary.errors import DataError, UnknownNameError
from segmentary.models.survival.kaplan_meier import kaplan_meier_of


def oracle(time: np.ndarray, left: np.ndarray, entry: np.ndarray) -> dict[float, tuple[float, float]]:
    survival, variance, found = 1.0, 0.0, {}
    for t in np.unique(np.concatenate([time, entry[entry > 0]])):
        n = np.sum((time >= t) & (entry < t))
        d = np.sum((time == t) & (left > 0))
        if d:
            survival *= 1 - d / n
            variance = math.inf if d == n else variance + d / (n * (n - d))
        found[float(t)] = (survival, variance)
    return found


def test_leukaemia_as_published() -> None:
    # Klein & Moeschberger (2003) table 4.1A, examples 4.1, 4.2, 4.5; the log-log interval as R prints it.
    curve = kaplan_meier_of(TREATED, RELAPSED).curve()
    expected = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for week, share in expected.items():
        assert curve.at(week).estimate == pytest.approx(share, abs=5e-4)
    assert math.sqrt(curve.variance[curve.times == 10][0]) * curve.at(10).estimate == pytest.approx(0.0963, abs=1e-4)
    assert (curve.at(10).low, curve.at(10).high) == pytest.approx((0.503, 0.889), abs=5e-4)
    assert (curve.median().estimate, curve.median().low, curve.median().high) == (23, 13, math.inf)
    mean = curve.restricted_mean(35)
    assert mean.estimate == pytest.approx(23.287, abs=1e-3)
    assert (mean.high - mean.estimate) / 1.959964 == pytest.approx(2.827, abs=2e-3)


def test_every_group_is_its_own_curve() -> None:
    curves = kaplan_meier_of(WEEKS, EVENTS, GROUPS)
    alone = kaplan_meier_of(TREATED, RELAPSED).curve()
    both = curves.curve("6-MP")
    np.testing.assert_allclose(both.survival, alone.survival, rtol=1e-12)
    np.testing.assert_allclose(both.low, alone.low, rtol=1e-12)
    placebo = curves.curve("placebo")
    assert placebo.survival[-1] == 0
    assert placebo.low[-1] == 0
    assert 0 < placebo.high[-1] < placebo.high[-2]
    assert placebo.median().estimate == 8
    assert curves.at([10, 100])[0, 0] == pytest.approx(0.753, abs=1e-3)
    assert np.isnan(curves.at([10, 100])[0, 1])
    assert curves.at([10, 100])[1, 1] == 0
    assert [one.few for one in curves] == [True, True]
    with pytest.raises(UnknownNameError):
        curves.curve("nobody")
    with pytest.raises(DataError):
        curves.curve()


@pytest.mark.parametrize("seed", range(12))
def test_random_people_against_the_oracle(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n = int(chance.integers(1, 120))
    time = chance.integers(1, 15, n) / (1 if seed % 2 else 2)
    left, group = chance.random(n) < 0.5, chance.integers(0, 4, n)
    entry = np.where(chance.random(n) < 0.3, np.floor(time * chance.random(n)), 0.0) * (seed % 3 > 0)
    curves = kaplan_meier_of(time, left, group, entry=entry)
    for curve in curves:
        here = group == int(curve.group)
        told = oracle(time[here], left[here], entry[here])
        for t, survival, variance, low, high in zip(
            curve.times, curve.survival, curve.variance, curve.low, curve.high, strict=True
        ):
            assert survival == pytest.approx(told[float(t)][0], abs=1e-12)
            if survival > 0:
                assert variance == pytest.approx(told[float(t)][1], abs=1e-10)
            assert 0 <= low <= survival + 1e-12
            assert survival - 1e-12 <= high <= 1


def test_weights_count_people() -> None:
    plain = kaplan_meier_of(np.repeat(TREATED, 3), np.repeat(RELAPSED, 3)).curve()
    weighed = kaplan_meier_of(TREATED, RELAPSED, weights=np.full(21, 3.0)).curve()
    np.testing.assert_allclose(plain.survival, weighed.survival)
    np.testing.assert_allclose(plain.low, weighed.low)


def test_few_or_nobody() -> None:
    nobody = kaplan_meier_of([], []).curve()
    assert math.isnan(nobody.at(3).estimate)
    assert math.isnan(nobody.median().estimate)
    assert math.isnan(nobody.restricted_mean().estimate)
    one = kaplan_meier_of([5.0], [0]).curve()
    assert one.at(4).estimate == 1
    assert one.at(5).low == pytest.approx(0.025)
    assert math.isnan(one.at(6).estimate)
    assert one.median().estimate == math.inf
    with pytest.raises(DataError, match="beyond 5"):
        one.restricted_mean(9)
    assert one.restricted_mean().estimate == 5
    alone = kaplan_meier_of([5.0], [1]).curve()
    assert alone.at(7).estimate == 0
    assert alone.at(7).high == pytest.approx(0.975)


def test_document_is_json() -> None:
    document = kaplan_meier_of(WEEKS, EVENTS, GROUPS).curve("placebo").to_document()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["steps"][0]["at_risk"] == 21


def test_intervals_cover() -> None:
    chance = np.random.default_rng(5)
    held, medians, runs = 0, 0, 300
    for _ in range(runs):
        time, until = chance.exponential(10, 80), chance.uniform(0, 30, 80)
        curve = kaplan_meier_of(np.minimum(time, until), time <= until).curve()
        held += curve.at(8).low <= math.exp(-0.8) <= curve.at(8).high
        median = curve.median()
        medians += median.low <= 10 * math.log(2) <= median.high
    assert 0.92 <= held / runs <= 0.98
    assert 0.92 <= medians / runs <= 0.985


@pytest.mark.real_data
def test_telco(real_data: Path) -> None:
    table = csv.read_csv(real_data / "telco_churn" / "Telco-Customer-Churn.csv.gz")
    left = np.array([one == "Yes" for one in table.column("Churn").to_pylist()])
    curve = kaplan_meier_of(table.column("tenure").to_numpy(), left).curve()
    assert [round(curve.at(t).estimate, 3) for t in (12, 24, 72)] == [0.843, 0.789, 0.593]
