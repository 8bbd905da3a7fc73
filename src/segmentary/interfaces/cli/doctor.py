"""`segmentary doctor`: check everything: files, settings, warehouse, ledger, sources, definitions."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Check everything: files, settings, warehouse, ledger, sources, definitions.")


@app.command()
def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check everything: files, settings, warehouse, ledger, sources, definitions."""
    with opened(ctx) as workspace:
        result = workspace.doctor()
    if as_json:
        show_json(result)
    else:
        show(str(result))
