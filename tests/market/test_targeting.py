"""From the matrix to a decision, and from the decision to a segment of the language."""

import datetime as dt
import json

import pytest

from segmentary.errors import DataError, NoAnswerError
from segmentary.language.documents import parse_document
from segmentary.market.attractiveness import market_matrix
from segmentary.market.criterion import Criterion, Knockout
from segmentary.market.targeting import Recommendation, TargetAudience, audience, recommend

WHEN = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def matrix(m=1, values=(9, 4, 1)):
    return market_matrix(
        "abc",
        [
            Criterion.rated("size", "attractiveness", 2, values),
            Criterion.rated("growth", "attractiveness", 1, (3, 9, 2)),
            Criterion.rated("brand", "competitiveness", 1, (8, 5, 4)),
        ],
        m=m,
        knockouts=[Knockout("reach", 0.1, (0.5, 0.5, 0.01))],
    )


def test_a_recommendation_has_reasons_and_doubts():
    found = recommend(matrix())
    (target,) = found.targets
    assert target.name == "a"
    assert target.reasons[:2] == ("brand (8.0 of 10)", "size (9.0 of 10)") or "size (9.0 of 10)" in target.reasons
    assert "growth (3.0 of 10)" in target.doubts
    assert found.passed_over[-1] == ("c", "knocked out by reach")
    assert found.next_best == "b"
    assert found.sentence.startswith("Target a. That ")


def test_fragility_follows_from_the_variations():
    assert recommend(matrix(values=(10, 1, 1))).fragility == "firm"
    close = market_matrix(
        "ab",
        [
            Criterion.rated("x", "attractiveness", 1, (8, 2)),
            Criterion.rated("y", "attractiveness", 1, (2, 8)),
            Criterion.rated("z", "competitiveness", 1, (5, 5)),
        ],
    )
    found = recommend(close)
    assert found.fragility == "fragile"
    assert "fragile" in found.sentence
    assert any("drop it in" in one for one in found.targets[0].doubts)


def test_nothing_left_is_no_answer():
    found = market_matrix(
        "a",
        [Criterion.rated("x", "attractiveness", 1, (1,)), Criterion.rated("y", "competitiveness", 1, (1,))],
        knockouts=[Knockout("size", 5, (1,))],
    )
    with pytest.raises(NoAnswerError):
        recommend(found)


def test_the_audience_is_a_definition_of_the_language():
    found = audience(
        recommend(matrix(m=2)),
        [("a", "motives_a"), ("b", "motives_b"), ("c", "motives_c")],
        name="core",
        decided_at=WHEN,
        decided_by="Ann",
        without=["staff"],
        solution="motives",
        least_confidence=0.8,
        title="Core audience",
    )
    document = json.loads(json.dumps(found.segment_document))
    assert parse_document(document) == found.definition
    assert document["where"]["all"] == [
        {"any": [{"segment": "motives_a"}, {"segment": "motives_b"}]},
        {"model": "motives", "output": "confidence", "gte": {"number": "0.8"}},
        {"not": {"segment": "staff"}},
    ]
    assert found.decided_at == "2026-03-01T09:00:00+00:00"
    assert "decided by Ann on 2026-03-01" in found.sentence
    assert TargetAudience.from_document(json.loads(json.dumps(found.to_document()))) == found


def test_one_segment_alone_is_its_own_rule():
    one = TargetAudience("core", ("a",), "it pays", WHEN.isoformat(), "Ann")
    assert one.segment_document["where"] == {"segment": "a"}


@pytest.mark.parametrize(
    "parts",
    [
        {"name": "my audience"},
        {"segments": ()},
        {"segments": ("a", "a")},
        {"segments": ("core",)},
        {"without": ("a",)},
        {"why": " "},
        {"decided_by": ""},
        {"decided_at": "2026-03-01"},
        {"decided_at": "yesterday"},
        {"least_confidence": 2.0, "solution": "motives"},
        {"least_confidence": 0.5},
    ],
)
def test_decisions_that_say_too_little_are_refused(parts):
    good = {"name": "core", "segments": ("a",), "why": "it pays", "decided_at": WHEN.isoformat(), "decided_by": "Ann"}
    with pytest.raises(DataError):
        TargetAudience(**good | parts)


def test_targets_need_a_definition():
    with pytest.raises(DataError, match="has no definition"):
        audience(recommend(matrix()), [("b", "motives_b")], name="core", decided_at=WHEN, decided_by="Ann")


def test_the_recommendation_is_a_document():
    found = recommend(matrix(m=2))
    assert Recommendation.from_document(json.loads(json.dumps(found.to_document()))) == found
