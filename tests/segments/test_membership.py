"""Masks and changes: every differing bit, once, whatever the number of segments."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.segments.membership import (
    changes_query,
    counts_query,
    flags_query,
    mask_count,
    masks_query,
    members_query,
    place_of,
)


def store(engine, name, flags, positions):
    """Write {segment: set of ids} as a membership table over everybody named."""
    people = sorted({one for ids in flags.values() for one in ids} | {"nobody"})
    columns = {segment: f"s{i}" for i, segment in enumerate(flags)}
    data = {"customer_id": people} | {c: [p in flags[s] for p in people] for s, c in columns.items()}
    engine.ingest("flags", pa.table(data))
    engine.create_as(name, masks_query(exp.table_("flags"), columns, positions))


def test_sixty_segments_to_a_mask():
    assert (place_of(59).mask, place_of(59).bit) == (0, 59)
    assert (place_of(60).mask, place_of(60).bit) == (1, 0)
    assert mask_count({}) == 1
    assert mask_count({"a": 119}) == 2


@given(
    before=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.frozensets(st.sampled_from("xyz"))),
    after=st.dictionaries(st.sampled_from(["a", "b", "c"]), st.frozensets(st.sampled_from("xyz"))),
)
def test_changes_are_the_symmetric_difference(before, after):
    positions = {"a": 0, "b": 59, "c": 130}
    engine = DuckDB()
    store(engine, "was", before, positions)
    store(engine, "now", after, positions)
    query = changes_query(before="was", after="now", positions=positions, masks_before=3)
    found = {(segment, person, entered) for segment, person, entered in engine.rows(query)}
    expected = {
        (segment, person, person in after.get(segment, frozenset()))
        for segment in positions
        for person in before.get(segment, frozenset()) ^ after.get(segment, frozenset())
    }
    assert found == expected
    assert len(engine.rows(query)) == len(expected)
    engine.close()


def test_an_earlier_table_with_fewer_masks():
    engine = DuckDB()
    store(engine, "was", {"a": {"x"}}, {"a": 0})
    store(engine, "now", {"a": {"x"}, "late": {"x", "y"}}, {"a": 0, "late": 60})
    query = changes_query(before="was", after="now", positions={"a": 0, "late": 60}, masks_before=1)
    assert sorted(engine.rows(query)) == [("late", "x", True), ("late", "y", True)]


def test_counts_members_and_flags_agree():
    engine = DuckDB()
    positions = {"a": 0, "b": 61}
    store(engine, "membership", {"a": {"x", "y"}, "b": {"y"}}, positions)
    assert engine.rows(counts_query(["a", "b"], positions)) == [(2, 1)]
    assert sorted(engine.rows(members_query(61))) == [("y",)]
    flags = {row[0]: row[1:] for row in engine.rows(flags_query(["b", "a"], positions))}
    assert flags == {"x": (False, True), "y": (True, True), "nobody": (False, False)}


def test_hostile_segment_names_stay_values():
    engine = DuckDB()
    name = "x'; drop table membership; --"
    store(engine, "was", {}, {name: 0})
    store(engine, "now", {name: {"x"}}, {name: 0})
    query = changes_query(before="was", after="now", positions={name: 0}, masks_before=1)
    assert engine.rows(query) == [(name, "x", True)]
