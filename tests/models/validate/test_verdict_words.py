"""The verdict in words."""

import pytest

from segmentary.models.validate.verdict import Test as GateTest
from segmentary.models.validate.verdict_words import sentence, shown_p

GROUPED = GateTest("copula_w", 1 / 41, 4.0, references=40, k=3, excess=0.2)
ALIKE = GateTest("copula_w", 25 / 41, 0.4, references=40, k=3, excess=0.01)
HARDLY = GateTest("copula_w", 1 / 161, 4.0, references=160, k=3, excess=0.01)
HUMP = GateTest("dip", 0.0002, 0.09, columns=("spend",))


@pytest.mark.parametrize(
    ("kind", "tests", "split", "expected"),
    [
        (
            "natural",
            (GROUPED,),
            (),
            (
                "There are distinct groups: people group more than in 40 of 40 simulated data sets of one population "
                "(p = .024), and the cut into 3 comes back in other samples (agreement 0.95, 0.85 is enough)."
            ),
        ),
        (
            "reproducible",
            (ALIKE,),
            (),
            (
                "A dependable cut, but no distinct groups: the cut into 3 comes back in other samples (agreement "
                "0.95, 0.85 is enough), yet people group no more than one population with the same answers would (24 "
                "of 40 simulated data sets of one group as much, p = .610)."
            ),
        ),
        (
            "natural",
            (ALIKE, HUMP),
            ("spend",),
            (
                "There are distinct groups: spend has more than one hump, too deep for one population (dip test, p "
                "below .001), and the cut in two along spend comes back in other samples."
            ),
        ),
    ],
)
def test_the_sentence(kind, tests, split, expected):
    assert sentence(kind, tests, (2, 0.81), (3, 0.95), split, 5) == expected


def test_what_does_not_come_back_and_what_is_little():
    said = sentence("structure_only", (GROUPED,), (2, 0.5), None, (), 5)
    assert "no cut comes back in other samples (the best, into 2, has prediction strength 0.50, 0.8 is needed)" in said
    assert "hardly more" in sentence("constructive", (HARDLY,), (2, 0.5), None, (), 5)
    assert "could not be measured" in sentence("constructive", (ALIKE,), None, None, (), 5)
    assert sentence("cannot_say", (), None, None, (), 5).startswith("There is too little data")


def test_p_values():
    assert [shown_p(one) for one in (0.0004, 0.02439, 1.0)] == ["below .001", "= .024", "= 1.000"]
