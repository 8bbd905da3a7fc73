from __future__ import annotations

import numpy as np
from tests.dynamics.planted import Change, people, solution

from segmentary.dynamics.fit import baseline, placed
from segmentary.dynamics.moving import moves
from segmentary.dynamics.reshaping import People

REFERENCE = people(1)
SOLUTION = solution(REFERENCE)
BASE = baseline(SOLUTION, REFERENCE)


def found(change: Change, seed: int) -> list[tuple[str, ...]]:
    table, labels = placed(SOLUTION, people(seed, change))
    now = People(BASE.coordinates(table), labels, np.ones(len(table)))
    return [one.columns for one in moves(BASE, now, table)]


def test_a_segment_that_moved_is_named_with_its_columns() -> None:
    assert found("moved", 2) == [("app",)]


def test_the_same_people_have_not_moved() -> None:
    assert all(found("same", seed) == [] for seed in range(10, 20))


def test_sizes_alone_are_no_move() -> None:
    assert found("sizes", 2) == []
