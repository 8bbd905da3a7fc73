"""What a trial refuses, with its counts."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measurement.uplift.planted import people, planted

from segmentary.errors import DataError, NoAnswerError
from segmentary.measurement.uplift.trial import check_enough, folds_of, trial_of
from segmentary.models.table.typed_table import TypedTable


@pytest.fixture
def table():
    return people(1_000, np.random.default_rng(1))


def test_an_empty_or_small_arm_is_refused_with_its_counts(table):
    y = np.arange(1_000) % 2
    with pytest.raises(NoAnswerError, match="0 people in the arm and 1,000 in control"):
        check_enough(trial_of(table, np.zeros(1_000), y))
    with pytest.raises(NoAnswerError, match="20 people in the arm and 980 in control"):
        check_enough(trial_of(table, np.arange(1_000) < 20, y))


def test_an_outcome_nobody_has_is_refused(table):
    with pytest.raises(NoAnswerError, match="0 of all 1,000 people"):
        check_enough(trial_of(table, np.arange(1_000) % 2, np.zeros(1_000)))
    with pytest.raises(NoAnswerError, match="only 5 of 1,000"):
        check_enough(trial_of(table, np.arange(1_000) % 2, np.arange(1_000) < 5))


def test_traits_that_do_not_differ_are_refused(table):
    alike = TypedTable(table.columns, np.ones_like(table.values))
    with pytest.raises(NoAnswerError, match="no trait differs"):
        check_enough(trial_of(alike, np.arange(1_000) % 2, np.arange(1_000) % 3 == 0))


def test_nobody_at_all_is_refused():
    empty = people(0, np.random.default_rng(1))
    with pytest.raises(NoAnswerError, match="0 people in the arm and 0 in control"):
        check_enough(trial_of(empty, [], []))


@pytest.mark.parametrize(
    ("treated", "y", "chance"),
    [
        (np.ones(9), np.ones(1_000), None),
        (np.full(1_000, 2), np.ones(1_000), None),
        (np.ones(1_000), np.full(1_000, np.nan), None),
        (np.ones(1_000), np.ones(3), None),
        (np.ones(1_000), np.ones(1_000), 1.0),
    ],
)
def test_parts_that_do_not_fit_are_refused(table, treated, y, chance):
    with pytest.raises(DataError):
        trial_of(table, treated, y, chance)


def test_folds_hold_like_shares_of_arms_and_outcomes():
    trial, _ = planted("fans", 999)
    fold = folds_of(trial, 3, 5)
    assert np.array_equal(fold, folds_of(trial, 3, 5))
    assert not np.array_equal(fold, folds_of(trial, 3, 6))
    counts = [np.bincount(fold[rows], minlength=3) for rows in (trial.treated, ~trial.treated, trial.y == 1)]
    assert all(np.ptp(one) <= 2 for one in counts)
