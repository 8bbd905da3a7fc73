"""Who may be contacted: decisions taken down at once, suppressed addresses, caps; obeyed by every sending.

Taking a decision down needs the ledger only, so it can be done while another process has the workspace and is sending:
`decide`, `suppress` and `lift` are functions on a ledger, and methods of a workspace that is open.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from segmentary.activation.addresses import address_hash, address_kind, consent_channel
from segmentary.errors import UsageError
from segmentary.ledger.decisions import (
    ANY,
    Decision,
    append_decision,
    newest_decisions,
)
from segmentary.ledger.suppressions import Suppression, append_suppression, lift_suppressions, suppressions

if TYPE_CHECKING:
    from segmentary.ledger.ledger import Ledger
    from segmentary.settings import Settings
    from segmentary.workspace.consent_state import ConsentState
    from segmentary.workspace.workspace import Workspace

WORD = re.compile(r"[a-z][a-z0-9_\-]*")
REASONS = ("bounce", "complaint", "by hand")
SOURCE = "segmentary:consents"
"""The source of the decisions taken down here, as the warehouse knows them."""


def decide(
    ledger: Ledger,
    customer_id: str,
    purpose: str,
    channel: str,
    granted: bool,
    evidence: str,
    *,
    at: dt.datetime,
    origin: str = "person",
    dated: bool = False,
) -> Decision:
    """Take down that a customer said yes or no to a purpose on a channel; ``any`` is all of them.

    Raises
    ------
    UsageError
        when the purpose or channel is no word, or a yes has no evidence.
    """
    if not customer_id.strip():
        raise UsageError("whose decision is it?", hint="the customer's id")
    if granted and not evidence.strip():
        raise UsageError("a yes needs its evidence: where and when it was given", hint='--evidence "form of 2 May"')
    return append_decision(
        ledger,
        customer_id.strip(),
        word(purpose, "purpose"),
        word(channel, "channel"),
        granted=granted,
        at=at,
        evidence=evidence.strip(),
        origin=origin,
        dated=dated,
    )


def word(said: str, what: str) -> str:
    """Return a purpose or channel in its one spelling.

    Raises
    ------
    UsageError
        when it is none.
    """
    clean = said.strip().lower()
    clean = ANY if clean == "all" else clean
    if not WORD.fullmatch(clean):
        raise UsageError(f"{said!r} is no {what}", hint="one word, such as marketing or email; any for all of them")
    return clean


def suppress(
    ledger: Ledger,
    settings: Settings,
    channel: str,
    address: str,
    reason: str,
    *,
    at: dt.datetime,
    customer_id: str = "",
    origin: str = "person",
) -> bool:
    """Put an address (or, without one, a customer) on the list of a channel; say whether it is new.

    Raises
    ------
    UsageError
        when the address is none.
    """
    name = word(channel, "channel")
    hashed = hash_in(settings, name, address) if address else ""
    return append_suppression(
        ledger, name, address_hash=hashed, customer_id="" if hashed else customer_id,
        reason=reason.strip() or "by hand", origin=origin, at=at,
    )  # fmt: skip


def lift(
    ledger: Ledger,
    settings: Settings,
    channel: str,
    address: str,
    reason: str,
    *,
    at: dt.datetime,
    by: str,
    customer_id: str = "",
) -> int:
    """Take an address (or a customer) off the list again: by a person, with a reason; return how many entries ended.

    Raises
    ------
    UsageError
        when nobody says why.
    """
    if not reason.strip():
        raise UsageError("why is it lifted?", hint='--reason "new mailbox, asked by phone on 3 May"')
    name = word(channel, "channel")
    hashed = hash_in(settings, name, address) if address else ""
    return lift_suppressions(
        ledger, name, address_hash=hashed, customer_id=customer_id, reason=reason.strip(), by=by, at=at
    )


def hash_in(settings: Settings, channel: str, address: str) -> str:
    """Return the hash of an address as a channel spells it; on ``any`` by what it looks like.

    Raises
    ------
    UsageError
        when it is no address.
    """
    kind = ("email" if "@" in address else "phone") if channel == ANY else address_kind(channel, settings.channels)
    found = address_hash(kind or "email", address, country=settings.country)
    if not found:
        raise UsageError("that is no address that could be written to", hint=f"an address of channel {channel}")
    return found


class Consents:
    """Who may be contacted: decisions taken down at once, suppressed addresses, caps; obeyed by every sending."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def decide(
        self,
        customer_id: str,
        purpose: str,
        channel: str,
        granted: bool,
        evidence: str,
        *,
        origin: str = "person",
        at: dt.datetime | None = None,
    ) -> Decision:
        """Take down a yes or no; in effect when this returns. `at`: when it was said; default now.

        Raises
        ------
        UsageError
            when it is said to happen later, or makes no sense.
        """
        now = self.workspace.tick()
        if at is not None and at > now:
            raise UsageError("a decision cannot be of the future", hint="leave its time out")
        return decide(
            self.workspace.ledger, customer_id, purpose, channel, granted, evidence,
            at=at or now, origin=origin, dated=at is not None,
        )  # fmt: skip

    def suppress(
        self, channel: str, address: str, reason: str, *, customer_id: str = "", origin: str = "person"
    ) -> bool:
        """Put an address, or without one a customer, on the list of a channel; say whether it is new."""
        workspace = self.workspace
        return suppress(
            workspace.ledger, workspace.settings, channel, address, reason,
            at=workspace.tick(), customer_id=customer_id, origin=origin,
        )  # fmt: skip

    def lift(self, channel: str, address: str, reason: str, *, by: str, customer_id: str = "") -> int:
        """Take an address or a customer off the list again, with a reason; return how many entries ended."""
        workspace = self.workspace
        return lift(
            workspace.ledger, workspace.settings, channel, address, reason,
            at=workspace.tick(), by=by, customer_id=customer_id,
        )  # fmt: skip

    def suppressions(self, *, in_force: bool = True) -> list[Suppression]:
        """Return the suppressions, newest first."""
        return suppressions(self.workspace.ledger, in_force=in_force)

    def decisions(self, limit: int = 100) -> list[Decision]:
        """Return the last decisions taken down here, newest first."""
        return newest_decisions(self.workspace.ledger, limit)

    def channel_of(self, channel: str) -> str:
        """Return whose consent counts for a channel."""
        return consent_channel(channel, self.workspace.settings.channels)

    def state(self, customer_id: str) -> ConsentState:
        """Return what a customer decided, by purpose and channel, where each decision comes from, what is suppressed.

        Raises
        ------
        UnknownNameError
            when there is no such customer and nothing was ever taken down of them.
        """
        from segmentary.workspace.consent_state import state_of

        return state_of(self.workspace, customer_id)

    def load(self) -> int:
        """Bring the decisions taken down here into the warehouse, and learn from reactions; return how many rows."""
        from segmentary.workspace.consent_loading import load_decisions

        return load_decisions(self.workspace)

    def learn(self) -> int:
        """Suppress whoever complained or bounced for good, whichever tool told it; return how many are new."""
        from segmentary.workspace.consent_loading import learn

        return learn(self.workspace)
