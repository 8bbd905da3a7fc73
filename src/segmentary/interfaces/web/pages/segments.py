"""Pages of segments: the list."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.web.rendering import page
from segmentary.workspace.serving import Serving

router = APIRouter()


@router.get("/segments")
def segments(
    request: Request, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Show every segment in force."""
    with serving.reading() as workspace:
        found = workspace.segments()
    found.sort(key=lambda one: (one.people is None, -(one.people or 0), one.name))
    return page(request, "segments/list.html.j2", caller, here="segments", found=found)
