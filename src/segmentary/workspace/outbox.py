"""The outbox of a workspace: what waits, what left, what came back; sending that can be killed at any point."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Outbox:
    """The outbox of a workspace: what waits, what left, what came back; sending that can be killed at any point."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
