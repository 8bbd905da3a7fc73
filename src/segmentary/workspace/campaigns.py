"""Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Campaigns:
    """Campaigns of a workspace: who, what, when; frozen audiences, previews, sending, results."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
