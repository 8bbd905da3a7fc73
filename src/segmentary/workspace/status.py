"""Whether what is served still holds: fresh, stale and why, running, or never run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from segmentary.ledger.attempts import died, unfinished
from segmentary.ledger.definitions import lists
from segmentary.ledger.loads import load_count
from segmentary.ledger.runs import RunEntry
from segmentary.workspace.definitions import fingerprints

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

FRESH, RUNNING, NEVER_RUN = "fresh", "running", "never run"


def rests_on(workspace: Workspace, names: Iterable[str] | None = None) -> dict[str, str]:
    """Return per segment (or of some) a hash of everything its meaning rests on now: definitions, traits, lists."""
    segments, traits = workspace.segments_defined(), workspace.traits_defined()
    return fingerprints(segments, traits, lists(workspace.ledger), names)


def status(workspace: Workspace, run: RunEntry | None, name: str, now: Mapping[str, str] | None = None) -> str:
    """Say whether what is served still holds. ``now`` is `rests_on`, where it is known."""
    attempt = unfinished(workspace.ledger, "run")
    if attempt is not None and attempt.number in workspace.ledger.under_way:
        return RUNNING
    unanswered: Mapping[str, str] = run.context.get("unanswered", {}) if run is not None else {}
    if run is None or name not in run.segments:
        return f"{NEVER_RUN}: it {unanswered[name]}" if name in unanswered else NEVER_RUN
    if attempt is not None:
        return f"stale: the run of {attempt.started_at:%Y-%m-%d %H:%M} UTC did not finish"
    backfill = died(workspace.ledger, "backfill").get(name)
    if backfill is not None:
        return f"stale: the backfill of {backfill.started_at:%Y-%m-%d %H:%M} UTC did not finish"
    if name in unanswered:
        return f"stale: it {unanswered[name]}"
    then: Mapping[str, str] = run.context.get("depends", {})
    if (now if now is not None else rests_on(workspace, [name])).get(name) != then.get(name):
        return "stale: the definition, or one it rests on, changed since the run"
    return stale_by(load_count(workspace.ledger) - run.loads)


def stale_by(loads: int) -> str:
    """Say that loads came after what was computed."""
    if loads <= 0:
        return FRESH
    return f"stale: {loads} {'load' if loads == 1 else 'loads'} came since the run"


def status_then(workspace: Workspace, run: RunEntry, at: dt.datetime) -> str:
    """Say whether what was served at a moment held then: loads that had come by that moment make it stale."""
    return stale_by(load_count(workspace.ledger, at=at) - run.loads)
