"""Sessions hold for their user as they are now, and are forgotten when they are long over."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

from segmentary.ledger.ledger import Ledger
from segmentary.ledger.sessions import append_session, end_sessions_of, session, touch
from segmentary.ledger.users import append_user

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def test_sessions_of_a_user_end_but_one(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    append_user(ledger, "ada", "Ada", "admin", "hash", at=AT)
    for name in ("a", "b"):
        append_session(ledger, name, "ada", "csrf", at=AT, expires_at=AT + 5 * HOUR)
    assert end_sessions_of(ledger, "ada", at=AT, but="a") == 1
    assert session(ledger, "a", at=AT, idle=HOUR).user == "ada"
    assert session(ledger, "b", at=AT, idle=HOUR) is None
    assert session(ledger, "a", at=AT + 2 * HOUR, idle=HOUR) is None
    append_session(ledger, "c", "ada", "csrf", at=AT + dt.timedelta(days=3), expires_at=AT + dt.timedelta(days=4))
    assert [row[0] for row in ledger.rows("select session_hash from sessions")] == ["c"]
    ledger.close()


def test_noting_never_waits(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with closing(Ledger(path)) as ledger, closing(Ledger(path)) as other:
        append_user(ledger, "ada", "Ada", "admin", "hash", at=AT)
        append_session(ledger, "a", "ada", "csrf", at=AT, expires_at=AT + 5 * HOUR)
        with other.transaction():
            assert not touch(ledger, "sessions", "a", at=AT + HOUR)
        assert touch(ledger, "sessions", "a", at=AT + HOUR)
