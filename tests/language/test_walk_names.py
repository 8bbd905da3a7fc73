# ruff: noqa: E501 - the rule stands as it is typed
"""Names in the new nodes, and where their parts stand in the written form."""

from __future__ import annotations

import pytest

from segmentary.language.text import parse_text
from segmentary.language.tree import EventFilter, PropertyValue, SegmentDefinition, Step
from segmentary.language.walk import (
    children,
    events_used,
    lists_used,
    located,
    models_used,
    places_used,
    purposes_used,
    references_used,
    segments_evaluated,
    segments_remembered,
    segments_used,
    traits_used,
    walk,
)
from segmentary.language.yaml import dump_yaml, parse_yaml

BUSY = parse_text(
    "segment now and segment old at 3d ago and segment redone at 3d ago evaluated and segment during_it during any last 3d"
    " and segment came entered and events a since last entry into since_it count > 1"
    " and sequence (s1 where (trait city = x) then s2 without s3 where (fact kind of stores by p = y)) session 30min of s4"
    " and sessions 30min of v1 containing (v2 where (p = 1)) count > 1 and times (sequence (t1 then t2)) > 1"
    " and periods (events w1 count > 1 per week of last 3) > 1 and related account any (trait plan = pro and list l)"
    " and related account count > 1 of (trait size = 1) and consent ads and model churn.score > 1"
    " and within 3km of places shops from (trait lat, trait lon) and state = x for at least 3d and state2 = x at any time in last 3d"
)


def test_every_name_is_found():
    assert segments_evaluated(BUSY) == {"now", "redone"}
    assert segments_remembered(BUSY) == {"old", "during_it", "came", "since_it"}
    assert segments_used(BUSY) == segments_evaluated(BUSY) | segments_remembered(BUSY)
    assert events_used(BUSY) == {"a", "s1", "s2", "s3", "s4", "v1", "v2", "t1", "t2", "w1"}
    assert traits_used(BUSY) == {"city", "plan", "size", "lat", "lon", "state", "state2"}
    assert lists_used(BUSY) == {"l"}
    assert places_used(BUSY) == {"shops"}
    assert references_used(BUSY) == {("stores", "kind")}
    assert models_used(BUSY) == {"churn"}
    assert purposes_used(BUSY) == {"ads"}


def test_each_part_is_visited_once():
    assert len(list(walk(BUSY))) == 1 + sum(len(list(walk(part))) for part in children(BUSY))


@pytest.mark.parametrize("index", range(len(BUSY.rules)))  # type: ignore[union-attr]
def test_parts_are_found_where_they_are_written(index):
    definition = SegmentDefinition("s", BUSY.rules[index])  # type: ignore[union-attr]
    (parsed,) = parse_yaml(dump_yaml([definition]))
    assert parsed.definition == definition
    for pointer, node in located(definition):
        if not isinstance(node, EventFilter | PropertyValue | Step):
            assert pointer in parsed.places, (pointer, node, sorted(parsed.places))
