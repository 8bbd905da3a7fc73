"""The card says in sentences what was measured, and warns where it must."""

from __future__ import annotations

import pytest

from segmentary.models.intervals import Interval
from segmentary.models.predict.card import Measured
from segmentary.models.table.findings import Finding
from segmentary.models.value.holdout import AVERAGE, LAST_PERIOD, ValueHoldout
from segmentary.models.value.value_card import Trial, direction, holdout_findings, unique_findings


def trial(gain: tuple[float, float], bias: tuple[float, float]) -> Trial:
    gini = Measured("gini", "", Interval(0.5, 0.4, 0.6, 99), 0.48, AVERAGE)
    total = Measured("total_bias", "", Interval(sum(bias) / 2, *bias, 99), better="near")
    rivals = {LAST_PERIOD: 0.3, AVERAGE: 0.48}
    return Trial(ValueHoldout((gini, total), rivals, Interval(0.02, *gain, 99), ()), None)


@pytest.mark.parametrize(
    ("gain", "bias", "codes"),
    [
        ((0.01, 0.03), (-0.05, 0.05), []),
        ((-0.01, 0.03), (-0.05, 0.05), ["not_better_than_plain"]),
        ((-0.05, -0.03), (-0.3, -0.2), ["worse_than_plain", "total_off"]),
        ((0.01, 0.03), (0.2, 0.3), ["total_off"]),
    ],
)
def test_what_the_holdout_shows(gain: tuple[float, float], bias: tuple[float, float], codes: list[str]) -> None:
    found = holdout_findings(trial(gain, bias), tested_days=91, horizon_days=91)
    assert [one.code for one in found] == codes
    if "worse_than_plain" in codes:
        assert "'average order x frequency'" in found[0].message
        assert "underestimated by 25% (-30% to -20%)" in found[1].message


def test_a_longer_horizon_than_the_test_is_said() -> None:
    found = holdout_findings(trial((0.01, 0.03), (0.0, 0.0)), tested_days=91, horizon_days=365)
    assert [one.message for one in found] == ["it was tested on 91 days, and looks 365 days ahead"]


def test_directions() -> None:
    assert [direction(r) for r in (0.4, -0.4, 0.01, float("nan"))] == ["more", "less", "unknown", "unknown"]


def test_findings_once_and_the_grave_first() -> None:
    note, warning = Finding("a", "note", "a"), Finding("b", "warning", "b")
    assert unique_findings([note, warning, note]) == (warning, note)
