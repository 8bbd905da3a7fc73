"""The folder of a workspace: what lies where, and who may use it now.

::

    shop/
    ├── segmentary.toml     settings
    ├── warehouse.duckdb    projection: can be rebuilt at any time
    ├── ledger.sqlite       truth: accepted files, definitions, runs, audit
    ├── archive/            truth: the accepted files and membership changes themselves
    ├── segments/           definitions as YAML, brought in by `segmentary apply`; lists of ids as .txt
    └── reports/            what `segmentary report` and `export` write
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from segmentary.errors import UsageError, WorkspaceError, WorkspaceLockedError
from segmentary.settings import FILE_NAME, Settings, settings_text

try:
    import fcntl
except ImportError:  # not on Windows; there DuckDB's own lock is the only one
    fcntl = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Folder:
    """Where everything of a workspace lies."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / FILE_NAME

    @property
    def warehouse(self) -> Path:
        """The DuckDB file."""
        return self.root / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        """The SQLite file."""
        return self.root / "ledger.sqlite"

    @property
    def archive(self) -> Path:
        """Accepted files and membership changes."""
        return self.root / "archive"

    @property
    def segments(self) -> Path:
        """Definitions as files."""
        return self.root / "segments"

    @property
    def reports(self) -> Path:
        """Reports and exports."""
        return self.root / "reports"

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.root / ".lock"

    def make(self, settings: Settings) -> None:
        """Make the folder.

        Raises
        ------
        WorkspaceError
            when there is a workspace already, or the folder cannot be made.
        """
        if self.settings.exists():
            raise WorkspaceError(f"{self.root} already is a workspace", hint="open it, or choose another folder")
        try:
            for place in (self.root, self.archive, self.segments, self.reports):
                place.mkdir(parents=True, exist_ok=True)
            partial = self.settings.with_suffix(".partial")
            partial.write_text(settings_text(settings), encoding="utf-8")
            partial.replace(self.settings)
        except OSError as error:
            raise WorkspaceError(f"cannot make a workspace in {self.root}: {error}") from error

    def check(self) -> None:
        """Say clearly when there is no workspace here.

        Raises
        ------
        UsageError
            when the folder is missing or no workspace.
        WorkspaceError
            when the ledger is gone: a new one would know nothing of what the warehouse holds.
        """
        if not self.root.exists():
            raise UsageError(f"there is no folder {self.root}", hint=f"make a workspace: segmentary init {self.root}")
        if not self.settings.exists():
            raise UsageError(
                f"{self.root} is not a workspace (it holds no {FILE_NAME})",
                hint="make one with `segmentary init DIR`, or name one with `segmentary -w DIR ...`",
            )
        if self.warehouse.exists() and not self.ledger.exists():
            raise WorkspaceError(f"the ledger {self.ledger} is gone", hint="restore it from a backup; it is the truth")


class Lock:
    """One process at a time. The system lets go of the lock when the process ends, however it ends."""

    def __init__(self, folder: Folder) -> None:
        self.path = folder.lock
        self.handle: IO[str] | None = None
        try:
            handle = self.path.open("a+", encoding="utf-8")
        except OSError as error:
            raise WorkspaceError(f"cannot write in {folder.root}: {error}", hint="check the folder's rights") from error
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                handle.seek(0)
                owner = handle.read().strip()
                handle.close()
                who = "this very process" if owner == str(os.getpid()) else f"process {owner}" if owner else "another"
                raise WorkspaceLockedError(
                    f"the workspace {folder.root} is in use by {who}", hint="wait until it has finished, or stop it"
                ) from None
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        self.handle = handle

    def release(self) -> None:
        """Let the next process in."""
        if self.handle is not None:
            self.handle.close()
            self.handle = None


class Borrowed:
    """The lock of somebody who came in with the one who has it."""

    def release(self) -> None:
        """Nothing to let go of."""
