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
from segmentary.workspace.scoring import fingerprints_of, models_in_force

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

FRESH, RUNNING, NEVER_RUN = "fresh", "running", "never run"


def rests_on(
    workspace: Workspace, names: Iterable[str] | None = None, *, versions: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return per segment (or of some) a hash of everything its meaning rests on now: definitions, lists, models."""
    segments, traits = workspace.segments_defined(), workspace.traits_defined()
    models = fingerprints_of(models_in_force(workspace.ledger))
    return fingerprints(segments, traits, lists(workspace.ledger), names, versions, models)


class States:
    """Says of segments whether what is served still holds; what concerns all of them is read once.

    now : `rests_on`, where it is known.
    """

    def __init__(self, workspace: Workspace, run: RunEntry | None, now: Mapping[str, str] | None = None) -> None:
        ledger = workspace.ledger
        self.workspace, self.run, self.now = workspace, run, now
        self.attempt = unfinished(ledger, "run")
        self.running = self.attempt is not None and self.attempt.number in ledger.under_way
        self.cut_off = died(ledger, "backfill")
        self.later = load_count(ledger) - run.loads if run is not None else 0
        self.unanswered: Mapping[str, str] = run.context.get("unanswered", {}) if run is not None else {}

    def of(self, name: str) -> str:
        """Return the state of one segment."""
        if self.running:
            return RUNNING
        if self.run is None or name not in self.run.segments:
            return f"{NEVER_RUN}: it {self.unanswered[name]}" if name in self.unanswered else NEVER_RUN
        if self.attempt is not None:
            return f"stale: the run of {self.attempt.started_at:%Y-%m-%d %H:%M} UTC did not finish"
        if name in self.cut_off:
            return f"stale: the backfill of {self.cut_off[name].started_at:%Y-%m-%d %H:%M} UTC did not finish"
        if name in self.unanswered:
            return f"stale: it {self.unanswered[name]}"
        then: Mapping[str, str] = self.run.context.get("depends", {})
        now = self.now if self.now is not None else rests_on(self.workspace, [name])
        if now.get(name) != then.get(name):
            return "stale: the definition, or one it rests on, changed since the run"
        return stale_by(self.later)


def status(workspace: Workspace, run: RunEntry | None, name: str) -> str:
    """Say whether what is served still holds."""
    return States(workspace, run).of(name)


def stale_by(loads: int) -> str:
    """Say that loads came after what was computed."""
    if loads <= 0:
        return FRESH
    return f"stale: {loads} {'load' if loads == 1 else 'loads'} came since the run"


def status_then(workspace: Workspace, run: RunEntry, at: dt.datetime) -> str:
    """Say whether what was served at a moment held then: loads that had come by that moment make it stale."""
    return stale_by(load_count(workspace.ledger, at=at) - run.loads)
