import numpy as np
import pytest
from tests.models.voice.wants import STEMS, labelled

from segmentary.models.voice.intent_card import judged, macro_f1
from segmentary.models.voice.intent_fitting import same
from segmentary.models.voice.intents import IntentModel


@pytest.fixture(scope="module")
def model():
    return IntentModel.fit(*labelled(), seed=0)


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


def test_macro_f1_is_that_of_scikit_learn():
    from sklearn.metrics import f1_score

    chance = np.random.default_rng(1)
    y, told = chance.integers(0, 5, 200), chance.integers(0, 5, 200)
    assert macro_f1(y, told, 5) == pytest.approx(f1_score(y, told, average="macro"))
