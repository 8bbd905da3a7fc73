"""What became of our messages, as reactions and messages of the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

SOURCE = "segmentary:sending"


def load(workspace: Workspace) -> int:
    """Bring into the warehouse what was sent, failed and bounced since the last time; return how many messages."""
    raise NotImplementedError
