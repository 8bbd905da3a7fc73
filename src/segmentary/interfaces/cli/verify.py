"""`segmentary verify`: prove that the warehouse equals what archive and ledger say."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Prove that the warehouse equals what archive and ledger say.")


@app.command()
def verify(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Prove that the warehouse equals what archive and ledger say."""
    with opened(ctx) as workspace:
        result = workspace.verify()
    if as_json:
        show_json(result)
    else:
        show(str(result))
