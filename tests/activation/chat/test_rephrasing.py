"""Which other words for an approved text may be said."""

import pytest
from tests.activation.chat.bots import ADA

from segmentary.activation.chat.rephrasing import INSTRUCTION, accepted

APPROVED = "Your plan is [[1]]: you go first."


@pytest.mark.parametrize(
    "words", [APPROVED, "You have the plan [[1]] and you go first.", "Your plan is [[1]], so you are first!"]
)
def test_other_everyday_words_are_taken(words):
    assert accepted(APPROVED, words, ADA) == words


@pytest.mark.parametrize(
    "words",
    [
        "", "Your plan is gold: you go first.", "Your plan is [[1]] [[1]]: you go first.", f"{APPROVED} [[2]]",
        f"{APPROVED} Write to a@b.example", f"{APPROVED} shop.example", f"{APPROVED} 5", f"{APPROVED} Sandra Miller",
        "Your plan is not [[1]]: you go first.", f"{APPROVED} It is free.", f"{APPROVED} **wow**", f"{APPROVED} 😀",
        f"{APPROVED} {'so ' * 60}", "[[1]]", f"{APPROVED}\u200b",
    ],
)  # fmt: skip
def test_whatever_adds_anything_is_not(words):
    assert accepted(APPROVED, words, ADA) is None


def test_the_instruction_names_no_customer_and_no_turn():
    assert "[[number]]" in INSTRUCTION
