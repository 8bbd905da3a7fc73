"""Documents with versions: kept once, never lost, found by number and hash."""

import datetime as dt
import sqlite3

import pytest

from segmentary.errors import UnknownNameError
from segmentary.ledger.ledger import Ledger, instant_text
from segmentary.ledger.migrations import MIGRATIONS
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


def test_a_ledger_of_before_predictions_keeps_its_documents(tmp_path):
    before = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    for statements in MIGRATIONS[:4]:
        for statement in statements:
            before.execute(statement)
    before.execute(
        "insert into records (kind, name, version, document, created_at) values ('model', 'kinds', 'abc', '{}', ?)",
        (instant_text(NOON),),
    )
    before.execute("pragma user_version = 4")
    before.close()
    ledger = Ledger(tmp_path / "ledger.sqlite")
    try:
        assert set(current_records(ledger, "model")) == {"kinds"}
        append_record(ledger, "prediction", "clv", {"type": "lifetime_value"}, at=NOON)
        append_record(ledger, "experiment", "mail", {"arms": 2}, at=NOON)
        assert record(ledger, "prediction", "clv").document == {"type": "lifetime_value"}
        assert [one.version for one in records(ledger, "model", "kinds")] == ["abc"]
    finally:
        ledger.close()
