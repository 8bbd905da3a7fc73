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


def analysis(view: SegmentView) -> dict[str, object]:
    """Return what can be said of a segment before it runs."""
    return {"freshness": view.freshness, "lineage": view.lineage, "cost": view.cost}


def analysis_lines(view: SegmentView) -> list[str]:
    """Return the same in words: how fresh, what of it is sensitive, what it takes."""
    fresh, below = view.freshness, view.lineage
    why = f" ({fresh.because}: {fresh.reason})" if fresh.because else ""
    lines = [f"{fresh.kind}: {fresh.promise}{why}"]
    rests = {
        "traits": below.traits,
        "attributes": below.attributes,
        "events": below.events,
        "segments": below.segments,
        "the log of": below.remembered,
        "tables": below.tables,
    }
    said = [f"{what} {', '.join(names)}" for what, names in rests.items() if names]
    lines.append(f"rests on {'; '.join(said)}")
    if below.sensitive:
        lines.append(f"sensitive: {', '.join(f'{name} ({kind})' for name, kind in below.sensitive.items())}")
    return [*lines, view.cost.words]
