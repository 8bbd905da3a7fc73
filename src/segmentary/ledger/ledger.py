"""The ledger: one SQLite file, written with fsync, that the warehouse can be rebuilt from.

It holds which files were accepted and how they were read, every version of every definition, named lists, runs, and an
audit trail chained by hash. What it acknowledges survives a power cut (WAL, ``synchronous=FULL``); what is deleted is
overwritten (``secure_delete``).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segmentary.errors import WorkspaceError, WorkspaceLockedError
from segmentary.ledger.migrations import MIGRATIONS


class Ledger:
    """The durable record of a workspace.

    One thread uses it at a time; which one may change. `under_way` is common to all ledgers of one process.

    Raises
    ------
    WorkspaceLockedError
        when another process is writing.
    WorkspaceError
        when the file is damaged, or was written by a newer version of the program.
    """

    def __init__(self, path: Path, *, under_way: set[int] | None = None) -> None:
        self.path = path
        # Attempts of this very process: only one process writes, so every other one without an end is dead.
        self.under_way: set[int] = set() if under_way is None else under_way
        # What was read of the definitions, with the number of the newest one then.
        self.read_before: dict[str, tuple[int, Any]] = {}
        try:
            self.connection = sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)
            self.connection.execute("pragma journal_mode = wal")
            self.connection.execute("pragma synchronous = full")
            self.connection.execute("pragma secure_delete = on")
            self.connection.execute("pragma foreign_keys = on")
            self.migrate()
        except sqlite3.Error as error:
            raise ledger_error(path, error) from error
        except UnicodeDecodeError as error:
            # SQLite quotes a damaged schema in its complaint, byte for byte.
            raise ledger_error(path, sqlite3.DatabaseError("its schema is damaged")) from error

    def migrate(self) -> None:
        """Bring an older file up to date, one numbered step at a time."""
        (version,) = self.connection.execute("pragma user_version").fetchone()
        if version > len(MIGRATIONS):
            raise WorkspaceError(
                f"{self.path} was written by a newer version of segmentary (format {version})",
                hint="upgrade segmentary",
            )
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            with self.transaction():
                for statement in statements:
                    self.connection.execute(statement)
                self.connection.execute(f"pragma user_version = {number}")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; committed means on the disk. One inside another is part of it."""
        if self.in_transaction():
            yield
            return
        try:
            self.connection.execute("begin immediate")
        except sqlite3.Error as error:
            raise ledger_error(self.path, error) from error
        try:
            yield
            self.connection.execute("commit")
        except BaseException as error:
            if self.in_transaction():
                self.connection.execute("rollback")
            if isinstance(error, sqlite3.Error):
                raise ledger_error(self.path, error) from error
            raise

    def in_transaction(self) -> bool:
        """Say whether a transaction is open."""
        return bool(self.connection.in_transaction)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query of ours."""
        try:
            return self.connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise ledger_error(self.path, error) from error

    def audit(self, action: str, detail: Mapping[str, object], *, at: dt.datetime) -> None:
        """Append one line to the audit trail. Call inside a transaction; never put a customer's data in it."""
        last = self.rows("select entry_hash from audit order by number desc limit 1")
        previous = last[0][0] if last else ""
        body = json.dumps({"action": action, "detail": detail, "at": instant_text(at)}, sort_keys=True)
        entry_hash = hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()
        self.connection.execute(
            "insert into audit (happened_at, action, detail, body, previous_hash, entry_hash)"
            " values (?, ?, ?, ?, ?, ?)",
            (instant_text(at), action, json.dumps(detail, sort_keys=True), body, previous, entry_hash),
        )

    def audit_intact(self) -> bool:
        """Say whether the audit trail is as it was written: nothing edited, nothing removed inside."""
        previous = ""
        for body, previous_hash, entry_hash in self.rows(
            "select body, previous_hash, entry_hash from audit order by number"
        ):
            if previous_hash != previous or hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest() != entry_hash:
                return False
            previous = entry_hash
        return True

    def integrity(self) -> str:
        """Return SQLite's own verdict: 'ok', or what is broken."""
        try:
            return str(self.rows("pragma integrity_check")[0][0])
        except WorkspaceError as error:
            return error.message

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


def ledger_error(path: Path, error: sqlite3.Error) -> WorkspaceError:
    message = str(error)
    if "locked" in message or "busy" in message:
        return WorkspaceLockedError(
            f"the workspace is in use by another process ({path})", hint="wait until it is done"
        )
    if "full" in message or "disk I/O" in message:
        return WorkspaceError(f"the disk is full or failing ({path})", hint="free some space; nothing was changed")
    return WorkspaceError(f"the ledger {path} cannot be used: {message}", hint="restore it from a backup")


def instant_text(instant: dt.datetime) -> str:
    """Return an aware instant as UTC text that sorts by time."""
    # Not strftime: it writes the year 33 with two digits.
    return instant.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant(text: str) -> dt.datetime:
    """Return the instant that `instant_text` wrote."""
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        raise WorkspaceError(f"the ledger holds {text!r} as a moment", hint="restore it from a backup") from None
