"""What statistics add to a workspace: segments found in its data, and the market around it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from segmentary.workspace.discoveries import Discoveries
    from segmentary.workspace.workspace import Workspace


class Modelled:
    """A part of every workspace."""

    @cached_property
    def discoveries(self) -> Discoveries:
        """Segments nobody knew: found, validated, kept, put in force, reported."""
        from segmentary.workspace.discoveries import Discoveries

        return Discoveries(cast("Workspace", self))
