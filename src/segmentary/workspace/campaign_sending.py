"""Sending a campaign: what would leave is shown first; then its audience's messages leave through the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from segmentary.errors import UsageError
from segmentary.ledger import outbox as kept
from segmentary.ledger.audiences import set_state
from segmentary.models.progress import Tell, quiet

if TYPE_CHECKING:
    from segmentary.activation.audience import Audience, Reason
    from segmentary.workspace.outbox import Sent
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Preflight:
    """What sending a campaign now would do.

    Attributes
    ----------
    people : how many of the audience are written to; held_out : how many are not, so that the effect is known.
    states : how many of its messages are in which state of the outbox. due : how many may leave now.
    would_send, withheld, quiet : of those due, who would get one now, who would not and why, and for whom it is night.
    next_at : when the next later message may leave. doubts : what somebody should know before they say yes.
    """

    audience: str
    campaign: str
    channel: str
    purpose: str
    state: str
    people: int
    held_out: int
    states: Mapping[str, int]
    due: int
    would_send: int
    withheld: Mapping[Reason, int]
    quiet: int
    next_at: dt.datetime | None
    doubts: tuple[str, ...]


def preflight(workspace: Workspace, name: str) -> Preflight:
    """Return what sending a campaign (or one of its audiences) now would do; nothing leaves.

    Raises
    ------
    UnknownNameError
        when it has no frozen audience.
    SettingsError
        when its channel is not set up.
    """
    from segmentary.workspace.sending_channels import kind_of

    audience = ready(workspace, name)
    kind_of(workspace.settings, audience.channel)
    state = workspace.outbox.state(origin=audience.audience)
    tried = workspace.outbox.send(audience.channel, audience.audience, dry_run=True)
    judged = tried.channels.get(audience.channel)
    held_out = sum(n for one in audience.counts for arm, n in one.arms.items() if arm == "holdout")
    return Preflight(
        audience.audience, audience.campaign, audience.channel, audience.purpose, audience.state,
        audience.written_to, held_out, state.states, state.due, judged.sent if judged else 0,
        judged.withheld if judged else {}, judged.quiet if judged else 0, state.next_at,
        tuple(doubts(workspace, audience, sum(state.states.values()))),
    )  # fmt: skip


def doubts(workspace: Workspace, audience: Audience, messages: int) -> list[str]:
    """Say what somebody should know before a campaign leaves."""
    found = list(workspace.campaigns.notes(audience.audience))
    if messages < audience.written_to:
        missing = audience.written_to - messages
        found.append(
            f"{missing:,} of {audience.written_to:,} people have no message: nothing to say to them, or no offer"
        )
    days = (workspace.tick() - audience.frozen_at).days
    if days > 7:
        found.append(f"the audience was frozen {days:,} days ago; who came into the segments since is not in it")
    table = workspace.settings.channels.get(audience.channel, {})
    mail = audience.channel == "email" and audience.purpose != "service"
    if mail and not any(table.get(key) for key in ("unsubscribe_url", "unsubscribe_base", "unsubscribe_mail")):
        found.append("no unsubscribe_url is set: mailbox providers want one-click unsubscribing (RFC 8058)")
    if mail and not table.get("postal_address"):
        found.append("no postal_address is set: in many countries advertising has to say who sends it")
    if audience.channel == "email" and not table.get("bounces"):
        found.append("no address for bounces is set: returned mail comes to the sender and is not matched by itself")
    return found


def ready(workspace: Workspace, name: str) -> Audience:
    """Return an audience that may be sent, its messages in the outbox.

    Raises
    ------
    UsageError
        when it was cancelled.
    """
    audience = workspace.campaigns.audience(name)
    if audience.state == "cancelled":
        raise UsageError(f"{audience.audience} was cancelled", hint="freeze another audience of the campaign")
    render = getattr(workspace.campaigns, "render", None)
    if render is not None and not kept.counts(workspace.ledger, origin=audience.audience):
        render(audience.audience)
    return audience


def send(
    workspace: Workspace,
    name: str,
    *,
    limit: int | None = None,
    path: str | Path | None = None,
    tell: Tell = quiet,
    stop: Callable[[], bool] = lambda: False,
) -> Sent:
    """Send what is due of a campaign's newest audience (or of an audience, by its id).

    Killed or stopped, it goes on where it was: run it again, or let `segmentary tick` do it.

    Raises
    ------
    UnknownNameError, UsageError
        when it has no audience, or that was cancelled.
    WorkspaceError
        when what left cannot be written down.
    """
    audience = ready(workspace, name)
    return workspace.outbox.send(
        audience.channel, audience.audience, limit=limit, tell=tell, stop=stop,
        path=Path(path) if path is not None else None,
    )  # fmt: skip


def begin_audience(workspace: Workspace, audience: str) -> None:
    """Note that an audience is being sent: what waits of it leaves with everything else from now on."""
    if workspace.ledger.rows("select 1 from audiences where audience = ? and state = 'frozen'", audience):
        set_state(workspace.ledger, audience, "sending", at=workspace.tick())


def finish_audiences(workspace: Workspace) -> int:
    """Note which audiences have nothing waiting any more; return how many those are."""
    rows = workspace.ledger.rows(
        "select audience from audiences where state = 'sending' and not exists ("
        " select 1 from outbox where origin = audiences.audience and state in ('waiting', 'leased'))"
        " and exists (select 1 from outbox where origin = audiences.audience)"
    )
    for (audience,) in rows:
        set_state(workspace.ledger, audience, "sent", at=workspace.tick())
    return len(rows)
