"""Bootstrap stability: the definitions, that distinct rows change nothing, and that threads change nothing."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segmentary.models.validate.bootstrap_kernel import Packed, rands
from segmentary.models.validate.stability import Distinct, across, bootstrap


def answers(n=300, items=6, seed=1):
    chance = np.random.default_rng(seed)
    odds = np.array([[0.9] * items, [0.1] * items, [0.9] * 3 + [0.1] * 3])
    return (chance.random((n, items)) < odds[chance.integers(3, size=n)]).astype(float)


def test_distinct_rows_are_the_people():
    x = answers()
    people = Distinct.of(x)
    assert people.people.sum() == len(x)
    assert len(people.rows) == len(np.unique(x, axis=0))
    draws = people.resampled(5, seed=3)
    assert (draws.sum(axis=1) == len(x)).all()


def test_people_of_different_weight_are_different():
    x = np.array([[0.0], [0.0], [1.0]])
    people = Distinct.of(x, np.array([1.0, 3.0, 2.0]))
    assert sorted(people.weight.tolist()) == [0.5, 1.0, 1.5]
    # a drawn person counts with their own weight, not with the mean of their answers
    assert set(np.unique(people.resampled(20, seed=0) / people.each)) <= {0.0, 1.0, 2.0, 3.0}


def test_groups_far_apart_come_back_and_one_cloud_does_not():
    chance = np.random.default_rng(0)
    apart = np.vstack([chance.normal(middle, 0.3, (60, 2)) for middle in (0, 5, 10)])
    cloud = chance.normal(size=(180, 2))
    found = bootstrap(Distinct.of(apart), [3], repetitions=20)[3]
    assert found.spread.median == 1.0
    assert found.spread.repetitions == 20
    assert bootstrap(Distinct.of(cloud), [5], repetitions=20)[5].spread.median < 0.85


def test_the_number_of_threads_changes_nothing():
    people = Distinct.of(answers())
    one, two = (bootstrap(people, [2, 4], repetitions=20, seed=5, threads=n) for n in (1, 2))
    for k in (2, 4):
        assert (one[k].rand == two[k].rand).all()
    other = bootstrap(people, [4], repetitions=20, seed=6)
    assert not np.array_equal(other[4].rand, one[4].rand)


def test_jaccard_of_each_segment():
    chance = np.random.default_rng(2)
    # one group apart, one cloud cut in two by nothing
    x = np.vstack([chance.normal(0, 0.2, (60, 2)), chance.normal(8, 1.0, (120, 2))])
    people = Distinct.of(x)
    reference = np.where(people.rows[:, 0] < 3, 0, np.where(people.rows[:, 0] < 8, 1, 2))
    found = bootstrap(people, [3], reference={3: reference}, repetitions=25)[3]
    assert found.jaccard.shape == (50, 3)
    first, *others = found.segments
    assert first.median > 0.99
    assert all(one.median < 0.9 for one in others)


def test_an_estimator_of_somebody_else_is_asked_for_every_sample():
    x = answers(120)
    people = Distinct.of(x)
    asked = []

    def fit(rows, weight, k, seed):
        asked.append((k, float(weight.sum())))
        return (rows.sum(axis=1) > 3).astype(int)

    found = bootstrap(people, [2], fit=fit, repetitions=4)
    assert asked == [(2, 120.0)] * 8
    assert found[2].spread.median == 1.0


def test_more_segments_than_distinct_rows_are_not_tried():
    people = Distinct.of(np.array([[0.0], [1.0], [0.0], [1.0]]))
    assert bootstrap(people, [2, 3], repetitions=2) == {}


def test_it_can_be_cancelled():
    class EnoughError(Exception):
        pass

    def tell(sentence, done):
        if done > 0.2:
            raise EnoughError

    with pytest.raises(EnoughError):
        bootstrap(Distinct.of(answers()), range(2, 6), repetitions=20, tell=tell)


def rand(one, other, weight):
    return float(rands(one[None], other[None], weight, 4)[0])


def test_rands_are_adjusted_rand_indices():
    chance = np.random.default_rng(4)
    one, other = chance.integers(3, size=200), chance.integers(4, size=200)
    assert rand(one, other, np.ones(200)) == pytest.approx(adjusted_rand_score(one, other))
    times = chance.integers(1, 4, size=200)
    expected = adjusted_rand_score(np.repeat(one, times), np.repeat(other, times))
    assert rand(one, other, times.astype(float)) == pytest.approx(expected)
    assert rand(np.zeros(5, int), np.zeros(5, int), np.ones(5)) == 1.0


def test_prototypes_of_codes_and_of_both():
    chance = np.random.default_rng(6)
    kind = np.repeat([0, 1], 50)
    codes = np.where(chance.random((100, 4)) < 0.95, kind[:, None] * 2, 1).astype(float)
    codes[0, 0] = np.nan
    seeds = np.arange(3, dtype=np.uint64)
    (modes, *_) = Packed(codes, coded=range(4)).labels(np.ones((3, 100)), 2, starts=10, seeds=seeds)
    assert rand(modes, kind, np.ones(100)) > 0.9
    both = np.column_stack([codes, kind + chance.normal(0, 0.1, 100)])
    (found, *_) = Packed(both, coded=range(4), gamma=0.5).labels(np.ones((3, 100)), 2, starts=10, seeds=seeds)
    assert rand(found, kind, np.ones(100)) == 1.0


def test_segments_across_solutions():
    two = np.repeat([0, 1], [60, 40])
    three = np.repeat([2, 0, 1], [30, 30, 40])
    found = across({2: two, 3: three}, np.ones(100))
    assert found.ks == (2, 3)
    # the undivided segment keeps its place, the divided one keeps it for one of its parts
    assert (found.labels[1][60:] == 1).all()
    assert found.flows[0].sum() == 100
    assert np.isnan(found.stability[0]).all()
    assert found.stability[1] == pytest.approx([1.0, 1.0, 1.0])
    mixed = across({2: two, 3: np.tile([0, 1, 2], 34)[:100]}, np.ones(100))
    assert (mixed.stability[1] < 0.1).all()


def test_a_segment_of_noise_is_left_out():
    found = across({2: np.array([0, 1, -1, 0]), 3: np.array([0, 1, 2, 2])}, np.ones(4))
    assert found.flows[0].sum() == 3
