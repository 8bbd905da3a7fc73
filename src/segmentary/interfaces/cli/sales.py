"""`segmentary sales`: where the money comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError
from segmentary.interfaces.cli.output import percent, plural, progress, say, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, AsOf, command, moment, opened

if TYPE_CHECKING:
    from segmentary.measurement.performance import Sales

COLUMNS = ("money", "orders", "buyers")

app = command("Add up sales by month, customer, product or any trait.")


@app.command()
def sales(
    ctx: typer.Context,
    by: Annotated[
        str, typer.Option(metavar="DIMENSION", help="month, channel, customer, product, category, brand, or any trait.")
    ] = "month",
    sort: Annotated[
        str,
        typer.Option(metavar="COLUMN", help="Falling order of money, orders or buyers. [default: money; months: time]"),
    ] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=0, help="At most so many rows; 0 means all.")] = 0,
    as_of: AsOf = "",
    as_json: AsJson = False,
) -> None:
    """Add up sales by month, customer, product or any trait."""
    at = moment(as_of)
    if sort and sort not in COLUMNS:
        raise UsageError(f"--sort: no such column: {sort!r}", hint=f"one of {', '.join(COLUMNS)}")
    with opened(ctx) as workspace, progress("adding up"):
        everything = workspace.sales(by, as_of=at)
    found = chosen(everything, sort, limit)
    if as_json:
        show_json(found)
        return
    noted = any(row.note for row in found.rows)
    show_table(
        [found.by, f"sales {found.currency}", "share", "orders", "buyers", *(["note"] if noted else [])],
        [
            [
                row.value[:7] if found.by == "month" and row.value else row.value,
                row.money,
                percent(row.share),
                row.orders,
                row.buyers,
                *([row.note or None] if noted else []),
            ]
            for row in found.rows
        ],
        empty="no sales: add orders first",
    )
    if len(found.rows) < len(everything.rows):
        say(f"the first {len(found.rows):,} of {plural(len(everything.rows), 'row')}")
    if found.rows:
        say(f"{found.total:,.2f} {found.currency} in all: {found.definition}")


def chosen(found: Sales, sort: str, limit: int) -> Sales:
    """Return the rows somebody asked for, in the order asked for; equal ones keep theirs."""
    rows = sorted(found.rows, key=lambda row: getattr(row, sort), reverse=True) if sort else list(found.rows)
    return replace(found, rows=tuple(rows[: limit or None]))
