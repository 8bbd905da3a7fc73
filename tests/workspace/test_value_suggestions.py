"""Values with counts: exact, searched without patterns, page by page, small groups left out."""

from __future__ import annotations

import pytest

from segmentary.errors import UnknownNameError
from segmentary.workspace.value_suggestions import values_of


def told(found):
    return [(one.value, one.people) for one in found]


def test_values_come_by_frequency_and_then_by_themselves(preview_shop):
    found = values_of(preview_shop, "city")
    assert sorted(told(found)) == sorted([("50%_off", 8), ("Bonn", 8), ("Köln", 8), ("O'Hara", 8), ("bonn", 8)])
    first = values_of(preview_shop, "city", limit=2)
    rest = values_of(preview_shop, "city", after=(first[-1].people, first[-1].value))
    assert told([*first, *rest]) == told(found)


@pytest.mark.parametrize(
    ("search", "values"),
    [
        ("BONN", {"Bonn", "bonn"}),
        ("%", {"50%_off"}),
        ("_", {"50%_off"}),
        ("'", {"O'Hara"}),
        ("\0", set()),
        ("\\", set()),
    ],
)
def test_what_is_searched_is_text(preview_shop, search, values):
    assert {one.value for one in values_of(preview_shop, "city", search=search)} == values


def test_small_groups_are_left_out(preview_shop):
    assert values_of(preview_shop, "points", small=2) == []
    assert len(values_of(preview_shop, "points", limit=100)) == 50
    assert sum(one.people for one in values_of(preview_shop, "order_count", limit=100)) == 50


def test_an_unknown_trait_is_named(preview_shop):
    with pytest.raises(UnknownNameError):
        values_of(preview_shop, "nothing")
