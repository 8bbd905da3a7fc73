"""Keys of programs: made, listed, revoked; what they open is a part of what their kind may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import UnknownNameError, UsageError
from segmentary.ledger.api_keys import KEY_KINDS, ApiKey, KeyKind, api_key, api_keys, append_key, revoke_key
from segmentary.workspace.access.roles import KEY_PERMISSIONS, USUAL_SCOPES
from segmentary.workspace.access.tokens import hashed, new_key

if TYPE_CHECKING:
    from segmentary.ledger.ledger import Ledger

LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """One key, as shown; never its secret."""

    key_id: str
    kind: KeyKind
    name: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new key with its text: shown this once."""

    key: str
    info: KeyInfo


def shown(one: ApiKey) -> KeyInfo:
    return KeyInfo(
        one.key_id, one.kind, one.name, one.scopes, one.created_by, one.created_at, one.expires_at, one.last_used_at,
        one.revoked_at,
    )  # fmt: skip


def list_keys(ledger: Ledger) -> list[KeyInfo]:
    """Return every key there ever was, newest first."""
    return [shown(one) for one in api_keys(ledger)]


def make_key(
    ledger: Ledger,
    kind: str,
    name: str,
    *,
    by: str,
    at: dt.datetime,
    scopes: Iterable[str] = (),
    days: int | None = None,
) -> NewKey:
    """Make a key.

    scopes : permissions, within those of its kind; none means what is usual for it.  days : until it expires.

    Raises
    ------
    UsageError
        when there is no such kind, or a scope is not one of the kind's.
    """
    wanted = next((one for one in KEY_KINDS if one == kind), None)
    if wanted is None:
        raise UsageError("this is no kind of key", hint=f"one of {', '.join(KEY_KINDS)}")
    asked = frozenset(scopes) or USUAL_SCOPES[wanted]
    if not asked <= KEY_PERMISSIONS[wanted]:
        able = ", ".join(sorted(KEY_PERMISSIONS[wanted]))
        raise UsageError(f"a {wanted} key cannot do all of this", hint=f"at most: {able}")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise UsageError("a key holds for 1 day to ten years", hint=f"a number of days from 1 to {LONGEST_DAYS}")
    if not name.strip():
        raise UsageError("a key needs a name", hint="say what uses it")
    made = new_key(wanted)
    append_key(
        ledger,
        ApiKey(
            made.key_id, wanted, name.strip()[:200], hashed(made.text), tuple(sorted(asked)), by, at,
            at + dt.timedelta(days=days) if days is not None else None, None, None,
        ),
    )  # fmt: skip
    return NewKey(made.text, shown(find_key(ledger, made.key_id)))


def find_key(ledger: Ledger, key_id: str) -> ApiKey:
    """Return one key.

    Raises
    ------
    UnknownNameError
        when there is none.
    """
    found = api_key(ledger, key_id)
    if found is None:
        raise UnknownNameError(
            "key", key_id, [one.key_id for one in api_keys(ledger)], see="`segmentary key list` shows them"
        )
    return found


def revoke(ledger: Ledger, key_id: str, *, at: dt.datetime) -> KeyInfo:
    """Let a key open nothing any more, at once."""
    find_key(ledger, key_id)
    revoke_key(ledger, key_id, at=at)
    return shown(find_key(ledger, key_id))
