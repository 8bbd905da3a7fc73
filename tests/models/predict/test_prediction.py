"""What every sort of prediction says, held against the language that reads its scores."""

import importlib
import inspect

import pytest

from segmentary.language.tree import MODEL_OUTPUTS
from segmentary.models.predict.prediction import Prediction
from segmentary.workspace.predictions import CLASSES


@pytest.mark.parametrize("word", CLASSES)
def test_every_sort_says_what_rules_can_read(word):
    module, name = CLASSES[word]
    sort = getattr(importlib.import_module(module), name)
    assert issubclass(sort, Prediction)
    assert not inspect.isabstract(sort)
    outputs = sort.outputs.fget(object.__new__(sort))
    assert set(outputs) <= set(MODEL_OUTPUTS)
    assert set(outputs.values()) == {"number"}
    assert all(output in Prediction.outputs.__doc__ for output in outputs)


def test_a_prediction_without_scores_is_none():
    with pytest.raises(TypeError, match="abstract"):
        type("Silent", (Prediction,), {})()
