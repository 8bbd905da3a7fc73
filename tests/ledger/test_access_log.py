"""The chain of the log needs its key; pages go backwards; every day has its last hash."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from segmentary.ledger.access_log import append_entry, daily_anchors, entries, verify_entries
from segmentary.ledger.ledger import Ledger

AT = dt.datetime(2026, 3, 1, 23, tzinfo=dt.UTC)


def test_who_has_not_the_key_cannot_write_an_entry(tmp_path):
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        for number in range(3):
            append_entry(ledger, b"k" * 32, "ada", "did", f"{number}", {}, at=AT + number * dt.timedelta(hours=1))
        assert verify_entries(ledger, b"k" * 32).intact
        assert not verify_entries(ledger, b"x" * 32).intact
        assert [one.number for one in entries(ledger, before=3, limit=5)] == [2, 1]
        assert [(day, number) for day, number, _ in daily_anchors(ledger)] == [("2026-03-02", 3), ("2026-03-01", 1)]
        append_entry(ledger, b"x" * 32, "eve", "did", "", {}, at=AT)
        assert verify_entries(ledger, b"k" * 32).wrong_at == 4
