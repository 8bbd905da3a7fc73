"""Documents with versions: kept once, never lost, found by number and hash."""

import datetime as dt

import pytest

from segmentary.errors import UnknownNameError
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.records import append_record, current_records, record, records

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    yield ledger
    ledger.close()


def test_a_document_is_kept_once_and_older_ones_stay(ledger):
    first = append_record(ledger, "solution", "attitudes", {"k": 3}, at=NOON)
    assert append_record(ledger, "solution", "attitudes", {"k": 3}, at=NOON + HOUR) == first
    second = append_record(ledger, "solution", "attitudes", {"k": 4}, at=NOON + 2 * HOUR)
    assert [one.document["k"] for one in records(ledger, "solution", "attitudes")] == [3, 4]
    assert record(ledger, "solution", "attitudes") == second
    assert record(ledger, "solution", "attitudes", "v1") == record(ledger, "solution", "attitudes@v1") == first
    assert record(ledger, "solution", "attitudes", first.version[:10]) == first
    assert current_records(ledger, "solution", at=NOON + HOUR)["attitudes"] == first
    assert ledger.audit_intact()


def test_what_is_retired_is_not_in_force_and_was(ledger):
    append_record(ledger, "model", "attitudes", {"version": "a"}, at=NOON)
    append_record(ledger, "model", "attitudes", {"version": "a"}, at=NOON + HOUR, retired=True)
    assert current_records(ledger, "model") == {}
    assert set(current_records(ledger, "model", at=NOON)) == {"attitudes"}
    append_record(ledger, "model", "attitudes", {"version": "a"}, at=NOON + 2 * HOUR)
    assert set(current_records(ledger, "model")) == {"attitudes"}


def test_what_is_not_there_is_named(ledger):
    append_record(ledger, "solution", "attitudes", {"k": 3}, at=NOON)
    with pytest.raises(UnknownNameError, match="attitudes"):
        record(ledger, "solution", "atitudes")
    with pytest.raises(UnknownNameError, match="version of attitudes"):
        record(ledger, "solution", "attitudes", "v2")
