"""Distinct summaries: counted right, and impossible ones refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.errors import DataError
from segmentary.models.value.cells import distinct

SUMMARY = st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(0, 3), st.integers(0, 1))


@given(st.lists(SUMMARY, min_size=1, max_size=40), st.sampled_from([1.0, 1 / 7]))
def test_every_customer_is_counted_once(rows: list[tuple[int, int, int, int]], unit: float) -> None:
    given_rows = [(x, (t if x else 0) * unit, (t + more) * unit, z) for x, t, more, z in rows]
    x, t_x, age, z = (np.array(part, dtype=float) for part in zip(*given_rows, strict=True))
    cells = distinct(x, t_x, age)
    oracle = {row[:3] for row in given_rows}
    assert len(cells) == len(oracle)
    assert cells.n_customers == len(rows)
    found = zip(cells.repeat_count, cells.recency, cells.age, cells.count, strict=True)
    assert {(a, b, c): n for a, b, c, n in found} == {one: sum(row[:3] == one for row in given_rows) for one in oracle}
    split = distinct(x, t_x, age, covariates=z[:, None])
    assert len(split) == len(set(given_rows))
    assert split.covariates is not None
    assert split.covariates.shape == (len(split), 1)


def test_nobody() -> None:
    nothing = np.empty(0)
    assert len(distinct(nothing, nothing, nothing)) == 0
    assert distinct(nothing, nothing, nothing).n_customers == 0


@pytest.mark.parametrize(
    ("x", "t_x", "age", "what"),
    [
        (1.0, 5.0, 4.0, "t_x > T"),
        (-1.0, 1.0, 2.0, "negative"),
        (1.0, 1.0, np.nan, "missing"),
        (1.5, 1.0, 2.0, "not whole"),
        (0.0, 1.0, 2.0, "no repeat purchase"),
        (2.0, 0.0, 2.0, "no time between"),
        (2e6, 1.0, 2.0, "more than a million"),
    ],
)
def test_impossible_summaries_are_named(x: float, t_x: float, age: float, what: str) -> None:
    with pytest.raises(DataError, match=what) as refused:
        distinct(np.array([1.0, x]), np.array([1.0, t_x]), np.array([3.0, age]))
    assert "1 of 2 customers" in str(refused.value)


def test_lengths_and_missing_covariates() -> None:
    one = np.ones(1)
    with pytest.raises(DataError, match="differ in length"):
        distinct(one, one, np.ones(2))
    with pytest.raises(DataError, match="covariates of 2"):
        distinct(one, one, one, covariates=np.ones((2, 1)))
    with pytest.raises(DataError, match="missing covariate"):
        distinct(one, one, one, covariates=np.array([[np.nan]]))
