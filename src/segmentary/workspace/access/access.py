"""Everything about who comes in, for many threads: `Serving.access`.

It has its own connections to the ledger, so nobody's sign-in waits for a question about people, and a change made by
another process (`segmentary user disable`) holds at the next request.
"""

from __future__ import annotations

import datetime as dt
import hmac
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segmentary.ledger.access_log import LogEntry, LogVerdict, append_entry, daily_anchors, entries
from segmentary.ledger.api_keys import api_key
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.sessions import SessionEntry, append_session, end_session, session, touch
from segmentary.ledger.users import active_admins, change_user, user_named
from segmentary.workspace.access.log import PURPOSE, verdict_of
from segmentary.workspace.access.roles import KEY_PERMISSIONS, PERMISSIONS
from segmentary.workspace.access.starting import check_keys, check_passwords, first_admin, new_setup_secret
from segmentary.workspace.access.tokens import hashed, new_token, read_key
from segmentary.workspace.access.users import UserInfo, new_user, set_password
from segmentary.workspace.keys import key

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

LIFE = dt.timedelta(days=7)
IDLE = dt.timedelta(hours=12)
NOTED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who was recognised. ``session_hash`` and ``csrf`` only where a browser's session let them in."""

    name: str
    kind: Literal["user", "key"]
    role: str
    permissions: frozenset[str]
    session_hash: str = ""
    csrf: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session: what the browser keeps, and the token its forms send."""

    token: str
    csrf: str
    expires_at: dt.datetime


class Access:
    """Users, sessions and keys of a workspace that is served."""

    def __init__(self, workspace: Workspace) -> None:
        self.folder = workspace.folder
        self.tick = workspace.tick
        self.reads = Ledger(self.folder.ledger)
        self.writes = Ledger(self.folder.ledger)
        self.looking, self.turn = threading.Lock(), threading.RLock()
        self.held_key = b""

    @contextmanager
    def writing(self) -> Iterator[Ledger]:
        """Write to the ledger; one at a time."""
        with self.turn:
            yield self.writes

    def close(self) -> None:
        """Let go of the ledger."""
        self.reads.close()
        self.writes.close()

    # ------------------------------------------------------------ who asks

    def by_session(self, token: str) -> Known | None:
        """Return whose session a token is, where it holds."""
        now, session_hash = self.tick(), hashed(token)
        with self.looking:
            found = session(self.reads, session_hash, at=now, idle=IDLE)
        if found is None:
            return None
        self.noted("sessions", session_hash, found.last_at, now)
        return known_user(found)

    def by_key(self, text: str) -> Known | None:
        """Return whose key a text is, where it holds."""
        given = read_key(text)
        if given is None:
            return None
        now = self.tick()
        with self.looking:
            found = api_key(self.reads, given.key_id)
        if found is None or not hmac.compare_digest(found.secret_hash, hashed(text)):
            return None
        if found.kind != given.kind or not found.holds(now):
            return None
        self.noted("api_keys", found.key_id, found.last_used_at, now)
        permissions = KEY_PERMISSIONS[found.kind] & frozenset(found.scopes)
        return Known(f"key:{found.key_id}", "key", f"{found.kind} key", permissions)

    def noted(self, table: str, name: str, last: dt.datetime | None, now: dt.datetime) -> None:
        """Take down that something was used, at most once a minute and never waiting for anybody."""
        if (last is not None and now - last < NOTED_EVERY) or not self.turn.acquire(blocking=False):
            return
        try:
            touch(self.writes, table, name, at=now)
        finally:
            self.turn.release()

    # ------------------------------------------------------------ coming in

    def begin(self, user: str) -> Begun:
        """Begin a session of a user who was recognised."""
        now, token, csrf = self.tick(), new_token(), new_token()
        with self.writing() as ledger:
            append_session(ledger, hashed(token), user, csrf, at=now, expires_at=now + LIFE)
        return Begun(token, csrf, now + LIFE)

    def end(self, session_hash: str) -> None:
        """End a session at once."""
        with self.writing() as ledger:
            end_session(ledger, session_hash, at=self.tick())

    def sign_in(self, user: str, password: str) -> Begun | None:
        """Begin a session of whom a password belongs to; nothing where it is wrong, after the same time.

        Takes a fifth of a second of a core and its turn: never call it on the event loop.
        """
        from segmentary.workspace.access.passwords import fits, hash_of, is_old

        called = user.strip().lower()[:100]
        with self.looking:
            held = user_named(self.reads, called)
        allowed = held is not None and held.disabled_at is None
        right = fits(held.password_hash if held is not None else None, password)
        if held is None or not right or not allowed:
            # What somebody typed for a name may be their password: only names there are is taken down.
            self.log(held.user if held is not None else "nobody", "sign-in refused")
            return None
        if is_old(held.password_hash):
            with self.writing() as ledger:
                change_user(ledger, called, at=self.tick(), password_hash=hash_of(password))
        begun = self.begin(called)
        self.log(called, "sign-in")
        return begun

    def setup_secret(self) -> str:
        """Return a new secret for the first admin's page, to be shown on the console only; empty where one is there."""
        with self.writing() as ledger:
            return new_setup_secret(ledger, at=self.tick())

    def set_up(self, secret: str, user: str, name: str, password: str) -> Begun:
        """Make the first admin and begin their session; raises where the secret does not hold."""
        with closing(Ledger(self.folder.ledger)) as ledger:
            made = first_admin(ledger, secret, user, name, password, at=self.tick())
        self.log(made.user, "set up", made.user, {"role": made.role})
        return self.begin(made.user)

    def has_admin(self) -> bool:
        """Say whether anybody can administer: where not, the first page is the one that makes the first admin."""
        with self.looking:
            return active_admins(self.reads) > 0

    def has_users(self) -> bool:
        """Say whether anybody can sign in."""
        with self.looking:
            return bool(self.reads.rows("select 1 from users where disabled_at = '' limit 1"))

    def check_secrets(self) -> None:
        """Refuse to start on secrets that others can read or guess; raises `WorkspaceError` with what to do."""
        check_keys(self.folder.root)
        with self.looking:
            check_passwords(self.reads)

    # ------------------------------------------------------------ users

    def add_user(self, user: str, name: str, role: str, password: str) -> UserInfo:
        """Add a user; nobody else waits for the ledger while the password is hashed."""
        with closing(Ledger(self.folder.ledger)) as ledger:
            return new_user(ledger, user, name, role, password, at=self.tick())

    def change_password(self, user: str, password: str) -> UserInfo:
        """Give a user another password; all their sessions end."""
        with closing(Ledger(self.folder.ledger)) as ledger:
            return set_password(ledger, user, password, at=self.tick())

    def is_password(self, user: str, password: str) -> bool:
        """Say whether a password is a user's."""
        from segmentary.workspace.access.passwords import fits

        with self.looking:
            held = user_named(self.reads, user)
        return fits(held.password_hash if held is not None else None, password)

    # ------------------------------------------------------------ who did what

    def log_key(self) -> bytes:
        """Return the key the log is chained with; made once."""
        if not self.held_key:
            self.held_key = key(self.folder.root, PURPOSE)
        return self.held_key

    def log(self, caller: str, action: str, subject: str = "", detail: Mapping[str, object] | None = None) -> None:
        """Take down that somebody did something: who, what, on what; never a value of anybody's data."""
        with self.writing() as ledger:
            append_entry(ledger, self.log_key(), caller, action, subject[:300], detail or {}, at=self.tick())

    def log_page(self, before: int | None, limit: int) -> list[LogEntry]:
        """Return what was taken down, newest first."""
        with self.looking:
            return entries(self.reads, before=before, limit=limit)

    def verify_log(self) -> LogVerdict:
        """Say whether the log is as it was written."""
        with closing(Ledger(self.folder.ledger)) as ledger:
            return verdict_of(self.folder.root, ledger)

    def anchors(self) -> list[tuple[str, int, str]]:
        """Return day, place and hash of every day's last entry, newest first."""
        with self.looking:
            return daily_anchors(self.reads)

    def pseudonym(self, customer_id: str) -> str:
        """Return what a customer is called in the log: the same for the same, and nobody can go back."""
        return "person:" + hmac.new(self.log_key(), customer_id.encode("utf-8", "replace"), "sha256").hexdigest()[:16]


def known_user(found: SessionEntry) -> Known:
    return Known(found.user, "user", found.role, PERMISSIONS[found.role], found.session_hash, found.csrf)
