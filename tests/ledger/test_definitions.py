"""Versions of definitions: none is lost, a bit position is never given twice."""

import datetime as dt

import pytest

from segmentary.ledger.definitions import VersionEntry, append_version, current, lists, positions, put_list, versions
from segmentary.ledger.ledger import Ledger

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path):
    held = Ledger(tmp_path / "ledger.sqlite")
    yield held
    held.close()


def put(ledger, name, version, *, hours=0, kind="segment", retired=False):
    entry = VersionEntry(kind, name, version, {"segment": name}, "a.yaml", retired, NOON + hours * HOUR)
    with ledger.transaction():
        append_version(ledger, entry)
    return entry


def test_the_newest_version_is_in_force_and_older_ones_stay(ledger):
    first, second = put(ledger, "vip", "v1"), put(ledger, "vip", "v2", hours=1)
    assert current(ledger, "segment") == {"vip": second}
    assert versions(ledger, "segment", "vip") == [first, second]


def test_what_was_in_force_at_a_moment(ledger):
    first = put(ledger, "vip", "v1")
    put(ledger, "vip", "v2", hours=2)
    assert current(ledger, "segment", at=NOON + HOUR) == {"vip": first}
    assert current(ledger, "segment", at=NOON - HOUR) == {}


def test_a_retired_definition_is_out_of_force_and_can_come_back(ledger):
    put(ledger, "vip", "v1")
    put(ledger, "vip", "v1", hours=1, retired=True)
    assert current(ledger, "segment") == {}
    put(ledger, "vip", "v1", hours=2)
    assert list(current(ledger, "segment")) == ["vip"]


def test_segments_and_traits_of_one_name_are_two(ledger):
    put(ledger, "value", "s")
    put(ledger, "value", "t", kind="trait")
    assert current(ledger, "segment")["value"].version == "s"
    assert current(ledger, "trait")["value"].version == "t"


def test_positions_are_given_once_and_kept(ledger):
    for hours, name in enumerate(["b", "a", "b", "c"]):
        put(ledger, name, f"v{hours}", hours=hours)
    put(ledger, "a", "v9", hours=9, retired=True)
    put(ledger, "d", "v10", hours=10)
    put(ledger, "not_a_segment", "t", kind="trait", hours=11)
    assert positions(ledger) == {"b": 0, "a": 1, "c": 2, "d": 3}
    assert positions(ledger, at=NOON + HOUR) == {"b": 0, "a": 1}


def test_lists_are_replaced_whole(ledger):
    with ledger.transaction():
        put_list(ledger, "key", ["b", "a"], origin="", at=NOON)
    with ledger.transaction():
        put_list(ledger, "key", ["c"], origin="", at=NOON)
        put_list(ledger, "empty", [], origin="", at=NOON)
    assert lists(ledger) == {"empty": (), "key": ("c",)}
