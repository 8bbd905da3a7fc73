"""Decisions from the ledger into the warehouse, and suppressions out of what the warehouse heard of reactions."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

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
WHO = "heard_of"
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
    fresh = [(one, origin) for one in reactions(workspace) if (origin := origin_of(one)) not in known]
    if not fresh:
        return 0
    addresses = addresses_then(workspace, [one for one, _ in fresh])
    added = 0
    with workspace.ledger.transaction():
        for one, origin in fresh:
            said: dict[str, Any] = {
                "reason": "complaint" if one.reaction == "complained" else "bounce", "origin": origin,
                "happened_at": one.at, "at": workspace.tick(),
            }  # fmt: skip
            hashes = hashes_of(workspace, one, addresses)
            for hashed in hashes:
                added += append_suppression(workspace.ledger, one.channel, address_hash=hashed, **said)
            # A complaint is a person's: another address of theirs is no way round it.
            if one.reaction == "complained" or not hashes:
                added += append_suppression(workspace.ledger, one.channel, customer_id=one.customer_id, **said)
    return added


@dataclass(frozen=True, slots=True)
class Heard:
    """A complaint, or a bounce that is permanent. message : the id of the message, where the tool says it."""

    channel: str
    reaction: Reaction
    customer_id: str
    at: dt.datetime
    message: str


def origin_of(one: Heard) -> str:
    """Return what a reaction is told from others by."""
    told = sha256(f"{one.customer_id}\n{one.at.isoformat()}\n{one.message}".encode()).hexdigest()[:16]
    return f"event:{event_name(one.reaction, one.channel)}:{told}"


def reactions(workspace: Workspace) -> list[Heard]:
    """Return complaints, and bounces that are permanent."""
    found = []
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
                    message = str(told.get("message") or "")
                    found.append(Heard(channel, reaction, customer_id, at.replace(tzinfo=dt.UTC), message))
    return found


def addresses_then(workspace: Workspace, heard: list[Heard]) -> dict[tuple[str, str], list[tuple[str, dt.datetime]]]:
    """Return address hashes by kind and customer, each with the moment it was known from."""
    found: dict[tuple[str, str], list[tuple[str, dt.datetime]]] = {}
    country = workspace.settings.country
    for kind in sorted({address_kind(one.channel, workspace.settings.channels) for one in heard} - {""}):
        ids = pa.table({"customer_id": pa.array(sorted({one.customer_id for one in heard}), pa.string())})
        workspace.engine.ingest(WHO, ids, temporary=True)
        chosen = exp.select(column("customer_id")).from_(exp.table_(WHO, quoted=True))
        for customer_id, address, _, since in workspace.engine.rows(all_addresses(workspace, kind, chosen)):
            if address is not None:
                hashed = address_hash(kind, address, country=country)
                found.setdefault((kind, customer_id), []).append((hashed, since.replace(tzinfo=dt.UTC)))
        workspace.engine.drop(WHO)
    return found


def hashes_of(
    workspace: Workspace, one: Heard, addresses: Mapping[tuple[str, str], list[tuple[str, dt.datetime]]]
) -> list[str]:
    """Return the hashes of the addresses a reaction is of: that of our message, else those the person had by then."""
    if one.message:
        rows = workspace.ledger.rows(
            "select address_hash from outbox where message = ? and address_hash <> ''", bare(one.message)
        )
        if rows:
            return [str(rows[0][0])]
    held = addresses.get((address_kind(one.channel, workspace.settings.channels), one.customer_id), [])
    # Where addresses came in later than the reaction, it cannot be told which one it was of: all of them.
    return sorted({hashed for hashed, since in held if since <= one.at} or {hashed for hashed, _ in held})
