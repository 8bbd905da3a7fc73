"""What is shared between messages of one rendering."""

import pytest

from segmentary.activation.rendering import Failed
from segmentary.workspace.message_rendering import detail_of, earliest, public


@pytest.mark.parametrize(
    ("moments", "first"), [((), ""), (("", ""), ""), (("2026-03-02Z", "", "2026-03-01Z"), "2026-03-01Z")]
)
def test_a_message_ends_with_whatever_ends_first(moments, first):
    assert earliest(*moments) == first


def test_what_went_wrong_is_said_with_its_place():
    assert detail_of(Failed("no", "text", 3), "autumn", "thanks") == "message autumn, variant thanks, text, line 3: no"
    assert detail_of(Failed("no", "", 0), "autumn", "thanks") == "message autumn, variant thanks: no"


def test_of_an_offer_only_what_it_says_is_passed_on():
    assert public({"id": "a.b", "code": "", "products": [], "value": None}) == {"id": "a.b"}
