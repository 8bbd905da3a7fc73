"""People are found by what one may see."""

import pytest
from tests.workspace.segment_shop import shop

from segmentary.workspace.people_search import search_people


@pytest.mark.parametrize(
    ("text", "by", "first"),
    [
        ("c07", "id", "c07"),
        (" C07@People.Example ", "email", "c07"),
        ("c07@peo", "email", "c07"),
        ("ann", "name", "c01"),
    ],
)
def test_found(text, by, first):
    found = search_people(shop(), text, personal=True)
    assert (found[0].customer_id, found[0].by) == (first, by)


def test_without_the_right_only_ids_are_looked_at():
    assert search_people(shop(), "ann", personal=False) == []
    assert search_people(shop(), "c07@people.example", personal=False) == []
    assert len(search_people(shop(), "c0", personal=False, limit=5)) == 5


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "\0", "\ud800", "x" * 500, "'; --"])
def test_nothing_strange_is_found(text):
    assert search_people(shop(), text, personal=True) == []
