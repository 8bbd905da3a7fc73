"""Figures of predictions in words: nothing is said of what is not known, small shares keep a decimal."""

from __future__ import annotations

from math import inf, nan
from typing import get_args

from segmentary.models.intervals import Interval
from segmentary.models.predict.card import Measured, PredictionKind
from segmentary.report.prediction.words import (
    DECISION,
    TITLES,
    ended,
    form_of,
    kind_of,
    said,
    score_said,
    upper,
    with_ends,
)


def test_every_kind_has_a_title_and_says_what_it_is_for():
    assert set(TITLES) == set(DECISION) == set(get_args(PredictionKind))


def test_sentences_begin_large_and_end_once():
    assert upper("") == ended("  ") == ""
    assert ended(" really? ") == "Really?"
    assert ended("so it is") == "So it is."


def test_what_is_not_known_is_a_dash_and_minus_nothing_is_nothing():
    assert {said(value, kind, "EUR") for value in (None, nan, inf) for kind in ("share", "money", "fixed")} == {"–"}
    assert said(-0.001, "fixed", "") == "0.00"
    assert said(0.125, "share", "") == "12.5%"


def test_an_interval_names_its_unit_once_and_is_left_out_where_unknown():
    assert with_ends(Interval(0.2, 0.1, 0.3, 50), "share", "") == "20.0% (10.0 to 30.0%)"
    assert with_ends(Interval(0.2, nan, nan, 50), "share", "") == "20.0%"


def test_figures_and_scores_stand_in_their_unit():
    whole = Interval(1.0, 1.0, 1.0, 9)
    assert (form_of(Measured("mae", "Error", whole)), form_of(Measured("auc", "AUC", whole))) == ("money", "fixed")
    assert [kind_of("share", ""), kind_of("rank", "EUR"), kind_of("money", "EUR"), kind_of("money", "")] == [
        "share", "fixed", "money", "amount",
    ]  # fmt: skip
    assert [score_said(value, "share", "") for value in (0.5, 0.1, 0.099)] == ["50%", "10%", "9.9%"]
    assert score_said(nan, "rank", "") == "–"
    assert "€" in score_said(12.0, "money", "EUR")
    assert "€" not in score_said(12.0, "money", "")
