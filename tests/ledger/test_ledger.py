"""The ledger: durable, chained, and clear when something is wrong."""

import datetime as dt
import sqlite3

import pytest

from segmentary.errors import WorkspaceError, WorkspaceLockedError
from segmentary.ledger.ledger import Ledger, instant, instant_text

NOON = dt.datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=dt.UTC)


def test_settings_that_make_it_durable(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert ledger.rows("pragma journal_mode") == [("wal",)]
    assert ledger.rows("pragma synchronous") == [(2,)]  # FULL: NORMAL loses acknowledged rows at a power cut
    assert ledger.rows("pragma secure_delete") == [(1,)]


def test_instants_round_trip_and_sort_as_text():
    later = NOON + dt.timedelta(microseconds=1)
    assert instant(instant_text(NOON)) == NOON
    assert instant_text(NOON) < instant_text(later)
    assert instant_text(NOON.astimezone(dt.timezone(dt.timedelta(hours=5)))) == instant_text(NOON)


def test_audit_chain_notices_an_edited_and_a_removed_line(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    for number in range(3):
        with ledger.transaction():
            ledger.audit("load", {"number": number}, at=NOON)
    assert ledger.audit_intact()
    with ledger.transaction():
        ledger.connection.execute("update audit set body = replace(body, '1', '2') where number = 2")
    assert not ledger.audit_intact()


def test_audit_chain_notices_a_removed_line(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    for number in range(3):
        with ledger.transaction():
            ledger.audit("load", {"number": number}, at=NOON)
    with ledger.transaction():
        ledger.connection.execute("delete from audit where number = 2")
    assert not ledger.audit_intact()


def test_a_failed_transaction_leaves_nothing(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")

    def half_done():
        with ledger.transaction():
            ledger.audit("load", {}, at=NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_done()
    assert ledger.rows("select count(*) from audit") == [(0,)]


def test_a_newer_file_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("pragma user_version = 99")
    connection.close()
    with pytest.raises(WorkspaceError, match="newer version") as caught:
        Ledger(path)
    assert caught.value.hint == "upgrade segmentary"


def test_a_busy_ledger_says_so(tmp_path):
    path = tmp_path / "ledger.sqlite"
    first = Ledger(path)
    second = Ledger(path)
    second.connection.execute("pragma busy_timeout = 1")
    first.connection.execute("begin immediate")
    with pytest.raises(WorkspaceLockedError), second.transaction():
        pass


def test_a_damaged_file_is_named(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"this is not a database, only a text file that is long enough to be read")
    with pytest.raises(WorkspaceError, match="cannot be used"):
        Ledger(path)


def test_a_schema_that_cannot_even_be_quoted_is_told_plainly(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger(path).close()
    data = bytearray(path.read_bytes())
    start = data.index(b"CREATE TABLE loads")
    data[start : start + 40] = b"\xab" * 40
    path.write_bytes(data)
    with pytest.raises(WorkspaceError, match="ledger"):
        Ledger(path)
