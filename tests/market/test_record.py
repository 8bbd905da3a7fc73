"""Records as JSON and back."""

import json
import math
from dataclasses import dataclass
from typing import Literal

import pytest

from segmentary.errors import DataError
from segmentary.market.estimate import Estimate
from segmentary.market.record import Record


@dataclass(frozen=True)
class Part(Record):
    name: str
    values: tuple[float, ...]
    pairs: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Whole(Record):
    kind: Literal["a", "b"]
    parts: tuple[Part, ...]
    best: Part | None
    table: dict[str, float]
    count: int = 0

    @property
    def sentence(self) -> str:
        return "It is so."


def test_there_and_back():
    one = Whole("a", (Part("x", (1.0, math.inf), (("y", 2.0),)), Part("z", ())), None, {"k": 1.5}, 3)
    document = json.loads(json.dumps(one.to_document(), allow_nan=False))
    assert document["sentence"] == "It is so."
    assert Whole.from_document(document) == one


def test_unknown_numbers_are_null():
    one = Estimate(1.0, math.nan, math.nan, math.nan, 1)
    document = json.loads(json.dumps(one.to_document(), allow_nan=False))
    assert document["error"] is None
    again = Estimate.from_document(document)
    assert math.isnan(again.error)
    assert again.df == math.inf


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"kind": "c", "parts": [], "best": None, "table": {}},
        {"kind": "a", "parts": 5, "best": None, "table": {}},
        {"kind": "a", "parts": [], "best": None, "table": {}, "count": "many"},
        {"kind": "a", "parts": [], "best": None, "table": {"x": "much"}},
    ],
)
def test_documents_of_another_shape_are_refused(document):
    with pytest.raises(DataError, match="this is no Whole"):
        Whole.from_document(document)
