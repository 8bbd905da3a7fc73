"""Sessions end at once, secrets are shown once, nobody is locked out for good, and the log cannot be edited unseen."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.workspace.access.conftest import LONG

from segmentary.ledger.users import append_user
from segmentary.workspace.access import passwords
from segmentary.workspace.access.access import IDLE, LIFE
from segmentary.workspace.access.users import set_disabled, set_password, set_role


def test_a_password_opens_a_session_that_is_kept_only_as_a_hash(access):
    begun = access.sign_in("ada", LONG)
    known = access.by_session(begun.token)
    assert (known.name, known.role, known.csrf) == ("ada", "admin", begun.csrf)
    with access.writing() as ledger:
        assert begun.token not in str(ledger.rows("select * from sessions"))


@pytest.mark.parametrize(
    ("user", "password"), [("ada", "wrong wrong wrong"), ("nobody", LONG), ("", ""), ("ada\x00", LONG)]
)
def test_a_wrong_password_and_an_unknown_user_are_the_same(access, user, password):
    assert access.sign_in(user, password) is None
    assert access.log_page(None, 10)[0].action == "sign-in refused"


def test_an_unknown_user_costs_a_hash_as_well(access, monkeypatch):
    counted = []
    original = passwords.HASHER.verify
    monkeypatch.setattr(passwords.PasswordHasher, "verify", lambda self, *given: counted.append(1) or original(*given))
    access.sign_in("ada", "wrong wrong wrong")
    access.sign_in("nobody at all", "wrong wrong wrong")
    assert len(counted) == 2


@pytest.mark.parametrize("change", ["password", "role", "disable", "end"])
def test_a_session_is_dead_at_once(access, change):
    with access.writing() as ledger:
        append_user(ledger, "eve", "Eve", "admin", "x", at=access.tick())
        begun = access.sign_in("ada", LONG)
        known = access.by_session(begun.token)
        match change:
            case "password":
                set_password(ledger, "ada", LONG + " two", at=access.tick())
            case "role":
                set_role(ledger, "ada", "viewer", at=access.tick())
            case "disable":
                set_disabled(ledger, "ada", True, at=access.tick())
            case "end":
                access.end(known.session_hash)
    assert access.by_session(begun.token) is None


def test_a_session_ends_by_itself(access, clock):
    idle = access.sign_in("ada", LONG)
    clock.now += IDLE + dt.timedelta(seconds=1)
    assert access.by_session(idle.token) is None
    used = access.sign_in("ada", LONG)
    for _ in range(int(LIFE / (IDLE / 2)) - 1):
        clock.now += IDLE / 2
        assert access.by_session(used.token) is not None
    clock.now += IDLE / 2 + dt.timedelta(minutes=1)
    assert access.by_session(used.token) is None
