"""Decisions from the ledger into the warehouse, and suppressions out of what the warehouse heard of reactions."""

from __future__ import annotations

import datetime as dt
import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pyarrow as pa
from sqlglot import exp

from segmentary.activation.addresses import address_hash, address_kind
from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.decisions import Decision, mark_loaded, not_loaded
from segmentary.ledger.suppressions import append_suppression, learnt
from segmentary.schema import EVENTS, IDENTITY_MAP
from segmentary.sources.reactions import Reaction, event_name
from segmentary.workspace.consents import SOURCE
from segmentary.workspace.contact_addresses import all_addresses
from segmentary.workspace.recent_contacts import CHANNELS, bare
from segmentary.workspace.record_names import named_records, other_ids

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

HEARD: tuple[Reaction, ...] = ("complained", "bounced")
COLUMNS = ("record_id", "purpose", "channel", "granted", "happened_at", "evidence")


def load_decisions(workspace: Workspace) -> int:
    """Load what the warehouse does not hold yet, of people it knows; then learn from reactions.

    A decision of somebody who is not known yet stays in the ledger, where every gate sees it, until they are.
    """
    learn(workspace)
    waiting = not_loaded(workspace.ledger)
    if not waiting:
        return 0
    workspace.derived.ensure()
    spaces = spaces_of(workspace, waiting)
    loaded = 0
    for space in sorted({place[0] for place in spaces.values()}):
        part = [one for one in waiting if one.customer_id in spaces and spaces[one.customer_id][0] == space]
        table = pa.table(
            {
                "record_id": [spaces[one.customer_id][1] for one in part],
                "purpose": [one.purpose for one in part],
                "channel": [one.channel for one in part],
                "granted": ["true" if one.granted else "false" for one in part],
                "happened_at": [one.happened_at.isoformat(timespec="microseconds") for one in part],
                "evidence": [f"{one.origin}: {one.evidence}" if one.evidence else one.origin for one in part],
            }
        )
        [report] = workspace.add(
            table, kind="consents", columns={name: name for name in COLUMNS}, name=SOURCE, id_space=space,
            timezone="UTC",
        )  # fmt: skip
        mark_loaded(workspace.ledger, [one.number for one in part], report.load_id)
        loaded += len(part)
    if loaded:
        workspace.derived.ensure()
    return loaded


def spaces_of(workspace: Workspace, waiting: list[Decision]) -> dict[str, tuple[str, str]]:
    """Return space and record of everybody who decided and is known, by the id they were called by."""
    wanted = {one.customer_id for one in waiting}
    held = {who: (space, record) for who, space, record in workspace.engine.rows(named_records()) if who in wanted}
    if held.keys() == wanted:
        return held
    owners = {other: who for who, others in other_ids(workspace.engine).items() for other in others if other in wanted}
    if owners:
        query = (
            exp.select(column("record_id"), column("id_space"))
            .from_(exp.table_(IDENTITY_MAP.name, quoted=True))
            .where(exp.In(this=column("record_id"), expressions=[literal(one) for one in sorted(owners)]))
            .order_by(column("id_space"))
        )
        for record, space in workspace.engine.rows(query):
            held.setdefault(record, (space, record))
    return held


def learn(workspace: Workspace) -> int:
    """Suppress whoever complained or bounced for good; return how many addresses and people are new on the list.

    What was learnt once is never learnt again, also after a person lifted it.
    """
    workspace.derived.ensure()
    known = learnt(workspace.ledger)
    added = 0
    for channel, reaction, customer_id, at, message in reactions(workspace):
        told = sha256(f"{customer_id}\n{at.isoformat()}\n{message or ''}".encode()).hexdigest()[:16]
        origin = f"event:{event_name(reaction, channel)}:{told}"
        if origin in known:
            continue
        reason = "complaint" if reaction == "complained" else "bounce"
        hashes = hashes_of(workspace, channel, customer_id, at, message)
        for hashed in hashes:
            added += append_suppression(
                workspace.ledger, channel, address_hash=hashed, reason=reason, origin=origin, at=workspace.tick()
            )
        # A complaint is a person's: another address of theirs is no way round it.
        if reaction == "complained" or not hashes:
            added += append_suppression(
                workspace.ledger, channel, customer_id=customer_id, reason=reason, origin=origin, at=workspace.tick()
            )
    return added


def reactions(workspace: Workspace) -> list[tuple[str, Reaction, str, dt.datetime, str | None]]:
    """Return channel, reaction, customer, instant and message of complaints and of bounces that are permanent."""
    found: list[tuple[str, Reaction, str, dt.datetime, str | None]] = []
    events = workspace.derived.events()
    for channel in sorted({*CHANNELS, *workspace.settings.channels}):
        for reaction in HEARD:
            name = event_name(reaction, channel)
            if name not in events:
                continue
            query = (
                exp.select(column("customer_id"), column("happened_at"), column("properties"))
                .from_(exp.table_(EVENTS.name, quoted=True))
                .where(exp.EQ(this=column("name"), expression=literal(name)))
                .order_by(column("happened_at"), column("customer_id"))
            )
            for customer_id, at, properties in workspace.engine.rows(query):
                told = json.loads(properties or "{}")
                if reaction == "complained" or str(told.get("permanent", "")).lower() in ("true", "1", "yes"):
                    found.append((channel, reaction, customer_id, at, told.get("message")))
    return found


def hashes_of(
    workspace: Workspace, channel: str, customer_id: str, at: dt.datetime, message: str | None
) -> tuple[str, ...]:
    """Return the hashes of the addresses a reaction is of: that of our message, else those the person had by then."""
    if message:
        rows = workspace.ledger.rows(
            "select address_hash from outbox where message = ? and address_hash <> ''", bare(str(message))
        )
        if rows:
            return (str(rows[0][0]),)
    kind = address_kind(channel, workspace.settings.channels)
    if not kind:
        return ()
    rows = workspace.engine.rows(all_addresses(workspace, kind, exp.select(literal(customer_id))))
    held = [(address, first) for address, _, first in (row[1:] for row in rows) if address is not None]
    # Where addresses came in later than the reaction, it cannot be told which one it was of: all of them.
    then = [address for address, first in held if first <= at] or [address for address, _ in held]
    return tuple(sorted({address_hash(kind, one, country=workspace.settings.country) for one in then}))
