"""Named lists of ids, for `list` in definitions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, matched, page_of, place_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.ledger.definitions import lists
from segmentary.workspace.id_lists import drop_list, put_list
from segmentary.workspace.serving import Serving

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The list's name.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=2000, description="`next` of the page before.")]
Id = Annotated[str, StringConstraints(max_length=200)]


class Ids(BaseModel):
    """The ids of a list."""

    model_config = ConfigDict(extra="forbid", strict=False)
    ids: list[Id] = Field(max_length=100_000)


@router.get("/lists")
def all_lists(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the lists by name, with how many ids each has."""
    after = place_of(cursor, str)
    with serving.reading() as workspace:
        held = lists(workspace.ledger)
    names = sorted(name for name in held if after is None or name > after[0])
    following = cursor_of(names[limit - 1]) if len(names) > limit else None
    body = page_of("lists", [{"name": name, "size": len(held[name])} for name in names[:limit]], following)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/lists/{name}")
def get_list(
    caller: Annotated[Caller, may("people")], serving: Annotated[Serving, Depends(serving_of)], name: Name
) -> Response:
    """Return the ids of a list."""
    with serving.reading() as workspace:
        held = lists(workspace.ledger).get(name)
    if held is None:
        raise NotFound("there is no such list", hint="see /api/v1/lists")
    return answer({"name": name, "size": len(held), "ids": held}, etag=tag_of(held))


@router.put("/lists/{name}")
def keep_list(
    request: Request,
    caller: Annotated[Caller, may("define")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Name,
    body: Ids,
) -> Response:
    """Keep a list under a name; an id given twice counts once."""
    with serving.deciding() as workspace:
        before = lists(workspace.ledger).get(name)
        matched(request, tag_of(before) if before is not None else None)
        held = put_list(workspace, name, body.ids)
    return answer({"name": name, "size": len(held)}, status=200 if before is not None else 201, etag=tag_of(held))


@router.delete("/lists/{name}")
def remove_list(
    request: Request,
    caller: Annotated[Caller, may("define")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Name,
) -> Response:
    """Take a list away that no definition uses."""
    with serving.deciding() as workspace:
        before = lists(workspace.ledger).get(name)
        if before is None:
            raise NotFound("there is no such list", hint="see /api/v1/lists")
        matched(request, tag_of(before))
        drop_list(workspace, name)
    return Response(status_code=204)
