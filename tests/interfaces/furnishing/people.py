"""What the pages of people show: somebody with orders, the search, overlaps and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def furnish(workspace: Workspace) -> list[str]:
    """Return the pages of one person, why they are in a segment, and what segments share."""
    names = [one for one in workspace.segments() if one.people]
    largest = max(names, key=lambda one: one.people or 0)
    person = workspace.segment(largest.name).ids()[0]
    return [
        f"/people?search={person[:2]}",
        f"/people/{person}",
        f"/people/{person}/why/{largest.name}",
        "/overlap?segments=" + ",".join(one.name for one in names[:4]),
        "/runs",
        f"/segments/{largest.name}/people",
    ]
