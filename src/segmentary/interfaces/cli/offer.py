"""`segmentary offer`: what may be promised, what was, what it costs, and what a customer may have."""

from __future__ import annotations

from typing import Annotated

import typer

from segmentary.interfaces.cli.output import show, show_json, show_table
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Look at offers: for whom, how many promised, what is left.")


@app.command("list")
def listing(ctx: typer.Context, as_json: AsJson = False) -> None:
    """List the tables of offers in force."""
    with opened(ctx) as workspace:
        found = workspace.offers.kept()
    if as_json:
        show_json({"tables": found})
        return
    show_table(
        ["offers", "of them open", "rows", "promised", "cost", "currency"],
        [[one.name, one.open, one.offers, one.promised, one.cost, one.currency] for one in found],
        empty="no offers: write a table as YAML (docs: offers) and `segmentary apply` it",
    )


@app.command("show")
def showing(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The table of offers.")],
    as_json: AsJson = False,
) -> None:
    """Show every offer of a table: for whom, what was promised, what is left, what it costs."""
    with opened(ctx) as workspace:
        workspace.offers.release_unsent()
        found = workspace.offers.state(name)
    if as_json:
        show_json({"offers": found})
        return
    rows = [
        [one.offer, one.standing, one.whom, one.promised, one.released, one.left, one.cost, one.budget_left, one.until]
        for one in found
    ]
    headers = ["offer", "standing", "for", "promised", "taken back", "left", "cost", "budget left", "until"]
    show_table(headers, rows, title=f"{name} · {found[0].currency}")


@app.command("for")
def for_customer(
    ctx: typer.Context,
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id.")],
    as_json: AsJson = False,
) -> None:
    """Judge every offer for one customer: which would be theirs, and why not the others."""
    with opened(ctx) as workspace:
        workspace.offers.release_unsent()
        found = workspace.offers.for_customer(customer)
    if as_json:
        show_json({"offers": found})
        return
    show_table(
        ["place", "offer", "words", "why", "expected"],
        [[one.rank, one.offer, one.words, one.why, one.expected] for one in found],
        empty="there are no offers: write a table as YAML (docs: offers) and `segmentary apply` it",
    )
    if found and found[0].rank == 1:
        show(f"{customer} would get {found[0].offer}")
