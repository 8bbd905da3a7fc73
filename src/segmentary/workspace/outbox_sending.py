"""Sending what is due: one channel after the other, each message judged from the ledger as it is at that moment."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.activation.audience import Reason
from segmentary.activation.delivery import Delivered, Delivery, verdict
from segmentary.activation.envelope import unpacked
from segmentary.errors import SettingsError
from segmentary.ledger import outbox as kept
from segmentary.ledger.suppressions import append_suppression
from segmentary.models.progress import Tell, within
from segmentary.workspace.campaign_sending import begin_audience, finish_audiences
from segmentary.workspace.outbox import Sent, next_of
from segmentary.workspace.outbox_files import write_file
from segmentary.workspace.reactions import BOUNCE, Told, event_origin
from segmentary.workspace.sending_channels import channel_named, kind_of, policy_of
from segmentary.workspace.sending_gate import gate

if TYPE_CHECKING:
    from segmentary.activation.gate import Gate
    from segmentary.activation.message import Outgoing
    from segmentary.ledger.ledger import Ledger
    from segmentary.workspace.workspace import Workspace


class LedgerStore:
    """The messages of one channel (of one origin) in the ledger, leased by this process."""

    def __init__(self, ledger: Ledger, channel: str, origin: str = "") -> None:
        self.ledger = ledger
        self.channel = channel
        self.origin = origin
        self.owner = f"{os.getpid()}-{secrets.token_hex(6)}"

    def lease(self, *, now: dt.datetime, until: dt.datetime, limit: int) -> list[kept.Leased]:
        """Take the next messages that are due."""
        return kept.lease(
            self.ledger, self.owner, now=now, until=until, limit=limit, channel=self.channel, origin=self.origin
        )

    def extend(self, *, until: dt.datetime) -> None:
        """Keep what was taken for longer."""
        kept.extend(self.ledger, self.owner, until=until)

    def held(self, one: kept.Leased) -> bool:
        """Say whether a message is still ours."""
        return kept.held(self.ledger, one)

    def again(self, one: kept.Leased, *, not_before: dt.datetime, attempts: int, reason: str, reply: str) -> bool:
        """Put a message back for later."""
        return kept.again(self.ledger, one, not_before=not_before, attempts=attempts, reason=reason, reply=reply)

    def end(self, one: kept.Leased, state: kept.Ended, *, at: dt.datetime, reason: str = "", reply: str = "") -> bool:
        """Write down what became of a message; an address that bounced for good is suppressed with it or not at all."""
        with self.ledger.transaction():
            done = kept.end(self.ledger, one, state, at=at, reason=reason, reply=reply)
            entry = one.entry
            # Cancelled meanwhile or not: that address is dead.
            if state == "failed" and reason == "bounced" and entry.address_hash:
                told = Told(
                    "bounced", entry.message, entry.customer_id, entry.channel, entry.campaign, entry.variant, at
                )
                append_suppression(
                    self.ledger, entry.channel, address_hash=entry.address_hash, reason=BOUNCE,
                    origin=event_origin(told), at=at,
                )  # fmt: skip
        return done

    def release(self) -> None:
        """Give back what was taken and not delivered."""
        kept.release(self.ledger, self.owner)


class WorkspaceJudge:
    """Asks the gate of a message's channel and purpose."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.gates: dict[tuple[str, str, bool], Gate] = {}
        self.obeying: dict[str, bool] = {}

    def verdict(self, message: Outgoing, at: dt.datetime) -> Reason | None:
        """Return why a message must not leave; None when it may."""
        return self.gate(message).verdict(message.customer_id, message.address, at)

    def resumes(self, message: Outgoing, at: dt.datetime) -> dt.datetime | None:
        """Return when the quiet hours around a moment end; None when that is not known."""
        return self.gate(message).resumes(message.customer_id, at)

    def gate(self, message: Outgoing) -> Gate:
        """Return the gate of a message's channel and purpose."""
        key = (message.channel, message.purpose, self.obeys_caps(message.campaign))
        if key not in self.gates:
            self.gates[key] = gate(self.workspace, key[0], key[1], obey_caps=key[2])
        return self.gates[key]

    def obeys_caps(self, campaign: str) -> bool:
        """Say whether a campaign obeys the caps; only one of purpose service may have said no."""
        if campaign not in self.obeying:
            from segmentary.ledger.records import current_records

            held = current_records(self.workspace.ledger, "campaign").get(campaign) if campaign else None
            self.obeying[campaign] = held is None or held.document.get("obey_caps", True) is not False
        return self.obeying[campaign]


def send(
    workspace: Workspace,
    channel: str,
    origin: str,
    *,
    limit: int | None,
    dry_run: bool,
    tell: Tell,
    stop: Callable[[], bool],
    path: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Sent:
    """Send what is due; see `Outbox.send`."""
    ledger, clock = workspace.ledger, workspace.tick
    # One process has the workspace at a time: whoever leased something before is gone.
    if not dry_run:
        kept.release_dead(ledger)
        begin_audience(workspace, origin)
    workspace.consents.load()
    judge = WorkspaceJudge(workspace)
    names = [one for one in kept.channels(ledger, origin) if not channel or one == channel]
    found: dict[str, Delivered] = {}
    for number, name in enumerate(names):
        ready, _ = kept.due(ledger, now=clock(), channel=name, origin=origin)
        if not ready:
            continue
        part = within(tell, number / len(names), (number + 1) / len(names))
        try:
            if dry_run:
                found[name] = rehearsed(workspace, judge, name, origin, limit)
            elif kind_of(workspace.settings, name) == "file":
                found[name] = files_written(workspace, judge, name, origin, path, limit, part)
            else:
                delivery = Delivery(
                    LedgerStore(ledger, name, origin),
                    channel_named(workspace, name),
                    judge,
                    clock=clock,
                    sleep=sleep,
                    policy=policy_of(workspace.settings, name),
                    stop=stop,
                )
                found[name] = delivery.run(waiting=ready, limit=limit, tell=part)
        except SettingsError as error:
            if channel or len(names) == 1:
                raise
            # One channel that is not set up holds up no other.
            found[name] = Delivered(stopped="channel", said=error.message)
        limit = None if limit is None else limit - found[name].sent
        if found[name].stopped in ("by hand", "limit"):
            break
    if not dry_run:
        finish_audiences(workspace)
    now = clock()
    left = [kept.due(ledger, now=now, channel=name, origin=origin) for name in names]
    waiting = sum(one.messages for one in kept.counts(ledger, origin=origin, channel=channel) if one.state == "waiting")
    return Sent(found, waiting, now if any(ready for ready, _ in left) else next_of(later for _, later in left))


def files_written(
    workspace: Workspace,
    judge: WorkspaceJudge,
    channel: str,
    origin: str,
    path: Path | None,
    limit: int | None,
    tell: Tell,
) -> Delivered:
    """Write one file for each origin that has messages due."""
    ledger, clock = workspace.ledger, workspace.tick
    sent, seconds, stopped = 0, 0.0, False
    files: list[str] = []
    withheld: Counter[Reason] = Counter()
    for one in [origin] if origin else kept.origins(ledger, now=clock(), channel=channel):
        left = None if limit is None else limit - sent
        stopped = left == 0
        if stopped:
            break
        waiting, _ = kept.due(ledger, now=clock(), channel=channel, origin=one)
        store = LedgerStore(ledger, channel, one)
        done = write_file(workspace, store, judge, one, path, waiting=waiting, limit=left, tell=tell)
        sent, seconds = sent + done.sent, seconds + done.seconds
        files += done.files
        withheld.update(done.withheld)
    return Delivered(
        sent, withheld=dict(withheld), seconds=seconds, stopped="limit" if stopped else "", files=tuple(files)
    )


def rehearsed(workspace: Workspace, judge: WorkspaceJudge, channel: str, origin: str, limit: int | None) -> Delivered:
    """Judge what is due without sending it: how many would leave now, and why others would not."""
    now = workspace.tick()
    withheld: Counter[Reason] = Counter()
    sent = quiet = 0
    for entry in kept.due_entries(workspace.ledger, now=now, channel=channel, origin=origin):
        if limit is not None and sent >= limit:
            break
        message = unpacked(entry)
        reason = verdict(judge, message, now)
        if reason is None:
            sent += 1
        elif reason == "quiet":
            quiet += 1
        else:
            withheld[reason] += 1
    return Delivered(sent=sent, withheld=dict(withheld), quiet=quiet)
