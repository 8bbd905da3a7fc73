"""Trials: what each person could have done, when, and that drawing one per person favours nobody."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.predict.contractual_trials import landmarks, trials_of
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def table_of(months: np.ndarray) -> TypedTable:
    return TypedTable(
        (Column("months", "numeric"), Column("x", "numeric")), np.column_stack([months, months * 0 + 1.0])
    )


def test_landmarks_of_five_people() -> None:
    # Horizon 3: left at 7 (trials 0, 3, 6 and left in the last), left at 6 (0, 3), there at 7 (0, 3: of 6 it is not
    # known yet), there at 2 (nothing is known), left at 0 (in the first).
    person, start, left, _, weight = landmarks(np.array([7.0, 6, 7, 2, 0]), np.array([1.0, 1, 0, 0, 1]), 3.0, 0)
    told = [(int(p), float(s), int(y)) for p, s, y in zip(person, start, left, strict=True)]
    assert told == [(0, 0, 0), (0, 3, 0), (0, 6, 1), (1, 0, 0), (1, 3, 1), (2, 0, 0), (2, 3, 0), (4, 0, 1)]
    assert (weight >= 1).all()


def test_a_period_begins_a_horizon_before() -> None:
    months = np.concatenate([[0.0, 0.5, 3.0], np.arange(1.0, 201.0)])
    left = (np.arange(203) % 3 == 0).astype(float)
    trials = trials_of(table_of(months), "months", left, horizon=1.0, observed="period", seed=0)
    assert trials.table.values[:4, 0].tolist() == [0, 0, 2, 0]
    assert (trials.entry < trials.until).all()
    assert trials.judged.all()


def test_one_trial_each_without_favour() -> None:
    chance = np.random.default_rng(0)
    stay, seen = chance.exponential(10, 30_000), chance.uniform(0, 30, 30_000)
    months, left = np.minimum(stay, seen), (stay <= seen).astype(float)
    trials = trials_of(table_of(months), "months", left, horizon=2.0, observed="lifetime", seed=1)
    assert np.bincount(trials.person[trials.judged]).max() == 1
    truth = -np.expm1(-0.2)
    assert trials.left.mean() > truth * 1.03
    assert np.average(trials.left, weights=trials.table.weight) == pytest.approx(truth, rel=0.02)
    assert trials.left[trials.judged].mean() == pytest.approx(truth, rel=0.05)


def test_unknown_durations_are_no_trials() -> None:
    months = np.concatenate([[np.nan], np.arange(1.0, 201.0)])
    left = np.concatenate([[1.0], (np.arange(200) % 2).astype(float)])
    assert trials_of(table_of(months), "months", left, horizon=1.0, observed="period", seed=0).people == 200
