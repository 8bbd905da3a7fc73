"""What the ledger knows of a campaign, for its results: who was drawn, what left, what was withheld, what was promised.

Read only: audiences, the outbox and offers are written by their own modules.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from segmentary.ledger.ledger import Ledger, instant

Key = tuple[str, str, str]
"""Segment, arm and variant."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One frozen audience of a campaign. as_of : whose memberships it took; frozen_at : when arms were drawn."""

    audience: str
    campaign_version: str
    as_of: dt.datetime
    frozen_at: dt.datetime
    state: str


def drawn(ledger: Ledger, campaign: str) -> list[Drawn]:
    """Return the audiences of a campaign, oldest first; those cancelled before anything left are none."""
    rows = ledger.rows(
        "select audience, campaign_version, as_of, frozen_at, state from audiences where campaign = ?"
        " and (state <> 'cancelled' or exists (select 1 from outbox where origin = audience and state = 'sent'))"
        " order by number",
        campaign,
    )
    return [Drawn(one, version, instant(as_of), instant(at), state) for one, version, as_of, at, state in rows]


def campaigns_drawn(ledger: Ledger) -> list[str]:
    """Return the campaigns that have an audience."""
    return [name for (name,) in ledger.rows("select distinct campaign from audiences order by campaign")]


def members(ledger: Ledger, audience: str) -> list[tuple[str, str, str, str]]:
    """Return ``customer_id, segment, arm, variant`` of everybody in an arm."""
    rows = ledger.rows(
        "select customer_id, segment, arm, variant from audience_members where audience = ? and reason = ''"
        " order by customer_id",
        audience,
    )
    return [(who, segment, arm, variant) for who, segment, arm, variant in rows]


def counts(ledger: Ledger, audience: str) -> list[tuple[str, str, str, int]]:
    """Return ``segment, arm, reason, people`` of everybody of an audience; one of arm and reason is empty."""
    return [
        (segment, arm if not reason else "", reason, int(n))
        for segment, arm, reason, n in ledger.rows(
            "select segment, arm, reason, count(*) from audience_members where audience = ?"
            " group by segment, arm, reason order by segment, arm, reason",
            audience,
        )
    ]


def messages(ledger: Ledger, campaign: str) -> list[tuple[str, str]]:
    """Return ``customer_id, message`` of everything put into the outbox for a campaign."""
    rows = ledger.rows("select customer_id, message from outbox where campaign = ? order by number", campaign)
    return [(who, message) for who, message in rows]


def states(ledger: Ledger, campaign: str) -> dict[Key, dict[str, int]]:
    """Return people by segment, arm and variant, and by what became of their message."""
    found: dict[Key, dict[str, int]] = {}
    for segment, arm, variant, state, n in ledger.rows(
        "select segment, arm, variant, state, count(distinct customer_id) from outbox where campaign = ?"
        " group by segment, arm, variant, state",
        campaign,
    ):
        found.setdefault((segment, arm, variant), {})[state] = int(n)
    return found


def first_sent(ledger: Ledger, campaign: str) -> dt.datetime | None:
    """Return when the first message of a campaign left."""
    rows = ledger.rows("select min(ended_at) from outbox where campaign = ? and state = 'sent'", campaign)
    return instant(rows[0][0]) if rows and rows[0][0] else None


def refusals(ledger: Ledger, campaign: str) -> list[tuple[str, dt.datetime]]:
    """Return who said no by the link or the mail of a message of a campaign, and when first."""
    rows = ledger.rows(
        "select d.customer_id, min(d.happened_at) from decisions d join outbox o on o.customer_id = d.customer_id"
        " where o.campaign = ? and d.granted = 0 and instr(d.evidence, o.message) > 0"
        " group by d.customer_id order by d.customer_id",
        campaign,
    )
    return [(who, instant(at)) for who, at in rows]


def promises(ledger: Ledger, campaign: str) -> dict[Key, tuple[int, Decimal]]:
    """Return how many offers were promised and not taken back, and their money, by segment, arm and variant."""
    found: dict[Key, tuple[int, Decimal]] = {}
    for segment, arm, variant, amount, n in ledger.rows(
        "select o.segment, o.arm, o.variant, u.amount, count(*) from offer_uses u"
        " join outbox o on o.message = u.message"
        " where o.campaign = ? and u.released_at = '' and o.state = 'sent'"
        " group by o.segment, o.arm, o.variant, u.amount",
        campaign,
    ):
        key = (segment, arm, variant)
        before = found.get(key, (0, Decimal(0)))
        found[key] = (before[0] + int(n), before[1] + int(n) * money(amount))
    return found


def money(text: str) -> Decimal:
    """Return an amount; one that is not said costs nothing that is known.

    >>> money("2.50"), money("")
    (Decimal('2.50'), Decimal('0'))
    """
    try:
        return Decimal(text) if text else Decimal(0)
    except InvalidOperation:
        return Decimal(0)
