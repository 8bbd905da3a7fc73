"""`segmentary demo`."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("demo.")


@app.command()
def demo(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Run demo."""
    with opened(ctx) as workspace:
        result = workspace.demo()
    if as_json:
        show_json(result)
    else:
        show(str(result))
