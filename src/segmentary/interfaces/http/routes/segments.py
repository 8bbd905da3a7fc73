"""Segments: list them, look into one, put definitions into force."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of, tag_of, unchanged
from segmentary.workspace.serving import Serving

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The segment's name.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before.")]


@router.get("/segments")
def list_segments(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the segments in force with their sizes, in the order of their names."""
    with serving.reading() as workspace:
        found = sorted(workspace.segments(), key=lambda one: one.name)
    after = place_of(cursor, str)
    rows = [one for one in found if after is None or one.name > after[0]]
    following = cursor_of(rows[limit - 1].name) if len(rows) > limit else None
    body = page_of("segments", rows[:limit], following)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)
