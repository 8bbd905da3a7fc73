"""Who may come in: users with a role and the hash of a password."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, get_args

from segmentary.ledger.ledger import Ledger, instant, instant_text

Role = Literal["viewer", "analyst", "marketer", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
COLUMNS = "user, name, role, password_hash, created_at, changed_at, disabled_at"


@dataclass(frozen=True, slots=True)
class User:
    """One user. user : what one signs in with; name : as people say it."""

    user: str
    name: str
    role: Role
    password_hash: str
    created_at: dt.datetime
    changed_at: dt.datetime
    disabled_at: dt.datetime | None


def entry_of(row: tuple[Any, ...]) -> User:
    user, name, role, password_hash, created_at, changed_at, disabled_at = row
    return User(
        user, name, role, password_hash, instant(created_at), instant(changed_at),
        instant(disabled_at) if disabled_at else None,
    )  # fmt: skip


def append_user(ledger: Ledger, user: str, name: str, role: Role, password_hash: str, *, at: dt.datetime) -> bool:
    """Add a user; say whether there was none of that name before."""
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "insert into users (user, name, role, password_hash, created_at, changed_at) values (?, ?, ?, ?, ?, ?)"
            " on conflict (user) do nothing",
            (user, name, role, password_hash, instant_text(at), instant_text(at)),
        )
    return bool(cursor.rowcount)


def users(ledger: Ledger) -> list[User]:
    """Return every user, in the order they were added."""
    return [entry_of(row) for row in ledger.rows(f"select {COLUMNS} from users order by number")]  # noqa: S608


def user_named(ledger: Ledger, user: str) -> User | None:
    """Return one user, or nothing."""
    rows = ledger.rows(f"select {COLUMNS} from users where user = ?", user)  # noqa: S608
    return entry_of(rows[0]) if rows else None


def active_admins(ledger: Ledger) -> int:
    """Return how many admins can sign in."""
    return int(ledger.rows("select count(*) from users where role = 'admin' and disabled_at = ''")[0][0])


def change_user(
    ledger: Ledger,
    user: str,
    *,
    at: dt.datetime,
    name: str | None = None,
    role: Role | None = None,
    password_hash: str | None = None,
    disabled: bool | None = None,
) -> None:
    """Change what is given of a user."""
    stopped = None if disabled is None else instant_text(at) if disabled else ""
    with ledger.transaction():
        ledger.connection.execute(
            "update users set name = coalesce(?, name), role = coalesce(?, role),"
            " password_hash = coalesce(?, password_hash), disabled_at = coalesce(?, disabled_at), changed_at = ?"
            " where user = ?",
            (name, role, password_hash, stopped, instant_text(at), user),
        )
