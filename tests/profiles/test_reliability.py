from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from segmentary.profiles.reliability import cronbach_alpha, feldt_interval, reliability_of

# Three items, five people: item variances 0.7, 1.2 and 2.2 (4.1 in all), sums 7, 12, 6, 9, 12 with variance 7.7.
BY_HAND = np.array([[3.0, 3, 1], [4, 4, 4], [2, 1, 3], [3, 3, 3], [4, 3, 5]])


def test_alpha_by_hand():
    columns = BY_HAND.T
    spread = sum(((c - c.mean()) ** 2).sum() / 4 for c in columns)
    sums = BY_HAND.sum(axis=1)
    whole = ((sums - sums.mean()) ** 2).sum() / 4
    assert (round(spread, 10), round(whole, 10)) == (4.1, 7.7)
    assert cronbach_alpha(BY_HAND) == pytest.approx(1.5 * (1 - 4.1 / 7.7))


def test_identical_items_are_perfectly_reliable():
    assert cronbach_alpha(np.array([[1.0, 1], [2, 2], [5, 5]])) == pytest.approx(1)


@pytest.mark.parametrize("answers", [[[1.0, 2]], [[1.0], [2.0]], [[3.0, 3], [3, 3]], np.empty((0, 3))])
def test_alpha_that_cannot_be_said(answers):
    assert cronbach_alpha(np.array(answers)) is None


def test_the_interval_is_feldts():
    """As printed for ``feldt1.return(0.913, 873, 20)`` of Chris Evans (MRC CBU Cambridge, statistics pages)."""
    low, high = feldt_interval(0.913, respondents=873, items=20)
    assert (low, high) == pytest.approx((0.9044024, 0.9211588), abs=5e-8)


def test_a_low_alpha_is_said():
    rows = [
        ("eco", str(p), f"i{k}", v)
        for p, line in enumerate([[1, 5], [2, 1], [3, 4], [4, 2]])
        for k, v in enumerate(line)
    ]
    answers = pa.table(dict(zip(("scale", "respondent", "item", "value"), zip(*rows, strict=True), strict=True)))
    found = reliability_of("eco", ("i0", "i1"), answers)
    assert found.respondents == 4
    assert not found.acceptable
    assert "below .7" in found.verdict


def test_only_complete_answers_count():
    rows = [("eco", "1", "a", 1), ("eco", "1", "b", 2), ("eco", "2", "a", 5), ("other", "3", "a", 1)]
    answers = pa.table(dict(zip(("scale", "respondent", "item", "value"), zip(*rows, strict=True), strict=True)))
    found = reliability_of("eco", ("a", "b"), answers)
    assert found.respondents == 1
    assert found.alpha is None
    assert "cannot be said" in found.verdict
