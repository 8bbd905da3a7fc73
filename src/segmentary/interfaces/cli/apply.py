"""`segmentary apply`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("apply.")


@app.command()
def apply(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run apply."""
    with opened(ctx) as workspace:
        result = workspace.apply()
    if as_json:
        show_json(result)
    else:
        show(str(result))
