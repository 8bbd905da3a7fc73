"""Accepted files: in order, all of a call or none, and how they were read."""

import dataclasses
import datetime as dt

import pytest

from segmentary.errors import WorkspaceError
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.loads import LoadEntry, append_loads, find_load, last_mapping, load_count, load_id_of, loads

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path):
    held = Ledger(tmp_path / "ledger.sqlite")
    yield held
    held.close()


def entry(number, source="orders", **changes):
    one = LoadEntry(
        load_id=f"id{number}",
        source=source,
        kind="orders",
        file=f"{number}.csv",
        archive_file=f"archive/{number}.csv",
        content_hash=f"{number:064d}",
        part=0,
        mapping={"kind": "orders", "columns": {"order_id": f"column {number} 'ü'"}},
        report={"rows_read": number},
        known_at=NOON,
    )
    return dataclasses.replace(one, **changes)


def test_the_same_content_in_the_same_source_is_the_same_load():
    same = load_id_of("orders", "hash", 0)
    assert load_id_of("orders", "hash", 0) == same
    assert (
        len({same, load_id_of("other", "hash", 0), load_id_of("orders", "hash2", 0), load_id_of("orders", "hash", 1)})
        == 4
    )
    assert len(same) == 16


def test_loads_come_back_as_they_went_in_order(ledger):
    entries = [entry(2), entry(1), entry(3, source="customers")]
    append_loads(ledger, entries)
    assert loads(ledger) == entries
    assert load_count(ledger) == 3
    assert find_load(ledger, "id1") == entries[1]
    assert find_load(ledger, "nothing") is None


def test_all_of_a_call_or_none(ledger):
    append_loads(ledger, [entry(1)])
    with pytest.raises(WorkspaceError, match="UNIQUE"):
        append_loads(ledger, [entry(2), entry(1)])
    assert [one.load_id for one in loads(ledger)] == ["id1"]
    assert ledger.audit_intact()


def test_the_newest_mapping_of_a_source_is_remembered(ledger):
    append_loads(ledger, [entry(1), entry(2), entry(3, source="customers")])
    assert last_mapping(ledger, "orders") == entry(2).mapping
    assert last_mapping(ledger, "nothing") is None
