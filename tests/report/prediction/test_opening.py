import pytest
from tests.report.prediction.cards import auc, card, report

from segmentary.models.table.findings import Finding
from segmentary.report.prediction.opening import answer, headlines, limits, tiles, verdict


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (auc(0.8, 0.75, 0.85, 0.7), "better"),
        (auc(0.8, 0.75, 0.85, 0.78), "not clear"),
        (auc(0.6, 0.55, 0.65, 0.7), "worse"),
        (auc(rival=None), "no rival"),
    ],
)
def test_verdict_by_the_interval(figure, expected):
    assert verdict(card(holdout=(figure,))) == expected


def test_verdict_of_the_card_comes_first():
    found = Finding("worse_than_plain", "warning", "the plain rule is better")
    assert verdict(card(findings=(found,))) == "worse"
    assert verdict(card(holdout=())) == "untested"


def test_one_honest_sentence():
    said = answer(report()).sentence
    assert "80.0% of cases (75.0 to 85.0%)" in said
    assert "“recency alone” it is 70.0%" in said
    assert answer(report()).doubt == "Something is <odd> here."


def test_a_weak_lookalike_says_so():
    weak = card("lookalike", holdout=(auc(0.55, 0.5, 0.6, None),))
    assert answer(report("lookalike", card=weak)).word == "Hardly told apart"


def test_tiles_and_headlines():
    told = {label: figure for label, figure, _ in tiles(report("next"))}
    assert told["expected in the next 91 days"] == "€500K"
    assert any("hold 19% of what is expected" in one for one in headlines(report("next")))
    assert any("spend so far (70%)" in one for one in headlines(report()))


def test_limits_hold_warnings_and_limits():
    part = limits(report())
    assert part.lead == ("Something is <odd> here. More of it.", "Seasons are not known.")
    assert part.notes == ("A note.",)
