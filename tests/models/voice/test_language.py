import pytest
from tests.models.voice.sentences import ENGLISH, GERMAN

from segmentary.models.voice.language import language_of


@pytest.mark.parametrize("text", ["", "ok", "😀", "123 456", "my pin", "card", "<br><br>"])
def test_of_short_texts_nobody_can_say(text):
    assert language_of(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("לא קיבלתי את הכרטיס", "he"),
        ("Non sono contento del servizio", "it"),
        ("La tarjeta no ha llegado todavía", "es"),
        ("カードが届きません", "ja"),
        ("I WANT MY MONEY BACK", "en"),
    ],
)
def test_languages(text, code):
    assert language_of(text) == code


def test_english_and_german_are_told_apart():
    for code, sentences in (("en", ENGLISH), ("de", GERMAN)):
        assert all(language_of(text) == code for _, text in sentences)
