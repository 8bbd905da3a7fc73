"""What the outbox sent and holds, as far as caps ask; read only, `ledger.outbox` writes it."""

from __future__ import annotations

import datetime as dt

from segmentary.ledger.ledger import Ledger, instant, instant_text


def sent_to(ledger: Ledger, customer_id: str, since: dt.datetime) -> list[tuple[str, dt.datetime]]:
    """Return channel and instant of what a customer was sent since a moment; a few microseconds."""
    rows = ledger.rows(
        "select channel, ended_at from outbox where customer_id = ? and state = 'sent' and ended_at > ?",
        customer_id,
        instant_text(since),
    )
    return [(channel, instant(at)) for channel, at in rows]


def contacts_since(ledger: Ledger, since: dt.datetime, now: dt.datetime) -> list[tuple[str, str, dt.datetime, str]]:
    """Return customer, channel, instant and message of all that was sent since a moment, or waits to be sent (now)."""
    rows = ledger.rows(
        "select customer_id, channel, case when state = 'sent' then ended_at else ? end, message from outbox"
        " where (state = 'sent' and ended_at > ?) or state in ('waiting', 'leased') order by number",
        instant_text(now),
        instant_text(since),
    )
    return [(customer_id, channel, instant(at), message) for customer_id, channel, at, message in rows]
