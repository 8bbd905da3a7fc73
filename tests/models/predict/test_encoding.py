"""Features of columns: standardised, winsorised, flagged."""

from __future__ import annotations

import numpy as np

from segmentary.models.predict.encoding import encoded, linear_encodings, skewness
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def test_features_are_standardised_and_missing_is_the_mean_with_a_flag():
    chance = np.random.default_rng(0)
    x = chance.gamma(0.3, 100, 2_000)
    x[:300] = np.nan
    x[300] = 1e12
    table = TypedTable((Column("x", "numeric"),), x[:, None])
    encodings, _ = linear_encodings(table)
    assert [one.way for one in encodings] == ["log", "missing"]
    found = encoded(encodings, table)
    known = ~np.isnan(x)
    np.testing.assert_allclose(found[known, 0].mean(), 0, atol=1e-12)
    np.testing.assert_allclose(found[known, 0].std(), 1, atol=1e-12)
    assert set(found[~known, 0]) == {0.0}
    np.testing.assert_allclose([found[:, 1].mean(), found[:, 1].std()], [0, 1], atol=1e-12)
    assert found[300, 0] < 4


def test_weights_count():
    x = np.array([0.0] * 50 + [1.0] * 50)
    weight = np.array([1.0] * 50 + [3.0] * 50)
    table = TypedTable((Column("x", "binary", ("no", "yes")),), x[:, None], weight)
    (one,), _ = linear_encodings(table)
    assert one.centre == 0.75
    assert skewness(x, weight) < 0 == skewness(np.ones(3), np.ones(3))
