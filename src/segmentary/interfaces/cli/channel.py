"""`segmentary channel`: the ways to reach people, and whether they work."""

from __future__ import annotations

from typing import Annotated

import typer

from segmentary.interfaces.cli.output import progress, show, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("List the ways to reach people, and try them.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The channel, as in [channels.NAME].")]


@app.command("list")
def listing(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the channels that are set up, and where they lead."""
    from segmentary.workspace.sending_channels import described

    with opened(ctx) as workspace:
        found = described(workspace)
    if as_json:
        show_json({"channels": found})
        return
    show_table(
        ["channel", "kind", "leads to", "a second"],
        [[one.name, one.kind, one.leads_to, one.per_second or None] for one in found],
        empty="no channels: add [channels.email] to segmentary.toml (docs: sending)",
    )


@app.command("test")
def trying(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Connect, encrypt and log in without sending anything; a webhook gets one signed call of type message.test."""
    from segmentary.workspace.sending_channels import channel_named

    with opened(ctx) as workspace, progress(f"trying {name}"):
        found = channel_named(workspace, name).check()
    if as_json:
        show_json({"channel": name, "works": found})
        return
    for line in found:
        show(line)


@app.command()
def secret(ctx: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Print the secret that signs the calls of a webhook, for whoever receives them."""
    from segmentary.workspace.sending_channels import webhook_secret

    with opened(ctx) as workspace:
        found = webhook_secret(workspace, name)
    if as_json:
        show_json({"channel": name, "secret": found})
        return
    show(found)
