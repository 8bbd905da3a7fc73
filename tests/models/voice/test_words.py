import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.models.voice.coding import passages
from segmentary.models.voice.words import MOST_CHARACTERS, around, plain, sentences, words


@given(st.text(max_size=300))
def test_places_are_those_of_the_text(text):
    assert len(plain(text)) == len(text)
    for word in words(text):
        assert word.text == "0" or len(text[word.start : word.end]) >= 1
    for start, end in (*sentences(text), *passages(text)):
        assert 0 <= start < end <= len(text)


def test_markup_is_blanked_in_its_place():
    text = "<p>Die <b>Lieferung</b> &amp; mehr<script>x = 'never'</script></p>"
    assert [text[one.start : one.end] for one in words(text)] == ["Die", "Lieferung", "mehr"]
    assert [one.text for one in words("I have 3 < 5 cards")] == ["i", "have", "0", "0", "cards"]


def test_directions_and_emoji_hide_nothing():
    assert [one.text for one in words("\u202eabc\u200b 😀")] == ["abc"]
    assert words("😀😀") == []
    assert sentences("  ") == []


@pytest.mark.parametrize(
    ("text", "count"),
    [("One. Two! Three?", 3), ("I said no. Then left.", 2), ("Order no. A-77 is late. Dr. Who", 2), ("a\n\nb", 2)],
)
def test_sentences(text, count):
    assert len(sentences(text)) == count


def test_a_long_sentence_is_cut_around_what_matters():
    text = "word " * 200 + "parcel " + "word " * 200
    start, end = around(text, 1000, 1006)
    assert "parcel" in text[start:end]
    assert end - start <= 240
    assert around("short one. other", 11, 16) == (11, 16)


def test_a_megabyte_is_read_as_far_as_anybody_would():
    assert len(plain("x" * 1_000_000)) == MOST_CHARACTERS
    assert len(passages("One sentence here. " * 50_000)) == 25
    assert passages("x" * 1_000_000) == [(0, 1_200)]
