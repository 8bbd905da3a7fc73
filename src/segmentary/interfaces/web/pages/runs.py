"""Pages of runs: the list, and what one did to every segment."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.rendering import environment, page
from segmentary.interfaces.web.segment_views import reasons
from segmentary.interfaces.web.words import language_of, translations
from segmentary.ledger.loads import load_count
from segmentary.workspace.run_lines import run_lines, run_told
from segmentary.workspace.serving import Serving

router = APIRouter()
Read = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]
SHOWN = 50


@router.get("/runs")
def runs(
    request: Request, caller: Read, serving: Served, cursor: Annotated[str, Query(max_length=500)] = ""
) -> Response:
    """Show the finished runs, newest first."""
    after = place_of(cursor, int)
    with serving.reading() as workspace:
        found = run_lines(workspace, before=after[0] if after else None, limit=SHOWN + 1)
        has_data = load_count(workspace.ledger) > 0
        waiting = [one for one in workspace.segments() if one.status != "fresh"]
    following = cursor_of(found[SHOWN - 1].run_id) if len(found) > SHOWN else None
    return page(
        request, "runs/list.html.j2", caller, here="segments", runs=found[:SHOWN], following=following,
        has_data=has_data, waiting=len(waiting),
    )  # fmt: skip


@router.get("/runs/{run_id}")
def one_run(request: Request, run_id: Annotated[int, Path(ge=1, le=2**31)], caller: Read, serving: Served) -> Response:
    """Show what a run did to every segment."""
    language = language_of(request)
    word, number = translations(language).gettext, environment(language).filters["number"]
    with serving.reading() as workspace:
        found = run_told(workspace, run_id)
        held = workspace.segments_defined()
    if found is None:
        raise NotFound("there is no such run", hint="see the list of runs")
    rows = [
        (
            one,
            (held[one.segment].title or one.segment) if one.segment in held else one.segment,
            one.segment in held,
            reasons(one.entered_by_reason, word, number),
            reasons(one.left_by_reason, word, number),
        )
        for one in sorted(found.segments, key=lambda one: (-(one.entered + one.left), -one.members, one.segment))
    ]
    return page(request, "runs/run.html.j2", caller, here="segments", run=found, rows=rows)
