"""What became of our messages, as reactions and messages of the warehouse; and what came back about them by mail."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from segmentary.activation.channels.mime import our_id
from segmentary.engine.sqlfile import column, literal
from segmentary.ledger import outbox as kept
from segmentary.ledger.decisions import append_decision, decisions_of
from segmentary.ledger.ledger import instant
from segmentary.ledger.suppressions import append_suppression
from segmentary.schema import RECORDED_EVENTS
from segmentary.sources.reactions import Reaction, event_name
from segmentary.workspace.record_names import named_records, other_ids

if TYPE_CHECKING:
    from segmentary.activation.channels.returned import Returned
    from segmentary.ledger.outbox import Finished, Known
    from segmentary.workspace.workspace import Workspace

SENDING, SAID, MAILBOX = "segmentary:sending", "segmentary:messages", "segmentary:mailbox"
"""Sources: reactions of our own sending, what we wrote, and reactions read out of mailboxes."""
BATCH = 50_000
REACTIONS: dict[tuple[str, str], Reaction] = {("sent", ""): "sent", ("failed", "bounced"): "bounced",
                                              ("failed", "rejected"): "rejected"}  # fmt: skip
BOUNCE, COMPLAINT = "bounce", "complaint"


@dataclass(frozen=True, slots=True)
class Told:
    """One reaction to one of our messages. at : an aware instant."""

    reaction: Reaction
    message: str
    customer_id: str
    channel: str
    campaign: str
    variant: str
    at: dt.datetime
    reason: str = ""
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class ReadMailbox:
    """What was read out of a mailbox.

    Attributes
    ----------
    mails : kind to how many there were. ours : how many of them were about messages of ours.
    new : reactions that were not known before. suppressed, unsubscribed : addresses and people not written to any more.
    """

    mails: Mapping[str, int]
    ours: int
    new: int
    suppressed: int
    unsubscribed: int


def load(workspace: Workspace) -> int:
    """Bring into the warehouse what was sent and failed since the last time; return how many messages.

    Messages of people it does not know wait until it does.
    """
    loaded, after = 0, 0
    while batch := kept.finished(workspace.ledger, after=after, limit=BATCH):
        after = batch[-1].number
        records = records_of(workspace, {one.entry.customer_id for one in batch})
        for space in sorted({space for space, _ in records.values()}):
            part = [one for one in batch if records.get(one.entry.customer_id, ("", ""))[0] == space]
            load_id = loaded_part(workspace, space, part, records)
            kept.mark_loaded(workspace.ledger, [one.number for one in part], load_id)
            loaded += len(part)
    return loaded


def loaded_part(
    workspace: Workspace, space: str, part: Sequence[Finished], records: Mapping[str, tuple[str, str]]
) -> str:
    """Load reactions and messages of one space of ids, all or nothing; return the load of the reactions."""
    import pyarrow as pa

    from segmentary.activation.envelope import unpacked

    proposed = proposal(workspace, SENDING, space, [told_of(one) for one in part], records)
    # A conversation's turns are messages already.
    said = [one for one in part if one.state == "sent" and one.entry.channel != "chat"]
    if said:
        table = pa.table(
            {
                "record_id": [records[one.entry.customer_id][1] for one in said],
                "message_id": [one.entry.message for one in said],
                "channel": [one.entry.channel for one in said],
                "direction": ["out"] * len(said),
                "happened_at": [one.ended_at for one in said],
                "text": [text_of(unpacked(one.entry)) for one in said],
                "campaign_id": [one.entry.campaign or None for one in said],
            }
        )
        proposed += workspace.propose(
            table, kind="messages", columns={name: name for name in table.column_names}, name=SAID, id_space=space,
            timezone="UTC",
        )  # fmt: skip
    reports = workspace.load(proposed)
    return reports[0].load_id


def text_of(message: object) -> str:
    """Return what was said: subject and text."""
    content = message.content  # type: ignore[attr-defined]
    return f"{content.subject}\n\n{content.text}" if content.subject else str(content.text)


def told_of(one: Finished) -> Told:
    """Return what became of a message, as a reaction."""
    entry = one.entry
    reaction = REACTIONS.get((one.state, one.reason), "failed")
    reason = one.reply if reaction != "sent" else ""
    return Told(
        reaction, entry.message, entry.customer_id, entry.channel, entry.campaign, entry.variant,
        instant(one.ended_at), reason, reaction == "bounced",
    )  # fmt: skip


def proposal(
    workspace: Workspace, source: str, space: str, told: Sequence[Told], records: Mapping[str, tuple[str, str]]
) -> list:  # type: ignore[type-arg]
    """Propose reactions of people of one space of ids as events."""
    import pyarrow as pa

    table = pa.table(
        {
            "record_id": [records[one.customer_id][1] for one in told],
            "message_id": [f"{one.message}/{one.reaction}" for one in told],
            "name": [event_name(one.reaction, one.channel) for one in told],
            "happened_at": [one.at.isoformat(timespec="microseconds") for one in told],
            "channel": [one.channel for one in told],
            "campaign": pa.array([one.campaign or None for one in told], pa.string()),
            "variant": pa.array([one.variant or None for one in told], pa.string()),
            "message": [one.message for one in told],
            "reason": pa.array([one.reason or None for one in told], pa.string()),
            "permanent": pa.array([one.permanent if one.reaction == "bounced" else None for one in told], pa.bool_()),
        }
    )
    own = ("record_id", "message_id", "name", "happened_at", "channel")
    return workspace.propose(
        table, kind="events", columns={name: name for name in own}, name=source, id_space=space, timezone="UTC"
    )


def records_of(workspace: Workspace, customer_ids: set[str]) -> dict[str, tuple[str, str]]:
    """Return space and id of the record by which each customer is called, of those the warehouse knows."""
    workspace.derived.ensure()
    rows = workspace.engine.rows(named_records())
    found = {who: (space, record) for who, space, record in rows if who in customer_ids}
    if found.keys() != customer_ids:
        everybody = {who: (space, record) for who, space, record in rows}
        for who, others in other_ids(workspace.engine).items():
            for other in others:
                # They were called otherwise when the message was put in: a merge came between.
                if other in customer_ids and who in everybody:
                    found.setdefault(other, everybody[who])
    return found


# ------------------------------------------------------------ what came back


def ours(workspace: Workspace, ids: Iterable[str]) -> dict[str, Known]:
    """Return our messages among what providers name: our ids, or Message-IDs made of them.

    With it an event of a provider gets campaign, variant, segment, offer and customer: ``ours(w, [id])[id].campaign``.
    """
    wanted = {one: (our_id(one) if "@" in one else one) for one in ids if one}
    found = kept.known(workspace.ledger, set(wanted.values()))
    return {given: found[own] for given, own in wanted.items() if own in found}


def read_mailbox(workspace: Workspace, path: Path) -> ReadMailbox:
    """Read bounces, spam reports and unsubscribing mails out of a Maildir folder or mbox file; each counts once.

    Raises
    ------
    UsageError
        when it is neither.
    """
    from segmentary.activation.channels.returned import read_mailbox as read

    mails: Counter[str] = Counter()
    suppressed = unsubscribed = 0
    wanted: list[Returned] = []
    for one in read(path):
        mails[one.kind] += 1
        if one.kind == "unsubscribed":
            unsubscribed += left_alone(workspace, one.token)
        elif one.message and one.kind in ("bounced", "deferred", "delivered", "complained"):
            wanted.append(one)
    held = kept.known(workspace.ledger, {one.message for one in wanted})
    at = workspace.tick()
    told: dict[str, Told] = {}
    before = told_before(workspace)
    for one in wanted:
        about = held.get(one.message)
        if about is None or f"{one.message}/{one.kind}" in before:
            # Read again, it suppresses nobody whom a person took off the list meanwhile.
            continue
        reaction: Reaction = one.kind  # type: ignore[assignment]
        told.setdefault(
            f"{one.message}/{reaction}",
            Told(
                reaction, about.message, about.customer_id, about.channel, about.campaign, about.variant, at,
                one.reason, one.permanent,
            ),
        )  # fmt: skip
        suppressed += kept_away(workspace, about, told[f"{one.message}/{reaction}"])
    new = loaded_told(workspace, list(told.values()))
    return ReadMailbox(dict(mails), sum(one.message in held for one in wanted), new, suppressed, unsubscribed)


def loaded_told(workspace: Workspace, told: Sequence[Told]) -> int:
    """Load reactions; return how many were not known."""
    new = 0
    records = records_of(workspace, {one.customer_id for one in told}) if told else {}
    for space in sorted({space for space, _ in records.values()}):
        part = [one for one in told if records.get(one.customer_id, ("", ""))[0] == space]
        new += sum(report.rows_kept for report in workspace.load(proposal(workspace, MAILBOX, space, part, records)))
    return new


def told_before(workspace: Workspace) -> set[str]:
    """Return the reactions that mailboxes told already: read again, a mail has another time and is no other mail."""
    query = (
        exp.select(column("message_id"))
        .from_(exp.table_(RECORDED_EVENTS.name, quoted=True))
        .where(column("source").eq(literal(MAILBOX)))
    )
    return {str(said) for (said,) in workspace.engine.rows(query)}


def kept_away(workspace: Workspace, about: Known, told: Told) -> int:
    """Suppress an address that bounced for good or whose owner complained; return whether it is new on the list."""
    if told.reaction != "complained" and not (told.reaction == "bounced" and told.permanent):
        return 0
    reason = COMPLAINT if told.reaction == "complained" else BOUNCE
    origin, who = event_origin(told), ""
    if told.reaction == "complained" or not about.address_hash:
        who = about.customer_id
    added = False
    if about.address_hash:
        added = append_suppression(
            workspace.ledger, about.channel, address_hash=about.address_hash, reason=reason, origin=origin, at=told.at
        )
    if who:
        added |= append_suppression(
            workspace.ledger, about.channel, customer_id=who, reason=reason, origin=origin, at=told.at
        )
    return int(added)


def event_origin(told: Told) -> str:
    """Return how the list calls a reaction it learnt from; the same as when it learns from the event itself."""
    at = told.at.astimezone(dt.UTC).replace(tzinfo=None).isoformat()
    told_by = hashlib.sha256(f"{told.customer_id}\n{at}\n{told.message}".encode()).hexdigest()[:16]
    return f"event:{event_name(told.reaction, told.channel)}:{told_by}"


def left_alone(workspace: Workspace, token: str) -> int:
    """Take down what an unsubscribing mail says; return 0 for one that is not ours, or that was read before."""
    from segmentary.activation.unsubscribe import read
    from segmentary.errors import UsageError
    from segmentary.workspace.unsubscribing import unsubscribe_keys

    try:
        said = read(unsubscribe_keys(workspace.folder.root), token)
    except UsageError:
        return 0
    evidence = f"unsubscribing mail to message {said.message}"
    if any(one.evidence == evidence for one in decisions_of(workspace.ledger, [said.customer_id])):
        return 0
    append_decision(
        workspace.ledger, said.customer_id, said.purpose, said.channel, granted=False, at=workspace.tick(),
        evidence=evidence, origin="mailbox",
    )  # fmt: skip
    return 1
