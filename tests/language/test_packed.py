"""Which cells there are, and how aggregates share columns."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from segmentary.language.packed import CELLS, Cells, way_of
from segmentary.language.packed_activity import PackedActivity
from segmentary.language.plan import Plan
from segmentary.language.tree import (
    All,
    Compare,
    Context,
    Duration,
    EventFilter,
    EventMeasure,
    Last,
    PropertyValue,
    Rule,
    SegmentDefinition,
    Value,
)

NOW = Context(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))


def packed(*rules: Rule) -> PackedActivity:
    segments = {f"s{i}": SegmentDefinition(f"s{i}", rule) for i, rule in enumerate(rules)}
    return Plan.build(segments=segments, traits={}, given={}, context=NOW).packed_activity()


def counted(days: int | None, least: int, *properties: str, name: str = "login") -> Rule:
    tests = tuple(Compare(PropertyValue((one,)), "exists") for one in properties)
    during = None if days is None else Last(Duration(days, "day"))
    measure: Value = EventMeasure(EventFilter((name,), All(tests) if tests else None), "count", during=during)
    return Compare(measure, "gte", Decimal(least))


def test_three_counters_or_sixty_questions_share_a_column() -> None:
    assert [one.way for one in packed(*(counted(d, 2) for d in range(1, 8))).packing.adding] == ["count"] * 3
    assert [one.way for one in packed(*(counted(d, 1) for d in range(1, 62))).packing.adding] == ["ever"] * 2
    both = packed(counted(7, 1), counted(7, 2), counted(9, 1))
    assert [one.way for one in both.packing.adding] == ["ever", "count"]


def test_cells_are_numbered_from_one_without_gaps() -> None:
    activity = packed(counted(7, 1), counted(30, 2, name="order"), counted(None, 2, "category"))
    (cells,) = activity.packing.cells
    assert cells.size == 3 * 3 * 2
    assert all(len(one.adds) == cells.size for one in activity.packing.adding)


def test_more_cells_than_there_may_be_make_another_numbering() -> None:
    properties = [f"p{i}" for i in range(20)]
    several = packed(*(counted(7, 2, one) for one in properties))
    assert len(several.packing.cells) > 1
    assert all(cells.size <= CELLS for cells in several.packing.cells)
    assert len(several.packed) == 20


def test_what_alone_needs_too_many_cells_is_asked_in_sql() -> None:
    found = packed(counted(7, 2, *(f"p{i}" for i in range(20))), counted(7, 2))
    assert [len(found.packed), len(found.others)] == [1, 1]


def test_what_the_kernel_cannot_make_is_asked_in_sql() -> None:
    channel, amount = PropertyValue(("channel",)), PropertyValue(("amount",))
    events = EventFilter(("login",))
    measures = {
        EventMeasure(events, "distinct", channel): None,
        EventMeasure(events, "max", amount): None,
        EventMeasure(events, "sum", PropertyValue(("points",))): None,
        EventMeasure(events, "sum", amount): "sum",
        EventMeasure(events, "max", PropertyValue(("happened_at",))): "max",
        EventMeasure(events, "count"): "count",
    }
    for measure, way in measures.items():
        (one,) = PackedActivity(
            Plan.build(
                segments={"s": SegmentDefinition("s", Compare(measure, "exists"))}, traits={}, given={}, context=NOW
            ).collected
        ).activity.found.values()
        assert way_of(one) == way


def test_no_cells_without_anything_held() -> None:
    assert Cells().size == 1
