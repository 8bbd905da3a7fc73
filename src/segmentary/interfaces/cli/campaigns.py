"""`segmentary campaigns`: who answered, and what cannot be said."""

from __future__ import annotations

from typing import Annotated

import typer

from segmentary.interfaces.cli.output import percent, progress, say, show_json, show_table, warn
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened, pairs

app = command("Say who answered campaigns.")


@app.command()
def campaigns(
    ctx: typer.Context,
    response: Annotated[
        str | None, typer.Option(metavar="EVENT", help="The event that counts. [default: any that names the campaign]")
    ] = None,
    groups: Annotated[
        list[str] | None,
        typer.Option("--group", metavar="NAME=CAMPAIGN,...", help="Count these campaigns together. Repeatable."),
    ] = None,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Say who answered campaigns, per contact."""
    from segmentary.workspace.comparing import campaigns as counted

    together = {name: [one.strip() for one in ids.split(",")] for name, ids in pairs(groups or [], "--group").items()}
    at = moment(as_of)
    with opened(ctx) as workspace, progress("counting"):
        found = counted(workspace, response, together, at)
    if as_json:
        show_json(found)
        return
    arms = any(row.arm is not None for row in found.rows)
    show_table(
        ["campaign", *(["arm"] if arms else []), "contacts", "answered", "share", "from", "to"],
        [
            [
                row.campaign,
                *([row.arm] if arms else []),
                row.contacted,
                row.responded,
                percent(row.share.estimate),
                percent(row.share.low),
                percent(row.share.high),
            ]
            for row in found.rows
        ],
        empty="no campaigns: add who was contacted (--as exposures) first",
    )
    if found.rows:
        say("a contact is a customer in a campaign; shares with their 95 % interval")
    if found.limits:
        warn(found.limits)
