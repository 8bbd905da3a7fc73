"""`segmentary dump`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("dump.")


@app.command()
def dump(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run dump."""
    with opened(ctx) as workspace:
        result = workspace.dump()
    if as_json:
        show_json(result)
    else:
        show(str(result))
