"""`segmentary rebuild`: make the warehouse again from the archive and the ledger."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Make the warehouse again from the archive and the ledger.")


@app.command()
def rebuild(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Make the warehouse again from the archive and the ledger."""
    with opened(ctx) as workspace:
        result = workspace.rebuild()
    if as_json:
        show_json(result)
    else:
        show(str(result))
