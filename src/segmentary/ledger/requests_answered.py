"""What was answered to requests that may be sent twice: by caller and key, for a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from segmentary.ledger.ledger import Ledger, instant_text

KEPT = dt.timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was given. status : 0 while it is being worked out, or when that was cut off."""

    fingerprint: str
    status: int
    headers: str
    body: bytes
    created_at: str


def begin_request(
    ledger: Ledger, caller: str, idempotency_key: str, fingerprint: str, *, at: dt.datetime
) -> Answered | None:
    """Take down that a request is being worked on; where its key was used before, return what came of it."""
    with ledger.transaction():
        ledger.connection.execute("delete from requests_answered where created_at < ?", (instant_text(at - KEPT),))
        cursor = ledger.connection.execute(
            "insert into requests_answered (caller, idempotency_key, fingerprint, created_at) values (?, ?, ?, ?)"
            " on conflict do nothing",
            (caller, idempotency_key, fingerprint, instant_text(at)),
        )
        if cursor.rowcount:
            return None
        rows = ledger.rows(
            "select fingerprint, status, headers, body, created_at from requests_answered"
            " where caller = ? and idempotency_key = ?",
            caller,
            idempotency_key,
        )
    fingerprint, status, headers, body, created_at = rows[0]
    return Answered(fingerprint, status, headers, bytes(body or b""), created_at)


def end_request(
    ledger: Ledger, caller: str, idempotency_key: str, *, status: int, headers: str = "", body: bytes = b""
) -> None:
    """Keep what was answered; status 0: nothing happened, the key may be used again."""
    with ledger.transaction():
        if status == 0:
            ledger.connection.execute(
                "delete from requests_answered where caller = ? and idempotency_key = ?", (caller, idempotency_key)
            )
        else:
            ledger.connection.execute(
                "update requests_answered set status = ?, headers = ?, body = ?"
                " where caller = ? and idempotency_key = ?",
                (status, headers, body, caller, idempotency_key),
            )
