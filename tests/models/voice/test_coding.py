import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentary.models.voice.codebook import read_codebook
from segmentary.models.voice.coding import Coder, passages
from segmentary.models.voice.intents import IntentModel

BOOK = read_codebook(
    {
        "codebook": "b",
        "needs": [{"code": "time", "words": ["late"]}, {"code": "price", "words": ["price", "expensive"]}],
        "pains": [{"code": "alone", "phrases": ["nobody answers"]}],
    }
)
CODER = Coder("b@v1", {}, BOOK)


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(["late. ", "price! ", "nobody answers ", "<b>", "😀", "x\n\n"])).map("".join)
)
def test_every_quote_is_what_was_said(text):
    for one in CODER.code(text):
        assert one.quote == text[one.start : one.end]


def test_a_passage_with_all_its_codes():
    first, second = CODER.code("The parcel is late and nobody answers. It is expensive too.")
    assert (first.need, first.pain, first.language, first.certainty) == ("time", "alone", "en", 1.0)
    assert first.sentiment < 0
    assert (second.need, second.pain, second.sentiment) == ("price", None, None)
    assert second.quote == "It is expensive too."


def test_what_carries_no_code():
    (one,) = CODER.code("Where are you?")
    assert (one.need, one.intent, one.certainty, one.quote) == (None, None, None, "Where are you?")
    (face,) = CODER.code("😀😀")
    assert (face.quote, face.sentiment > 0, face.language) == ("😀😀", True, None)
    assert CODER.code("   ") == []


def test_models_say_intents_and_moods():
    texts = ["where is it", "where has it gone", "stop the contract", "stop it now"] * 4
    intents = IntentModel.fit(texts, ["where", "where", "stop", "stop"] * 4)
    moods = IntentModel.fit(
        ["so sick tune", "sick album", "meh album", "meh tune so"] * 4,
        ["positive", "positive", "negative", "negative"] * 4,
    )
    coder = Coder("x", {"intent": intents, "sentiment": moods}, BOOK)
    (one,) = coder.code("Where is it? The price!")
    assert (one.intent, one.need) == ("where", "price")
    assert one.certainty < 1
    assert coder.code("sick tune")[0].sentiment > 0 > coder.code("meh tune")[0].sentiment
    assert coder.code("zzz yyy")[0].sentiment is None


@pytest.mark.parametrize("size", [10, 5_000, 1_000_000])
def test_long_texts_are_parted_between_sentences(size):
    text = "This is one sentence of many. " * (size // 30)
    found = passages(text)
    assert len(found) <= 25
    assert all(end - start <= 1_200 for start, end in found)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(found))
