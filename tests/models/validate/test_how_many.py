"""How many segments: votes, and what is said of them under each verdict."""

import pytest

from segmentary.models.validate.criteria import CriteriaRow, Spread
from segmentary.models.validate.how_many import criteria, recommendation, votes
from segmentary.models.validate.verdict import Verdict


def spread(median, low=None):
    return Spread(median, median - 0.1 if low is None else low, median, median, median, 100)


def row(k, *, method="latent_class", stability=None, **figures):
    return CriteriaRow(method, k, stability=None if stability is None else spread(stability), smallest=50, **figures)


def verdict(kind):
    return Verdict(kind, None, None, (), None, None, 500, 500.0, "")


def test_votes():
    figures = {
        2: (110.0, 120.0, 0.2, 1.0, 0.9, 0.95),
        3: (100.0, 115.0, 0.5, 4.0, 0.85, 0.96),
        4: (105.0, 130.0, 0.505, 2.0, 0.4, 0.6),
    }
    rows = [
        row(
            k,
            bic=bic,
            icl=icl,
            gap=gap,
            gap_error=0.01,
            silhouette_excess=excess,
            prediction_strength=ps,
            stability=rand,
        )
        for k, (bic, icl, gap, excess, ps, rand) in figures.items()
    ]
    assert votes(rows) == {
        "bic": 3,
        "icl": 3,
        "gap": 3,
        "silhouette_excess": 3,
        "prediction_strength": 3,
        "stability": 3,
    }


def test_nothing_comes_back():
    assert votes([row(2, stability=0.5), row(3, stability=0.4)]) == {"stability": 1}
    assert votes([row(2, prediction_strength=0.5)]) == {"prediction_strength": 1}
    assert votes([]) == {}


@pytest.mark.parametrize(
    ("kind", "k", "words"),
    [
        ("natural", 3, "groups exist"),
        ("reproducible", 3, "people who differ by degree"),
        ("structure_only", 3, "no cut comes back"),
        ("constructive", 1, "Do not segment by this"),
        ("cannot_say", 1, "too few people"),
    ],
)
def test_what_is_recommended(kind, k, words):
    rows = [row(2, stability=0.6, bic=11.0), row(3, stability=0.9, bic=10.0), row(4, stability=0.7, bic=12.0)]
    found = recommendation(rows, verdict(kind), ["latent_class"])
    assert (found.method, found.k) == ("latent_class", k)
    assert words in found.sentence
    assert found.doubt
    assert found.votes == {"bic": 3, "stability": 3}


def test_doubt_names_who_disagrees():
    rows = [row(2, stability=0.95, bic=12.0), row(3, stability=0.6, bic=10.0), row(4, stability=0.4, bic=11.0)]
    found = recommendation(rows, verdict("reproducible"), ["latent_class"])
    assert found.k == 2
    assert "BIC prefers 3" in found.doubt


def test_the_largest_number_tried_is_a_doubt():
    found = recommendation([row(2, stability=0.3), row(3, stability=0.9)], verdict("reproducible"), ["latent_class"])
    assert found.k == 3
    assert "largest number tried" in found.doubt


def test_a_clearly_more_stable_method_is_preferred():
    rows = [row(3, stability=0.7), row(3, method="k_modes", stability=0.95)]
    assert recommendation(rows, verdict("natural"), ["latent_class", "k_modes"]).method == "k_modes"
    rows = [row(3, stability=0.9), row(3, method="k_modes", stability=0.95)]
    assert recommendation(rows, verdict("natural"), ["latent_class", "k_modes"]).method == "latent_class"


def test_anecdotes_are_not_recommended():
    rows = [row(2, stability=0.8), CriteriaRow("latent_class", 3, stability=spread(0.99), smallest=4)]
    assert recommendation(rows, verdict("reproducible"), ["latent_class"]).k == 2


def test_rows_in_order_of_fitness_and_number():
    rows = [row(3), row(2, method="k_modes"), row(2)]
    table = criteria(rows, verdict("constructive"), ["k_modes", "latent_class"])
    assert [(one.method, one.k) for one in table.rows] == [("k_modes", 2), ("latent_class", 2), ("latent_class", 3)]
    assert type(table).from_document(table.to_document()) == table
