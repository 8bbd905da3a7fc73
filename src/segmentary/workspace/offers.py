"""Offers of a workspace: tables of what may be promised to whom, until when, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Offers:
    """Offers of a workspace: tables of what may be promised to whom, until when, how often."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
