"""What a customer decided about being contacted, where each decision comes from, and what follows from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.activation.addresses import address_hash, address_kind
from segmentary.activation.audience import REASONS
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UnknownNameError
from segmentary.ledger.decisions import decisions_of
from segmentary.ledger.suppressions import Suppression, suppressions_of
from segmentary.profiles.consent import CHANNELS, MARKETING, decisions_query
from segmentary.schema import CUSTOMERS
from segmentary.workspace.consents import SOURCE
from segmentary.workspace.contact_addresses import address_of, all_addresses
from segmentary.workspace.record_names import other_ids

if TYPE_CHECKING:
    from segmentary.ledger.decisions import Decision
    from segmentary.ledger.ledger import Ledger
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Said:
    """One decision. source : the file or tool it came with, or how it was taken down here. when : None: undated."""

    purpose: str
    channel: str
    granted: bool
    when: dt.datetime | None
    source: str
    words: str


@dataclass(frozen=True, slots=True)
class May:
    """Whether a customer may be written to for a purpose on a channel now, and why not."""

    purpose: str
    channel: str
    allowed: bool
    words: str


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Everything about being contacted, of one customer. whole : false where only the ledger could be read."""

    customer_id: str
    may: tuple[May, ...]
    decisions: tuple[Said, ...]
    suppressions: tuple[Suppression, ...]
    whole: bool = True


def ledger_state(ledger: Ledger, customer_id: str) -> ConsentState:
    """Return what the ledger alone knows of a customer: what was taken down here."""
    taken = [said_here(one) for one in decisions_of(ledger, [customer_id])]
    return ConsentState(customer_id, (), tuple(taken), tuple(suppressions_of(ledger, customer_id, ())), whole=False)


def said_here(one: Decision) -> Said:
    return Said(one.purpose, one.channel, one.granted, one.happened_at, one.origin, one.evidence)


def state_of(workspace: Workspace, customer_id: str) -> ConsentState:
    """Return what a customer decided, where each decision comes from, and what follows."""
    from segmentary.workspace.sending_gate import gate

    workspace.derived.ensure()
    ids = (customer_id, *other_ids(workspace.engine).get(customer_id, ()))
    taken = [said_here(one) for one in decisions_of(workspace.ledger, ids)]
    known = exp.select(exp.Count(this=exp.Star())).from_(exp.table_(CUSTOMERS.name, quoted=True))
    listed = suppressions_of(workspace.ledger, customer_id, hashes_of(workspace, customer_id))
    is_known = workspace.engine.value(known.where(exp.EQ(this=column("customer_id"), expression=literal(customer_id))))
    if not is_known and not taken and not listed:
        raise UnknownNameError("customer", customer_id, [], see="see `segmentary segment people`")
    said = sorted([*taken, *told_by_files(workspace, customer_id)], key=order, reverse=True)
    pairs = sorted({(one.purpose, one.channel) for one in said if "any" not in (one.purpose, one.channel)})
    now = workspace.tick()
    may = []
    for purpose, channel in dict.fromkeys([*((MARKETING, one) for one in CHANNELS[:1]), *pairs]):
        kind = address_kind(channel, workspace.settings.channels)
        address = address_of(workspace, customer_id, kind) if kind else ""
        reason = gate(workspace, channel, purpose, obey_caps=False).verdict(customer_id, address, now)
        may.append(May(purpose, channel, reason in (None, "quiet"), REASONS[reason] if reason else "may be written to"))
    return ConsentState(customer_id, tuple(may), tuple(said), tuple(listed))


def order(one: Said) -> tuple[str, bool]:
    return (one.when.isoformat() if one.when else "", not one.granted)


def told_by_files(workspace: Workspace, customer_id: str) -> list[Said]:
    """Return the decisions that came with files and tools."""
    decided = decisions_query().subquery("decided")
    names = ("purpose", "channel", "granted", "happened_at", "reason", "final", "source")
    query = (
        exp.select(*(column(name) for name in names))
        .from_(decided)
        .where(exp.EQ(this=column("customer_id"), expression=literal(customer_id)))
    )
    found = []
    for purpose, channel, granted, happened_at, reason, final, source in workspace.engine.rows(query):
        if source == SOURCE:  # it stands in the ledger, with its evidence
            continue
        when = happened_at.replace(tzinfo=dt.UTC) if happened_at is not None else None
        words = "the record is deleted" if final else reason
        found.append(Said(purpose, channel, bool(granted), when, source, words))
    return found


def hashes_of(workspace: Workspace, customer_id: str) -> tuple[str, ...]:
    """Return the hashes of every address of a customer."""
    one = exp.select(literal(customer_id))
    country = workspace.settings.country
    return tuple(
        address_hash(kind, row[1], country=country)
        for kind in ("email", "phone")
        for row in workspace.engine.rows(all_addresses(workspace, kind, one))
        if row[1] is not None
    )
