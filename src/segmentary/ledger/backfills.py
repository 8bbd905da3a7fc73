"""History that was computed afterwards: of which segment, for which moments, and the file its changes are in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.ledger.ledger import Ledger, instant, instant_text

Every = Literal["day", "week", "month"]
Knowledge = Literal["now", "then"]
COLUMNS = "number, segment, version, since, until, every, knowledge, moments, detected_at, changes_file, changes_hash"


@dataclass(frozen=True, slots=True)
class BackfillEntry:
    """One finished backfill of ``[since, until)``; ``moments`` is how many past moments were evaluated.

    Its rows of the log have the run number ``-number``: no run served them.
    """

    number: int
    segment: str
    version: str
    since: dt.datetime
    until: dt.datetime
    every: Every
    knowledge: Knowledge
    moments: int
    detected_at: dt.datetime
    changes_file: str
    changes_hash: str


def append_backfill(ledger: Ledger, entry: BackfillEntry) -> None:
    """Acknowledge a backfill. Call inside a transaction."""
    ledger.connection.execute(
        f"insert into backfills ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            entry.number,
            entry.segment,
            entry.version,
            instant_text(entry.since),
            instant_text(entry.until),
            entry.every,
            entry.knowledge,
            entry.moments,
            instant_text(entry.detected_at),
            entry.changes_file,
            entry.changes_hash,
        ),
    )
    detail = {"segment": entry.segment, "since": instant_text(entry.since), "moments": entry.moments}
    ledger.audit("backfill", detail, at=entry.detected_at)


def backfills(ledger: Ledger, segment: str | None = None) -> list[BackfillEntry]:
    """Return every finished backfill (of a segment), oldest first."""
    rows = ledger.rows(f"select {COLUMNS} from backfills order by number")  # noqa: S608
    return [one for one in map(entry_of, rows) if segment in (None, one.segment)]


def entry_of(row: tuple[Any, ...]) -> BackfillEntry:
    number, segment, version, since, until, every, knowledge, moments, detected_at, file, file_hash = row
    return BackfillEntry(
        int(number),
        segment,
        version,
        instant(since),
        instant(until),
        every,
        knowledge,
        int(moments),
        instant(detected_at),
        file,
        file_hash,
    )
