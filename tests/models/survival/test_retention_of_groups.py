"""Retention of groups: numbers, words, and what leaving means without a contract."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tests.models.survival.leukaemia import EVENTS, GROUPS, WEEKS

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.survival.counts import SurvivalCounts
from segmentary.models.survival.retention_of_groups import retention_of_groups, silence_counts


def test_groups_are_told_apart() -> None:
    counts = SurvivalCounts.from_arrays(WEEKS, EVENTS, GROUPS)
    found = retention_of_groups(counts, times=[5, 10], unit="weeks", least_people=20)
    assert [one.group for one in found.groups] == ["6-MP", "placebo"]
    assert found.groups[0].at[1].estimate == pytest.approx(0.753, abs=1e-3)
    assert found.difference is not None
    assert len(found.pairs) == 1
    told = " ".join(found.sentences())
    assert "After 10 weeks, 75% (50% to 89%) of 6-MP are still there" in told
    json.dumps(found.to_document(), allow_nan=False)


def test_small_groups_are_marked_and_not_tested() -> None:
    counts = SurvivalCounts.from_arrays(WEEKS, EVENTS, GROUPS)
    found = retention_of_groups(counts, times=[5])
    assert found.difference is None
    assert "Too few people to act on: 6-MP, placebo." in found.sentences()


def test_silence_is_leaving() -> None:
    first = np.array([0.0, 0, 0, 0, np.nan])
    last = np.array([0.0, 40, 95, 100, np.nan])
    counts, basis = silence_counts(first, last, ["a"] * 5, now=100, silence_days=30)
    assert "more than 30 days" in basis
    assert counts.times.tolist() == [0, 40, 95, 100]
    assert counts.events.tolist() == [1, 1, 0, 0]
    assert counts.left_out == 1
    with pytest.raises(DataError):
        silence_counts([1.0], [0.0], now=100, silence_days=30)
    with pytest.raises(DataError):
        silence_counts([1.0], [2.0], now=100, silence_days=0)


def test_nobody_and_odd_times() -> None:
    with pytest.raises(NoAnswerError):
        retention_of_groups(SurvivalCounts.from_arrays([], []), times=[1])
    with pytest.raises(DataError):
        retention_of_groups(SurvivalCounts.from_arrays([1], [1]), times=[3, 2])
