"""The first admin comes in by a secret that works once; secrets others can read or guess do not start."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from tests.workspace.access.conftest import LONG

from segmentary.errors import AccessDeniedError, UsageError, WorkspaceError
from segmentary.ledger.users import append_user
from segmentary.workspace.access import passwords
from segmentary.workspace.access.access import Access
from segmentary.workspace.access.program_keys import make_key
from segmentary.workspace.access.starting import KNOWN_HASHES
from segmentary.workspace.keys import key
from segmentary.workspace.opening import init_workspace

# ---------------------------------------------------------------- setting up


def test_the_setup_secret_works_once(tmp_path, clock, monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    with init_workspace(tmp_path / "shop", clock=clock) as workspace:
        access = Access(workspace)
        old, secret = access.setup_secret(), access.setup_secret()
        for wrong in ("", "x", old):
            with pytest.raises(AccessDeniedError):
                access.set_up(wrong, "ada", "", LONG)
        with pytest.raises(UsageError):
            access.set_up(secret, "ada", "", "short")
        assert access.by_session(access.set_up(secret, "ada", "", LONG).token).role == "admin"
        with pytest.raises(AccessDeniedError):
            access.set_up(secret, "eve", "", LONG)
        assert access.setup_secret() == ""
        access.close()


def test_the_setup_secret_expires(tmp_path, clock):
    with init_workspace(tmp_path / "shop", clock=clock) as workspace:
        access = Access(workspace)
        secret = access.setup_secret()
        clock.now += dt.timedelta(hours=1, seconds=1)
        with pytest.raises(AccessDeniedError):
            access.set_up(secret, "ada", "", LONG)
        access.close()


def test_two_fresh_installs_share_no_secret_byte(tmp_path, clock):
    found = []
    for name in ("one", "two"):
        with init_workspace(tmp_path / name, clock=clock) as workspace:
            access = Access(workspace)
            secret = access.setup_secret()
            held = [key(workspace.folder.root, purpose) for purpose in ("unsubscribe", "access_log")]
            with access.writing() as ledger:
                made = make_key(ledger, "admin", "x", by="x", at=access.tick())
            found.append([*held, secret.encode(), made.key.encode()[15:58]])
            access.close()
    for first, second in zip(*found, strict=True):
        windows = {first[at : at + 4] for at in range(len(first) - 3)}
        assert not windows & {second[at : at + 4] for at in range(len(second) - 3)}


# ---------------------------------------------------------------- weak secrets


def test_secrets_that_are_fine_start(access):
    access.log("ada", "anything")
    access.check_secrets()


@pytest.mark.parametrize(
    "weak", [bytes(32), b"\x01\x02" * 16, bytes(range(32)), b"changeme-changeme-changeme-12345"], ids=range(4)
)
def test_keys_that_can_be_guessed_do_not_start(access, weak):
    import base64
    import json

    path = access.folder.root / ".keys.json"
    path.write_text(json.dumps({"unsubscribe": base64.b64encode(weak).decode()}))
    path.chmod(0o600)
    with pytest.raises(WorkspaceError, match="guessed") as caught:
        access.check_secrets()
    assert caught.value.hint


def test_keys_others_can_read_do_not_start(access):
    access.log("ada", "anything")
    os.chmod(access.folder.root / ".keys.json", 0o644)
    with pytest.raises(WorkspaceError, match="others can read"):
        access.check_secrets()


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "password",
        "$2b$12$abc",
        min(KNOWN_HASHES),
    ],
    ids=range(4),
)
def test_a_user_with_a_known_password_does_not_start(access, kept):
    with access.writing() as ledger:
        append_user(ledger, "eve", "Eve", "admin", kept, at=access.tick())
    with pytest.raises(WorkspaceError, match="eve"):
        access.check_secrets()
