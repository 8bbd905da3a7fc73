"""Trees say what scikit-learn says."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segmentary.models.predict.trees import Tree, exported


@pytest.mark.parametrize("seed", range(4))
def test_exported_trees_predict_what_the_estimator_predicts(seed):
    from sklearn.ensemble import HistGradientBoostingRegressor

    chance = np.random.default_rng(seed)
    x = np.column_stack([chance.normal(size=900), chance.integers(0, 4, 900), np.round(chance.normal(size=900), 1)])
    x[chance.random(x.shape) < 0.2] = np.nan
    y = np.nan_to_num(x[:, 0]) * np.isnan(x[:, 1]) + np.nan_to_num(x[:, 2], nan=3.0) ** 2 + chance.normal(size=900)
    fitted = HistGradientBoostingRegressor(max_iter=30, random_state=seed).fit(x, y)
    baseline, trees = exported(fitted)
    new = np.column_stack([chance.normal(size=5_000) * 3, chance.integers(-1, 6, 5_000), chance.normal(size=5_000)])
    new[chance.random(new.shape) < 0.2] = np.nan
    for table in (x, new):
        told = baseline + sum(tree.values_of(table) for tree in trees)
        np.testing.assert_allclose(told, fitted.predict(table), rtol=1e-9, atol=1e-9)
    again = [Tree.from_document(json.loads(json.dumps(tree.to_document()))) for tree in trees]
    assert again == list(trees)
    assert all(tree.leaves <= 31 for tree in trees)


def test_values_as_near_as_a_rounding_are_equal_to_a_threshold():
    from sklearn.ensemble import HistGradientBoostingRegressor

    # Thousands of values: borders are values themselves, not middles between two.
    x = np.round(np.random.default_rng(0).gamma(2, 100, 9_000), 2)[:, None]
    fitted = HistGradientBoostingRegressor(max_iter=20, random_state=0).fit(x, np.sqrt(x[:, 0]))
    _, trees = exported(fitted)
    for tree in trees:
        np.testing.assert_array_equal(tree.values_of(x), tree.values_of(np.nextafter(x, np.inf)))
        np.testing.assert_array_equal(tree.values_of(x), tree.values_of(np.nextafter(x, -np.inf)))


def test_one_leaf_is_a_tree():
    tree = Tree((0,), (0.0,), (False,), (-1,), (-1,), (2.5,))
    assert tree.values_of(np.zeros((3, 1))).tolist() == [2.5, 2.5, 2.5]
    assert tree.places == set()
    assert tree.values_of(np.zeros((0, 1))).tolist() == []
