"""`segmentary traits`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("traits.")


@app.command()
def traits(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run traits."""
    with opened(ctx) as workspace:
        result = workspace.traits()
    if as_json:
        show_json(result)
    else:
        show(str(result))
