"""Two solutions found in few variables, quickly, one of them with a typing tool."""

from __future__ import annotations

from segmentary.workspace.discovery_jobs import discover_job, typing_tool_job
from segmentary.workspace.workspace import Workspace


def furnish(workspace: Workspace) -> list[str]:
    def quiet(sentence: str, done: float) -> None:
        pass

    quick = {"repetitions": 3, "methods": ["k_means"]}
    asked = {"name": "habits", "by": ["recency", "average_order"], "segments": "2..3", **quick}
    discover_job(workspace, asked, quiet)
    discover_job(workspace, {"name": "spending", "by": ["order_count", "monetary"], "segments": "2", **quick}, quiet)
    typing_tool_job(workspace, {"name": "habits", "most": 2}, quiet)
    return [
        "/discover",
        "/discover/new?base=value",
        "/discover/habits",
        "/discover/habits/typing?q_recency=12&q_average_order=30",
        "/discover/habits/compare?with=spending",
        "/discover/spending/typing",
    ]
