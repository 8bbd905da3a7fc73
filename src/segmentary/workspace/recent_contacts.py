"""What people were sent lately, whichever tool sent it: out of recorded events, beside our own outbox."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.schema import EVENTS
from segmentary.sources.reactions import event_name

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

OURS = "segmentary:"
"""How the sources begin that we write ourselves: what we sent is in the outbox already."""
CHANNELS = ("email", "sms", "phone", "post", "push", "chat", "whatsapp", "file")


def sent_elsewhere(workspace: Workspace, since: dt.datetime) -> exp.Select:
    """Return ``customer_id, channel, happened_at, message`` of what other tools sent since a moment."""
    channels = (*CHANNELS, *sorted(set(workspace.settings.channels) - set(CHANNELS)))
    known = [one for one in channels if event_name("sent", one) in workspace.derived.events()]
    channel = exp.Case()
    for one in known:
        channel = channel.when(exp.EQ(this=column("name"), expression=literal(event_name("sent", one))), literal(one))
    where: exp.Condition = (
        exp.In(this=column("name"), expressions=[literal(event_name("sent", one)) for one in known])
        if known
        else exp.false()
    )
    message = exp.Anonymous(this="json_extract_string", expressions=[column("properties"), literal("$.message")])
    return (
        exp.select(
            column("customer_id"),
            (channel.else_(exp.null()) if known else literal("")).as_("channel", quoted=True),
            column("happened_at"),
            message.as_("message", quoted=True),
        )
        .from_(exp.table_(EVENTS.name, quoted=True))
        .where(
            where,
            exp.GT(this=column("happened_at"), expression=literal(since)),
            exp.not_(exp.Like(this=column("source"), expression=literal(f"{OURS}%"))),
        )
    )


def told_elsewhere(workspace: Workspace, since: dt.datetime) -> dict[str, list[tuple[str, dt.datetime]]]:
    """Return the same by customer, without what was our own message told once more by a provider."""
    rows = workspace.engine.rows(sent_elsewhere(workspace, since))
    if not rows:
        return {}
    ours = our_messages(workspace) if any(row[3] for row in rows) else set()
    found: dict[str, list[tuple[str, dt.datetime]]] = {}
    for customer_id, channel, at, message in rows:
        if message is None or bare(message) not in ours:
            found.setdefault(customer_id, []).append((channel, at.replace(tzinfo=dt.UTC)))
    return found


def our_messages(workspace: Workspace) -> set[str]:
    """Return the ids of the messages we sent."""
    return {row[0] for row in workspace.ledger.rows("select message from outbox where state = 'sent'")}


def bare(message: str) -> str:
    """Return our id out of a Message-ID.

    >>> bare("<autumn-1.c1@shop.example>")
    'autumn-1.c1'
    """
    return message.strip("<> ").partition("@")[0]
