from __future__ import annotations

import numpy as np

from segmentary.dynamics.reshaping import People, depth, joinings, partings

CENTRES = np.array([[0.0, 0], [6, 0], [0, 8]])


def heaps(places: list[tuple[float, float]], seed: int, n: int = 150) -> People:
    chance = np.random.default_rng(seed)
    z = np.concatenate([chance.normal(place, 1, (n, 2)) for place in places])
    labels = ((z[:, None] - CENTRES[None]) ** 2).sum(axis=2).argmin(axis=1)
    return People(z, np.asarray(labels, dtype=np.intp), np.ones(len(z)))


BEFORE = heaps([(0, 0), (6, 0), (0, 8)], 1)


def test_nothing_has_happened() -> None:
    for seed in range(10):
        now = heaps([(0, 0), (6, 0), (0, 8)], 2 + seed)
        assert joinings(now, BEFORE, CENTRES) == ()
        assert partings(now, BEFORE, CENTRES, seed=seed) == ()


def test_two_heaps_that_met_in_the_middle() -> None:
    found = joinings(heaps([(3, 0), (3, 0), (0, 8)], 2), BEFORE, CENTRES)
    assert [(one.one, one.other) for one in found] == [(0, 1)]
    assert found[0].valley > found[0].valley_before


def test_a_third_heap_in_the_middle_is_no_merge() -> None:
    assert joinings(heaps([(0, 0), (6, 0), (3, 0), (0, 8)], 2), BEFORE, CENTRES) == ()


def test_a_heap_that_fell_apart() -> None:
    found = partings(heaps([(0, 0), (6, 0), (-3, 8), (3, 8)], 2), BEFORE, CENTRES, seed=0)
    assert [one.segment for one in found] == [2]
    assert abs(found[0].line[0]) > 4


def test_a_heap_beside_the_old_one_is_no_split() -> None:
    assert partings(heaps([(0, 0), (6, 0), (0, 8), (0, 13)], 2), BEFORE, CENTRES, seed=0) == ()


def test_a_segment_that_always_was_two_has_not_split() -> None:
    both = [(0.0, 0.0), (6.0, 0.0), (-3.0, 8.0), (3.0, 8.0)]
    assert partings(heaps(both, 2), heaps(both, 3), CENTRES, seed=0) == ()


def test_depth_of_nobody() -> None:
    assert depth(np.zeros(0), np.zeros(0)).total == 0
    assert joinings(heaps([(0, 8)], 1), BEFORE, CENTRES) == ()
