"""Frozen audiences: who is written to, who is held out, who is left out and why; written whole or not at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segmentary.ledger.ledger import Ledger, instant, instant_text

COLUMNS = "number, audience, campaign, campaign_version, as_of, frozen_at, document, state"
Member = tuple[str, str, str, str, str]
"""customer_id, segment, arm, variant, reason: either an arm or a reason."""
BLOCK = 10_000


@dataclass(frozen=True, slots=True)
class AudienceEntry:
    """One frozen audience. document : counts and what else is known of it, nothing of persons."""

    number: int
    audience: str
    campaign: str
    campaign_version: str
    as_of: dt.datetime
    frozen_at: dt.datetime
    document: dict[str, Any]
    state: str


def append_audience(
    ledger: Ledger,
    audience: str,
    *,
    campaign: str,
    campaign_version: str,
    as_of: dt.datetime,
    frozen_at: dt.datetime,
    document: Mapping[str, Any],
    members: Iterable[Member],
) -> None:
    """Write an audience with all its people: when this returns it is whole, and killed before it is not there."""
    with ledger.transaction():
        ledger.connection.execute(
            "insert into audiences (audience, campaign, campaign_version, as_of, frozen_at, document, state)"
            " values (?, ?, ?, ?, ?, ?, 'frozen')",
            (
                audience, campaign, campaign_version, instant_text(as_of), instant_text(frozen_at),
                json.dumps(document, sort_keys=True),
            ),
        )  # fmt: skip
        ledger.connection.executemany(
            "insert into audience_members (audience, customer_id, segment, arm, variant, reason)"
            " values (?, ?, ?, ?, ?, ?)",
            ((audience, *member) for member in members),
        )
        ledger.audit("audience", {"audience": audience, "version": campaign_version}, at=frozen_at)


def entry_of(row: tuple[Any, ...]) -> AudienceEntry:
    number, audience, campaign, version, as_of, frozen_at, document, state = row
    return AudienceEntry(
        number, audience, campaign, version, instant(as_of), instant(frozen_at), json.loads(document), state
    )


def audience_entry(ledger: Ledger, audience: str) -> AudienceEntry | None:
    """Return an audience by its id."""
    rows = ledger.rows(f"select {COLUMNS} from audiences where audience = ?", audience)  # noqa: S608
    return entry_of(rows[0]) if rows else None


def audiences_of(ledger: Ledger, campaign: str = "") -> list[AudienceEntry]:
    """Return the audiences of a campaign (or all), oldest first."""
    rows = ledger.rows(
        f"select {COLUMNS} from audiences where campaign = ? or ? = '' order by number",  # noqa: S608
        campaign,
        campaign,
    )
    return [entry_of(row) for row in rows]


def set_document(ledger: Ledger, audience: str, document: Mapping[str, Any]) -> None:
    """Replace what is known of an audience as a whole."""
    with ledger.transaction():
        ledger.connection.execute(
            "update audiences set document = ? where audience = ?", (json.dumps(document, sort_keys=True), audience)
        )


def set_state(ledger: Ledger, audience: str, state: str, *, at: dt.datetime) -> None:
    """Note where an audience is: frozen, sending, sent, cancelled."""
    with ledger.transaction():
        ledger.connection.execute("update audiences set state = ? where audience = ?", (state, audience))
        ledger.audit("audience state", {"audience": audience, "state": state}, at=at)


def members_of(
    ledger: Ledger, audience: str, *, arm: str | None = None, reason: str | None = None, after: str = ""
) -> Iterator[list[Member]]:
    """Yield the people of an audience in blocks, in the order of their ids: of one arm, with one reason, or all.

    arm : ``None``: everybody, with reasons too. after : only ids behind this one.
    """
    while True:
        block: list[Member] = ledger.rows(
            "select customer_id, segment, arm, variant, reason from audience_members where audience = ?"
            " and customer_id > ? and (? is null or arm = ?) and (? is null or reason = ?)"
            " order by customer_id limit ?",
            audience, after, arm, arm, reason, reason, BLOCK,
        )  # fmt: skip
        if not block:
            return
        yield block
        after = block[-1][0]


def member_of(ledger: Ledger, audience: str, customer_id: str) -> Member | None:
    """Return one person of an audience."""
    rows = ledger.rows(
        "select customer_id, segment, arm, variant, reason from audience_members"
        " where audience = ? and customer_id = ?",
        audience,
        customer_id,
    )
    return rows[0] if rows else None


def arms_before(ledger: Ledger, campaign: str) -> dict[str, str]:
    """Return the arm everybody was first drawn into in a campaign: a draw stands for all its audiences."""
    rows = ledger.rows(
        "select m.customer_id, m.arm from audiences as a join audience_members as m on m.audience = a.audience"
        " where a.campaign = ? and m.arm <> '' order by a.number desc",
        campaign,
    )
    return dict(rows)


def counts_of(ledger: Ledger, audience: str) -> list[tuple[str, str, str, str, int]]:
    """Return segment, arm, variant, reason and how many people."""
    return ledger.rows(
        "select segment, arm, variant, reason, count(*) from audience_members where audience = ?"
        " group by segment, arm, variant, reason order by segment, arm, variant, reason",
        audience,
    )


def drawn_first_in(ledger: Ledger, audience: str) -> list[tuple[str, str]]:
    """Return customer and arm of everybody who was drawn into an arm in this audience, and in none before."""
    return ledger.rows(
        "select m.customer_id, m.arm from audience_members as m join audiences as a on a.audience = m.audience"
        " where m.audience = ? and m.arm <> '' and not exists ("
        "  select 1 from audiences as b join audience_members as e on e.audience = b.audience"
        "  where b.campaign = a.campaign and b.number < a.number and e.customer_id = m.customer_id and e.arm = m.arm)"
        " order by m.customer_id",
        audience,
    )
