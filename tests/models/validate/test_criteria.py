"""The table of criteria as a document, and its rows by method and number."""

import json

import pytest

from segmentary.models.validate.criteria import Criteria, CriteriaRow, Recommendation, Spread

TABLE = Criteria(
    (
        CriteriaRow("k_means", 2, cost=10.5, stability=Spread(0.9, 0.8, 0.85, 0.95, 1.0, 100), smallest=40),
        CriteriaRow("latent_class", 3, log_likelihood=-99.5, parameters=7, bic=230.1),
    ),
    Recommendation("k_means", 2, "Take two.", "BIC prefers three.", {"stability": 2, "BIC": 3}),
)


def test_a_document_is_the_same_table():
    assert Criteria.from_document(json.loads(json.dumps(TABLE.to_document()))) == TABLE


def test_a_row_is_found_by_method_and_number():
    assert TABLE.row("latent_class", 3).bic == 230.1
    with pytest.raises(KeyError):
        TABLE.row("latent_class", 2)
