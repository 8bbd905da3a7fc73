"""All segments of somebody with a reason each."""

from tests.workspace.segment_shop import shop

from segmentary.workspace.lookup import Lookup
from segmentary.workspace.person_segments import is_about_one, reason_in_words, segments_with_reasons


def test_every_segment_has_its_moment_and_a_reason():
    entered = Lookup(shop()).entered("c04")
    found = segments_with_reasons(shop(), "c04", entered)
    assert {one.name: one.entered_at for one in found} == dict(entered)
    assert reason_in_words(shop(), "often", "c04") == "order count is at least 3 (it is 5)"
    assert reason_in_words(shop(), "often", "nobody") == ""
    assert is_about_one(shop(), "often")
