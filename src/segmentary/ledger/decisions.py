"""Decisions about being contacted, as people took them here: written with fsync, in effect from that moment.

One row is one decision; none is ever changed. ``load_id`` says that it went into the warehouse as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from segmentary.ledger.ledger import Ledger, instant, instant_text

COLUMNS = "number, customer_id, purpose, channel, granted, happened_at, evidence, origin, load_id"
ANY = "any"
"""The purpose or channel of a decision about all of them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision of one customer.

    purpose, channel : such as marketing by email; ``any`` stands for all. evidence : where it is written down, in
    words. origin : who or what took it down, such as ``person`` or ``unsubscribe link``.
    """

    number: int
    customer_id: str
    purpose: str
    channel: str
    granted: bool
    happened_at: dt.datetime
    evidence: str
    origin: str
    load_id: str


def append_decision(
    ledger: Ledger,
    customer_id: str,
    purpose: str,
    channel: str,
    *,
    granted: bool,
    at: dt.datetime,
    evidence: str,
    origin: str,
    dated: bool = False,
) -> Decision:
    """Take a decision down; when this returns, it survives a power cut and every sender obeys it.

    A decision of now follows what the same customer decided before, even where the clock was set back between them.
    dated : it is one of an earlier moment, which a person named; it stays there.
    """
    with ledger.transaction():
        newest = ledger.rows("select max(happened_at) from decisions where customer_id = ?", customer_id)[0][0]
        if newest and not dated and instant_text(at) <= newest:
            at = instant(newest) + dt.timedelta(microseconds=1)
        cursor = ledger.connection.execute(
            "insert into decisions (customer_id, purpose, channel, granted, happened_at, evidence, origin)"
            " values (?, ?, ?, ?, ?, ?, ?)",
            (customer_id, purpose, channel, int(granted), instant_text(at), evidence, origin),
        )
        detail = {"customer": customer_id, "purpose": purpose, "channel": channel, "granted": granted, "by": origin}
        ledger.audit("consent", detail, at=at)
        number = int(cursor.lastrowid or 0)
    return Decision(number, customer_id, purpose, channel, granted, at, evidence, origin, "")


def entry_of(row: tuple[Any, ...]) -> Decision:
    number, customer_id, purpose, channel, granted, happened_at, evidence, origin, load_id = row
    return Decision(
        number, customer_id, purpose, channel, bool(granted), instant(happened_at), evidence, origin, load_id
    )


def decisions_of(ledger: Ledger, customer_ids: Iterable[str]) -> list[Decision]:
    """Return every decision of customers, oldest first."""
    found = [
        entry_of(row)
        for one in customer_ids
        for row in ledger.rows(f"select {COLUMNS} from decisions where customer_id = ? order by number", one)  # noqa: S608
    ]
    return sorted(found, key=lambda one: one.number)


def newest_decisions(ledger: Ledger, limit: int) -> list[Decision]:
    """Return the last decisions taken, newest first."""
    return [
        entry_of(row)
        for row in ledger.rows(
            f"select {COLUMNS} from decisions order by number desc limit ?",  # noqa: S608
            limit,
        )
    ]


def not_loaded(ledger: Ledger) -> list[Decision]:
    """Return the decisions the warehouse does not hold yet, oldest first."""
    return [entry_of(row) for row in ledger.rows(f"select {COLUMNS} from decisions where load_id = '' order by number")]  # noqa: S608


def mark_loaded(ledger: Ledger, numbers: Sequence[int], load_id: str) -> None:
    """Note by which load decisions went into the warehouse."""
    with ledger.transaction():
        ledger.connection.executemany(
            "update decisions set load_id = ? where number = ?", [(load_id, number) for number in numbers]
        )


def last_word(ledger: Ledger, customer_ids: Sequence[str], purpose: str, channel: str) -> tuple[str, bool] | None:
    """Return when and what customers last decided on a purpose and channel; of one instant the refusal.

    customer_ids : the ids of one person. A few microseconds: a sender asks before every message.
    """
    found: tuple[str, bool] | None = None
    for one in customer_ids:
        rows = ledger.rows(
            "select happened_at, granted from decisions where customer_id = ? and purpose in (?, 'any', 'all')"
            " and channel in (?, 'any') order by happened_at desc, granted limit 1",
            one,
            purpose,
            channel,
        )
        if rows and (found is None or (rows[0][0], -rows[0][1]) > (found[0], -found[1])):
            found = (rows[0][0], bool(rows[0][1]))
    return found


def last_words(ledger: Ledger, purpose: str, channel: str) -> dict[str, tuple[str, bool]]:
    """Return the same of everybody who decided, by the id they were called by."""
    rows = ledger.rows(
        "select customer_id, happened_at, granted from decisions where purpose in (?, 'any', 'all')"
        " and channel in (?, 'any') order by happened_at, granted desc",
        purpose,
        channel,
    )
    return {customer_id: (happened_at, bool(granted)) for customer_id, happened_at, granted in rows}
