"""Conversations of a workspace: bots that say approved answers only, and ask what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Chats:
    """Conversations of a workspace: bots that say approved answers only, and ask what is missing."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
