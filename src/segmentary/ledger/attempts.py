"""Work that was begun, and whether it came to its end: what died in between is known to everyone who reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from segmentary.ledger.ledger import Ledger, instant, instant_text

AttemptKind = Literal["run", "backfill"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One run or backfill that was begun. ``subject`` is the segment of a backfill, ``detail`` what was asked for."""

    number: int
    kind: AttemptKind
    subject: str
    started_at: dt.datetime
    detail: Mapping[str, str] = field(default_factory=dict)


def begin(
    ledger: Ledger, kind: AttemptKind, subject: str, *, at: dt.datetime, detail: Mapping[str, str] | None = None
) -> int:
    """Note that work begins, before anything is done; return its number."""
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "insert into attempts (kind, subject, started_at, detail) values (?, ?, ?, ?)",
            (kind, subject, instant_text(at), json.dumps(dict(detail or {}))),
        )
    number = int(cursor.lastrowid or 0)
    ledger.under_way.add(number)
    return number


def end(ledger: Ledger, number: int, outcome: Literal["done", "failed"], *, at: dt.datetime) -> None:
    """Note that it came to its end. ``done`` belongs in the transaction that acknowledges the work."""
    with ledger.transaction():
        ledger.connection.execute(
            "update attempts set ended_at = ?, outcome = ? where number = ?", (instant_text(at), outcome, number)
        )
    ledger.under_way.discard(number)


def unfinished(ledger: Ledger, kind: AttemptKind, subject: str = "") -> Attempt | None:
    """Return the newest attempt, when it did not come to its end and nothing of its kind has since."""
    rows = ledger.rows(
        "select number, kind, subject, started_at, outcome from attempts where kind = ? and subject = ?"
        " order by number desc limit 1",
        kind,
        subject,
    )
    if not rows or rows[0][4] == "done":
        return None
    number, _, _, started_at, _ = rows[0]
    return Attempt(int(number), kind, subject, instant(started_at))


def died(ledger: Ledger, kind: AttemptKind) -> dict[str, Attempt]:
    """Return, by subject, the newest attempts that were cut off: neither done nor failed, and not under way here."""
    rows = ledger.rows(
        "select number, kind, subject, started_at, detail from attempts where outcome = '' and number in"
        " (select max(number) from attempts where kind = ? group by subject) order by number",
        kind,
    )
    return {
        subject: Attempt(int(number), kind, subject, instant(started_at), json.loads(detail or "{}"))
        for number, _, subject, started_at, detail in rows
        if number not in ledger.under_way
    }
