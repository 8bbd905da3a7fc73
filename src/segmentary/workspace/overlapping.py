"""What segments share, those asked for or all of customers, in one answer that never mixes kinds of members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from segmentary.errors import UsageError
from segmentary.segments.overlap import Overlap

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace


def shared_between(workspace: Workspace, names: Sequence[str]) -> Overlap:
    """Return what segments share; without names, all customer segments of the last run.

    Raises
    ------
    UnknownNameError, UsageError
        when there is none of that name; when it was not part of the last run, or their members are of several kinds.
    """
    held, run = workspace.segments_defined(), workspace.last_run()
    if not names:
        names = [
            name for name, one in held.items() if one.entity == "customer" and run is not None and name in run.segments
        ]
        if not names:
            return Overlap({}, ())
    kinds = {held[name].entity for name in names if name in held}
    if len(kinds) > 1:
        raise UsageError("these segments have members of several kinds", hint="compare customers with customers")
    return workspace.overlap(*names)
