"""A verdict as a document, with the meaning that belongs to it."""

import json
from dataclasses import replace

from segmentary.models.table.findings import Finding
from segmentary.models.validate.verdict import MEANING, Verdict
from segmentary.models.validate.verdict import Test as GateTest

VERDICT = Verdict(
    "reproducible", False, True,
    (GateTest("copula_w", 0.3, -1.5, 40, k=2), GateTest("dip", 1.0, 0.02, columns=("age",))),
    (2, 0.93), None, 1_453, 1_400.5, "A cut that comes back.", ("age",),
    (Finding("sampled", "note", "On a sample.", columns=("age",)),),
)  # fmt: skip


def test_a_document_is_the_same_verdict():
    assert Verdict.from_document(json.loads(json.dumps(VERDICT.to_document()))) == VERDICT
    bare = replace(VERDICT, prediction_strength=None, tests=(), findings=(), gate=None)
    assert Verdict.from_document(json.loads(json.dumps(bare.to_document()))) == bare


def test_every_kind_says_what_it_means_for_the_decision():
    assert set(MEANING) == {"natural", "reproducible", "structure_only", "constructive", "cannot_say"}
    assert VERDICT.meaning == MEANING["reproducible"]
    assert len(set(MEANING.values())) == 5
