"""The events there are, and the values of what they carry."""

from __future__ import annotations

import pytest

from segmentary.errors import UnknownNameError
from segmentary.workspace.event_catalog import event_of, events_of, top_values


def test_events_are_counted(preview_shop):
    (one,) = [one for one in events_of(preview_shop) if one.name == "order_completed"]
    assert (one.events, one.people) == (sum(i % 5 for i in range(0, 50, 2)), 20)
    assert one.first_at < one.last_at
    assert one.properties["amount"] == "number"
    assert event_of(preview_shop, "order_completed") == one


def test_values_of_a_property_are_counted_by_people(preview_shop):
    (web,) = top_values(preview_shop, "order_completed", "channel", limit=5)
    assert (web.value, web.people) == ("web", 20)
    assert top_values(preview_shop, "order_completed", "channel", limit=5, small=21) == []


def test_unknown_names_are_refused(preview_shop):
    with pytest.raises(UnknownNameError):
        event_of(preview_shop, "nothing")
    with pytest.raises(UnknownNameError):
        top_values(preview_shop, "order_completed", "amount", limit=5)
