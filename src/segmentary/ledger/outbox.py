"""The outbox: every message that is to leave, and what became of it.

A message is put in once (its id says so), leased by whoever sends, and marked. What is leased by somebody who died is
leased again after its time. Each function has committed when it returns, which means: on the disk.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, get_args

from segmentary.ledger.ledger import Ledger, instant_text

State = Literal["waiting", "leased", "sent", "failed", "withheld", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
Ended = Literal["sent", "failed", "withheld", "cancelled"]
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as the outbox keeps it. Instants are texts of `instant_text`; ``payload`` is what is said."""

    message: str
    origin: str
    campaign: str
    customer_id: str
    channel: str
    purpose: str
    segment: str
    arm: str
    variant: str
    offer: str
    address: str
    address_hash: str
    payload: bytes
    not_before: str = ""
    expires_at: str = ""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that is ours to deliver.

    attempts : how often that was tried before; created_at : when it was put in, or might first leave.
    """

    number: int
    lease: str
    attempts: int
    created_at: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages of a channel and origin are in a state, for a reason."""

    origin: str
    channel: str
    state: State
    reason: str
    messages: int


PUT = """
insert into outbox (message, origin, campaign, customer_id, channel, purpose, segment, arm, variant, offer, address,
    address_hash, payload, expires_at, not_before, created_at, state)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting')
on conflict (message) do nothing
"""
# What waits of an audience leaves when somebody said `campaign send`, not with everything else.
LEASE = """
update outbox set state = 'leased', lease = ?, lease_until = ?
where number in (
    select number from outbox
    where state = 'waiting' and channel = ? and not_before <= ?
    and (origin = ? or (? = '' and origin not in (select audience from audiences where state = 'frozen')))
    order by not_before, number limit ?
)
returning number, lease, attempts, created_at, message, origin, campaign, customer_id, channel, purpose, segment, arm,
    variant, offer, address, address_hash, payload, not_before, expires_at
"""
DUE = """
select number, message, origin, campaign, customer_id, channel, purpose, segment, arm, variant, offer, address,
    address_hash, payload, not_before, expires_at
from outbox
where state = 'waiting' and channel = ? and not_before <= ?
    and (origin = ? or (? = '' and origin not in (select audience from audiences where state = 'frozen')))
    and number > ?
order by number limit ?
"""
FINISHED = """
select number, state, reason, reply, ended_at, message, origin, campaign, customer_id, channel, purpose, segment, arm,
    variant, offer, address, address_hash, payload, not_before, expires_at
from outbox
where state in ('sent', 'failed') and load_id = '' and number > ?
order by number limit ?
"""
KNOWN = """
select message, origin, campaign, customer_id, channel, purpose, segment, variant, offer, address_hash, state
from outbox
where message in (select value from json_each(?))
"""
ENTRIES = """
select number, state, message, origin, campaign, customer_id, channel, purpose, segment, arm, variant, offer, address,
    address_hash, payload, not_before, expires_at
from outbox
where origin = ? and state in (select value from json_each(?)) and number > ?
order by number limit ?
"""


def put(ledger: Ledger, entries: Iterable[Entry], *, at: dt.datetime) -> int:
    """Put messages in; return how many are new. One that is in already, whatever became of it, stays as it is."""
    source, now, new = iter(entries), instant_text(at), 0
    while batch := list(islice(source, BATCH)):
        with ledger.transaction():
            new += ledger.connection.executemany(PUT, [row_of(one, now) for one in batch]).rowcount
    return new


def row_of(entry: Entry, now: str) -> tuple[str | bytes, ...]:
    """Return the columns of a new message; its age counts from when it may leave."""
    begins = max(entry.not_before, now)
    return (
        entry.message, entry.origin, entry.campaign, entry.customer_id, entry.channel, entry.purpose, entry.segment,
        entry.arm, entry.variant, entry.offer, entry.address, entry.address_hash, entry.payload, entry.expires_at,
        begins, begins,
    )  # fmt: skip


def lease(
    ledger: Ledger,
    owner: str,
    *,
    now: dt.datetime,
    until: dt.datetime,
    limit: int,
    channel: str,
    origin: str = "",
) -> list[Leased]:
    """Take the next messages of a channel that are due, so that nobody else takes them before ``until``."""
    asked = (owner, instant_text(until), channel, instant_text(now), origin, origin, limit)
    with ledger.transaction():
        rows = ledger.rows(LEASE, *asked)
    found = [Leased(row[0], row[1], row[2], row[3], Entry(*row[4:])) for row in rows]
    return sorted(found, key=lambda one: (one.entry.not_before, one.number))


def held(ledger: Ledger, one: Leased) -> bool:
    """Say whether a message is still ours: not cancelled, and not leased by somebody else meanwhile."""
    rows = ledger.rows(
        "select 1 from outbox where number = ? and state = 'leased' and lease = ?", one.number, one.lease
    )
    return bool(rows)


def extend(ledger: Ledger, owner: str, *, until: dt.datetime) -> int:
    """Keep what is leased for longer; return how many messages that are."""
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update outbox set lease_until = ? where state = 'leased' and lease = ?", (instant_text(until), owner)
        )
    return cursor.rowcount


def release(ledger: Ledger, owner: str) -> int:
    """Give back what is leased and was not delivered; return how many messages that are."""
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update outbox set state = 'waiting', lease = '', lease_until = '' where state = 'leased' and lease = ?",
            (owner,),
        )
    return cursor.rowcount


def release_dead(ledger: Ledger, *, now: dt.datetime | None = None) -> int:
    """Give back what somebody leased who is gone: those whose time is over, or all when nobody else can be alive."""
    over = "" if now is None else instant_text(now)
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update outbox set state = 'waiting', lease = '', lease_until = ''"
            " where state = 'leased' and (? = '' or lease_until < ?)",
            (over, over),
        )
    return cursor.rowcount


def end(ledger: Ledger, one: Leased, state: Ended, *, at: dt.datetime, reason: str = "", reply: str = "") -> bool:
    """Mark what became of a message for good; return False when it was not ours any more.

    What left was sent, even if somebody cancelled it while it was under way: what was promised in it stands.
    """
    counted = 1 if state in ("sent", "failed") else 0
    with ledger.transaction():
        rows = ledger.rows(
            "update outbox set state = ?, reason = ?, reply = ?, ended_at = ?, attempts = attempts + ?, lease = '',"
            " lease_until = '' where number = ?"
            " and ((state = 'leased' and lease = ?) or (? = 'sent' and state <> 'sent')) returning number",
            state, reason, reply, instant_text(at), counted, one.number, one.lease, state,
        )  # fmt: skip
        if rows and state == "sent":
            stands(ledger, [one])
    return bool(rows)


def end_all(ledger: Ledger, many: Sequence[Leased], *, at: dt.datetime, reply: str = "") -> int:
    """Mark many messages as sent, all or none, also those cancelled meanwhile; return how many those are."""
    now = instant_text(at)
    with ledger.transaction():
        cursor = ledger.connection.executemany(
            "update outbox set state = 'sent', reason = '', reply = ?, ended_at = ?, attempts = attempts + 1,"
            " lease = '', lease_until = '' where number = ? and state <> 'sent'",
            ((reply, now, one.number) for one in many),
        )
        stands(ledger, many)
    return cursor.rowcount


def stands(ledger: Ledger, many: Iterable[Leased]) -> None:
    """Let what was promised in messages that left stand, if it was taken back meanwhile."""
    ledger.connection.executemany(
        "update offer_uses set released_at = '' where message = ? and released_at <> ''",
        ((one.entry.message,) for one in many),
    )


def replies(ledger: Ledger, origin: str) -> list[str]:
    """Return the different answers that the messages of an origin got."""
    rows = ledger.rows("select distinct reply from outbox where origin = ? and state = 'sent'", origin)
    return [reply for (reply,) in rows]


def origins(ledger: Ledger, *, now: dt.datetime, channel: str) -> list[str]:
    """Return whose messages may leave a channel now."""
    rows = ledger.rows(
        "select origin from outbox where state = 'waiting' and channel = ? and not_before <= ?"
        " and origin not in (select audience from audiences where state = 'frozen')"
        " group by origin order by min(number)",
        channel,
        instant_text(now),
    )
    return [origin for (origin,) in rows]


def again(
    ledger: Ledger, one: Leased, *, not_before: dt.datetime, attempts: int, reason: str = "", reply: str = ""
) -> bool:
    """Put a message back for a later attempt; return False when it was not ours any more."""
    with ledger.transaction():
        rows = ledger.rows(
            "update outbox set state = 'waiting', reason = ?, reply = ?, not_before = ?, attempts = ?, lease = '',"
            " lease_until = '' where number = ? and state = 'leased' and lease = ? returning number",
            reason, reply, instant_text(not_before), attempts, one.number, one.lease,
        )  # fmt: skip
    return bool(rows)


def cancel(ledger: Ledger, origin: str, *, at: dt.datetime, reason: str = "", customer_id: str = "") -> int:
    """Cancel what has not left of an origin (of one person); return how many messages that are.

    Another process may be sending: it obeys at the next message.
    """
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update outbox set state = 'cancelled', reason = ?, ended_at = ?, lease = '', lease_until = ''"
            " where origin = ? and state in ('waiting', 'leased') and (? = '' or customer_id = ?)",
            (reason, instant_text(at), origin, customer_id, customer_id),
        )
    return cursor.rowcount


def retry(ledger: Ledger, *, at: dt.datetime, origin: str = "", channel: str = "") -> int:
    """Let messages wait again that were given up and did not bounce for good; return how many."""
    now = instant_text(at)
    with ledger.transaction():
        cursor = ledger.connection.execute(
            "update outbox set state = 'waiting', attempts = 0, not_before = ?, created_at = ?, ended_at = '',"
            " reason = '', load_id = '' where state = 'failed' and reason <> 'bounced'"
            " and (? = '' or origin = ?) and (? = '' or channel = ?)",
            (now, now, origin, origin, channel, channel),
        )
    return cursor.rowcount


def counts(ledger: Ledger, *, origin: str = "", channel: str = "") -> list[Counted]:
    """Count the messages by origin, channel, state and reason."""
    rows = ledger.rows(
        "select origin, channel, state, reason, count(*) from outbox where (? = '' or origin = ?)"
        " and (? = '' or channel = ?) group by origin, channel, state, reason order by min(number)",
        origin, origin, channel, channel,
    )  # fmt: skip
    return [Counted(*row) for row in rows]


def due(ledger: Ledger, *, now: dt.datetime, channel: str, origin: str = "") -> tuple[int, str]:
    """Return how many messages of a channel may leave now, and when the next later one may (empty: none)."""
    moment = instant_text(now)
    asked = ("waiting", channel, moment, origin, origin)
    (ready,) = ledger.rows(
        "select count(*) from outbox where state = ? and channel = ? and not_before <= ?"
        " and (origin = ? or (? = '' and origin not in (select audience from audiences where state = 'frozen')))",
        *asked,
    )[0]
    (later,) = ledger.rows(
        "select coalesce(min(not_before), '') from outbox where state = ? and channel = ? and not_before > ?"
        " and (origin = ? or (? = '' and origin not in (select audience from audiences where state = 'frozen')))",
        *asked,
    )[0]
    return int(ready), str(later)


def channels(ledger: Ledger, origin: str = "") -> list[str]:
    """Return the channels that something waits for."""
    rows = ledger.rows(
        "select distinct channel from outbox where state in ('waiting', 'leased') and (? = '' or origin = ?)"
        " order by channel",
        origin, origin,
    )  # fmt: skip
    return [channel for (channel,) in rows]


def entries(ledger: Ledger, *, origin: str, states: Sequence[State] = STATES) -> Iterator[tuple[State, Entry]]:
    """Yield the messages of an origin in the order they were put in."""
    last = 0
    while rows := ledger.rows(ENTRIES, origin, json.dumps(states), last, BATCH):
        for row in rows:
            yield row[1], Entry(*row[2:])
        last = rows[-1][0]


def due_entries(ledger: Ledger, *, now: dt.datetime, channel: str, origin: str = "") -> Iterator[Entry]:
    """Yield the messages of a channel that may leave now, without taking them."""
    moment, last = instant_text(now), 0
    while rows := ledger.rows(DUE, channel, moment, origin, origin, last, BATCH):
        for row in rows:
            yield Entry(*row[1:])
        last = rows[-1][0]


@dataclass(frozen=True, slots=True)
class Finished:
    """A message that was sent or failed. ended_at : text of `instant_text`."""

    number: int
    state: State
    reason: str
    reply: str
    ended_at: str
    entry: Entry


def finished(ledger: Ledger, *, after: int = 0, limit: int = 10_000) -> list[Finished]:
    """Return messages that were sent or failed and that the warehouse does not have yet, in order."""
    return [
        Finished(row[0], row[1], row[2], row[3], row[4], Entry(*row[5:])) for row in ledger.rows(FINISHED, after, limit)
    ]


def mark_loaded(ledger: Ledger, numbers: Iterable[int], load_id: str) -> None:
    """Note which load brought what became of some messages into the warehouse."""
    with ledger.transaction():
        ledger.connection.executemany(
            "update outbox set load_id = ? where number = ?", [(load_id, number) for number in numbers]
        )


@dataclass(frozen=True, slots=True)
class Known:
    """One of our messages, as far as what came back about it asks."""

    message: str
    origin: str
    campaign: str
    customer_id: str
    channel: str
    purpose: str
    segment: str
    variant: str
    offer: str
    address_hash: str
    state: State


def known(ledger: Ledger, messages: Iterable[str]) -> dict[str, Known]:
    """Return those of some ids that are messages of ours."""
    found: dict[str, Known] = {}
    source = iter(messages)
    while batch := list(islice(source, BATCH)):
        for row in ledger.rows(KNOWN, json.dumps(batch)):
            found[row[0]] = Known(*row)
    return found
