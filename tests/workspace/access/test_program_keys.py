"""Keys hold until they expire or are revoked; a scope never widens a kind."""

from __future__ import annotations

import datetime as dt

import pytest

from segmentary.errors import UnknownNameError, UsageError
from segmentary.workspace.access.program_keys import list_keys, make_key, revoke
from segmentary.workspace.access.tokens import read_key


def test_keys_hold_until_they_do_not(access, clock):
    with access.writing() as ledger:
        made = make_key(ledger, "read", "dashboard", by="ada", at=access.tick(), days=1)
        other = make_key(ledger, "write", "shop", by="ada", at=access.tick())
    assert made.key.startswith(f"seg_r_{made.info.key_id}_")
    assert access.by_key(made.key).permissions == {"read"}
    assert access.by_key(other.key).permissions == {"ingest"}
    assert access.by_key(made.key[:-1] + ("0" if made.key[-1] != "0" else "1")) is None
    assert access.by_key(other.key.replace("seg_w", "seg_a")) is None
    clock.now += dt.timedelta(days=1, seconds=1)
    assert access.by_key(made.key) is None
    with access.writing() as ledger:
        revoke(ledger, other.info.key_id, at=access.tick())
        assert made.key not in str(ledger.rows("select * from api_keys"))
    assert access.by_key(other.key) is None


def test_a_cut_key_is_no_key():
    assert read_key("seg_r_abcdefgh_short_000000") is None
    assert read_key("") is None


def test_use_is_noted_once_a_minute(access, clock):
    with access.writing() as ledger:
        made = make_key(ledger, "read", "x", by="ada", at=access.tick())

    def used():
        with access.writing() as ledger:
            return ledger.rows("select last_used_at from api_keys")[0][0]

    access.by_key(made.key)
    first = used()
    access.by_key(made.key)
    assert used() == first != ""
    clock.now += dt.timedelta(minutes=2)
    access.by_key(made.key)
    assert used() > first


@pytest.mark.parametrize(
    ("kind", "name", "scopes", "days"),
    [("write", "x", ["read"], None), ("read", "x", ["define"], None), ("emperor", "x", [], None),
     ("read", " ", [], None), ("read", "x", [], 0), ("read", "x", [], 10**9)],
)  # fmt: skip
def test_what_is_no_key(access, kind, name, scopes, days):
    with access.writing() as ledger:
        with pytest.raises(UsageError):
            make_key(ledger, kind, name, by="ada", at=access.tick(), scopes=scopes, days=days)
        with pytest.raises(UnknownNameError):
            revoke(ledger, "nokey", at=access.tick())
        assert list_keys(ledger) == []
