"""Keys are kept by their hash and revoked once."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from segmentary.ledger.api_keys import ApiKey, api_key, api_keys, append_key, revoke_key
from segmentary.ledger.ledger import Ledger

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def test_a_key_holds_until_it_expires_or_is_revoked(tmp_path):
    later = AT + dt.timedelta(days=1)
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        append_key(ledger, ApiKey("k1", "read", "x", "hash", ("read",), "ada", AT, later, None, None))
        append_key(ledger, ApiKey("k2", "write", "y", "hash", ("ingest",), "ada", later, None, None, None))
        assert [one.key_id for one in api_keys(ledger)] == ["k2", "k1"]
        assert api_key(ledger, "k1").holds(AT)
        assert not api_key(ledger, "k1").holds(later)
        assert revoke_key(ledger, "k2", at=later)
        assert not revoke_key(ledger, "k2", at=later)
        assert not api_key(ledger, "k2").holds(later)
        assert api_key(ledger, "none") is None
