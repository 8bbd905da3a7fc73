"""`segmentary verify`: prove that the warehouse equals the truth."""

from __future__ import annotations

import typer

from segmentary.interfaces.cli.output import progress, say, show_json, show_table, warn
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Prove that the warehouse equals what archive and ledger say.")


@app.command()
def verify(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Prove that the warehouse equals archive and ledger."""
    with opened(ctx) as workspace, progress("verifying") as step:
        found = workspace.verify(progress=lambda what, done, all_: step(f"{what} ({done + 1} of {all_})"))
    if as_json:
        show_json(found)
    else:
        rows = [[one.table, one.rows, one.expected_rows, "equal" if one.equal else "DIFFERENT"] for one in found.tables]
        show_table(["table", "rows", "expected", ""], rows)
        for problem in found.problems:
            warn(problem)
        sound = found.equal and found.archive and found.audit
        say("warehouse, archive and ledger agree" if sound else "warehouse and truth disagree: segmentary rebuild")
    if not (found.equal and found.archive and found.audit):
        raise typer.Exit(1)
