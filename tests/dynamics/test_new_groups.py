from __future__ import annotations

import numpy as np
from tests.dynamics.planted import Change, people, solution

from segmentary.dynamics.fit import baseline
from segmentary.dynamics.new_groups import Scene, crowds, nearer, scene

REFERENCE = people(1)
BASE = baseline(solution(REFERENCE), REFERENCE)


def stage(change: Change, seed: int = 4) -> Scene:
    ones = np.ones(1000)
    return scene(BASE, BASE.coordinates(people(seed, change)), ones, BASE.coordinates(REFERENCE), ones)


def test_coordinates_have_spread_one_within_segments() -> None:
    now = stage("same")
    nearest = ((now.now[:, None] - now.centres[None]) ** 2).sum(axis=2).argmin(axis=1)
    within = np.concatenate([now.now[nearest == place] - now.now[nearest == place].mean(axis=0) for place in range(4)])
    assert np.abs(within.std(axis=0) - 1).max() < 0.15


def test_a_crowd_is_real_only_when_it_is_one() -> None:
    real = [one for one in crowds(stage("new"), seed=0) if one.real]
    assert len(real) == 1
    assert real[0].p < 0.001
    assert real[0].apart < 0.001
    for change in ("same", "outliers", "tails", "moved"):
        assert not any(one.real for one in crowds(stage(change), seed=0))  # type: ignore[arg-type]


def test_who_is_nearer() -> None:
    z = np.array([[0.0, 0], [3, 0], [1, 0]])
    assert nearer(z, np.array([3.0, 0]), np.array([[0.0, 0]])).tolist() == [False, True, False]
