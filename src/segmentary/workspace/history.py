"""What belongs to the time of segments: their versions, the way back, and the history before their first run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from segmentary.segments.stays import moves_query, stays_query

if TYPE_CHECKING:
    from segmentary.ledger.backfills import BackfillEntry, Every, Knowledge
    from segmentary.workspace.backfilling import Backfilled, Span
    from segmentary.workspace.definitions import Change
    from segmentary.workspace.moments import Moment
    from segmentary.workspace.versioning import Difference, Version
    from segmentary.workspace.workspace import Workspace


class History:
    """The history of a workspace's segments: ``workspace.history``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def versions(self, name: str) -> list[Version]:
        """Return every version of a segment, oldest first."""
        from segmentary.workspace.versioning import versions_of

        return versions_of(self.workspace, name)

    def diff(
        self, name: str, first: str | None = None, second: str | None = None, *, as_of: Moment = None, limit: int = 1000
    ) -> Difference:
        """Compare two versions (default: the newest and the one before it): YAML, and who enters and leaves."""
        from segmentary.workspace.versioning import compare_versions

        return compare_versions(self.workspace, name, first, second, as_of, limit)

    def preview(
        self, path: str | Path | None = None, *, prune: bool = False, as_of: Moment = None, limit: int = 10
    ) -> list[Difference]:
        """Say what `apply` would change: per segment both versions, and who would enter and leave."""
        from segmentary.workspace.versioning import preview

        source = Path(path) if path is not None else self.workspace.folder.segments
        return preview(self.workspace, source, prune=prune, as_of=as_of, limit=limit)

    def rollback(self, name: str, to: str) -> Change:
        """Put an older version into force again, as a new version equal to it."""
        from segmentary.workspace.versioning import rollback

        return rollback(self.workspace, name, to)

    def backfill(
        self,
        name: str,
        span: Span,
        *,
        every: Every = "month",
        knowledge: Knowledge = "now",
        progress: Callable[[str], None] = lambda _: None,
    ) -> Backfilled:
        """Compute who was in a segment at past moments and append that to the log; what was served stays as it was.

        Parameters
        ----------
        span : ``all``, ``none``, or the moment (or date) to begin with.
        every : how far apart the moments are.
        knowledge : judge each moment with what is known now, or with what was known then.
        """
        from segmentary.workspace.backfilling import backfill

        return backfill(self.workspace, name, span, every, knowledge, progress)

    def backfills(self, name: str | None = None) -> list[BackfillEntry]:
        """Return the backfills there have been (of a segment), oldest first."""
        from segmentary.ledger.backfills import backfills

        return backfills(self.workspace.ledger, name)

    def moves(self, *names: str) -> pa.Table:
        """Return the entries and exits that changed something, in order."""
        self.known(names)
        query = moves_query(names).order_by("segment", "customer_id", "valid_at", "entered", "detected_at")
        return self.workspace.warehouse.table(query)

    def stays(self, *names: str) -> pa.Table:
        """Return one row per stay: from an entry to the next exit, which is missing while it lasts."""
        self.known(names)
        return self.workspace.warehouse.table(stays_query(names).order_by("segment", "customer_id", "entered_at"))

    def known(self, names: Iterable[str]) -> None:
        """Refuse names of no segment."""
        for name in names:
            self.workspace.segment(name)
