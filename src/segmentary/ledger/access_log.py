"""Who did what, chained by a keyed hash: without the workspace's key nobody can edit or remove a row unseen.

Row 0 is the head: how many rows there are and the hash of the last one, so that the end cannot be cut off either. No
row holds a value of anybody's data: who, what, on what.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from segmentary.ledger.ledger import Ledger, instant, instant_text

COLUMNS = "number, happened_at, caller, action, subject, detail, previous_hash, entry_hash"
HEAD = 0


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing somebody did. number : its place, from 1."""

    number: int
    happened_at: dt.datetime
    caller: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    entry_hash: str


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """Whether the log is as it was written. wrong_at : the first place that is not."""

    intact: bool
    entries: int
    head: str
    wrong_at: int | None = None
    words: str = "every entry is as it was written"


def body_of(happened_at: str, caller: str, action: str, subject: str, detail: str) -> str:
    return json.dumps([happened_at, caller, action, subject, detail], ensure_ascii=True)


def chained(key: bytes, number: int, previous: str, body: str) -> str:
    return hmac.new(key, f"{number}\n{previous}\n{body}".encode(), hashlib.sha256).hexdigest()


def append_entry(
    ledger: Ledger,
    key: bytes,
    caller: str,
    action: str,
    subject: str,
    detail: Mapping[str, object],
    *,
    at: dt.datetime,
) -> None:
    """Append what somebody did."""
    moment, told = instant_text(at), json.dumps(detail, sort_keys=True)
    body = body_of(moment, caller, action, subject, told)
    with ledger.transaction():
        rows = ledger.rows("select number, entry_hash from access_log where number > 0 order by number desc limit 1")
        last, previous = rows[0] if rows else (0, "")
        number = int(last) + 1
        entry_hash = chained(key, number, previous, body)
        ledger.connection.execute(
            "insert into access_log (number, happened_at, caller, action, subject, detail, body, previous_hash,"
            " entry_hash) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, moment, caller, action, subject, told, body, previous, entry_hash),
        )
        ledger.connection.execute(
            "insert or replace into access_log (number, happened_at, caller, action, subject, detail, body,"
            " previous_hash, entry_hash) values (0, ?, '', 'head', '', ?, '', ?, ?)",
            (moment, str(number), entry_hash, chained(key, number, entry_hash, "head")),
        )


def entries(ledger: Ledger, *, before: int | None = None, limit: int = 100) -> list[LogEntry]:
    """Return entries, newest first."""
    rows = ledger.rows(
        f"select {COLUMNS} from access_log where number > 0 and number < ? order by number desc limit ?",  # noqa: S608
        before if before is not None else 1 << 62,
        limit,
    )
    return [
        LogEntry(number, instant(at), caller, action, subject, json.loads(detail), entry_hash)
        for number, at, caller, action, subject, detail, _, entry_hash in rows
    ]


def daily_anchors(ledger: Ledger, *, limit: int = 31) -> list[tuple[str, int, str]]:
    """Return day, place and hash of the last entry of every day, newest first: what to write down elsewhere."""
    return ledger.rows(
        "select substr(happened_at, 1, 10), number, entry_hash from access_log where number in"
        " (select max(number) from access_log where number > 0 group by substr(happened_at, 1, 10))"
        " order by number desc limit ?",
        limit,
    )


def verify_entries(ledger: Ledger, key: bytes) -> LogVerdict:
    """Say whether the log is as it was written: nothing edited, nothing removed, nothing put in."""
    previous, count = "", 0
    for number, at, caller, action, subject, detail, body, before, entry_hash in ledger.rows(
        "select number, happened_at, caller, action, subject, detail, body, previous_hash, entry_hash"
        " from access_log where number > 0 order by number"
    ):
        count += 1
        if number != count:
            return LogVerdict(False, count, previous, count, f"entry {count} was removed")
        written = body_of(at, caller, action, subject, detail)
        right = chained(key, number, previous, written)
        if body != written or before != previous or not hmac.compare_digest(right, entry_hash):
            return LogVerdict(False, count, previous, count, f"entry {count} is not as it was written")
        previous = entry_hash
    head = ledger.rows("select detail, previous_hash, entry_hash from access_log where number = 0")
    if not head and not count:
        return LogVerdict(True, 0, "", words="nothing was logged yet")
    if not head or head[0][:2] != (str(count), previous):
        return LogVerdict(False, count, previous, count + 1, f"what came after entry {count} was removed")
    if not hmac.compare_digest(head[0][2], chained(key, count, previous, "head")):
        return LogVerdict(False, count, previous, count, "the head of the log is not as it was written")
    return LogVerdict(True, count, previous)
