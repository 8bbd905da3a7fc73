import datetime as dt

from segmentary.ledger.contacts import contacts_since, sent_to
from segmentary.ledger.ledger import Ledger, instant_text

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def test_what_was_sent_and_what_waits_counts(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    for number, (state, days) in enumerate([("sent", 1), ("sent", 9), ("waiting", 0), ("failed", 1), ("leased", 0)]):
        ended = instant_text(NOW - dt.timedelta(days=days)) if state in ("sent", "failed") else ""
        with ledger.transaction():
            ledger.connection.execute(
                "insert into outbox (message, origin, customer_id, channel, purpose, address, address_hash, payload,"
                " state, created_at, not_before, ended_at)"
                " values (?, 'o', 'ann', 'email', 'm', '', '', '', ?, '', '', ?)",
                (f"m{number}", state, ended),
            )
    week = NOW - dt.timedelta(days=7)
    assert sent_to(ledger, "ann", week) == [("email", NOW - dt.timedelta(days=1))]
    assert [one[3] for one in contacts_since(ledger, week, NOW)] == ["m0", "m2", "m4"]
