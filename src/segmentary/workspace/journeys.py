"""Journeys of a workspace: steps people go through over days; moved on by `segmentary tick`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Journeys:
    """Journeys of a workspace: steps people go through over days; moved on by `segmentary tick`."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
