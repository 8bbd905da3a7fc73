"""`segmentary segment`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("segment.")


@app.command()
def segment(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run segment."""
    with opened(ctx) as workspace:
        result = workspace.segment()
    if as_json:
        show_json(result)
    else:
        show(str(result))
