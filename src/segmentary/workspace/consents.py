"""Who may be contacted: decisions taken down at once, suppressed addresses, caps; obeyed by every sending."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


class Consents:
    """Who may be contacted: decisions taken down at once, suppressed addresses, caps; obeyed by every sending."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
