"""`segmentary add`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("add.")


@app.command()
def add(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run add."""
    with opened(ctx) as workspace:
        result = workspace.add()
    if as_json:
        show_json(result)
    else:
        show(str(result))
