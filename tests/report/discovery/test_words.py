"""Fixed words of the discovery report: every verdict has its word and tone, limits belong to the better side."""

from __future__ import annotations

from typing import get_args

import pytest

from segmentary.models.discover.methods import METHODS
from segmentary.models.validate.verdict import Kind
from segmentary.report.discovery.words import TONE, WORD, method, plain, stays


def test_every_verdict_has_a_word_and_only_natural_is_good():
    assert set(WORD) == set(TONE) == set(get_args(Kind))
    assert [kind for kind, tone in TONE.items() if tone == "good"] == ["natural"]


@pytest.mark.parametrize(
    ("jaccard", "words"),
    [
        (None, "not tried"),
        (1.0, "comes back nearly the same"),
        (0.85, "comes back nearly the same"),
        (0.849, "comes back"),
        (0.75, "comes back"),
        (0.6, "comes back roughly"),
        (0.0, "does not come back"),
        (float("nan"), "does not come back"),
    ],
)
def test_what_stability_means(jaccard, words):
    assert stays(jaccard) == words


def test_percent_signs_stand_close_to_their_number_only():
    assert plain("58 % of 12\u00a0% say %") == "58% of 12% say %"


def test_methods_are_named_as_people_read_them():
    assert {method(name) for name in METHODS} == {known.title for known in METHODS.values()}
    assert method("some_new_one") == "some new one"
