"""Documents with versions that are neither definitions nor data.

==========  ================================================================================================
kind        what it is
==========  ================================================================================================
solution    found segments: how they were found, how far to trust them, how anybody is placed
model       which version of a solution is in force: its outputs are given to every run
target      which segments were chosen to serve, why, when, by whom
market      what somebody told about a market: criteria, margins, assumptions
prediction  a fitted prediction: its parameters, its features as definitions, its card
experiment  a plan: arms, salt, metrics, segments, the one look or the sequence; and what was decided
voice       how texts are coded: a trained model or a codebook people wrote
message     a message: its templates by variant
offers      a table of offers: what, for whom, until when, how many
campaign    who gets which message, by which channel, for which purpose, and who is held out
journey     steps, waits and branches that people go through
bot         a chatbot: approved answers, questions it may ask, when it hands over
==========  ================================================================================================

None of them holds anything about a person. A version is the hash of its document; older versions stay.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from segmentary.errors import UnknownNameError
from segmentary.ledger.definitions import moment_text
from segmentary.ledger.ledger import Ledger, instant, instant_text

Kind = Literal[
    "solution", "model", "target", "market", "prediction", "experiment",
    "voice", "message", "offers", "campaign", "journey", "bot",
]  # fmt: skip
COLUMNS = "kind, name, version, document, retired, created_at"


@dataclass(frozen=True, slots=True)
class Record:
    """One version of one document. ``retired`` : from then on it was not in force."""

    kind: Kind
    name: str
    version: str
    document: dict[str, Any]
    retired: bool
    created_at: dt.datetime


def hash_of_document(document: dict[str, Any]) -> str:
    """Return the version of a document."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def append_record(
    ledger: Ledger, kind: Kind, name: str, document: dict[str, Any], *, at: dt.datetime, retired: bool = False
) -> Record:
    """Keep a document; the same again adds nothing."""
    entry = Record(kind, name, hash_of_document(document), document, retired, at)
    held = records(ledger, kind, name)
    if held and (held[-1].version, held[-1].retired) == (entry.version, retired):
        return held[-1]
    with ledger.transaction():
        ledger.connection.execute(
            f"insert into records ({COLUMNS}) values (?, ?, ?, ?, ?, ?)",  # noqa: S608
            (kind, name, entry.version, json.dumps(document, sort_keys=True), int(retired), instant_text(at)),
        )
        ledger.audit(kind, {"name": name, "version": entry.version, "retired": retired}, at=at)
    return entry


def entry_of(row: tuple[Any, ...]) -> Record:
    kind, name, version, document, retired, created_at = row
    return Record(kind, name, version, json.loads(document), bool(retired), instant(created_at))


def records(ledger: Ledger, kind: Kind, name: str) -> list[Record]:
    """Return every version of a document, oldest first."""
    rows = ledger.rows(
        f"select {COLUMNS} from records where kind = ? and name = ? order by number",  # noqa: S608
        kind,
        name,
    )
    return [entry_of(row) for row in rows]


def current_records(ledger: Ledger, kind: Kind, *, at: dt.datetime | None = None) -> dict[str, Record]:
    """Return the newest version (at a moment) of every document that is not retired, in the order of their names."""
    rows = ledger.rows(
        f"select {COLUMNS} from records where number in"  # noqa: S608
        " (select max(number) from records where kind = ? and created_at <= ? group by name) order by name",
        kind,
        moment_text(at),
    )
    return {entry.name: entry for entry in map(entry_of, rows) if not entry.retired}


def record(ledger: Ledger, kind: Kind, name: str, version: str = "") -> Record:
    """Return the newest version of a document, or the newest whose hash begins so (``v2``: the second).

    ``name@version`` as the name says both.

    Raises
    ------
    UnknownNameError
        when there is none.
    """
    name, _, pinned = name.partition("@")
    version = version or pinned
    held = [one for one in records(ledger, kind, name) if not one.retired]
    if not held:
        known = current_records(ledger, kind)
        see = f"there is: {', '.join(known)}" if known else f"no {kind} is kept yet"
        raise UnknownNameError(kind, name, known, see=see)
    if not version:
        return held[-1]
    if version[:1] == "v" and version[1:].isdecimal() and 1 <= int(version[1:]) <= len(held):
        return held[int(version[1:]) - 1]
    fitting = [one for one in held if one.version.startswith(version)]
    if not fitting:
        known_versions = [f"v{i} {o.version[:12]}" for i, o in enumerate(held, 1)]
        raise UnknownNameError(
            f"version of {name}", version, known_versions, see=f"versions: {', '.join(known_versions)}"
        )
    return fitting[-1]


def newest_record(ledger: Ledger, kind: Kind) -> int:
    """Return the number of the newest version of any document of a kind; 0 where there is none."""
    return int(ledger.rows("select coalesce(max(number), 0) from records where kind = ?", kind)[0][0])
