"""Everything about who comes in, for many threads: `Serving.access`.

It has its own connections to the ledger, so nobody's sign-in waits for a question about people, and a change made by
another process (`segmentary user disable`) holds at the next request.
"""

from __future__ import annotations

import datetime as dt
import hmac
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from segmentary.ledger.api_keys import api_key
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.sessions import SessionEntry, append_session, end_session, session, touch
from segmentary.workspace.access.roles import KEY_PERMISSIONS, PERMISSIONS
from segmentary.workspace.access.tokens import hashed, new_token, read_key

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
        self.looking, self.turn = threading.Lock(), threading.Lock()

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

    # ------------------------------------------------------------ sessions

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


def known_user(found: SessionEntry) -> Known:
    return Known(found.user, "user", found.role, PERMISSIONS[found.role], found.session_hash, found.csrf)
