"""Before anybody comes in: the first admin's secret, and secrets nobody should start with."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import stat
from typing import TYPE_CHECKING

from segmentary.errors import AccessDeniedError, WorkspaceError
from segmentary.ledger.setup_secrets import keep_setup_secret, setup_secret_holds, use_setup_secret
from segmentary.ledger.users import active_admins, append_user, user_named, users
from segmentary.workspace.access.tokens import hashed, new_token
from segmentary.workspace.access.users import UserInfo, checked_name, shown
from segmentary.workspace.keys import NAME, held_keys

if TYPE_CHECKING:
    from pathlib import Path

    from segmentary.ledger.ledger import Ledger

HOLDS = dt.timedelta(hours=1)
FEWEST_BYTES = 12
ARGON = re.compile(r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}")
KNOWN_KEYS = frozenset(
    hashlib.sha256(one).hexdigest() for one in (bytes(range(32)), bytes(range(1, 33)), bytes(range(31, -1, -1)))
)
KNOWN_HASHES = frozenset(
    (
        # Of the documentation of the library that hashes.
        "$argon2id$v=19$m=65536,t=3,p=4$MIIRqgvgQbgj220jfp0MPA$YfwJSVjtjSU0zzV/P3S9nnQ/USre2wvJMjfCIjrTQbg",
        "$argon2id$v=19$m=65536,t=3,p=4$Fbgwn3fbX+RIOX4xBzDxeg$dqjXQ8qXIm0Ahbx/FwPF3YoaI4cXOj0mGpWaR2uQvHU",
    )
)


def new_setup_secret(ledger: Ledger, *, at: dt.datetime) -> str:
    """Return a secret that makes the first admin, once, within an hour; nothing where there is an admin.

    Only its hash is kept, and those made before hold no more.
    """
    if active_admins(ledger):
        return ""
    secret = new_token()
    keep_setup_secret(ledger, hashed(secret), at=at, expires_at=at + HOLDS)
    return secret


def first_admin(ledger: Ledger, secret: str, user: str, name: str, password: str, *, at: dt.datetime) -> UserInfo:
    """Make the first admin.

    Raises
    ------
    AccessDeniedError
        when the secret does not hold, or there is an admin.
    UsageError
        when the name or the password will not do.
    """
    from segmentary.workspace.access.passwords import check_password, hash_of

    given = hashed(secret)
    if active_admins(ledger) or not setup_secret_holds(ledger, given, at=at):
        raise no_secret()
    called = checked_name(user)
    said = name.strip()[:200] or called
    check_password(password, called, said)
    password_hash = hash_of(password)
    with ledger.transaction():
        if active_admins(ledger) or not use_setup_secret(ledger, given, at=at):
            raise no_secret()
        if not append_user(ledger, called, said, "admin", password_hash, at=at):
            raise AccessDeniedError(
                "there is a user of that name", hint="`segmentary user role NAME admin` on this machine"
            )
    made = user_named(ledger, called)
    assert made is not None  # noqa: S101 - just added
    return shown(made)


def no_secret() -> AccessDeniedError:
    return AccessDeniedError(
        "this link does not hold any more",
        hint="it works once, for an hour, while there is no admin; start the server again",
    )


def check_keys(folder: Path) -> None:
    """Refuse keys of a workspace that others can read or guess.

    Raises
    ------
    WorkspaceError
        saying which, and what to do.
    """
    path = folder / NAME
    if not path.exists():
        return
    again = "delete the file: new ones are made, and links signed with the old ones stop working"
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise WorkspaceError(f"others can read the keys {path}", hint=f"chmod 600 {path}")
    import base64

    held = {purpose: base64.b64decode(text) for purpose, text in held_keys(path).items()}
    for purpose, key in held.items():
        weak = (
            len(set(key)) < FEWEST_BYTES
            or all(32 <= byte < 127 for byte in key)
            or hashlib.sha256(key).hexdigest() in KNOWN_KEYS
            or key[: len(key) // 2] == key[len(key) // 2 :]
        )
        if weak:
            raise WorkspaceError(f"the key for {purpose!r} in {path} can be guessed", hint=again)
    if len(set(held.values())) < len(held):
        raise WorkspaceError(f"two keys in {path} are the same", hint=again)


def check_passwords(ledger: Ledger) -> None:
    """Refuse users whose password everybody can know.

    Raises
    ------
    WorkspaceError
        naming the user.
    """
    seen: set[str] = set()
    for one in users(ledger):
        if one.disabled_at is not None:
            continue
        if not ARGON.fullmatch(one.password_hash) or one.password_hash in KNOWN_HASHES or one.password_hash in seen:
            raise WorkspaceError(
                f"the password of {one.user!r} is not safe", hint=f"segmentary user password {one.user}"
            )
        seen.add(one.password_hash)
