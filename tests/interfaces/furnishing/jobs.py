"""Jobs that are done, failed, stopped and cut off."""

from __future__ import annotations

from segmentary.ledger import jobs
from segmentary.workspace.workspace import Workspace

RESULT = '{"run_id": 1, "customers": 400, "warnings": ["a name <b>that is long</b>"]}'


def furnish(workspace: Workspace) -> list[str]:
    ledger, tick = workspace.ledger, workspace.tick
    for name in ("done-job", "failed-job", "stopped-job"):
        jobs.add(ledger, name, "run", '{"as_of": "2026-11-01"}', "ines@example.com", at=tick())
    jobs.ask_to_stop(ledger, "stopped-job", at=tick())
    jobs.claim(ledger, "somebody", at=tick(), until=tick())
    jobs.end(ledger, "done-job", "done", at=tick(), result=RESULT, problem=None)
    jobs.claim(ledger, "somebody", at=tick(), until=tick())
    wrong = {"title": "the disk is full or failing", "code": "engine", "hint": "free some space; nothing was changed"}
    jobs.end(ledger, "failed-job", "failed", at=tick(), problem=wrong)
    return ["/jobs", "/jobs/done-job", "/jobs/failed-job"]
