"""The newest setup secret holds, once, for a while."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from segmentary.ledger.ledger import Ledger
from segmentary.ledger.setup_secrets import keep_setup_secret, setup_secret_holds, use_setup_secret

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_only_the_newest_holds_and_only_once(tmp_path):
    with closing(Ledger(tmp_path / "ledger.sqlite")) as ledger:
        for name in ("old", "new"):
            keep_setup_secret(ledger, name, at=AT, expires_at=AT + HOUR)
        assert not setup_secret_holds(ledger, "old", at=AT)
        assert setup_secret_holds(ledger, "new", at=AT)
        assert not setup_secret_holds(ledger, "new", at=AT + HOUR)
        with ledger.transaction():
            assert use_setup_secret(ledger, "new", at=AT)
            assert not use_setup_secret(ledger, "new", at=AT)
        assert not setup_secret_holds(ledger, "new", at=AT)
