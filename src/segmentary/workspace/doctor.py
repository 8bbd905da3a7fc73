"""Check everything that can be checked without changing anything."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Literal

from segmentary.errors import SegmentaryError

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

Verdict = Literal["ok", "warn", "bad"]
LOW_SPACE_BYTES = 1 << 30
RESTORE = "restore the archive from a backup before anything else: everything is made again from it"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; ``hint`` says what to do when it is not ok."""

    name: str
    verdict: Verdict
    finding: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All checks; ``ok`` is true when none is bad."""

    ok: bool
    checks: tuple[Check, ...]


def examine(workspace: Workspace) -> Health:
    """Run every check; a check that fails itself counts as bad, and the others still run."""
    checks = []
    for name, look in LOOKS.items():
        try:
            verdict, finding, hint = look(workspace)
        except (SegmentaryError, OSError) as error:
            verdict, finding, hint = "bad", str(error), "see the message"
        checks.append(Check(name, verdict, finding, hint))
    return Health(all(check.verdict != "bad" for check in checks), tuple(checks))


Look = tuple[Verdict, str, str]


def programs(workspace: Workspace) -> Look:
    del workspace
    names = ("segmentary", "duckdb", "sqlglot", "pyarrow")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    return "ok", ", ".join([python, *(f"{name} {metadata.version(name)}" for name in names)]), ""


def rights(workspace: Workspace) -> Look:
    root = workspace.folder.root
    if not os.access(root, os.W_OK):
        return "bad", f"{root} cannot be written", "change the folder's rights"
    return "ok", f"{root.resolve()} can be written", ""


def space(workspace: Workspace) -> Look:
    free = shutil.disk_usage(workspace.folder.root).free
    text = f"{free / 1e9:,.1f} GB free"
    return ("warn", text, "free some space") if free < LOW_SPACE_BYTES else ("ok", text, "")


def ledger(workspace: Workspace) -> Look:
    verdict = workspace.ledger.integrity()
    return ("ok", "intact", "") if verdict == "ok" else ("bad", verdict, "restore ledger.sqlite from a backup")


def audit(workspace: Workspace) -> Look:
    if workspace.ledger.audit_intact():
        (lines,) = workspace.ledger.rows("select count(*) from audit")[0]
        return "ok", f"{lines:,} entries, unbroken", ""
    return "bad", "entries were edited or removed", "find out who changed the ledger"


def archive(workspace: Workspace) -> Look:
    from segmentary.workspace.rebuilding import archive_problems

    problems = archive_problems(workspace)
    if problems:
        more = f"; and {len(problems) - 3:,} more" if len(problems) > 3 else ""
        return "bad", "; ".join(problems[:3]) + more, RESTORE
    files = sum(1 for path in workspace.folder.archive.rglob("*") if path.is_file())
    return "ok", f"{files:,} files, none lost", ""


def warehouse(workspace: Workspace) -> Look:
    from segmentary.ledger.loads import load_count

    held = int(workspace.engine.checksum("loads")[0])
    known = load_count(workspace.ledger)
    if held != known:
        from segmentary.workspace.rebuilding import archive_problems

        hint = RESTORE if archive_problems(workspace) else "run `segmentary rebuild`"
        return "bad", f"holds {held} of {known} loads", hint
    recovered = f"; {workspace.recovered} completed at this opening" if workspace.recovered else ""
    return "ok", f"all {known} loads{recovered}", ""


def definitions(workspace: Workspace) -> Look:
    held = workspace.segments_defined()
    workspace.check(held.values())
    waiting = workspace.unapplied()
    if waiting:
        return "warn", waiting[0], "run `segmentary apply`"
    return "ok", f"{len(held)} segments in force, all valid", ""


def freshness(workspace: Workspace) -> Look:
    from segmentary.ledger.loads import load_count

    run = workspace.last_run()
    if run is None:
        return "warn", "nothing was ever computed", "run `segmentary run`"
    later = load_count(workspace.ledger) - run.loads
    if later:
        return (
            "warn",
            f"{later} loads came after the last run ({run.finished_at:%Y-%m-%d %H:%M} UTC)",
            "run `segmentary run`",
        )
    return "ok", f"last run as of {run.as_of:%Y-%m-%d %H:%M} UTC, no load since", ""


LOOKS: dict[str, Callable[[Workspace], Look]] = {
    "programs": programs,
    "folder": rights,
    "disk space": space,
    "ledger": ledger,
    "audit trail": audit,
    "archive": archive,
    "warehouse": warehouse,
    "definitions": definitions,
    "freshness": freshness,
}
