from __future__ import annotations

import json

from segmentary.models.table.findings import Finding


def test_a_document_keeps_a_finding() -> None:
    finding = Finding("leak", "refusal", "'duration' gives it away.", "leave it out", ("duration",))
    assert Finding.from_document(json.loads(json.dumps(finding.to_document()))) == finding
