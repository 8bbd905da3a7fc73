"""The gate of a workspace: what the warehouse knew when it was made, and what the ledger knows now.

A refusal, an unsubscription or a suppression may be taken down by another process at any time; it is asked for at every
message. What came in with files is read again whenever something was loaded.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlglot import exp

from segmentary.activation.addresses import (
    FREE_OF_CONSENT,
    address_hash,
    address_kind,
    consent_channel,
)
from segmentary.activation.caps import ContactRules, capped, contact_rules
from segmentary.activation.gate import Gate, allowed
from segmentary.engine.sqlfile import column, literal
from segmentary.ledger.contacts import sent_to
from segmentary.ledger.decisions import last_word
from segmentary.ledger.ledger import instant_text
from segmentary.ledger.loads import load_count
from segmentary.ledger.suppressions import is_suppressed
from segmentary.profiles.consent import contactable
from segmentary.schema import CUSTOMER_ATTRIBUTES
from segmentary.workspace.recent_contacts import told_elsewhere
from segmentary.workspace.record_names import other_ids

if TYPE_CHECKING:
    from segmentary.activation.audience import Reason
    from segmentary.workspace.workspace import Workspace

ZONES = ("time_zone", "timezone", "zone")
"""Attributes that say where a person's clock stands."""


def gate(
    workspace: Workspace,
    channel: str,
    purpose: str,
    *,
    obey_caps: bool = True,
    consent: str = "",
    by_address: bool = True,
) -> Gate:
    """Return the gate for a channel and a purpose. Purpose ``service`` needs no consent; all else is obeyed.

    consent : whose consent counts, where not that of the channel. by_address : whether nobody is written to without.
    """
    return SendingGate(workspace, channel, purpose, obey_caps=obey_caps, consent=consent, by_address=by_address)


class SendingGate:
    """The gate of one channel and purpose."""

    def __init__(
        self,
        workspace: Workspace,
        channel: str,
        purpose: str,
        *,
        obey_caps: bool = True,
        consent: str = "",
        by_address: bool = True,
    ) -> None:
        self.workspace = workspace
        self.ledger = workspace.ledger
        self.channel = channel
        self.purpose = purpose
        settings = workspace.settings
        self.asked = consent or consent_channel(channel, settings.channels)
        self.by_address = by_address
        self.kind = address_kind(channel, settings.channels)
        self.country = settings.country
        rules = contact_rules(settings.contact, channel)
        self.rules = rules if obey_caps else ContactRules((), rules.quiet)
        self.loads = -1
        self.hashes: dict[str, str] = {}

    def refresh(self) -> None:
        """Read what came in with files, unless nothing did since."""
        loads = load_count(self.ledger)
        if loads == self.loads:
            return
        workspace = self.workspace
        workspace.derived.ensure()
        now = workspace.tick()
        self.standing, self.deleted = standings(workspace, self.purpose, self.asked, now)
        self.others = other_ids(workspace.engine)
        self.survivors = {one: person for person, many in self.others.items() for one in many}
        self.elsewhere = told_elsewhere(workspace, now - self.rules.longest) if self.rules.caps else {}
        self.zones = zones_of(workspace) if self.rules.quiet else {}
        self.loads = loads

    def verdict(self, customer_id: str, address: str, at: dt.datetime) -> Reason | None:
        """Return why a person must not be written to at a moment; None when they may."""
        self.refresh()
        # Since the message was written they may have been merged into another, whose word counts as well.
        person = self.survivors.get(customer_id, customer_id)
        if customer_id in self.deleted or person in self.deleted:
            return "deleted"
        found = self.hash_of(address) if self.kind else ""
        if self.kind and not found and self.by_address:
            return "invalid_address" if address.strip() else "no_address"
        ids = tuple(dict.fromkeys((customer_id, person, *self.others.get(person, ()))))
        if is_suppressed(self.ledger, self.asked, found, ids, also=self.channel):
            return "suppressed"
        live = last_word(self.ledger, ids, self.purpose, self.asked)
        standing = self.standing.get(customer_id)
        if standing is None and not self.standing.get(person, ("", True))[1]:
            standing = self.standing[person]
        reason = allowed(standing, live, consent_needed=self.purpose != FREE_OF_CONSENT)
        if reason is not None:
            return reason
        if self.rules.caps:
            since = at - self.rules.longest
            sent = [contact for one in ids for contact in sent_to(self.ledger, one, since)]
            if capped([*sent, *self.elsewhere.get(customer_id, ())], self.rules, at):
                return "capped"
        return "quiet" if self.resumes(customer_id, at) is not None else None

    def hash_of(self, address: str) -> str:
        """Return the hash of an address, empty where it is none."""
        if address not in self.hashes:
            if len(self.hashes) > 10_000:
                self.hashes.clear()
            self.hashes[address] = address_hash(self.kind, address, country=self.country)
        return self.hashes[address]

    def resumes(self, customer_id: str, at: dt.datetime) -> dt.datetime | None:
        """Return the instant the quiet hours around a moment end where the person lives; None when it is not quiet."""
        self.refresh()
        if self.rules.quiet is None:
            return None
        zone = self.zones.get(customer_id) or ZoneInfo(self.workspace.settings.timezone)
        return self.rules.quiet.over_at(at, zone)


def standings(
    workspace: Workspace, purpose: str, channel: str, at: dt.datetime
) -> tuple[dict[str, tuple[str, bool]], frozenset[str]]:
    """Return what the warehouse knows each customer last decided, and who is deleted."""
    verdicts = contactable(workspace.engine, purpose=purpose, channel=channel, at=at)
    found: dict[str, tuple[str, bool]] = {}
    gone: set[str] = set()
    query = exp.select(*(column(name) for name in ("customer_id", "allowed", "reason", "decided_at"))).from_(
        verdicts.subquery("verdicts")
    )
    decided = exp.NEQ(this=column("reason"), expression=literal("no decision"))
    for customer_id, granted, reason, decided_at in workspace.engine.rows(query.where(decided)):
        if reason == "deleted":
            gone.add(customer_id)
        else:
            when = instant_text(decided_at.replace(tzinfo=dt.UTC)) if decided_at is not None else ""
            found[customer_id] = (when, bool(granted))
    return found, frozenset(gone)


def zones_of(workspace: Workspace) -> dict[str, ZoneInfo]:
    """Return the time zone of everybody of whom an attribute says it."""
    query = (
        exp.select(column("customer_id"), column("value"))
        .from_(exp.table_(CUSTOMER_ATTRIBUTES.name, quoted=True))
        .where(
            exp.In(this=column("name"), expressions=[literal(one) for one in ZONES]),
            exp.Is(this=column("valid_to"), expression=exp.null()),
        )
        .order_by(column("valid_from"))
    )
    found: dict[str, ZoneInfo] = {}
    known: dict[str, ZoneInfo | None] = {}
    for customer_id, said in workspace.engine.rows(query):
        if said not in known:
            known[said] = zone_or_none(said)
        zone = known[said]
        if zone is not None:
            found[customer_id] = zone
    return found


def zone_or_none(said: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(said or "")
    except (KeyError, ValueError, OSError):
        return None
