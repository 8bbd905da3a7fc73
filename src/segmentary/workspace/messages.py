"""Messages of a workspace: templates by variant, what they need, what they look like for real people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Messages:
    """Messages of a workspace: templates by variant, what they need, what they look like for real people."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
