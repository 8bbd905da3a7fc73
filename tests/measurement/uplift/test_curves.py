"""Areas by hand and by an oracle in twelve lines; ties; intervals."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measurement.uplift.planted import planted

from segmentary.measurement.uplift.curves import (
    auuc_raw,
    auuc_sklift,
    compare_orders,
    grouped,
    happened_of,
    qini_raw,
    qini_score,
    steps_of,
)


def oracle(y, score, treated):
    """The area of Q above its line, person by person; ties walk along a straight line."""
    total, points = len(y), [(0.0, 0.0)]
    for cut in sorted(set(score), reverse=True):
        rows = [i for i in range(total) if score[i] >= cut]
        inside = [i for i in rows if treated[i]]
        outside = [i for i in rows if not treated[i]]
        ratio = len(inside) / len(outside) if outside else 0.0
        points.append((len(rows), sum(y[i] for i in inside) - ratio * sum(y[i] for i in outside)))
    area = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))
    return area - points[-1][0] * points[-1][1] / 2


rows = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4), st.booleans()), min_size=4, max_size=40)


@given(rows)
def test_the_area_agrees_with_an_oracle(drawn):
    y, score, treated = (np.array(one) for one in zip(*drawn, strict=True))
    if treated.all() or not treated.any():
        return
    perfect = oracle(y, y * treated - y * (1 - treated), treated)
    ours = qini_score(y, score, treated)
    if perfect == 0:
        assert np.isnan(ours) or abs(ours) == np.inf
    else:
        assert ours == pytest.approx(oracle(y, score, treated) / perfect, abs=1e-9)


def test_figures_of_scikit_uplift():
    """qini_auc_score and uplift_auc_score of scikit-uplift 0.5.1 on the same people."""
    r = np.random.default_rng(1)
    n = 42_693
    t, s = r.random(n) < 0.5, r.normal(size=n)
    y = (r.random(n) < 0.1 + 0.05 * t + 0.02 * t * (s > 0)).astype(float)
    for score, qini, area in ((s, 0.024773689591005843, 0.011204631048438296),
                              (np.round(s, 1), 0.024393157024489756, 0.01104299970126278)):  # fmt: skip
        assert qini_score(y, score, t) == pytest.approx(qini, abs=1e-12)
        assert auuc_sklift(steps_of(y, score, t), happened_of(y, t)) == pytest.approx(area, abs=1e-12)


def test_areas_are_in_units_of_the_outcome():
    y, score = np.array([10.0, 0, 0, 0] * 50), np.array([1.0, 1, 0, 0] * 50)
    treated = np.array([True, False, True, False] * 50)
    steps = steps_of(y, score, treated)
    # 5 per person on average, all of it in the first half: 5 at once against a line: a triangle of 5 x 1/2 x 1/2.
    assert qini_raw(steps) == pytest.approx(1.25)
    assert auuc_raw(steps) == pytest.approx(5 * 0.75)
    assert qini_raw(steps_of(y * 3, score, treated)) == pytest.approx(3.75)
    assert qini_raw(steps_of(y, np.zeros(200), treated)) == 0.0


def test_an_order_of_more_places_is_grouped_and_keeps_its_area():
    trial, true = planted("fans", 5_000)
    score = true + np.random.default_rng(2).normal(0, 0.1, 5_000)
    assert grouped(score).max() <= 400
    coarse = qini_raw(steps_of(trial.y, -grouped(score).astype(float), trial.treated))
    assert coarse == pytest.approx(qini_raw(steps_of(trial.y, score, trial.treated)), abs=2e-4)


def test_intervals_hold_the_truth_and_differences_are_paired():
    hits = 0
    for seed in range(20):
        trial, true = planted("fans", 2_000, seed=seed)
        noise = np.random.default_rng(seed).random(2_000)
        found = compare_orders({"true": true, "noise": noise}, trial.y, trial.treated, draws=200)
        # Fans are 40%: 0.08 on average; the curve rises to 0.08 at 40% and stays: 0.08 x (1 - 0.4) / 2 above the line.
        hits += found.curves[0].qini.low <= 0.024 <= found.curves[0].qini.high
        assert found.differences["noise"].low > 0
    assert hits >= 17


def test_amounts_have_no_perfect_order():
    trial, true = planted("fans", 1_000, amounts=True)
    found = compare_orders({"true": true}, trial.y, trial.treated, draws=50)
    assert found.curves[0].qini_sklift is None
    assert found.curves[0].qini.low > 0
    assert found.curves[0].gains[-1].estimate == pytest.approx(found.curves[0].uplift["0.3"].estimate * 0.4, abs=0.5)
