"""`segmentary loyalty`: how loyal each segment is, by what it says and what it does."""

from __future__ import annotations

from typing import Annotated

import typer

from segmentary.interfaces.cli.output import progress, show_json, telling
from segmentary.interfaces.cli.session import AsJson, command, opened
from segmentary.interfaces.cli.tailored import show_loyalty

app = command("Measure how loyal each segment is, by what it says and what it does.")


@app.command()
def loyalty(
    ctx: typer.Context,
    segments: Annotated[
        list[str] | None, typer.Argument(metavar="[SEGMENT]...", help="These segments (default: all in force).")
    ] = None,
    nps: Annotated[
        str, typer.Option(metavar="ITEM", help="The question for recommendation, 0 to 10 (default: found by name).")
    ] = "",
    csat: Annotated[
        str, typer.Option(metavar="ITEM", help="The question for satisfaction, 1 to 5, 7 or 10 (default: found).")
    ] = "",
    ours: Annotated[
        str, typer.Option(metavar="ITEM", help="The question for spending with us, spend_ours (default: found).")
    ] = "",
    ends: Annotated[
        str, typer.Option(metavar="EVENT", help="The event by which people leave (default: found by name).")
    ] = "",
    starts: Annotated[
        str, typer.Option(metavar="EVENT", help="The event by which they begin (default: with --ends the first known).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Measure NPS, satisfaction, wallet share and retention."""
    with opened(ctx) as workspace, progress("measuring") as step:
        found = workspace.loyalty.measure(
            segments or (),
            nps=nps or None,
            csat=csat or None,
            ours=ours or None,
            ends=ends or None,
            starts=starts or None,
            tell=telling(step),
        )
    if as_json:
        show_json(found.to_document())
        return
    show_loyalty(found)
