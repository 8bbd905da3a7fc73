"""`segmentary retention`: who comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from segmentary.interfaces.cli.output import percent, progress, say, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened

if TYPE_CHECKING:
    from segmentary.measurement.retention import Cohort, RetentionCell, RetentionTable

app = command("Say who comes back, month by month.")


@app.command()
def retention(ctx: typer.Context, as_of: AsOf = "", as_json: AsJson = False) -> None:
    """Say who comes back, month by month."""
    at = moment(as_of)
    with opened(ctx) as workspace, progress("counting"):
        found = workspace.retention(as_of=at)
    if as_json:
        show_json(found)
    else:
        show_retention(found)


def show_retention(found: RetentionTable) -> None:
    """Show one line per cohort: how many ordered again after so many months."""
    longest = max((len(cohort.cells) for cohort in found.cohorts), default=0)
    rows: list[list[object]] = []
    for cohort in found.cohorts:
        cells: list[object] = [written(cohort.after(months)) for months in range(1, longest)]
        rows.append([f"{cohort.month:%Y-%m}{inherited(cohort)}", cohort.size, *cells])
    show_table(["first order", "customers", *(f"+{n}" for n in range(1, longest))], rows, empty="nobody ordered yet")
    if not rows:
        return
    say("+n: how many of them ordered in the n-th month after")
    if any(cohort.inherited for cohort in found.cohorts):
        say("*: the first month of the data holds old customers as well as new ones")
    if found.partial_month is not None:
        say(f"~: {found.partial_month:%Y-%m} was not seen to its end, so this is no fall")


def written(cell: RetentionCell | None) -> str | None:
    """Return one cell: people and share, marked where the month had not ended."""
    if cell is None:
        return None
    part = percent(cell.share.estimate)
    return f"{cell.active:,}{'~' if cell.partial else ''}" + (f" {part * 100:.0f} %" if part is not None else "")


def inherited(cohort: Cohort) -> str:
    return "*" if cohort.inherited else ""
