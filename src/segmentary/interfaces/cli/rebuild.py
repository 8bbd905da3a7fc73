"""`segmentary rebuild`: make the warehouse again from archive and ledger."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import plural, progress, say, show_json
from segmentary.interfaces.cli.session import AsJson, command, folder

app = command("Make the warehouse again from the archive and the ledger.")


@app.command()
def rebuild(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Make the warehouse again from archive and ledger."""
    from segmentary.workspace.opening import open_to_rebuild

    with open_to_rebuild(folder(ctx)) as workspace, progress("rebuilding") as step:
        loads = workspace.rebuild(progress=lambda what, done, all_: step(f"{what} ({done + 1} of {all_})"))
    if as_json:
        show_json({"loads": loads})
    else:
        say(f"the warehouse is made again from {plural(loads, 'load')}")
