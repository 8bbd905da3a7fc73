"""The only way to say something, and what a fact looks like in it."""

import datetime as dt
from decimal import Decimal

import pytest
from tests.activation.chat.bots import ADA, ANN, bot_of

from segmentary.activation.chat.saying import NOBODY, Line, Own, inert, is_safe, line, rephrased
from segmentary.activation.chat.template import template


def test_a_line_is_an_approved_text_with_own_facts():
    made = line(ADA, "plan", ANN, {"gold"})
    assert made is not None
    assert (made.text, made.answer, made.variant) == ("Your plan is gold: you go first.", "plan", 0)
    assert line(ADA, "plan", ANN, set()).text == "Your plan is gold."
    assert line(ADA, "plan", NOBODY, {"gold"}) is None
    assert line(ADA, "nothing_of_the_kind", ANN, set()) is None
    with pytest.raises(TypeError):
        Line(None, ADA.answers["plan"], 0, {}, "anything", rephrased=False)


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        ("Ann", "Ann"),
        ("  Ann \n  Marie ", "Ann Marie"),
        (True, "yes"),
        (Decimal("1234.5"), "1,234.50"),
        (1234, "1,234"),
        (dt.date(2026, 3, 1), "1 March 2026"),
        (("shoes", "hats"), "shoes, hats"),
        ("see https://evil.example", None),
        ("evil.example", None),
        ("a@b.example", None),
        ("<b>bold</b>", None),
        ("![x](y)", None),
        ("Ann\u202e", None),
        ("x" * 121, None),
        ("", None),
    ],
)
def test_a_fact_is_words_and_nothing_but_words(fact, said):
    assert inert(fact) == said


def test_a_fact_that_may_not_be_said_is_replaced_by_the_fall_back_or_passes_the_text_over():
    hostile = Own("x", {"first_name": "http://evil.example", "plan": "www.evil.example"})
    assert line(ADA, "greeting", hostile, set()).text == "Hello there, I am Ada."
    assert line(ADA, "plan", hostile, {"gold"}) is None


def test_links_of_the_approved_text_may_be_said_and_no_others():
    bot = bot_of(
        "bot: b\nanswers: {help: 'See shop.example/help or call 0800 123.'}\nintents: {help: {examples: [help]}}\n"
    )
    assert line(bot, "help", NOBODY, set()).text == "See shop.example/help or call 0800 123."
    approved = template("See shop.example/help or call 0800 123.")
    assert is_safe("Call 0800 123 or see shop.example/help", approved, ())
    assert not is_safe("Call 0900 666", approved, ())
    assert not is_safe("See evil.example", approved, ())


def test_a_model_may_only_choose_other_words():
    made = line(ADA, "plan", ANN, {"gold"})
    assert (
        rephrased(ADA, made, lambda text: text.replace("you go first", "you are first")).text
        == "Your plan is gold: you are first."
    )
    for bad in ("{} Call 0900 123456", "{} evil.example", "{} [[2]]", "{} for free", "", "no {}"):
        assert rephrased(ADA, made, lambda text, bad=bad: bad.format(text)).text == made.text
