"""`segmentary init`: make a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from segmentary.interfaces.cli.output import say
from segmentary.interfaces.cli.session import command

app = command("Make a workspace folder.")


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="ISO 4217 code of all reported money. [default: EUR]")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help='IANA zone that decides what "a day" is. [default: UTC]')
    ] = None,
    week_start: Annotated[
        str | None, typer.Option(metavar="DAY", help="First day of the week. [default: monday]")
    ] = None,
    fiscal_year_start: Annotated[
        int | None, typer.Option(metavar="MONTH", help="Month number the fiscal year begins with. [default: 1]")
    ] = None,
    country: Annotated[
        str | None, typer.Option(metavar="CODE", help="ISO 3166 code assumed for phone numbers without a country code.")
    ] = None,
    warehouse: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Compute and serve segments there: postgresql://user@host/database, or sc://host:15002 (Spark).",
        ),
    ] = None,
) -> None:
    """Make a workspace: a folder for one business."""
    from segmentary.settings import without_password
    from segmentary.workspace.opening import init_workspace

    given = {
        "currency": currency,
        "timezone": timezone,
        "week_start": week_start,
        "fiscal_year_start": fiscal_year_start,
        "country": country,
        "warehouse": warehouse,
    }
    settings: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    with init_workspace(directory, **settings):
        say(f"made the workspace {directory}")
        if warehouse is not None and without_password(warehouse) != warehouse:
            say("the password was not written: give it in SEGMENTARY_WAREHOUSE, or where the database's tools look")
        say(f"next: segmentary -w {directory} add FILE...")
