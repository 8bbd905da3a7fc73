"""`segmentary sql`: show a fixed query as an engine gets it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segmentary.interfaces.cli.output import show
from segmentary.interfaces.cli.session import command

app = command("Print a .sql file of the project as plain SQL (for developers).")


@app.command()
def sql(
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A .sql file with $names.")],
    dialect: Annotated[str, typer.Option(metavar="NAME", help="duckdb, postgres or spark")] = "duckdb",
) -> None:
    """Print a .sql file as plain SQL (for developers).

    Relations keep their names, values stay $names.
    """
    from sqlglot import exp

    from segmentary.engine.sqlfile import parsed, text

    tree = parsed(file).copy()
    for hole in list(tree.find_all(exp.Placeholder)):
        if isinstance(hole.parent, exp.Table):
            hole.replace(exp.to_identifier(hole.name))
    show(text(tree, dialect, pretty=True))
