"""`segmentary dump`: write the definitions in force as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segmentary.interfaces.cli.output import plural, say, show, show_json
from segmentary.interfaces.cli.session import AsJson, command, opened

app = command("Write the definitions in force as YAML files.")


@app.command()
def dump(
    ctx: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="A folder. [default: the workspace's segments/]")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write every definition in force as a YAML file."""
    with opened(ctx) as workspace:
        written = workspace.dump(path)
    if as_json:
        show_json({"files": written})
        return
    for file in written:
        show(str(file))
    say(f"wrote {plural(len(written), 'file')}")
