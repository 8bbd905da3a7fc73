"""Keys of programs, by the hash of their secret."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from segmentary.ledger.ledger import Ledger, instant, instant_text

KeyKind = Literal["write", "read", "admin"]
KEY_KINDS: tuple[KeyKind, ...] = get_args(KeyKind)
COLUMNS = "key_id, kind, name, secret_hash, scopes, created_by, created_at, expires_at, last_used_at, revoked_at"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key. scopes : the permissions it has, within those of its kind."""

    key_id: str
    kind: KeyKind
    name: str
    secret_hash: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    last_used_at: dt.datetime | None
    revoked_at: dt.datetime | None

    def holds(self, at: dt.datetime) -> bool:
        """Say whether it lets somebody in at a moment."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


def entry_of(row: tuple[Any, ...]) -> ApiKey:
    key_id, kind, name, secret_hash, scopes, by, *moments = row
    created, expires, used, revoked = (instant(one) if one else None for one in moments)
    assert created is not None  # noqa: S101 - the column is never empty
    return ApiKey(key_id, kind, name, secret_hash, tuple(json.loads(scopes)), by, created, expires, used, revoked)


def append_key(ledger: Ledger, entry: ApiKey) -> None:
    """Keep a new key."""
    with ledger.transaction():
        ledger.connection.execute(
            f"insert into api_keys ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, '', '')",  # noqa: S608
            (
                entry.key_id, entry.kind, entry.name, entry.secret_hash, json.dumps(entry.scopes), entry.created_by,
                instant_text(entry.created_at), instant_text(entry.expires_at) if entry.expires_at else "",
            ),
        )  # fmt: skip


def api_keys(ledger: Ledger) -> list[ApiKey]:
    """Return every key there ever was, newest first."""
    rows = ledger.rows(f"select {COLUMNS} from api_keys order by created_at desc, key_id")  # noqa: S608
    return [entry_of(row) for row in rows]


def api_key(ledger: Ledger, key_id: str) -> ApiKey | None:
    """Return one key, or nothing."""
    rows = ledger.rows(f"select {COLUMNS} from api_keys where key_id = ?", key_id)  # noqa: S608
    return entry_of(rows[0]) if rows else None


def revoke_key(ledger: Ledger, key_id: str, *, at: dt.datetime) -> bool:
    """Let a key open nothing any more; say whether it did until now."""
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update api_keys set revoked_at = ? where key_id = ? and revoked_at = ''", (instant_text(at), key_id)
        )
    return bool(cursor.rowcount)
