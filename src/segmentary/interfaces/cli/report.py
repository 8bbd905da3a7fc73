"""`segmentary report`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("report.")


@app.command()
def report(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run report."""
    with opened(ctx) as workspace:
        result = workspace.report()
    if as_json:
        show_json(result)
    else:
        show(str(result))
