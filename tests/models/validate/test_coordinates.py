"""The coordinates a verdict is made in."""

import numpy as np
import pytest
from sklearn.preprocessing import PowerTransformer

from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.validate.coordinates import best_power, coordinates


@pytest.mark.parametrize("shape", ["lognormal", "normal", "exponential", "negative"])
def test_the_power_is_the_most_likely_one(shape):
    rng = np.random.default_rng(1)
    x = {
        "lognormal": np.exp(rng.normal(3, 1, size=500)),
        "normal": rng.normal(size=500),
        "exponential": rng.exponential(50, size=500),
        "negative": -rng.exponential(5, size=500),
    }[shape]
    reference = PowerTransformer("yeo-johnson").fit(x[:, None]).lambdas_[0]
    assert best_power(x, np.ones(500)) == pytest.approx(reference, abs=1e-3)


def table(columns, values, weights=None):
    return TypedTable(tuple(columns), np.asarray(values, dtype=float), weights)


def test_numbers_are_standardised_and_missing_is_the_average():
    x = np.exp(np.random.default_rng(0).normal(size=(200, 1)))
    x[3] = np.nan
    space = coordinates(table([Column("spend", "numeric")], x))
    features = space.features(space.plain)
    assert features[3, 0] == 0
    assert features.mean() == pytest.approx(0, abs=1e-9)
    assert np.delete(features, 3).std() == pytest.approx(1)


def test_yes_no_answers_keep_their_scale():
    space = coordinates(
        table([Column("a", "binary", ("no", "yes")), Column("b", "binary", ("no", "yes"))], [[0, 1], [1, 1]])
    )
    features = space.features(space.plain)
    assert np.ptp(features[:, 0]) == 1


def test_a_nominal_column_is_as_wide_as_any_other():
    rng = np.random.default_rng(0)
    columns = [Column("x", "numeric"), Column("region", "nominal", ("a", "b", "c", "d"))]
    values = np.column_stack([rng.normal(size=400), rng.integers(4, size=400)])
    space = coordinates(table(columns, values))
    features = space.features(space.plain)
    assert features.shape == (400, 5)
    assert features[:, 1:].var(axis=0).sum() == pytest.approx(1)


def test_levels_of_a_nominal_column_are_ordered_by_what_the_others_share():
    rng = np.random.default_rng(0)
    region = rng.integers(3, size=300)
    x = np.array([5.0, 0.0, 9.0])[region] + 0.1 * rng.normal(size=300)
    columns = [Column("x", "numeric"), Column("region", "nominal", ("a", "b", "c"))]
    ordered = coordinates(table(columns, np.column_stack([x, region]))).plain[:, 1]
    assert abs(np.corrcoef(ordered, x)[0, 1]) > 0.95


def test_constant_and_empty_columns_are_harmless():
    columns = [Column("a", "numeric"), Column("b", "count"), Column("c", "nominal", ("x", "y"))]
    space = coordinates(table(columns, np.column_stack([np.full(9, 4.0), np.full(9, np.nan), np.zeros(9)])))
    features = space.features(space.plain)
    assert np.isfinite(features).all()
    assert np.ptp(features, axis=0).max() == 0
