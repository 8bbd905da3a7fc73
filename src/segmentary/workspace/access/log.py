"""The log of who did what, for who has only the ledger: taken down, and held against its chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from segmentary.ledger.access_log import LogVerdict, append_entry, verify_entries
from segmentary.ledger.ledger import Ledger
from segmentary.ledger.users import users
from segmentary.workspace.keys import key

PURPOSE = "access_log"


def take_down(
    folder: Path,
    ledger: Ledger,
    caller: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
    *,
    at: dt.datetime,
) -> None:
    """Take down that somebody did something: who, what, on what; never a value of anybody's data."""
    append_entry(ledger, key(folder, PURPOSE), caller, action, subject[:300], detail, at=at)


def verdict_of(folder: Path, ledger: Ledger) -> LogVerdict:
    """Say whether the log is as it was written."""
    found = verify_entries(ledger, key(folder, PURPOSE))
    if found.intact and not found.entries and users(ledger):
        return LogVerdict(False, 0, "", 1, "the log is empty although there are users")
    return found
