"""Gower's dissimilarity by its definition, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentary.models.cluster.gower import MEASURES, gower

CELL = st.one_of(st.none(), st.integers(0, 3))


def by_definition(a, b, measures, ranges, weights) -> float:
    total = mass = 0.0
    for u, v, measure, spread, weight in zip(a, b, measures, ranges, weights, strict=True):
        if np.isnan(u) or np.isnan(v) or (measure == "asymmetric" and u == v == 0):
            continue
        mass += weight
        if measure in ("number", "ordinal"):
            total += weight * (abs(u - v) / spread if spread else 0.0)
        else:
            total += weight * (u != v)
    return total / mass if mass else np.nan


@settings(max_examples=60)
@given(
    st.integers(1, 4).flatmap(
        lambda q: st.tuples(
            st.lists(st.lists(CELL, min_size=q, max_size=q), min_size=1, max_size=6),
            st.lists(st.sampled_from(MEASURES), min_size=q, max_size=q),
            st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=q, max_size=q),
        )
    )
)
def test_it_is_its_definition(drawn):
    cells, measures, weights = drawn
    x = np.array([[np.nan if one is None else float(one) for one in row] for row in cells])
    with np.errstate(all="ignore"):
        known = [column[~np.isnan(column)] for column in x.T]
    ranges = [float(np.ptp(column)) if len(column) else 0.0 for column in known]
    found = gower(x, measures, weights)
    wanted = [[by_definition(a, b, measures, ranges, weights) for b in x] for a in x]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_by_hand():
    x = np.array([[0.0, 2, 1, 0], [10, 0, 0, 0], [5, 1, 1, 1]])
    found = gower(x, ["number", "ordinal", "nominal", "asymmetric"])
    assert found[0].round(4).tolist() == [0.0, 1.0, 0.5]
    assert found[1, 2].round(4) == 0.75
    assert gower(x, ["number"] * 4, y=x[:1]).shape == (3, 1)


@pytest.mark.parametrize(
    ("measures", "weights"),
    [(["number"], None), (["number", "text"], None), (["number", "number"], [0, 0]), (["number", "number"], [1, -1])],
)
def test_what_does_not_fit(measures, weights):
    with pytest.raises(ValueError, match=r"measures|weights"):
        gower(np.ones((2, 2)), measures, weights)
