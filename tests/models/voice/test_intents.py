import json

import numpy as np
import pytest
from tests.models.voice.wants import labelled

from segmentary.errors import DataError
from segmentary.models.voice.intents import IntentModel


@pytest.fixture(scope="module")
def model():
    return IntentModel.fit(*labelled(), seed=0)


def test_it_says_what_somebody_wants_and_why(model):
    guess = model.predict("Has my parcel arrived?")
    assert (guess.intent, guess.sure) == ("where", True)
    assert {"parcel", "arrived"} & {word for word, _ in guess.because[:2]}
    assert 0.5 <= guess.certainty <= 1
    assert guess.runner_up != guess.intent
    assert model.predict_many(["Has my parcel arrived?"])[0].intent == "where"


@pytest.mark.parametrize(
    ("text", "doubt"),
    [("", "no_words"), ("😀😀", "no_words"), ("כרטיס חדש בבקשה", "unknown_words"), ("qwertz", "unknown_words")],
)
def test_when_it_cannot_say(model, text, doubt):
    guess = model.predict(text)
    assert (guess.sure, guess.doubt) == (False, doubt)


def test_a_text_of_a_language_it_never_saw(model):
    # Half of its words happen to be known.
    guess = model.predict("where parcel wann kommt denn endlich is order die ganze Lieferung today bitte pay")
    assert not guess.sure


def test_kept_and_read_again_it_says_the_same(model):
    again = IntentModel.from_document(json.loads(json.dumps(model.to_document())))
    texts = labelled()[0]
    assert np.allclose(again.chances(texts), model.chances(texts), atol=1e-5)
    assert again.predict(texts[0]) == model.predict(texts[0])
    assert not any(text in json.dumps(model.to_document()) for text in texts)


def test_the_seed_makes_the_model():
    one, other = (IntentModel.fit(*labelled(), seed=3).to_document() for _ in range(2))
    assert one == other


def test_a_codebook_is_no_model():
    with pytest.raises(DataError):
        IntentModel.from_document({"codebook": {}})
