"""Events: what customers did, and what each kind of event carries."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace.serving import Serving

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The event's name.")]
Search = Annotated[str, Query(max_length=200, description="A part of the name, whatever its capitals.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=2000, description="`next` of the page before.")]
Property = Annotated[str, Query(max_length=200, description="Tell the most frequent values of this property too.")]


@router.get("/events")
def list_events(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    search: Search = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the kinds of events by name: how many, of how many people, from when to when, what they carry."""
    from segmentary.workspace.event_catalog import events_of

    after = place_of(cursor, str)
    with serving.reading() as workspace:
        found = events_of(workspace)
    words = search.casefold()
    rows = [one for one in found if (after is None or one.name > after[0]) and words in one.name.casefold()]
    following = cursor_of(rows[limit - 1].name) if len(rows) > limit else None
    body = page_of("events", rows[:limit], following)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/events/{name}")
def get_event(
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Name,
    values_of: Property = "",
    limit: Limit = 20,
) -> Response:
    """Describe one kind of event, and the values of one of its properties with how many people each."""
    from segmentary.workspace.event_catalog import event_of, top_values
    from segmentary.workspace.plain_json import document

    with serving.reading() as workspace:
        try:
            found = document(event_of(workspace, name))
        except UnknownNameError:
            raise NotFound("there is no such event", hint="see /api/v1/events") from None
        if values_of and isinstance(found, dict):
            small = 0 if caller.may("people") else workspace.settings.suppress_below
            values = top_values(workspace, name, values_of, limit=limit, small=small)
            found["values"] = {"property": values_of, "values": document(values)}
    return answer(found)
