"""Formulas: encodings, links, documents, standard errors."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segmentary.errors import DataError, UnknownNameError
from segmentary.models.predict.formula import Encoding, Formula, linked, log_odds
from segmentary.models.predict.trees import Tree
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable

COLUMNS = (Column("x", "numeric"), Column("town", "nominal", ("Kiel", "Ulm")))
TABLE = TypedTable(COLUMNS, np.array([[1.0, 0.0], [-3.0, 1.0], [np.nan, np.nan], [1e9, 1.0]]), ids=("a", "b", "c", "d"))
ENCODINGS = (
    Encoding("x", "number", -2.0, 5.0, 1.0, 2.0, 0.0),
    Encoding("x", "missing"),
    Encoding("town", "level", fill=0.25, levels=(1,)),
    Encoding("x", "log", fill=0.0),
)


def test_a_formula_is_the_sum_of_its_terms():
    formula = Formula(COLUMNS, ENCODINGS, 0.5, (1.0, 10.0, 100.0, 0.0))
    assert formula.predict(TABLE).tolist() == [0.5, 0.5 - 1.5 + 100, 0.5 + 10 + 25, 0.5 + 2 + 100]
    assert formula.reads == ("x", "town")
    logs = Formula(COLUMNS, ENCODINGS, 0.0, (0.0, 0.0, 0.0, 1.0)).predict(TABLE)
    np.testing.assert_allclose(logs, [np.log(2), -np.log(4), 0.0, np.log(1 + 1e9)])


def test_levels_are_matched_by_their_texts_and_unseen_ones_are_unknown():
    formula = Formula(COLUMNS, ENCODINGS[2:3], 0.0, (1.0,))
    other = (COLUMNS[0], Column("town", "nominal", ("Bern", "Ulm", "Kiel")))
    assert formula.predict(TypedTable(other, np.array([[0.0, 0.0], [0, 1], [0, 2]]))).tolist() == [0.25, 1.0, 0.0]
    with pytest.raises(UnknownNameError):
        formula.predict(TABLE.select(["x"]))


@pytest.mark.parametrize("link", ["identity", "logit", "log"])
def test_links_hold_whatever_the_sum(link):
    told = linked(np.array([-1e12, -5.0, 0.0, 5.0, 1e12]), link)
    assert np.isfinite(told).all()
    assert (np.diff(told) > 0).all()
    np.testing.assert_allclose(linked(log_odds(np.array([0.01, 0.5])), "logit"), [0.01, 0.5])


def test_a_document_is_the_same_formula():
    tree = Tree((0, 0, 0), (0.1, 0.0, 0.0), (True, False, False), (1, -1, -1), (2, -1, -1), (0.0, 0.1, 0.2))
    formula = Formula(
        COLUMNS, ENCODINGS, 0.1 + 0.2, (1 / 3, 2.0, 0.7, 0.0), (tree,), "logit", ((1.0,) * 5,) * 5, ("a",), 2.0
    )
    again = Formula.from_document(json.loads(json.dumps(formula.to_document())))
    assert again == formula
    np.testing.assert_array_equal(again.predict(TABLE), formula.predict(TABLE))


def test_intervals_are_those_of_the_delta_method():
    covariance = ((0.04, 0.0), (0.0, 0.01))
    formula = Formula(COLUMNS, (Encoding("x", fill=0.0),), 0.0, (1.0,), (), "logit", covariance)
    table = TypedTable(COLUMNS, np.array([[0.0, 0.0], [2.0, 0.0]]))
    np.testing.assert_allclose(formula.standard_errors(table), [0.2, np.sqrt(0.08)])
    low, high = formula.interval(table)
    assert (low < formula.predict(table)).all()
    assert (formula.predict(table) < high).all()
    assert np.isnan(Formula(COLUMNS, (), 0.0).standard_errors(table)).all()


def test_parts_that_do_not_fit_are_refused():
    with pytest.raises(DataError):
        Formula(COLUMNS, ENCODINGS, 0.0, (1.0,))
    with pytest.raises(DataError):
        Formula(COLUMNS, (Encoding("x"),), 0.0, (1.0,))


def test_nobody_gets_nothing():
    formula = Formula(COLUMNS, ENCODINGS, 0.5, (1.0, 10.0, 100.0, 0.0))
    assert formula.predict(TypedTable(COLUMNS, np.empty((0, 2)))).shape == (0,)
