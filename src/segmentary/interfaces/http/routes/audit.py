"""The log of who did what, newest first, and whether it is as it was written."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of
from segmentary.workspace.serving import Serving

router = APIRouter()
Held = Annotated[Serving, Depends(serving_of)]


@router.get("/audit")
def list_audit(
    caller: Annotated[Caller, may("administer")],
    serving: Held,
    cursor: Annotated[str, Query(max_length=500, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
) -> Response:
    """List what was done, newest first: who, what, on what; never a value."""
    place = place_of(cursor, int)
    before = None if place is None else max(0, min(place[0], 1 << 60))
    found = serving.access.log_page(before, limit + 1)
    following = cursor_of(found[limit - 1].number) if len(found) > limit else None
    return answer(page_of("audit", found[:limit], following))


@router.get("/audit/verdict")
def verify_audit(caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Say whether the log is as it was written, with the daily hashes to write down elsewhere."""
    anchors = [{"day": day, "number": number, "entry_hash": text} for day, number, text in serving.access.anchors()]
    verdict = serving.access.verify_log()
    return answer(
        {
            "intact": verdict.intact,
            "entries": verdict.entries,
            "head": verdict.head,
            "wrong_at": verdict.wrong_at,
            "words": verdict.words,
            "anchors": anchors,
        }
    )
