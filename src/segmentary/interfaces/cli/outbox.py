"""`segmentary outbox`: what waits to be sent, what left, what came back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.output import (
    plural,
    progress,
    say,
    show,
    show_json,
    show_table,
    telling,
    warn,
)
from segmentary.interfaces.cli.session import AsJson, Yes, command, opened
from segmentary.interfaces.cli.stopping import agreed, by_hand

if TYPE_CHECKING:
    from segmentary.workspace.outbox import Sent

app = command("See what waits to be sent, send it, read what came back.")

Channel = Annotated[str, typer.Option("--channel", metavar="NAME", help="Only this channel.")]
Origin = Annotated[str, typer.Option("--origin", metavar="ID", help="Only of this audience, journey or chat.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Send at most so many messages; 0: all.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would leave; send nothing.")]
STATES = ("waiting", "leased", "sent", "failed", "withheld", "cancelled")


@app.command("show")
def showing(ctx: typer.Context, origin: Origin = "", channel: Channel = "", as_json: AsJson = False) -> None:
    """Count what waits, what left, and what did not and why."""
    with opened(ctx) as workspace:
        found = workspace.outbox.state(origin=origin, channel=channel)
    if as_json:
        show_json(found)
        return
    shown = [name for name in STATES if found.states.get(name)]
    rows = [[name, *(one.get(state, 0) for state in shown)] for name, one in found.origins.items()]
    if len(rows) > 1:
        rows.append(["all together", *(found.states[state] for state in shown)])
    show_table(["messages of", *(state_word(one) for one in shown)], rows, empty="the outbox is empty")
    if found.reasons:
        say()
        show_table(["why", "messages"], [[why, n] for why, n in sorted(found.reasons.items())])
    if found.due:
        say(f"{plural(found.due, 'message')} may leave now: `segmentary outbox send`")
    elif found.next_at:
        say(f"nothing may leave before {found.next_at:%Y-%m-%d %H:%M} UTC")


def state_word(state: str) -> str:
    """Return a state as people say it: leased means that somebody is sending it."""
    return "being sent" if state == "leased" else state


@app.command("send")
def sending(
    ctx: typer.Context,
    channel: Channel = "",
    origin: Origin = "",
    limit: Limit = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send what is due. Ctrl-C stops between two messages; sent again, it goes on where it was."""
    with opened(ctx) as workspace:
        tried = workspace.outbox.send(channel or None, origin or None, limit=limit or None, dry_run=True)
        if dry_run or not tried.sent:
            found = tried
        else:
            agreed(f"send {plural(tried.sent, 'message')}?", yes=yes)
            with progress("sending") as step, by_hand() as stop:
                found = workspace.outbox.send(
                    channel or None, origin or None, limit=limit or None, tell=telling(step), stop=stop
                )
    shown(found, as_json=as_json, dry_run=dry_run)


def shown(found: Sent, *, as_json: bool, dry_run: bool = False, quietly: bool = False) -> None:
    """Print what one sending did; a channel that failed is exit 1. quietly : it was printed already."""
    if as_json and not quietly:
        show_json(found)
    elif not as_json:
        rows = [
            [name, one.sent, one.retried + one.quiet, one.failed, sum(one.withheld.values())]
            for name, one in found.channels.items()
        ]
        first = "would leave" if dry_run else "sent"
        show_table(["channel", first, "later", "failed", "withheld"], rows, empty="nothing is due")
        for one in found.channels.values():
            for reason, n in one.withheld.items():
                say(f"{n:,} withheld: {reason_words(reason)}")
        for one in found.channels.values():
            for file in one.files:
                say(f"written to {file}")
        if found.waiting and found.next_at and not dry_run:
            now = any(one.stopped for one in found.channels.values())
            when = "send again" if now else f"the next for {found.next_at:%Y-%m-%d %H:%M} UTC"
            say(f"{plural(found.waiting, 'message')} still waiting: {when}")
    for name, one in found.channels.items():
        if one.stopped == "channel":
            warn(f"{name}: sending stopped: {one.said}")
    if any(one.stopped == "channel" for one in found.channels.values()):
        raise typer.Exit(1)


def reason_words(reason: str) -> str:
    """Return what a reason means."""
    from segmentary.activation.audience import REASONS

    return REASONS.get(reason, reason)  # type: ignore[call-overload, no-any-return]


@app.command()
def retry(
    ctx: typer.Context, origin: Origin = "", channel: Channel = "", yes: Yes = False, as_json: AsJson = False
) -> None:
    """Let messages wait again that were given up; addresses that bounced for good stay out."""
    with opened(ctx) as workspace:
        given_up = workspace.outbox.state(origin=origin, channel=channel).states.get("failed", 0)
        if given_up:
            agreed(f"let up to {plural(given_up, 'message')} wait again?", yes=yes)
        found = workspace.outbox.retry(origin=origin, channel=channel)
    if as_json:
        show_json({"waiting_again": found})
        return
    show(f"{plural(found, 'message')} waiting again")


@app.command("read-mailbox")
def read_mailbox(
    ctx: typer.Context,
    mailbox: Annotated[Path, typer.Argument(metavar="MAILBOX", help="A Maildir folder or an mbox file.")],
    as_json: AsJson = False,
) -> None:
    """Read returned mail, reports of spam and unsubscribing mails; each counts once, however often it is read."""
    from segmentary.workspace.reactions import read_mailbox as read

    with opened(ctx) as workspace, progress("reading"):
        workspace.outbox.load()
        found = read(workspace, mailbox)
    if as_json:
        show_json(found)
        return
    show_table(["mails", "how many"], [[kind, n] for kind, n in found.mails.items()], empty="no mails")
    say(
        f"{found.ours:,} about messages of ours, {found.new:,} of them new; "
        f"{found.suppressed:,} more not written to any more, {found.unsubscribed:,} unsubscribed"
    )
