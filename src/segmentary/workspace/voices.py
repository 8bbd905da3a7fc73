"""What people say, coded: models and codebooks, coded passages, themes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Voices:
    """What people say, coded: models and codebooks, coded passages, themes."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
