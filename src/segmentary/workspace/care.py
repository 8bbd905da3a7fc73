"""Care of a workspace: make its warehouse again, prove it, examine it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from segmentary.workspace.loading import Progress

if TYPE_CHECKING:
    from segmentary.workspace.doctor import Health
    from segmentary.workspace.rebuilding import Verification
    from segmentary.workspace.workspace import Workspace


class Cared:
    """A part of every workspace."""

    def rebuild(self, progress: Progress | None = None) -> int:
        """Throw the warehouse away and make it again from archive and ledger; return how many loads were replayed."""
        from segmentary.workspace.rebuilding import rebuild

        return rebuild(cast("Workspace", self), progress)

    def verify(self, progress: Progress | None = None) -> Verification:
        """Rebuild the warehouse beside the one in use and compare every table; check archive and audit trail."""
        from segmentary.workspace.rebuilding import verify

        return verify(cast("Workspace", self), progress)

    def doctor(self) -> Health:
        """Check everything that can be checked without changing anything."""
        from segmentary.workspace.doctor import examine

        return examine(cast("Workspace", self))
