"""Bins, deciles and means of chances."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import NoAnswerError
from segmentary.models.intervals import wilson
from segmentary.models.predict.chances import Bins, borders, decile_cuts, deciles


def test_the_interval_is_wilsons_of_the_bin_widened_to_the_chance():
    chance = np.random.default_rng(0)
    p = np.round(chance.beta(1, 4, 3_000), 2)
    y = (chance.random(3_000) < p).astype(float)
    bins = Bins.of(y, p)
    assert len(bins.low) == len(bins.high) == len(bins.edges) + 1
    low, high = bins.interval(p)
    assert ((low <= p) & (p <= high)).all()
    top = p > bins.edges[-1]
    wanted = wilson(float(y[top].sum()), int(top.sum()))
    inside = top & (p > wanted.low) & (p < wanted.high)
    assert inside.any()
    assert set(low[inside]) == {wanted.low}
    assert set(high[inside]) == {wanted.high}
    beyond_low, beyond_high = bins.interval(np.array([0.0, 1.0]))
    assert beyond_low[0] == 0.0
    assert beyond_high[1] == 1.0


def test_one_bin_is_enough_and_nobody_too_few():
    assert Bins.of([0.0, 1.0, 0.0], np.full(3, 0.3)).edges == ()
    with pytest.raises(NoAnswerError):
        Bins.of([], np.empty(0))


def test_deciles_hold_a_tenth_each_and_equal_scores_together():
    scores = np.random.default_rng(1).random(1_000)
    found = deciles(scores, decile_cuts(scores))
    assert np.bincount(found)[1:].tolist() == [100] * 10
    tied = np.repeat([1.0, 2.0], 500)
    assert set(zip(tied, deciles(tied, decile_cuts(tied)), strict=True)) in (
        {(1.0, 1), (2.0, 6)},
        {(1.0, 1), (2.0, 10)},
    )
    assert len(decile_cuts(np.empty(0))) == 9


def test_who_stands_on_a_border_stands_below_it_to_the_last_bit():
    values = np.array([-1e6, -0.3, 0.0, 1e-9, 0.7, 1e6])
    for value, border in zip(values, borders(values), strict=True):
        assert np.nextafter(value, np.inf) < border
