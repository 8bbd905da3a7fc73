"""`segmentary quality`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("quality.")


@app.command()
def quality(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run quality."""
    with opened(ctx) as workspace:
        result = workspace.quality()
    if as_json:
        show_json(result)
    else:
        show(str(result))
