from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.models.table.patterns import distinct


def oracle(values: np.ndarray) -> np.ndarray:
    return np.unique(np.nan_to_num(values, nan=-1e300), axis=0)


@given(
    n=st.integers(1, 60),
    p=st.integers(1, 70),
    levels=st.integers(1, 6),
    gaps=st.sampled_from([0.0, 0.3, 1.0]),
    kind=st.sampled_from(["codes", "negative", "numbers", "large", "mixed"]),
    seed=st.integers(0, 1000),
)
def test_distinct_rows_equal_the_plain_way(n: int, p: int, levels: int, gaps: float, kind: str, seed: int) -> None:
    chance = np.random.default_rng(seed)
    values = chance.integers(0, levels, (n, p)).astype(float)
    if kind == "negative":
        values -= 3
    elif kind == "numbers":
        values += 0.25
    elif kind == "large":
        values *= 1e12
    elif kind == "mixed":
        values[:, ::2] /= 3
    values[chance.random(values.shape) < gaps] = np.nan
    values = np.concatenate([values, values[: n // 2]])
    weights = chance.random(len(values))
    found = distinct(values, weights)
    assert np.array_equal(found.values[found.inverse], values, equal_nan=True)
    assert np.array_equal(np.nan_to_num(found.values, nan=-1e300), oracle(values))
    expected = [weights[found.inverse == place].sum() for place in range(len(found))]
    assert found.weights == pytest.approx(expected)
    assert found.rows == len(values)


def test_without_weights_every_row_counts_once() -> None:
    found = distinct(np.array([[1.0, 0.0], [0.0, np.nan], [1.0, 0.0]]))
    assert np.array_equal(found.values, [[0.0, np.nan], [1.0, 0.0]], equal_nan=True)
    assert found.weights.tolist() == [1.0, 2.0]
    assert found.inverse.tolist() == [1, 0, 1]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_nothing_to_compress(shape: tuple[int, int]) -> None:
    found = distinct(np.zeros(shape))
    assert len(found) == min(1, shape[0])
    assert found.rows == shape[0]
