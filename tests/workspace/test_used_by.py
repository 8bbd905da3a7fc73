"""Who uses a segment, and that nothing in use is retired."""

import pytest
from tests.workspace.segment_shop import shop

from segmentary.errors import UsageError
from segmentary.workspace.used_by import named, retire, used_by


def test_a_segment_knows_who_rests_on_it():
    assert [(one.kind, one.name) for one in used_by(shop(), "often")] == [("segment", "good_often")]
    assert used_by(shop(), "good_often") == []


def test_what_is_used_is_not_retired():
    with pytest.raises(UsageError, match="segment good_often"):
        retire(shop(), "often")


def test_documents_name_segments_in_few_places():
    document = {"targets": {"vip": "a"}, "exclude": ["staff"], "message": "vip2", "steps": [{"when": {"segment": "x"}}]}
    assert sorted(named(document)) == ["staff", "vip", "x"]
