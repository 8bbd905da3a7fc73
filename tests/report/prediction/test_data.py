import math

import numpy as np
import pytest

from segmentary.report.prediction.data import ScoreGroup


def test_a_group_from_its_sums():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = ScoreGroup.of("a", 4, float(values.sum()), float((values**2).sum()))
    half = 1.959964 * values.std(ddof=1) / 2
    assert found.mean.estimate == 4.0
    assert found.mean.high == pytest.approx(4.0 + half, rel=1e-5)


def test_one_person_has_no_interval_and_nobody_no_mean():
    assert math.isnan(ScoreGroup.of("a", 1, 3.0, 9.0).mean.low)
    assert math.isnan(ScoreGroup.of("a", 0, 0.0, 0.0).mean.estimate)
