"""Versions have numbers: one per meaning, in order; words do not count, the way back does."""

import datetime as dt

import pytest

from segmentary.errors import UnknownNameError
from segmentary.ledger.definitions import VersionEntry, append_version
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.versions import numbered, numbers, resolve

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    with ledger.transaction():
        for number, (version, title, retired) in enumerate(
            [
                ("aaaa", "1", False),
                ("aaaa", "2", False),
                ("bbbb", "3", False),
                ("bbbb", "3", True),
                ("aaaa", "4", False),
            ]
        ):
            at = NOON + dt.timedelta(hours=number)
            append_version(ledger, VersionEntry("segment", "vip", version, {"title": title}, "", retired, at))
    yield ledger
    ledger.close()


def test_numbers(ledger):
    found = [(one.label, one.entry.version, one.entry.document["title"], one.retired) for one in numbered_of(ledger)]
    assert found == [("v1", "aaaa", "2", False), ("v2", "bbbb", "3", True), ("v3", "aaaa", "4", False)]
    assert numbers(ledger) == {"vip": 3}


def numbered_of(ledger):
    return numbered(ledger, "segment", "vip")


def test_by_number_and_by_hash(ledger):
    assert resolve(ledger, "segment", "vip", "v2").entry.version == "bbbb"
    assert resolve(ledger, "segment", "vip", "aa").number == 3
    for wrong in ("v4", "v0", "", "cc"):
        with pytest.raises(UnknownNameError):
            resolve(ledger, "segment", "vip", wrong)
