"""Planes on which segments are looked at."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import DataError
from segmentary.models.describe.separation import hull, separation

LABELS = np.repeat([0, 1, 2], 60)


def clouds() -> np.ndarray:
    chance = np.random.default_rng(0)
    x = chance.normal(size=(180, 4))
    x[:, 3] *= 12
    x[:, 0] += 8 * (LABELS == 1)
    x[:, 1] += 8 * (LABELS == 2)
    return x


def test_principal_components_are_scikit_learns():
    from sklearn.decomposition import PCA

    x = clouds()
    found = separation(x, LABELS, np.ones(180), 3)
    wanted = PCA(2).fit(x)
    assert np.abs(found.points) == pytest.approx(np.abs(wanted.transform(x)))
    assert found.explained == pytest.approx(tuple(wanted.explained_variance_ratio_))
    assert found.overlap.sum(axis=1) == pytest.approx(np.ones(3))


def test_discriminants_show_what_the_spread_hides():
    x = clouds()
    spread, apart = (separation(x, LABELS, np.ones(180), 3, way=way) for way in ("principal", "discriminant"))
    assert np.trace(apart.overlap) > 2.95
    assert np.trace(spread.overlap) < 2.9
    assert sum(apart.explained) == pytest.approx(1)


def test_signs_are_settled_and_nobodys_people_are_points():
    x = clouds()
    labels = LABELS.copy()
    labels[::7] = -1
    one = separation(x, labels, np.ones(180), 3, way="discriminant")
    again = separation(x.copy(), labels, np.ones(180), 3, way="discriminant")
    assert (one.points == again.points).all()
    assert one.points.shape == (180, 2)
    assert [outline.segment for outline in one.outlines] == [0, 1, 2]
    for axis in one.directions.T:
        assert axis[np.argmax(np.abs(axis))] > 0


def test_few_people_and_columns():
    for x, labels in (
        (np.zeros((3, 0)), np.array([0, 1, 1])),
        (np.ones((3, 1)), np.array([0, 1, 1])),
        (np.arange(3.0)[:, None], np.array([0, 1, 1])),
        (np.zeros((1, 2)), np.array([0])),
        (np.zeros((2, 2)), np.array([-1, -1])),
    ):
        for way in ("principal", "discriminant"):
            found = separation(x, labels, np.ones(len(x)), 2, way=way)
            assert found.points.shape == (len(x), 2)
            assert np.isfinite(found.points).all()
    with pytest.raises(DataError):
        separation(np.zeros((3, 2)), np.zeros(2, dtype=np.intp), np.ones(3), 1)


def test_a_hull_goes_around():
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1], [0.5, 0.5], [0.5, 0.0]])
    assert hull(square) == ((0, 0), (1, 0), (1, 1), (0, 1))
    assert hull(square[:1]) == ((0, 0),)
    assert hull(np.repeat(square[:2], 3, axis=0)) == ((0, 0), (1, 0))
