"""Anybody is placed by the columns a solution needs, and only where enough of them is known."""

import numpy as np
import pytest

from segmentary.errors import UnknownNameError
from segmentary.models.assign.assigner import Assigner
from segmentary.models.assign.terms import Terms
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import TypedTable

AGE, SPEND = Column("age", "numeric"), Column("spend", "numeric")
PREPARATION = Preparation(
    (Feature("age", Transform("standardise", centre=40.0, scale=10.0)), Feature("spend", fill=7.0))
)
TERMS = Terms(np.zeros(2), np.array([[-1.0, 0.0], [1.0, 0.0]]), np.zeros((2, 2)))


def table(*rows):
    return TypedTable((SPEND, AGE), np.array(rows, dtype=float).reshape(-1, 2))


def test_columns_are_found_by_name_and_prepared():
    assigner = Assigner(("young", "old"), (AGE, SPEND), PREPARATION, TERMS)
    people = table([5, 20], [5, 60], [np.nan, 60])
    assert assigner.rows(people).tolist() == [[-2, 5], [2, 5], [2, 7]]
    assert assigner.assign(people).tolist() == [0, 1, 1]


def test_who_too_little_is_known_of_is_not_placed():
    assigner = Assigner(("young", "old"), (AGE, SPEND), PREPARATION, TERMS, least_known=2)
    people = table([5, 20], [np.nan, 60], [np.nan, np.nan])
    assert assigner.assign(people).tolist() == [0, -1, -1]
    assert np.isnan(assigner.probabilities(people)).all(axis=1).tolist() == [False, True, True]


def test_nobody_is_placed_by_nothing():
    assigner = Assigner(("young", "old"), (AGE, SPEND), PREPARATION, TERMS, least_known=0)
    assert assigner.assign(table([np.nan, np.nan])).tolist() == [-1]
    assert assigner.assign(table()).tolist() == []


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(UnknownNameError, match="age"):
        Assigner(("a", "b"), (AGE,), None, TERMS).assign(TypedTable((SPEND,), np.ones((1, 1))))
