from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from tests.dynamics.planted import people, solution

from segmentary.dynamics.fit import MOST_AXES, UNFIT, Clouds, axes, baseline, clouds, placed


def test_misfit_is_minus_the_log_density_of_the_mixture() -> None:
    chance = np.random.default_rng(1)
    root = chance.normal(size=(2, 2))
    one = Clouds(np.array([0.3, 0.7]), np.array([[0.0, 0], [3, 1]]), np.stack([np.eye(2), root @ root.T]), np.eye(2))
    z = chance.normal(size=(5, 2))
    density = 0.3 * multivariate_normal([0, 0], np.eye(2)).pdf(z)
    density += 0.7 * multivariate_normal([3, 1], root @ root.T).pdf(z)
    # Up to the constant of the normal density, which all clouds share.
    assert one.misfit(z) == pytest.approx(-np.log(density) - np.log(2 * np.pi))


def test_the_border_holds_for_people_it_was_not_made_of() -> None:
    reference = people(1, n=3000)
    base = baseline(solution(reference), reference)
    table = people(2, n=3000)
    assert (base.clouds.misfit(base.coordinates(table)) > base.border).mean() == pytest.approx(UNFIT, abs=0.012)


def test_segments_without_people_and_constant_columns_do_no_harm() -> None:
    z = np.column_stack([np.random.default_rng(1).normal(size=60), np.zeros(60)])
    made = clouds(z, np.zeros(60, dtype=np.intp), np.ones(60), 3)
    assert made.sizes.tolist() == [1, 0, 0]
    assert np.isfinite(made.misfit(z)).all()
    assert np.isfinite(made.whitening).all()


def test_many_coordinates_are_turned_to_few() -> None:
    x = np.random.default_rng(2).normal(size=(200, 40))
    turn = axes(x, np.ones(200))
    assert turn.shape == (40, MOST_AXES)
    assert turn.T @ turn == pytest.approx(np.eye(MOST_AXES))


def test_drawn_people_look_like_the_fitted_ones() -> None:
    reference = people(1)
    found = solution(reference)
    base = baseline(found, reference)
    z, labels = base.drawn(3)
    table, own = placed(found, reference)
    assert np.bincount(labels) / len(labels) == pytest.approx(np.bincount(own) / len(own), abs=0.03)
    assert z.mean(axis=0) == pytest.approx(base.coordinates(table).mean(axis=0), abs=0.06)
