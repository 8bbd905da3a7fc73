from __future__ import annotations

import pytest

from segmentary.models.table.scales import SCALES, missing_text, no_first, ordered


@pytest.mark.parametrize(
    "texts",
    [
        ("strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"),
        ("Never", "Once a year", "Every three months", "Once a month", "Once a week", "More than once a week"),
        ("1 = not at all", "2 = rather not", "3 = fully"),
        ("sehr unzufrieden", "unzufrieden", "zufrieden", "sehr zufrieden"),
        ("I hate it!-5", "-4", "-3", "-2", "-1", "0", "+1", "+2", "+3", "+4", "I love it!+5"),
        ("primary school", "secondary school", "college/bachelor degree", "masters degree", "doctorate degree"),
    ],
)
def test_known_scales_are_ordered(texts: tuple[str, ...]) -> None:
    assert ordered(sorted(texts)) == texts


@pytest.mark.parametrize(
    "texts", [("a", "b", "c"), ("never", "always"), ("1-2 kids", "3-4 kids", "5-6 kids"), ("agree", "yes", "red")]
)
def test_other_texts_have_no_order(texts: tuple[str, ...]) -> None:
    assert ordered(texts) is None


def test_a_scale_spells_every_answer_once() -> None:
    assert all(len(set(scale.values())) >= 3 for scale in SCALES)
    assert all(spelling == " ".join(spelling.split()).casefold() for scale in SCALES for spelling in scale)


def test_no_comes_first_whatever_the_alphabet_says() -> None:
    assert no_first(["present", "absent"]) == ("absent", "present")
    assert no_first(["Yes", "unsure"]) == ("unsure", "Yes")
    assert no_first(["1", "2"]) == ("1", "2")


def test_texts_for_nothing() -> None:
    assert missing_text(" N/A ")
    assert missing_text("")
    assert not missing_text("none")
