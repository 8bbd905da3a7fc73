"""Users are kept once, and changed in place."""

from __future__ import annotations

import datetime as dt

from segmentary.ledger.ledger import Ledger
from segmentary.ledger.users import active_admins, append_user, change_user, user_named, users

AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def test_a_user_is_added_once_and_changed(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    assert append_user(ledger, "ada", "Ada", "admin", "hash", at=AT)
    assert not append_user(ledger, "ada", "Other", "viewer", "hash", at=AT)
    assert active_admins(ledger) == 1
    change_user(ledger, "ada", at=AT + dt.timedelta(days=1), disabled=True)
    found = user_named(ledger, "ada")
    assert (found.name, found.role, found.disabled_at) == ("Ada", "admin", AT + dt.timedelta(days=1))
    assert active_admins(ledger) == 0
    change_user(ledger, "ada", at=AT, disabled=False, role="viewer", name="A.")
    assert [(one.name, one.role, one.disabled_at) for one in users(ledger)] == [("A.", "viewer", None)]
    assert user_named(ledger, "nobody") is None
    ledger.close()
