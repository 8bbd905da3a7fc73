"""Addresses that are not written to, by their hash: they bounced for good, complained, or somebody put them there.

A suppression ends only when a person lifts it, with a reason. It is of an address (whoever has it) or of a customer
(whatever their address).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from segmentary.errors import UsageError
from segmentary.ledger.ledger import Ledger, instant, instant_text

COLUMNS = "number, channel, address_hash, customer_id, reason, origin, added_at, lifted_at"


@dataclass(frozen=True, slots=True)
class Suppression:
    """One suppression. channel : ``any`` for all. address_hash : empty where it is of a customer."""

    number: int
    channel: str
    address_hash: str
    customer_id: str
    reason: str
    origin: str
    added_at: dt.datetime
    lifted_at: dt.datetime | None


def append_suppression(
    ledger: Ledger,
    channel: str,
    *,
    address_hash: str = "",
    customer_id: str = "",
    reason: str,
    origin: str,
    at: dt.datetime,
    happened_at: dt.datetime | None = None,
) -> bool:
    """Put an address or a customer on the list; say whether it is new.

    The same from the same origin is added once, also after it was lifted: an old bounce told again is no new one.
    happened_at : when what it is learnt from happened; what was before somebody lifted it does not bring it back.
    """
    if not address_hash and not customer_id:
        raise UsageError("nothing to suppress", hint="an address, or a customer")
    with ledger.transaction():
        held = ledger.rows(
            "select lifted_at, origin from suppressions where channel = ? and address_hash = ? and customer_id = ?",
            channel,
            address_hash,
            customer_id,
        )
        before = instant_text(happened_at) if happened_at is not None else ""
        for lifted, told in held:
            if not lifted or (told == origin and origin.startswith("event:")) or (before and lifted >= before):
                return False
        ledger.connection.execute(
            "insert into suppressions (channel, address_hash, customer_id, reason, origin, added_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (channel, address_hash, customer_id, reason, origin, instant_text(at)),
        )
        ledger.audit("suppress", {"channel": channel, "customer": customer_id, "reason": reason}, at=at)
    return True


def lift_suppressions(
    ledger: Ledger,
    channel: str,
    *,
    address_hash: str = "",
    customer_id: str = "",
    reason: str,
    by: str,
    at: dt.datetime,
) -> int:
    """Lift every suppression of an address or a customer on a channel; return how many there were."""
    column, value = ("address_hash", address_hash) if address_hash else ("customer_id", customer_id)
    with ledger.transaction():
        cursor = ledger.connection.execute(
            f"update suppressions set lifted_at = ? where {column} = ? and {column} <> ''"  # noqa: S608
            " and lifted_at = '' and (channel = ? or ? = 'any')",
            (instant_text(at), value, channel, channel),
        )
        lifted = int(cursor.rowcount)
        if lifted:
            detail = {"channel": channel, "customer": customer_id, "reason": reason, "by": by, "lifted": lifted}
            ledger.audit("lift suppression", detail, at=at)
    return lifted


def entry_of(row: tuple[Any, ...]) -> Suppression:
    number, channel, address_hash, customer_id, reason, origin, added_at, lifted_at = row
    return Suppression(
        number, channel, address_hash, customer_id, reason, origin, instant(added_at),
        instant(lifted_at) if lifted_at else None,
    )  # fmt: skip


def suppressions(ledger: Ledger, *, in_force: bool = True) -> list[Suppression]:
    """Return the suppressions there are (or ever were), newest first."""
    rows = ledger.rows(
        f"select {COLUMNS} from suppressions where lifted_at = '' or ? order by number desc",  # noqa: S608
        int(not in_force),
    )
    return [entry_of(row) for row in rows]


def suppressions_of(ledger: Ledger, customer_id: str, address_hashes: tuple[str, ...]) -> list[Suppression]:
    """Return every suppression of a customer or of one of their addresses, oldest first."""
    found = {
        one.number: one
        for column, values in (("customer_id", (customer_id,)), ("address_hash", address_hashes))
        for value in values
        for one in map(
            entry_of,
            ledger.rows(f"select {COLUMNS} from suppressions where {column} = ? and {column} <> ''", value),  # noqa: S608
        )
    }
    return [found[number] for number in sorted(found)]


def is_suppressed(
    ledger: Ledger, channel: str, address_hash: str, customer_ids: tuple[str, ...], *, also: str = ""
) -> bool:
    """Say whether an address or the person is on the list of a channel, or of one `also`; a few microseconds."""
    if address_hash and ledger.rows(
        "select 1 from suppressions where address_hash = ? and lifted_at = '' and channel in (?, ?, 'any') limit 1",
        address_hash,
        channel,
        also,
    ):
        return True
    return any(
        ledger.rows(
            "select 1 from suppressions where customer_id = ? and address_hash = '' and lifted_at = ''"
            " and channel in (?, ?, 'any') limit 1",
            one,
            channel,
            also,
        )
        for one in customer_ids
    )


def learnt(ledger: Ledger) -> set[str]:
    """Return the origins of what was learnt from events, lifted or not."""
    return {row[0] for row in ledger.rows("select distinct origin from suppressions where origin like 'event:%'")}
