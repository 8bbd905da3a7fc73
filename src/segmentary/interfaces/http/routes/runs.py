"""Runs: what each did to every segment. A new one is a job: `POST /jobs {"kind": "run"}`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace.serving import Serving

router = APIRouter()
Read = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]


@router.get("/runs")
def list_runs(
    caller: Read,
    serving: Served,
    cursor: Annotated[str, Query(max_length=500, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
) -> Response:
    """List the finished runs, newest first: as of when, how long, how many people came and went in all."""
    from segmentary.workspace.run_lines import run_lines

    after = place_of(cursor, int)
    with serving.reading() as workspace:
        rows = run_lines(workspace, before=after[0] if after else None, limit=limit + 1)
    following = cursor_of(rows[limit - 1].run_id) if len(rows) > limit else None
    return answer(page_of("runs", rows[:limit], following))


@router.get("/runs/{run_id}")
def show_run(
    run_id: Annotated[int, Path(ge=1, le=2**31, description="The run's number.")], caller: Read, serving: Served
) -> Response:
    """Say what a run did to every segment: members, who came, who went, why."""
    from segmentary.workspace.run_lines import run_told

    with serving.reading() as workspace:
        found = run_told(workspace, run_id)
    if found is None:
        raise NotFound("there is no such run", hint="see /api/v1/runs")
    return answer(found)
