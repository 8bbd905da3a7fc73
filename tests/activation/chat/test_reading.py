"""Bots out of their documents: every mistake with file and line."""

import pytest
from tests.activation.chat.bots import ADA, bot_of
from tests.workspace.chat_shop import BOT

from segmentary.activation.chat.reading import bot_from, plain_document
from segmentary.activation.chat.standing_texts import BY_LANGUAGE, STANDING
from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.language.yaml import compose, laid_out

WRONG = [
    ("title: Ada", "titel: Ada", "unknown key 'titel'"),
    ("intents:\n", "intents:\n  Bad Name: {examples: [a]}\n", "cannot be a name"),
    ("    script: return_order", "    script: returning", "no script 'returning'"),
    ("after: [opening, plan]", "after: [openin, plan]", "did you mean 'opening'"),
    ("kind: consent\n    purpose: marketing\n", "kind: consent\n", "purpose"),
    ("mon-fri 09:00-17:00", "weekdays", "says no hours"),
    ("mon-fri 09:00-17:00", "mon-fri 17:00-09:00", "ends before it begins"),
    ("silent_after: 30min", "silent_after: soon", "no length of time"),
    ("{{ plan }}: you", "{{ plan | upcase }}: you", "braces that are no slot"),
    ("{{ plan }}: you", "{% if plan %}: you", "braces that are no slot"),
    ("choices: [too_big, too_small, broken]", "choices: [too_big]", "two choices"),
    ("end: {ask: satisfaction", "end: {ask: happiness", "no question 'happiness'"),
    ("    examples: [which plan do I have, what is my plan, show me my plan]", "    label: plan", "nothing leads to"),
    ("  satisfaction:\n    kind: rating", "  political_opinion:\n    kind: rating", "special category"),
]


@pytest.mark.parametrize(("right", "wrong", "said"), WRONG)
def test_what_is_wrong_is_said_with_its_line(right, wrong, said):
    assert right in BOT
    with pytest.raises(DefinitionError, match=r"ada\.yaml:\d+:\d+") as raised:
        bot_of(BOT.replace(right, wrong, 1))
    assert said in f"{raised.value} {raised.value.hint}"


def test_a_kept_document_is_the_same_bot_again():
    content, _, _ = laid_out(compose(BOT, None)[0], None)
    assert bot_from(plain_document(content)) == ADA


def test_a_special_category_may_be_asked_with_its_ground():
    bot = bot_of(BOT.replace("  age_band:\n", "  disability:\n    reason: consent of the person, Article 9 (2) a\n", 1))
    assert bot.questions["disability"].reason


def test_a_bot_speaks_its_first_language():
    german = bot_of(BOT.replace("title: Ada", "languages: [de]", 1))
    assert german.answers["question/news"].variants[0].buttons == ("Ja", "Nein")
    assert german.answers["goodbye"].variants[0].text.source.endswith("Auf Wiedersehen!")
    # What every bot can say is there in every language.
    assert all(texts.keys() == STANDING.keys() for texts in BY_LANGUAGE.values())


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(UnknownNameError, match=r"did you mean|may have") as raised:
        bot_of(BOT.replace("    why:", "    whi:", 1))
    assert "why" in str(raised.value.hint)
