"""Which files were accepted, in which order, and how they were read."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.ledger.ledger import Ledger, instant, instant_text

COLUMNS = "load_id, source, kind, file, archive_file, content_hash, part, mapping, report, known_at"


@dataclass(frozen=True, slots=True)
class LoadEntry:
    """One accepted file. ``part`` is the number of the sheet or table inside it; ``mapping`` is how it was read."""

    load_id: str
    source: str
    kind: str
    file: str
    archive_file: str
    content_hash: str
    part: int
    mapping: dict[str, Any]
    report: dict[str, Any]
    known_at: dt.datetime


def load_id_of(source: str, content_hash: str, part: int) -> str:
    """Return the id of a load: the same content in the same source is the same load."""
    return hashlib.sha256(f"{source}\n{content_hash}\n{part}".encode()).hexdigest()[:16]


def append_loads(ledger: Ledger, entries: Sequence[LoadEntry]) -> None:
    """Acknowledge loads, all of them or none: from here on they are never lost."""
    with ledger.transaction():
        for entry in entries:
            ledger.connection.execute(
                f"insert into loads ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                (
                    entry.load_id,
                    entry.source,
                    entry.kind,
                    entry.file,
                    entry.archive_file,
                    entry.content_hash,
                    entry.part,
                    json.dumps(entry.mapping),
                    json.dumps(entry.report, sort_keys=True),
                    instant_text(entry.known_at),
                ),
            )
            ledger.audit("load", {"load_id": entry.load_id, "source": entry.source}, at=entry.known_at)


def entry_of(row: tuple[Any, ...]) -> LoadEntry:
    load_id, source, kind, file, archive_file, content_hash, part, mapping, report, known_at = row
    read, told = json.loads(mapping), json.loads(report)
    return LoadEntry(load_id, source, kind, file, archive_file, content_hash, part, read, told, instant(known_at))


def loads(ledger: Ledger) -> list[LoadEntry]:
    """Return every load in the order of acceptance."""
    return [entry_of(row) for row in ledger.rows(f"select {COLUMNS} from loads order by number")]  # noqa: S608


def find_load(ledger: Ledger, load_id: str) -> LoadEntry | None:
    """Return a load by its id."""
    rows = ledger.rows(f"select {COLUMNS} from loads where load_id = ?", load_id)  # noqa: S608
    return entry_of(rows[0]) if rows else None


def last_mapping(ledger: Ledger, source: str) -> dict[str, Any] | None:
    """Return how the newest load of a source was read."""
    rows = ledger.rows("select mapping from loads where source = ? order by number desc limit 1", source)
    return dict(json.loads(rows[0][0])) if rows else None


def load_count(ledger: Ledger, *, at: dt.datetime | None = None) -> int:
    """Return how many loads were ever accepted (by a moment)."""
    moment = "9999" if at is None else instant_text(at)
    return int(ledger.rows("select count(*) from loads where known_at <= ?", moment)[0][0])
