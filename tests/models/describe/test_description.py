"""A description as it is kept."""

from __future__ import annotations

import json

from tests.models.describe.people import people

from segmentary.models.describe.describing import describe
from segmentary.models.describe.description import Description


def test_what_there_is_not_stays_nothing():
    table, labels = people(0, n=150)
    found = describe(table, labels, rules=False)
    assert found.segments[0].value_share is None
    assert found.agreement is None
    assert Description.from_document(json.loads(json.dumps(found.to_document()))) == found
