"""`segmentary doctor`: check everything that can be checked without changing anything."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import progress, say, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Check everything, change nothing.")


@app.command()
def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check settings, ledger, archive, warehouse, definitions."""
    with opened(ctx) as workspace, progress("examining"):
        health = workspace.doctor()
    if as_json:
        show_json(health)
    else:
        show_table(["check", "", "finding"], [[one.name, one.verdict, one.finding] for one in health.checks])
        for one in health.checks:
            if one.verdict != "ok" and one.hint:
                say(f"{one.name}: {one.hint}")
    if not health.ok:
        raise typer.Exit(1)
