"""What customers will be worth, fitted and scored, and who is like the members of a segment, not scored yet."""

from __future__ import annotations

from segmentary.workspace.prediction_jobs import predict_job, score_job
from segmentary.workspace.workspace import Workspace


def furnish(workspace: Workspace) -> list[str]:
    def quiet(sentence: str, done: float) -> None:
        pass

    predict_job(workspace, {"kind": "clv", "days": 90, "model": "bg_nbd"}, quiet)
    score_job(workspace, {"names": ["clv"]}, quiet)
    return ["/predictions", "/predictions/clv", "/predictions/new", "/predictions/new?kind=churn"]
