"""Effects that change over time are found, those that do not are not."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import UnknownNameError
from segmentary.models.survival.cox import CoxRegression


def test_false_alarms_are_as_many_as_promised() -> None:
    chance = np.random.default_rng(4)
    alarms = 0
    for _ in range(300):
        x = chance.normal(size=(100, 2))
        time, until = chance.exponential(np.exp(-0.5 * x[:, 0])), chance.uniform(0, 3, 100)
        alarms += CoxRegression().fit(x, np.minimum(time, until), time <= until).proportionality().p < 0.05
    assert 0.02 <= alarms / 300 <= 0.09


@pytest.mark.parametrize("scale", ["survival", "time", "log", "rank"])
def test_an_effect_that_fades_is_said_to(scale: str) -> None:
    chance = np.random.default_rng(5)
    n = 3000
    x = chance.integers(0, 2, n).astype(float)
    # Risk three times as high until time 1, then the same.
    draw = chance.exponential(size=n)
    time = np.where(x == 0, draw, np.where(draw < 3, draw / 3, draw - 2))
    found = CoxRegression().fit(x, time, np.ones(n), names=["new"]).proportionality(scale)  # type: ignore[arg-type]
    assert found.p < 0.001
    assert found.features[0].ratio_early > found.features[0].ratio_late
    assert "change over time (new)" in found.sentence
    assert "fades" in found.features[0].verdict or "turns round" in found.features[0].verdict


def test_scales_and_constants() -> None:
    fit = CoxRegression().fit(np.column_stack([[1.0, 2, 3, 4, 5, 6], np.ones(6)]), [3, 1, 2, 5, 4, 6], [1] * 6)
    found = fit.proportionality()
    assert np.isnan(found.features[1].p)
    assert "cannot be told" in found.features[1].verdict
    with pytest.raises(UnknownNameError):
        fit.proportionality("x")  # type: ignore[arg-type]
