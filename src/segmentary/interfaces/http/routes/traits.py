"""Traits: what there is to ask about a customer, how much of it is known, and which values it has."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.redaction import hidden_traits
from segmentary.profiles.catalog import Trait
from segmentary.workspace.known_traits import known_traits
from segmentary.workspace.serving import Serving

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The trait's name.")]
Search = Annotated[str, Query(max_length=200, description="A part of it, whatever its capitals.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=2000, description="`next` of the page before.")]


@router.get("/traits")
def list_traits(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    search: Search = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the traits by name: type, unit, base, source, how many have it, the most frequent values."""
    after = place_of(cursor, str)
    with serving.reading() as workspace:
        found = known_traits(workspace)
        hidden = hidden_traits(caller, workspace)
        small = workspace.settings.suppress_below
    words = search.casefold()
    rows = [
        one
        for one in found.values()
        if (after is None or one.name > after[0])
        and (words in one.name.casefold() or words in one.title.casefold() or words in one.description.casefold())
    ]
    rows.sort(key=lambda one: one.name)
    following = cursor_of(rows[limit - 1].name) if len(rows) > limit else None
    body = page_of("traits", [told(one, caller, hidden, small) for one in rows[:limit]], following)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/traits/{name}")
def get_trait(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Name,
) -> Response:
    """Describe one trait."""
    with serving.reading() as workspace:
        found = known_traits(workspace).get(name)
        hidden = hidden_traits(caller, workspace)
        small = workspace.settings.suppress_below
    if found is None:
        raise NotFound("there is no such trait", hint="see /api/v1/traits")
    body = told(found, caller, hidden, small)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/traits/{name}/values")
def list_values(
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Name,
    search: Search = "",
    cursor: Cursor = "",
    limit: Limit = 20,
) -> Response:
    """List the values of a trait with how many people have each, the most frequent first."""
    from segmentary.workspace.value_suggestions import values_of

    after = place_of(cursor, int, str)
    with serving.reading() as workspace:
        if name not in known_traits(workspace):
            raise NotFound("there is no such trait", hint="see /api/v1/traits")
        if name in hidden_traits(caller, workspace):
            return answer(page_of("values", [], None, withheld=True))
        small = 0 if caller.may("people") else workspace.settings.suppress_below
        try:
            found = values_of(workspace, name, search=search, after=after, limit=limit + 1, small=small)
        except UnknownNameError:
            raise NotFound("there is no such trait", hint="see /api/v1/traits") from None
    following = cursor_of(found[limit - 1].people, found[limit - 1].value) if len(found) > limit else None
    return answer(page_of("values", found[:limit], following))


def told(trait: Trait, caller: Caller, hidden_names: Collection[str], small: int) -> dict[str, Any]:
    """Return what a caller may know of a trait."""
    hidden = trait.name in hidden_names
    top = [(value, n) for value, n in trait.top_values if caller.may("people") or n >= small]
    return {
        "name": trait.name,
        "title": trait.title,
        "type": trait.type,
        "unit": trait.unit,
        "base": trait.base,
        "source": trait.source,
        "kind": trait.kind,
        "description": trait.description,
        "sensitivity": trait.sensitivity,
        "fill_rate": trait.fill_rate,
        "top_values": [] if hidden else [{"value": value, "people": n} for value, n in top],
        "low": None if hidden or not caller.may("people") else trait.low,
        "high": None if hidden or not caller.may("people") else trait.high,
    }
