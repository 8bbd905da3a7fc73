"""Backfills are kept as they were acknowledged, and audited."""

import datetime as dt

from segmentary.ledger.backfills import BackfillEntry, append_backfill, backfills
from segmentary.ledger.ledger import Ledger

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_what_is_appended_is_read_again(tmp_path):
    ledger = Ledger(tmp_path / "ledger")
    later = NOON + dt.timedelta(days=30)
    entries = [
        BackfillEntry(n, name, "abc", NOON, later, "month", "now", 2, later, f"{n}.parquet", "hash")
        for n, name in ((1, "vip"), (2, "new"))
    ]
    with ledger.transaction():
        for entry in entries:
            append_backfill(ledger, entry)
    assert backfills(ledger) == entries
    assert backfills(ledger, "new") == entries[1:]
    assert backfills(ledger, "none") == []
    assert ledger.audit_intact()
    ledger.close()
