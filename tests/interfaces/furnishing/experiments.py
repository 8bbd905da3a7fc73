"""Two experiments: one that is planned, and one whose arms are drawn and which may be read at any time."""

from __future__ import annotations

from segmentary.workspace.experiment_jobs import assign_job, plan_job, read_job
from segmentary.workspace.workspace import Workspace


def furnish(workspace: Workspace) -> list[str]:
    def tell(sentence: str, done: float) -> None:
        assert 0 <= done <= 1

    metric = "spend = sum order_completed.amount in 28d"
    plan_job(workspace, {"name": "vouchers", "primary": metric, "look": "sequence", "detect": 0.1}, tell)
    assign_job(workspace, {"name": "vouchers"}, tell)
    plan_job(workspace, {"name": "catalogue", "primary": metric, "segments": ["balcony"]}, tell)
    read_job(workspace, {"name": "vouchers"}, tell)
    return ["/experiments", "/experiments/new", "/experiments/vouchers", "/experiments/catalogue"]
