import json

import numpy as np
import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.voice.intent_card import judged, macro_f1
from segmentary.models.voice.intent_fitting import folds_of, same, slope_of, threshold_of
from segmentary.models.voice.intents import IntentModel, softmax

STEMS = {
    "where": ("where is my parcel", "my parcel has not arrived", "when will my delivery come"),
    "cancel": ("please cancel my order", "I want to cancel the contract", "how can I end my contract"),
    "pay": ("can I pay by card", "which ways to pay are there", "is paying by invoice possible"),
}
ENDS = ("", " please", " today", " for me", " thank you", " now", " again", " at all")


def labelled():
    pairs = [(stem + end, label) for label, stems in STEMS.items() for stem in stems for end in ENDS]
    return [text for text, _ in pairs], [label for _, label in pairs]


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


def test_the_card(model):
    card = model.card
    assert card["macro_f1"]["estimate"] > 0.9 > card["baselines"]["majority"]["macro_f1"]
    assert card["baselines"]["nearest_centroid"]["macro_f1"] is not None
    assert {one["label"] for one in card["per_label"]} == set(STEMS)
    assert card["threshold"] >= 0.5


def test_texts_learnt_from_are_left_out_of_the_judgement(model):
    texts, labels = labelled()
    found = judged(model, [*texts, "cancel it"], [*labels, "cancel"], known={same(text) for text in texts})
    assert (found["texts"], found["left_out"]) == (1, len(texts))
    assert judged(model, ["x"], ["unheard of"])["unknown_labels"] == 1


def test_what_cannot_be_learnt_is_said():
    with pytest.raises(NoAnswerError):
        IntentModel.fit(["a b", "c d"], ["one", "one"])
    with pytest.raises(NoAnswerError):
        IntentModel.fit([], [])
    with pytest.raises(DataError):
        IntentModel.fit(["a"], [])
    texts, labels = labelled()
    told = IntentModel.fit([*texts, texts[0], "lonely words", "", texts[1]], [*labels, labels[0], "rare", "pay", "pay"])
    assert {one["code"] for one in told.card["findings"]} == {"empty", "too_few_texts", "doubles", "contradictions"}
    assert "rare" not in told.labels


def test_two_labels_and_texts_without_words():
    model = IntentModel.fit(["yes please", "yes of course", "no thanks", "no never"] * 3, ["y", "y", "n", "n"] * 3)
    assert model.predict("yes").intent == "y"
    odd = IntentModel.fit(["!", "?", "...", ";"], ["a", "a", "b", "b"])
    assert odd.predict("word").doubt == "unknown_words"


def test_texts_that_say_the_same_stand_in_one_fold():
    texts = ["a b", "A  b", "c", "d", "e", "f"]
    folds = folds_of(texts, np.array([0, 0, 0, 1, 1, 1]), 0)
    assert folds[0] == folds[1]


def test_slope_and_threshold():
    scores = np.random.default_rng(0).normal(size=(4_000, 3))
    chances = softmax(2.0 * scores)
    y = np.array([np.random.default_rng(i).choice(3, p=row) for i, row in enumerate(chances)])
    assert slope_of(scores, y) == pytest.approx(2.0, rel=0.1)
    certain, right = np.array([0.9, 0.8, 0.7, 0.6]), np.array([True, True, False, True])
    assert threshold_of(certain, right, 0.9) == 0.8
    assert threshold_of(certain, ~right, 0.9) == 1.0
    assert threshold_of(certain, np.ones(4, bool), 0.9) == 0.5


def test_macro_f1_is_that_of_scikit_learn():
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(1)
    y, told = chance.integers(0, 5, 200), chance.integers(0, 5, 200)
    assert macro_f1(y, told, 5) == pytest.approx(f1_score(y, told, average="macro"))
