"""Profiles, markers as Dolnicar & Leisch define them, sizes, and who is typical."""

from __future__ import annotations

import numpy as np
import pytest
from tests.models.describe.people import people, yes_no

from segmentary.models.describe.profile import profile
from segmentary.models.describe.sizes import sizes, value_shares
from segmentary.models.describe.typical import features, typical
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable


def cells_of(table, labels, k):
    return {(one.segment, one.column, one.level): one for one in profile(table, labels, k)}


def test_markers_are_25_points_or_half_of_the_total():
    # totals: .50, .10, .60, .50
    table, labels = yes_no([[0.75, 0.155, 0.80, 0.6], [0.25, 0.045, 0.40, 0.4]], size=2000)
    found = cells_of(table, labels, 2)
    marked = {column for (_, column, _), one in found.items() if one.marker}
    assert marked == {"q0", "q1"}
    assert found[0, "q0", None].total == pytest.approx(0.5)
    assert found[0, "q1", None].lift == pytest.approx(1.55)
    assert not found[0, "q2", None].marker  # 20 points and a third


def test_a_marker_is_sure():
    table, labels = yes_no([[0.8], [0.4]], size=5)
    assert not any(one.marker for one in profile(table, labels, 2))
    table, labels = yes_no([[0.8], [0.4]], size=100)
    assert [one.marker for one in profile(table, labels, 2)] == [False, False]
    table, labels = yes_no([[0.9], [0.35], [0.35]], size=100)
    assert [one.marker for one in profile(table, labels, 3)] == [True, False, False]


def test_every_kind_has_its_cells():
    table, labels = people(1, n=900)
    found = cells_of(table, labels, 3)
    assert len(found) == 3 * (1 + 1 + 1 + 4 + 1 + 1)
    age = found[2, "age", None]
    own = table.values[labels == 2, 0]
    assert age.value.estimate == pytest.approx(np.nanmean(own))
    assert age.value.n == int((~np.isnan(own)).sum())
    assert age.marker
    assert age.effect > 1
    assert sum(found[0, COLUMN, level].value.estimate for level in table.columns[3].levels) == pytest.approx(1)
    assert not any(found[segment, "sex", None].marker for segment in range(3))
    for one in found.values():
        assert one.value.low <= one.value.estimate <= one.value.high
        assert 0 <= one.p <= 1


COLUMN = 'town\'s "name"'


def test_numbers_below_zero_have_no_lift_and_ordinals_none_either():
    table = TypedTable(
        (Column("z", "numeric"), Column("o", "ordinal", ("a", "b", "c"))),
        np.column_stack([np.linspace(-1, 1, 100), np.arange(100) % 3]),
    )
    assert all(one.lift is None for one in profile(table, np.arange(100) // 50, 2))


def test_what_nobody_answered_has_no_cells():
    table, labels = yes_no([[0.5, 0.5], [0.5, 0.5]], size=10)
    values = table.values.copy()
    values[:, 0] = np.nan
    values[labels == 1, 1] = np.nan
    found = profile(TypedTable(table.columns, values), labels, 3)
    assert [(one.segment, one.column) for one in found] == [(0, "q1")]


def test_sizes_and_shares_of_money():
    labels = np.repeat([0, 1, -1], [30, 50, 20])
    found = sizes(labels, np.ones(100), 3)
    assert [one.estimate for one in found] == pytest.approx([0.3, 0.5, 0.0])
    weighted = sizes(labels, np.where(labels == 0, 4.0, 1.0), 2)
    assert weighted[0].estimate == pytest.approx(120 / 190)
    money = np.where(labels == 0, 10.0, 1.0)
    shares = value_shares(labels[labels >= 0], np.ones(80), money[labels >= 0], 2)
    assert [one.estimate for one in shares] == pytest.approx([300 / 350, 50 / 350])
    assert shares[0].low < 300 / 350 < shares[0].high
    assert value_shares(np.zeros(3, dtype=np.intp), np.ones(3), np.zeros(3), 2) == (None, None)
    some = value_shares(np.array([0, 1]), np.ones(2), np.array([np.nan, 3.0]), 2)
    assert [one.estimate for one in some] == [0.0, 1.0]


def test_the_typical_are_the_surest_then_the_nearest():
    x = np.array([[0.0], [1.0], [2.0], [9.0], [10.0], [10.0]])
    labels = np.array([0, 0, 0, 1, 1, -1])
    weight = np.ones(6)
    assert typical(x, labels, weight, 3, most=2) == ((1, 0), (3, 4), ())
    sure = np.array([[0.9, 0.1], [0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.1, 0.9], [0.5, 0.5]])
    assert typical(x, labels, weight, 2, probabilities=sure) == ((0, 2, 1), (4, 3))


def test_coordinates_to_look_at_people():
    table, _ = people(0)
    x = features(table)
    assert x.shape == (500, 9)
    assert np.isfinite(x).all()
    assert x.mean(axis=0) == pytest.approx(np.zeros(9), abs=0.05)
    empty = TypedTable(table.columns, np.full((4, 6), np.nan))
    assert features(empty).shape == (4, 0)
