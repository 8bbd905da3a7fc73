"""Bands of a whole curve: critical values as tabled, and how often they hold it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.models.survival.leukaemia import RELAPSED, TREATED

from segmentary.errors import UnknownNameError
from segmentary.models.survival.bands import hall_wellner_width, nair_width
from segmentary.models.survival.kaplan_meier import kaplan_meier_of


def test_critical_values() -> None:
    # To the end it is Kolmogorov's distribution: 1.3581 and 1.6276.
    assert hall_wellner_width(0.9999, 0.95) == pytest.approx(1.3581, abs=2e-4)
    assert hall_wellner_width(0.9999, 0.99) == pytest.approx(1.6276, abs=2e-4)
    # Klein & Moeschberger (2003), tables C.3 and C.4, a_L = .1, a_U = .9: 3.00 or so, by Nair.
    assert nair_width(0.1, 0.9, 0.95) == pytest.approx(3.05, abs=0.06)


@pytest.mark.parametrize("kind", ["equal_precision", "hall_wellner"])
def test_a_band_is_wider_than_intervals_and_holds_the_curve(kind: str) -> None:
    chance = np.random.default_rng(2)
    held, runs = 0, 200
    for _ in range(runs):
        time, until = chance.exponential(10, 100), chance.uniform(0, 30, 100)
        curve = kaplan_meier_of(np.minimum(time, until), time <= until).curve()
        low, high = curve.band(kind)  # type: ignore[arg-type]
        seen = ~np.isnan(low) & (np.arange(len(low)) >= 5) & (curve.at_risk >= 10)
        assert (high[seen] - low[seen] >= curve.high[seen] - curve.low[seen] - 1e-9).mean() > 0.9
        truth = np.exp(-curve.times / 10)
        held += bool(((low <= truth) & (truth <= high))[seen].all())
    assert held / runs >= 0.92


def test_no_band_where_nothing_is_known() -> None:
    low, high = kaplan_meier_of([5.0], [1]).curve().band()
    assert math.isnan(low[0])
    assert math.isnan(high[0])
    with pytest.raises(UnknownNameError):
        kaplan_meier_of(TREATED, RELAPSED).curve().band("x")  # type: ignore[arg-type]
