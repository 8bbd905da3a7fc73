"""A rule in place of a segment's name: ``--where 'country = "DE" and did order_completed in last 30d'``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from segmentary.errors import UsageError

if TYPE_CHECKING:
    from segmentary.workspace.reading import SegmentView
    from segmentary.workspace.workspace import Workspace

OptionalName = Annotated[str, typer.Argument(metavar="[NAME]", help="The segment.", show_default=False)]
Where = Annotated[
    str, typer.Option("--where", metavar="RULE", help="Instead of a segment, a rule as text: 'age >= 18'.")
]


def viewed(workspace: Workspace, name: str, where: str) -> SegmentView:
    """Return what is asked about: a segment by its name, or a rule.

    Raises
    ------
    UsageError
        when it is neither or both.
    """
    if bool(name) == bool(where):
        hint = """for example segmentary segment count --where 'country = "DE"'"""
        raise UsageError("name a segment, or write a rule with --where", hint=hint)
    return workspace.where(where) if where else workspace.segment(name)
