"""Renewals: the two groups of the paper, cohorts of different age, residual lifetime, and nothing to tell."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.value.sbg import ShiftedBetaGeometric, fit_groups, log_likelihood

# Fader & Hardie (2007), table 1: share still there, in thousandths, years 0 to 12; seven renewals are fitted.
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]


def test_both_groups_as_published() -> None:
    regular, high = fit_groups({"regular": REGULAR[:8], "high": HIGH_END[:8]}).values()
    assert list(regular.params_.values()) == pytest.approx([0.704, 1.182], rel=1e-3)
    assert list(high.params_.values()) == pytest.approx([0.668, 3.806], rel=1e-3)
    assert (regular.log_likelihood_, high.log_likelihood_) == pytest.approx((-1680.27, -1611.16), abs=0.01)
    assert (regular.survival(12)[12], high.survival(12)[12]) == pytest.approx((0.170, 0.378), abs=0.0005)
    assert regular.note_ == high.note_ == ""


def test_the_table_shows_the_model_beside_what_was_seen() -> None:
    table = ShiftedBetaGeometric().fit(REGULAR[:8]).table(12)
    assert [point.renewal for point in table] == list(range(13))
    assert table[0].survived.estimate == 1
    assert table[0].retained is None
    assert table[7].actual == pytest.approx(0.241)
    assert table[8].actual is None
    assert table[12].survived.low < 0.170 < table[12].survived.high
    rates = [point.retained.estimate for point in table if point.retained]
    assert rates == sorted(rates)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    kept, lost = np.array(REGULAR[1:8], dtype=float), -np.diff(np.array(REGULAR[:8], dtype=float))
    theta = np.array([0.3, -0.4])
    _, gradient = log_likelihood(theta, kept, lost)
    for place in range(2):
        step = np.zeros(2)
        step[place] = 1e-5
        slope = log_likelihood(theta + step, kept, lost)[0] - log_likelihood(theta - step, kept, lost)[0]
        assert gradient[place] == pytest.approx(slope / 2e-5, rel=1e-6)


def test_cohorts_of_different_age_are_added() -> None:
    old, young = np.array(HIGH_END[:8], dtype=float), np.array(HIGH_END[:4], dtype=float)
    came, kept = old[:-1].copy(), old[1:].copy()
    came[:3] += young[:-1]
    kept[:3] += young[1:]
    model = ShiftedBetaGeometric().fit_renewals(came, kept, people=2_000)
    assert model.people_ == 2_000
    assert model.params_["alpha"] == pytest.approx(0.668, rel=0.2)


def test_residual_lifetime_is_the_sum_of_renewals_to_come() -> None:
    model = ShiftedBetaGeometric().fit(REGULAR[:8])
    series = model.residual_lifetime([0, 3, 7], discount=0.1)
    assert series == pytest.approx(model.residual_lifetime([0, 3, 7], discount=0.1, within=2_000), rel=1e-9)
    survival = model.survival(2_000)
    assert series[1] == pytest.approx(
        (survival[4:] / survival[3] / 1.1 ** np.arange(len(survival) - 4)).sum(), rel=1e-9
    )
    assert (np.diff(series) > 0).all()  # who stayed longer stays longer
    estimate, low, high = model.residual_lifetime_interval([0, 7], discount=0.1)
    assert (low < estimate).all()
    assert (estimate < high).all()
    with pytest.raises(NoAnswerError, match="no end"):
        model.residual_lifetime([0])
    assert model.residual_lifetime([0], within=3)[0] == pytest.approx(model.survival(3)[1:].sum())
    fast = ShiftedBetaGeometric().fit([1000, 400, 170, 76, 35, 17])
    if fast.params_["alpha"] > 1:
        assert fast.residual_lifetime([2])[0] == pytest.approx(fast.residual_lifetime([2], within=9_000)[0], rel=1e-3)


@pytest.mark.parametrize(
    ("survivors", "said"),
    [
        ([100, 100, 100], "nobody left"),
        ([100, 0], "everybody left"),
        ([100, 0, 0, 0], "everybody left"),
        ([100, 50], "only one renewal"),
        ([100, 50, 25, 12], "does not rise"),
        ([100, 90, 60, 20, 2], "does not rise"),
        ([1, 1], "nobody left"),
        ([5, 3, 3, 3, 3], "stay for ever"),
        ([500, 300, 300, 300], "stay for ever"),
    ],
)
def test_too_little_is_said_and_still_answered(survivors: list[int], said: str) -> None:
    model = ShiftedBetaGeometric().fit(survivors)
    assert said in model.note_
    estimate, low, high = model.survival_interval(5)
    assert ((low <= estimate) & (estimate <= high) & (low >= 0) & (high <= 1)).all()
    assert 0 < model.retention(1)[0] < 1


def test_intervals_cover_what_was_planted() -> None:
    inside = 0
    draw = np.random.default_rng(4)
    truth = ShiftedBetaGeometric()
    truth.keep(np.log([0.7, 1.2]), np.zeros((2, 2)), 0.0)
    for _ in range(100):
        leave = draw.beta(0.7, 1.2, 800)
        left_at = draw.geometric(leave)
        model = ShiftedBetaGeometric().fit([(left_at > t).sum() for t in range(8)])
        _, low, high = model.survival_interval(12)
        inside += low[12] <= truth.survival(12)[12] <= high[12]
    assert 89 <= inside <= 100


def test_what_is_impossible_is_refused() -> None:
    for wrong in ([10, 11], [10, -1], [10, np.nan]):
        with pytest.raises(DataError):
            ShiftedBetaGeometric().fit(wrong)
    with pytest.raises(DataError):
        ShiftedBetaGeometric().fit_renewals([10], [11])
    for nothing in ([], [0, 0], [50]):
        with pytest.raises(NoAnswerError):
            ShiftedBetaGeometric().fit(nothing)
    with pytest.raises(UsageError):
        ShiftedBetaGeometric().survival(3)
    with pytest.raises(UsageError):
        ShiftedBetaGeometric().fit(REGULAR).survival(-1)


def test_a_document_and_back() -> None:
    model = ShiftedBetaGeometric().fit(REGULAR[:8])
    document = json.loads(json.dumps(model.to_document()))
    back = ShiftedBetaGeometric.from_document(document)
    assert back.to_document() == document
    assert back.table(9) == model.table(9)
    with pytest.raises(DataError, match="not a renewal model"):
        ShiftedBetaGeometric.from_document({"model": "sbg"})
