"""`segmentary campaign send`: what would leave is shown, and leaves when somebody says yes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.interfaces.cli.outbox import DryRun, Limit, reason_words, shown
from segmentary.interfaces.cli.output import plural, progress, say, show, show_json, show_table, telling, warn
from segmentary.interfaces.cli.session import AsJson, Yes, opened
from segmentary.interfaces.cli.stopping import agreed, by_hand

if TYPE_CHECKING:
    from segmentary.workspace.campaign_sending import Preflight


def send(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The campaign, or one of its audiences.")],
    to: Annotated[
        str, typer.Option("--to", metavar="FILE", help="Channel file: where to write, .csv, .xlsx, .jsonl.")
    ] = "",
    limit: Limit = 0,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Show what would leave, ask, and send it. Stopped or killed, it goes on where it was."""
    with opened(ctx) as workspace:
        with progress("judging everybody"):
            before = workspace.campaigns.preflight(name)
        if dry_run:
            show_json(before) if as_json else show_preflight(before)
            return
        if not as_json:
            show_preflight(before)
        if not before.would_send:
            say("nothing may leave now")
            if as_json:
                show_json({"preflight": before, "sent": None})
            return
        leaving = min(before.would_send, limit) if limit else before.would_send
        agreed(f"send {plural(leaving, 'message')} by {before.channel}?", yes=yes)
        with progress("sending") as step, by_hand() as stop:
            found = workspace.campaigns.send(
                name, limit=limit or None, path=Path(to) if to else None, tell=telling(step), stop=stop
            )
    if as_json:
        show_json({"preflight": before, "sent": found})
    shown(found, as_json=as_json, quietly=as_json)


def show_preflight(found: Preflight) -> None:
    """Print what would leave, and what somebody should know."""
    show(f"{found.audience} · {found.channel} · {found.purpose}", style="bold")
    rows: list[list[object]] = [["written to", found.people], ["held out", found.held_out]]
    rows += [[f"in the outbox: {state}", n] for state, n in found.states.items()]
    rows += [["would leave now", found.would_send]]
    rows += [[f"withheld: {reason_words(reason)}", n] for reason, n in found.withheld.items()]
    rows += [["later: it is a quiet hour where they live", found.quiet]] if found.quiet else []
    show_table(["", "people"], rows)
    if found.next_at and not found.due:
        say(f"nothing may leave before {found.next_at:%Y-%m-%d %H:%M} UTC")
    for one in found.doubts:
        warn(one)
