"""Every finished run: as of when, with which definitions, and the file its membership changes are in."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from segmentary.ledger.ledger import Ledger, instant, instant_text


@dataclass(frozen=True, slots=True)
class RunEntry:
    """One finished run.

    context : calendar settings; segments : name to version; models : frozen model parameters (RFM cuts);
    loads : how many loads had been accepted when it started.
    """

    run_id: int
    as_of: dt.datetime
    known_at: dt.datetime
    started_at: dt.datetime
    finished_at: dt.datetime
    context: dict[str, Any]
    segments: dict[str, str]
    models: dict[str, Any]
    changes_file: str
    changes_hash: str
    loads: int


COLUMNS = (
    "run_id, as_of, known_at, started_at, finished_at, context, segments, models, changes_file, changes_hash, loads"
)


def append_run(ledger: Ledger, entry: RunEntry) -> None:
    """Acknowledge a run: from here on its memberships are what is served."""
    with ledger.transaction():
        ledger.connection.execute(
            f"insert into runs ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (
                entry.run_id,
                instant_text(entry.as_of),
                instant_text(entry.known_at),
                instant_text(entry.started_at),
                instant_text(entry.finished_at),
                json.dumps(entry.context, sort_keys=True),
                json.dumps(entry.segments, sort_keys=True),
                json.dumps(entry.models, sort_keys=True),
                entry.changes_file,
                entry.changes_hash,
                entry.loads,
            ),
        )
        ledger.audit("run", {"run_id": entry.run_id, "as_of": instant_text(entry.as_of)}, at=entry.finished_at)


def entry_of(row: tuple[Any, ...]) -> RunEntry:
    run_id, as_of, known_at, started_at, finished_at, context, segments, models, file, file_hash, load_total = row
    return RunEntry(
        run_id,
        instant(as_of),
        instant(known_at),
        instant(started_at),
        instant(finished_at),
        json.loads(context),
        json.loads(segments),
        json.loads(models),
        file,
        file_hash,
        load_total,
    )


def runs(ledger: Ledger) -> list[RunEntry]:
    """Return every finished run, oldest first."""
    return [entry_of(row) for row in ledger.rows(f"select {COLUMNS} from runs order by run_id")]  # noqa: S608


def last_run(ledger: Ledger) -> RunEntry | None:
    """Return the newest finished run."""
    rows = ledger.rows(f"select {COLUMNS} from runs order by run_id desc limit 1")  # noqa: S608
    return entry_of(rows[0]) if rows else None


def newest_run_id(ledger: Ledger) -> int:
    """Return the number of the newest finished run (0: none)."""
    return int(ledger.rows("select coalesce(max(run_id), 0) from runs")[0][0])
