"""Definitions and their versions, named lists, and the permanent bit position of every segment."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.ledger.ledger import Ledger, instant, instant_text

Kind = Literal["segment", "trait", "segmentation"]
RETIRED = "null"
"""What stands in place of the ids of a list that was taken away."""


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One version of one definition; ``origin`` is the file it came from, empty when made in Python."""

    kind: Kind
    name: str
    version: str
    document: dict[str, Any]
    origin: str
    retired: bool
    created_at: dt.datetime


COLUMNS = "kind, name, version, document, origin, retired, created_at"


def entry_of(row: tuple[Any, ...]) -> VersionEntry:
    kind, name, version, document, origin, retired, created_at = row
    return VersionEntry(kind, name, version, json.loads(document), origin, bool(retired), instant(created_at))


def append_version(ledger: Ledger, entry: VersionEntry, *, segments: Sequence[str] = ()) -> None:
    """Add a version (or a retirement); older ones stay. Call inside a transaction.

    segments : the segments it stands for, when it is a segmentation: each gets a position of its own.
    """
    ledger.connection.execute(
        f"insert into definition_versions ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (
            entry.kind,
            entry.name,
            entry.version,
            json.dumps(entry.document, sort_keys=True, ensure_ascii=False),
            entry.origin,
            int(entry.retired),
            instant_text(entry.created_at),
        ),
    )
    for name in (entry.name,) if entry.kind == "segment" else segments:
        ledger.connection.execute(
            "insert or ignore into positions (segment, created_at) values (?, ?)",
            (name, instant_text(entry.created_at)),
        )
    detail = {"kind": entry.kind, "name": entry.name, "version": entry.version, "retired": entry.retired}
    ledger.audit("definition", detail, at=entry.created_at)


def versions(ledger: Ledger, kind: Kind, name: str) -> list[VersionEntry]:
    """Return every version of a definition, oldest first."""
    rows = ledger.rows(
        f"select {COLUMNS} from definition_versions where kind = ? and name = ? order by number",  # noqa: S608
        kind,
        name,
    )
    return [entry_of(row) for row in rows]


def current(ledger: Ledger, kind: Kind, *, at: dt.datetime | None = None) -> dict[str, VersionEntry]:
    """Return the newest version (at a moment) of every definition that is not retired, in the order of their names."""
    rows = ledger.rows(
        f"select {COLUMNS} from definition_versions where number in"  # noqa: S608
        " (select max(number) from definition_versions where kind = ? and created_at <= ? group by name) order by name",
        kind,
        moment_text(at),
    )
    return {entry.name: entry for entry in map(entry_of, rows) if not entry.retired}


def positions(ledger: Ledger, *, at: dt.datetime | None = None) -> dict[str, int]:
    """Return the bit position of every segment there was (at a moment), from 0. A position is never given twice."""
    rows = ledger.rows("select position, segment from positions where created_at <= ?", moment_text(at))
    return {name: position - 1 for position, name in rows}


def moment_text(at: dt.datetime | None) -> str:
    return "9999" if at is None else instant_text(at)


def put_list(ledger: Ledger, name: str, ids: Sequence[str], *, origin: str, at: dt.datetime) -> None:
    """Keep a named list of ids; what it held before stays, for what was computed then. Call inside a transaction."""
    ledger.connection.execute(
        "insert into lists (name, ids, origin, changed_at) values (?, ?, ?, ?)",
        (name, json.dumps(list(ids)), origin, instant_text(at)),
    )
    ledger.audit("list", {"name": name, "size": len(ids)}, at=at)


def lists(ledger: Ledger, *, at: dt.datetime | None = None) -> dict[str, tuple[str, ...]]:
    """Return every named list as it is, or as it was at a moment."""
    rows = ledger.rows(
        "select name, ids from lists where number in"
        " (select max(number) from lists where changed_at <= ? group by name) order by name",
        moment_text(at),
    )
    return {name: tuple(json.loads(ids)) for name, ids in rows if ids != RETIRED}


def retire_list(ledger: Ledger, name: str, *, at: dt.datetime) -> None:
    """Take a list away; what it held before stays, for what was computed then. Call inside a transaction."""
    ledger.connection.execute(
        "insert into lists (name, ids, origin, changed_at) values (?, ?, '', ?)", (name, RETIRED, instant_text(at))
    )
    ledger.audit("list", {"name": name, "retired": True}, at=at)


def newest_numbers(ledger: Ledger) -> tuple[int, int]:
    """Return the numbers of the newest definition and the newest list: the same again means that nothing changed."""
    query = "select (select coalesce(max(number), 0) from definition_versions), coalesce(max(number), 0) from lists"
    return tuple(map(int, ledger.rows(query)[0]))  # type: ignore[return-value]
