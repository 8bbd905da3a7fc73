"""`segmentary report`: write the report of the newest run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segmentary.interfaces.cli.output import plural, progress, say, show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Write the report of the newest run.")


@app.command()
def report(
    ctx: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A folder. [default: a new one in the workspace's reports/]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the report: one page, its pictures, its numbers.

    The page is one HTML file that works without a network; every chart is beside it as PNG and SVG, every number in
    an XLSX workbook.
    """
    with opened(ctx) as workspace, progress("writing the report"):
        files = workspace.report(path)
    if as_json:
        show_json(files)
        return
    show(str(files.html))
    say(f"numbers in {files.xlsx}, {plural(len(files.images), 'picture')} beside the page")
