"""Users: add them, give them a role, a password, disable them. What is changed ends their sessions at once.

Every function takes the ledger only, so the command line can call them while a server has the workspace.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from segmentary.errors import ConflictError, UnknownNameError, UsageError
from segmentary.ledger.sessions import end_sessions_of
from segmentary.ledger.users import ROLES, Role, User, active_admins, append_user, change_user, user_named, users

if TYPE_CHECKING:
    from segmentary.ledger.ledger import Ledger

NAME = re.compile(r"[a-z0-9][a-z0-9._@+\-]{0,99}")


@dataclass(frozen=True, slots=True)
class UserInfo:
    """One user, as shown. disabled_at : since when they may not come in."""

    user: str
    name: str
    role: Role
    created_at: dt.datetime
    changed_at: dt.datetime
    disabled_at: dt.datetime | None


def shown(one: User) -> UserInfo:
    return UserInfo(one.user, one.name, one.role, one.created_at, one.changed_at, one.disabled_at)


def list_users(ledger: Ledger) -> list[UserInfo]:
    """Return every user, in the order they were added."""
    return [shown(one) for one in users(ledger)]


def find_user(ledger: Ledger, user: str) -> User:
    """Return one user.

    Raises
    ------
    UnknownNameError
        when there is none.
    """
    found = user_named(ledger, user)
    if found is None:
        raise UnknownNameError(
            "user", user, [one.user for one in users(ledger)], see="`segmentary user list` shows them"
        )
    return found


def checked_role(role: str) -> Role:
    """Return a role.

    Raises
    ------
    UsageError
        when it is none.
    """
    for one in ROLES:
        if one == role:
            return one
    raise UsageError("this is no role", hint=f"one of {', '.join(ROLES)}")


def checked_name(user: str) -> str:
    """Return what somebody signs in with.

    Raises
    ------
    UsageError
        when it is no name.
    """
    folded = user.strip().lower()
    if not NAME.fullmatch(folded):
        raise UsageError(
            "this is no name to sign in with", hint="letters, digits, . _ - + @; for example a mail address"
        )
    return folded


def new_user(ledger: Ledger, user: str, name: str, role: str, password: str, *, at: dt.datetime) -> UserInfo:
    """Add a user.

    Raises
    ------
    ConflictError
        when there is one of that name.
    UsageError
        when the name, the role or the password will not do.
    """
    from segmentary.workspace.access.passwords import check_password, hash_of

    called, wanted = checked_name(user), checked_role(role)
    said = name.strip()[:200] or called
    check_password(password, called, said)
    if user_named(ledger, called) is not None:
        raise ConflictError("there is a user of that name", hint="choose another name, or change that user")
    if not append_user(ledger, called, said, wanted, hash_of(password), at=at):
        raise ConflictError("there is a user of that name", hint="choose another name, or change that user")
    return shown(find_user(ledger, called))


def set_password(ledger: Ledger, user: str, password: str, *, at: dt.datetime) -> UserInfo:
    """Give a user another password; all their sessions end."""
    from segmentary.workspace.access.passwords import check_password, hash_of

    held = find_user(ledger, user)
    check_password(password, held.user, held.name)
    hashed = hash_of(password)
    with ledger.transaction():
        change_user(ledger, user, at=at, password_hash=hashed)
        end_sessions_of(ledger, user, at=at)
    return shown(find_user(ledger, user))


def set_role(ledger: Ledger, user: str, role: str, *, at: dt.datetime) -> UserInfo:
    """Give a user another role; all their sessions end.

    Raises
    ------
    ConflictError
        when nobody would be admin any more.
    """
    wanted = checked_role(role)
    with ledger.transaction():
        held = find_user(ledger, user)
        if held.role == wanted:
            return shown(held)
        if wanted != "admin":
            keep_an_admin(ledger, held)
        change_user(ledger, user, at=at, role=wanted)
        end_sessions_of(ledger, user, at=at)
    return shown(find_user(ledger, user))


def set_disabled(ledger: Ledger, user: str, disabled: bool, *, at: dt.datetime) -> UserInfo:
    """Let a user in no more, or again; all their sessions end.

    Raises
    ------
    ConflictError
        when nobody would be admin any more.
    """
    with ledger.transaction():
        held = find_user(ledger, user)
        if disabled == (held.disabled_at is not None):
            return shown(held)
        if disabled:
            keep_an_admin(ledger, held)
        change_user(ledger, user, at=at, disabled=disabled)
        end_sessions_of(ledger, user, at=at)
    return shown(find_user(ledger, user))


def keep_an_admin(ledger: Ledger, leaving: User) -> None:
    if leaving.role == "admin" and leaving.disabled_at is None and active_admins(ledger) < 2:
        raise ConflictError("this is the last admin", hint="make somebody else admin first")


def set_name(ledger: Ledger, user: str, name: str, *, at: dt.datetime) -> UserInfo:
    """Call a user otherwise."""
    find_user(ledger, user)
    change_user(ledger, user, at=at, name=name.strip()[:200] or user)
    return shown(find_user(ledger, user))
