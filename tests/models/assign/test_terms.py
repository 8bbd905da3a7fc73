"""Scores of segments: a sum over columns, with missing values adding nothing."""

import numpy as np
import pytest

from segmentary.models.assign.terms import TIE, Terms


def by_hand(terms: Terms, row: list[float], k: int) -> float:
    """The score of one row, term by term as the class says it."""
    total = terms.constant[k]
    known = [0.0 if np.isnan(x) else x for x in row]
    for j, x in enumerate(known):
        total += terms.linear[k, j] * x + terms.quadratic[k, j] * x * x
        if terms.cross is not None:
            total += sum(terms.cross[k, i, j] * known[i] * x for i in range(len(row)))
        if np.isnan(row[j]):
            continue
        if j in terms.lookups and 0 <= int(x) < terms.lookups[j].shape[1]:
            total += terms.lookups[j][k, int(x)]
        if j in terms.counts:
            total += terms.counts[j][0, k] + terms.counts[j][1, k] * x
        if j in terms.numbers:
            c, b, a = terms.numbers[j][:, k]
            total += c + b * x + a * x * x
    return total


@pytest.mark.parametrize("seed", range(6))
def test_scores_are_the_sum_that_is_written_down(seed):
    chance = np.random.default_rng(seed)
    k, q = 3, 4
    terms = Terms(
        chance.normal(size=k),
        chance.normal(size=(k, q)),
        chance.normal(size=(k, q)),
        chance.normal(size=(k, q, q)) if seed % 2 else None,
        {1: chance.normal(size=(k, 3))},
        {2: chance.normal(size=(2, k))},
        {3: chance.normal(size=(3, k))},
    )
    x = np.column_stack(
        [chance.normal(size=50), chance.integers(0, 5, 50), chance.poisson(3, 50), chance.normal(size=50)]
    )
    x[chance.random(x.shape) < 0.2] = np.nan
    wanted = [[by_hand(terms, row.tolist(), place) for place in range(k)] for row in x]
    np.testing.assert_allclose(terms.scores(x), wanted, rtol=1e-10)
    again = Terms.from_document(terms.to_document())
    np.testing.assert_array_equal(again.scores(x), terms.scores(x))
    np.testing.assert_allclose(terms.probabilities(x).sum(axis=1), 1.0)


def test_of_scores_that_are_as_good_as_equal_the_first_wins():
    terms = Terms(np.array([0.0, TIE / 2, 10 * TIE]), np.zeros((3, 1)), np.zeros((3, 1)))
    assert terms.labels(np.zeros((2, 1))).tolist() == [2, 2]
    assert Terms(terms.constant[:2], terms.linear[:2], terms.quadratic[:2]).labels(np.zeros((1, 1))).tolist() == [0]


def test_nobody_has_no_scores():
    terms = Terms(np.zeros(2), np.zeros((2, 3)), np.zeros((2, 3)))
    assert terms.labels(np.empty((0, 3))).shape == (0,)
    assert terms.probabilities(np.empty((0, 3))).shape == (0, 2)
