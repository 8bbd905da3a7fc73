"""Sessions of users, by the hash of what their browser holds; they end when somebody says so, at once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from segmentary.errors import WorkspaceError
from segmentary.ledger.ledger import Ledger, instant, instant_text
from segmentary.ledger.users import Role


@dataclass(frozen=True, slots=True)
class SessionEntry:
    """One session that has not ended, with its user as they are now."""

    session_hash: str
    user: str
    name: str
    role: Role
    csrf: str
    created_at: dt.datetime
    last_at: dt.datetime
    expires_at: dt.datetime


def append_session(
    ledger: Ledger, session_hash: str, user: str, csrf: str, *, at: dt.datetime, expires_at: dt.datetime
) -> None:
    """Begin a session; those that ended or ran out more than a day ago are forgotten."""
    old = instant_text(at - dt.timedelta(days=1))
    with ledger.transaction():
        ledger.connection.execute("delete from sessions where expires_at < ? or (ended_at <> '' and ended_at < ?)",
                                  (old, old))  # fmt: skip
        ledger.connection.execute(
            "insert into sessions (session_hash, user, csrf, created_at, last_at, expires_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (session_hash, user, csrf, instant_text(at), instant_text(at), instant_text(expires_at)),
        )


def session(ledger: Ledger, session_hash: str, *, at: dt.datetime, idle: dt.timedelta) -> SessionEntry | None:
    """Return a session that holds at a moment, of a user who may come in; else nothing.

    idle : after so long without a request it does not hold any more.
    """
    rows = ledger.rows(
        "select s.session_hash, s.user, u.name, u.role, s.csrf, s.created_at, s.last_at, s.expires_at"
        " from sessions s join users u on u.user = s.user"
        " where s.session_hash = ? and s.ended_at = '' and u.disabled_at = '' and s.expires_at > ? and s.last_at > ?",
        session_hash,
        instant_text(at),
        instant_text(at - idle),
    )
    if not rows:
        return None
    session_hash, user, name, role, csrf, created, last, expires = rows[0]
    return SessionEntry(session_hash, user, name, role, csrf, instant(created), instant(last), instant(expires))


def touch(ledger: Ledger, table: str, name: str, *, at: dt.datetime) -> bool:
    """Take down that a session or key was used; where somebody else is writing just now, not this time."""
    sql = {
        "sessions": "update sessions set last_at = ? where session_hash = ?",
        "api_keys": "update api_keys set last_used_at = ? where key_id = ?",
    }[table]
    ledger.connection.execute("pragma busy_timeout = 0")
    try:
        with ledger.transaction():
            ledger.connection.execute(sql, (instant_text(at), name))
    except WorkspaceError:
        return False
    finally:
        ledger.connection.execute("pragma busy_timeout = 5000")
    return True


def end_session(ledger: Ledger, session_hash: str, *, at: dt.datetime) -> None:
    """End one session."""
    with ledger.transaction():
        ledger.connection.execute(
            "update sessions set ended_at = ? where session_hash = ? and ended_at = ''",
            (instant_text(at), session_hash),
        )


def end_sessions_of(ledger: Ledger, user: str, *, at: dt.datetime, but: str = "") -> int:
    """End every session of a user (but one); return how many there were."""
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update sessions set ended_at = ? where user = ? and ended_at = '' and session_hash <> ?",
            (instant_text(at), user, but),
        )
    return int(cursor.rowcount)
