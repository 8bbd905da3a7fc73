"""The history that definitions ask for, and backfills that were cut off: computed after the next run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from segmentary.errors import SegmentaryError
from segmentary.language.segmentations import part_name
from segmentary.language.version import version
from segmentary.ledger.attempts import died, end
from segmentary.ledger.backfills import BackfillEntry, Every, Knowledge, backfills
from segmentary.ledger.definitions import current
from segmentary.workspace.backfilling import backfill, coverage, earliest
from segmentary.workspace.definitions import current_segmentations
from segmentary.workspace.moments import as_of_instant
from segmentary.workspace.workspace import require_run

if TYPE_CHECKING:
    from segmentary.ledger.attempts import Attempt
    from segmentary.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Due:
    """One history to compute. ``cut_off`` is the attempt that died over it."""

    segment: str
    span: str
    every: Every = "month"
    knowledge: Knowledge = "now"
    cut_off: Attempt | None = None


def compute_due(workspace: Workspace, progress: Callable[[str], None]) -> tuple[int, list[str]]:
    """Compute what is due; return how many histories came to be, and what a person should know."""
    done, told = 0, []
    for one in list(due(workspace)):
        if one.cut_off is not None:
            begun = f"the backfill of {one.segment} begun at {one.cut_off.started_at:%Y-%m-%d %H:%M} UTC"
            told.append(f"{begun} did not finish: it is done again")
        try:
            backfill(workspace, one.segment, one.span, one.every, one.knowledge, progress)
        except SegmentaryError as error:
            if one.cut_off is not None:
                end(workspace.ledger, one.cut_off.number, "failed", at=workspace.tick())
            told.append(f"no history of {one.segment}: {error.message}" + (f" ({error.hint})" if error.hint else ""))
        else:
            done += 1
    return done, told


def due(workspace: Workspace) -> Iterator[Due]:
    """Yield the histories to compute: those cut off, and those definitions ask for that are not there."""
    run, held = require_run(workspace), workspace.segments_defined()
    cut_off = died(workspace.ledger, "backfill")
    for name, attempt in cut_off.items():
        if name in run.segments and name in held and "span" in attempt.detail:
            asked = attempt.detail
            every, knowledge = cast("Every", asked["every"]), cast("Knowledge", asked["knowledge"])
            yield Due(name, asked["span"], every, knowledge, attempt)
    wishing = {name: one for name, one in held.items() if one.history is not None}
    if not wishing:
        return
    oldest, since_when = earliest(workspace), changed_at(workspace)
    for name, one in wishing.items():
        used = version(one)
        if name in cut_off or run.segments.get(name) != used:
            continue
        days = one.history
        since = as_of_instant(days, workspace.settings.timezone) if isinstance(days, dt.date) else oldest
        if since is None or since >= coverage(workspace, name, used).as_of:
            continue
        begun = since_when.get(name, DAWN)
        if not any(entry.since <= since for entry in latest(backfills(workspace.ledger, name), used, begun)):
            yield Due(name, days.isoformat() if isinstance(days, dt.date) else "all")


def latest(entries: list[BackfillEntry], used: str, begun: dt.datetime) -> Iterator[BackfillEntry]:
    """Yield the newest backfills, as long as they are of the version in use and since it came into force."""
    for entry in reversed(entries):
        if entry.version != used or entry.detected_at < begun:
            return
        yield entry


DAWN = dt.datetime.min.replace(tzinfo=dt.UTC)


def changed_at(workspace: Workspace) -> dict[str, dt.datetime]:
    """Return when the segmentation of each part was defined: the parts' own versions do not say when it changes."""
    entries = current(workspace.ledger, "segmentation")
    return {
        part_name(one, part): entries[name].created_at
        for name, one in current_segmentations(workspace.ledger).items()
        for part in (*(each.name for each in one.parts), one.otherwise)
    }
