"""The log-rank test against published numbers and the definition."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.survival.leukaemia import EVENTS, GROUPS, WEEKS

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.models.survival.counts import SurvivalCounts
from segmentary.models.survival.log_rank import log_rank, pairwise


def test_leukaemia_as_published() -> None:
    # Freireich's data in Klein & Moeschberger and in R's survdiff: 16.8; Gehan 13.46; Tarone-Ware 15.12; expected 19.3.
    counts = SurvivalCounts.from_arrays(WEEKS, EVENTS, GROUPS)
    test = log_rank(counts)
    assert (test.statistic, test.freedom) == (pytest.approx(16.793, abs=1e-3), 1)
    assert test.expected == pytest.approx([19.25, 10.75], abs=0.01)
    assert "do not stay equally long" in test.sentence
    assert log_rank(counts, weighting="gehan").statistic == pytest.approx(13.458, abs=1e-3)
    assert log_rank(counts, weighting="tarone_ware").statistic == pytest.approx(15.124, abs=1e-3)
    (pair,) = pairwise(counts)
    assert (pair.longer, pair.p_adjusted) == ("6-MP", pytest.approx(test.p))


def naive(time: np.ndarray, left: np.ndarray, group: np.ndarray, entry: np.ndarray) -> float:
    names = np.unique(group)
    u, v = np.zeros(len(names)), np.zeros((len(names), len(names)))
    for t in np.unique(time[left]):
        at_risk = (time >= t) & (entry < t)
        n, d = at_risk.sum(), ((time == t) & left).sum()
        share = np.array([(at_risk & (group == g)).sum() for g in names]) / n
        gone = np.array([((time == t) & left & (group == g)).sum() for g in names])
        u += gone - d * share
        if n > 1:
            v += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    return float(u @ np.linalg.pinv(v) @ u)


@pytest.mark.parametrize("seed", range(8))
def test_random_people_against_the_definition(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n = 150
    time, group = chance.integers(2, 12, n).astype(float), chance.integers(0, 4, n)
    left, entry = chance.random(n) < 0.6, np.floor(chance.random(n) * 2) * (seed % 2)
    test = log_rank(SurvivalCounts.from_arrays(time, left, group, entry=entry))
    assert test.statistic == pytest.approx(naive(time, left, group, entry), rel=1e-8)
    assert test.freedom == 3
    assert test.left.sum() == pytest.approx(test.expected.sum())


def test_strata_add_scores() -> None:
    chance = np.random.default_rng(1)
    time, group, left = chance.integers(1, 20, 300), chance.integers(0, 2, 300), chance.random(300) < 0.7
    counts = SurvivalCounts.from_arrays(time, left, group)
    same = log_rank([counts, counts])
    assert same.statistic == pytest.approx(2 * log_rank(counts).statistic)
    assert same.strata == 2


def test_false_alarms_are_as_many_as_promised() -> None:
    chance = np.random.default_rng(3)
    alarms = 0
    for _ in range(400):
        time, until = chance.exponential(10, 120), chance.exponential(15, 120)
        test = log_rank(SurvivalCounts.from_arrays(np.minimum(time, until), time <= until, chance.integers(0, 3, 120)))
        alarms += test.p < 0.05
    assert 0.02 <= alarms / 400 <= 0.08


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(NoAnswerError, match="two groups"):
        log_rank(SurvivalCounts.from_arrays([1, 2], [1, 1]))
    with pytest.raises(NoAnswerError, match="nobody left"):
        log_rank(SurvivalCounts.from_arrays([1, 2], [0, 0], ["a", "b"]))
    with pytest.raises(UnknownNameError):
        log_rank(SurvivalCounts.from_arrays([1, 2], [0, 1], ["a", "b"]), weighting="x")  # type: ignore[arg-type]
    pairs = pairwise(SurvivalCounts.from_arrays([1, 2, 3, 3], [0, 0, 1, 1], ["a", "b", "c", "c"]))
    assert pairs[0].p == 1.0
