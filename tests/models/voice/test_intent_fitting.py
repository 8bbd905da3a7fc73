import numpy as np
import pytest
from tests.models.voice.wants import labelled

from segmentary.errors import DataError, NoAnswerError
from segmentary.models.voice.intent_fitting import folds_of, slope_of, threshold_of
from segmentary.models.voice.intents import IntentModel, softmax


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
