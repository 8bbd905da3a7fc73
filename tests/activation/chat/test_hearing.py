"""What was meant, turn by turn."""

import pytest
from tests.activation.chat.bots import NOBODY_HERE, Talk, bot_of

from segmentary.activation.chat.state import Answered, Decided, Declined, Happened


def kinds(reply):
    return [type(effect).__name__ for effect in reply.effects]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("27", "under_30"), ("I'm thirty-five", "30_to_59"), ("Under 30", "under_30"), ("3", "over_60"),
        ("the second", "30_to_59"), ("young", "under_30"), ("60 or older", "over_60"), ("I am 61.", "over_60"),
    ],
)  # fmt: skip
def test_choices_are_understood_in_many_words(said, value):
    talk = Talk()
    talk.say("when are you open")
    (answered,) = [one for one in talk.say(said).effects if isinstance(one, Answered)]
    # A bare small number is an age before it is a place in the list.
    assert answered.value == (value if said != "3" else "under_30")


def test_declining_is_an_answer():
    talk = Talk()
    talk.say("when are you open")
    assert talk.say("none of your business").effects == (Declined("age_band"),)
    assert len(talk.lines("when are you open")) == 1


def test_a_wish_goes_before_our_question():
    talk = Talk()
    talk.say("when are you open")
    assert talk.lines("which plan do I have")[0] == "Your plan is gold."


def test_what_is_no_answer_is_asked_again_once():
    talk = Talk()
    talk.say("when are you open")
    assert talk.say("purple").why.took == "answer to age_band: not_an_answer"
    assert talk.say("purple").why.took == "not understood"


@pytest.mark.parametrize(
    ("words", "granted"),
    [
        ("yes", True), ("Yes, please!", True), ("ja gerne", True), ("no", False), ("No thanks", False),
        ("rather not", False), ("yes but not now", False), ("maybe", None), ("what for?", None), ("ok whatever", None),
        ("yes if you pay me", None), ("I don't say no", False),
    ],
)  # fmt: skip
def test_only_a_clear_yes_is_a_consent(words, granted):
    talk = Talk()
    talk.say("any tips for me")
    found = [one for one in talk.say(words).effects if isinstance(one, Decided)]
    assert [one.granted for one in found] == ([] if granted is None else [granted])
    if granted:
        assert found[0].asked == "May we write to you by e-mail about offers?"


@pytest.mark.parametrize("words", ["unsubscribe", "Please STOP emailing me", "keine Werbung mehr!", "opt me out"])
def test_a_refusal_is_heard_at_any_moment(words):
    talk = Talk()
    talk.say("any tips for me")
    (decided,) = talk.say(words).effects
    assert (decided.purpose, decided.channel, decided.granted, decided.words) == ("marketing", "any", False, words)
    visitor = Talk(own=NOBODY_HERE)
    assert visitor.say(words).effects == ()


def test_hand_over_by_wish_complaint_and_failure():
    for words, reason in (
        ("get me a human", "wish"),
        ("this is outrageous", "complaint"),
        ("late again, I am so disappointed", "mood"),
    ):
        reply = Talk().say(words)
        assert reply.handed_over == reason
        assert reply.effects == (Happened("chat_handed_over", {"reason": reason}),)
    talk = Talk()
    assert [talk.say("qwertz").handed_over for _ in range(3)] == ["", "", "not understood"]
    assert talk.say("hello?").lines == ()


def test_two_near_intents_are_asked_about():
    labels = {
        "a": "label: an order, examples: [cancel my order]",
        "c": "label: a contract, examples: [cancel my contract]",
    }
    intents = ", ".join(f"{name}: {{{words}}}" for name, words in labels.items())
    text = f"bot: b\nanswers: {{a: x, c: y}}\nintents: {{{intents}}}\n"
    talk = Talk(bot_of(text))
    assert set(talk.say("cancel my thing").buttons) == {"an order", "a contract"}
    assert talk.lines("a contract") == ["y"]


def test_small_talk_long_turns_and_the_end():
    talk = Talk()
    assert talk.lines("hello") == ["Hello! What can I do for you?"]
    assert talk.lines("thank you") == ["You are welcome. Is there anything else?"]
    assert "shorter" in talk.lines("x " * 2000)[0]
    assert talk.lines("bye")[0].startswith("How happy were you")
    rated = talk.say("4 out of 5")
    assert [one.properties["rating"] for one in rated.effects if isinstance(one, Happened)] == [4.0]
    assert rated.ended == "goodbye"
    assert talk.lines("hello") == ["This chat has ended. Please start a new one."]
