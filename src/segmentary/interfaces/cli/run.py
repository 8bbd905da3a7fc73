"""`segmentary run`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("run.")


@app.command()
def run(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run run."""
    with opened(ctx) as workspace:
        result = workspace.run()
    if as_json:
        show_json(result)
    else:
        show(str(result))
