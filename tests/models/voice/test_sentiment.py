import pytest
from tests.models.voice.sentences import ENGLISH, FRESH, GERMAN

from segmentary.models.voice.sentiment import entries_of, sentiment


def test_how_often_it_is_right_on_sentences_nobody_added_words_for():
    told = [(mood, sentiment(text, code).tone) for code, mood, text in FRESH]
    assert sum(mood == tone for mood, tone in told) == 29
    # What it misses it calls neutral; it never turns a mood round.
    assert all(tone in (mood, "neutral") for mood, tone in told)


@pytest.mark.parametrize(("code", "sentences", "right"), [("en", ENGLISH, 60), ("de", GERMAN, 58)])
def test_how_often_it_is_right_on_those_its_words_were_looked_at_for(code, sentences, right):
    assert sum(sentiment(text, code).tone == mood for mood, text in sentences) == right


def test_negation_strength_and_but():
    value = {text: sentiment(text, "en").value for text in ("good", "very good", "not good", "not very good", "bad")}
    assert value["very good"] > value["good"] > 0 > value["not good"] > value["bad"]
    assert value["not very good"] == value["not good"]
    assert sentiment("The app is great but support is terrible", "en").value < -0.5
    assert sentiment("Support is terrible but the app is great", "en").value > -0.5
    assert sentiment("nicht gut", "de").value < 0 < sentiment("gut", "de").value
    assert sentiment("My parcel never arrived and nobody answers", "en").value < -0.8


def test_it_says_which_words_decided_and_where():
    text = "Great app, but it <b>never arrived</b> 😡"
    found = sentiment(text, "en")
    assert [text[one.start : one.end] for one in found.moods] == ["Great", "never arrived", "😡"]
    assert found.because[0][0] in ("never arrived", "😡")


@pytest.mark.parametrize("text", ["", "   ", "12 34", "<p></p>"])
def test_nothing_said_is_no_mood(text):
    assert sentiment(text).tone in (None, "neutral")
    assert not sentiment(text).moods


def test_other_languages_are_not_judged():
    assert sentiment("No me gusta nada", "es").value is None
    assert sentiment("qwertz uiop").value is None
    assert sentiment("😀").tone == "positive"


def test_many_words_do_not_push_it_to_the_end():
    assert -1 <= sentiment("bad " * 500, "en").value < -0.99
    assert sentiment("good bad " * 200, "en").tone == "neutral"


def test_the_lexicon_is_read_as_written():
    assert entries_of("love* \"can't recommend enough\" n't") == ["love*", "can't recommend enough", "n't"]
