"""Journeys: steps people go through over days; where everybody is, pausing, stopping."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.interfaces.http import documents
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, matched
from segmentary.language.cursor import Cursor as Document
from segmentary.workspace.serving import Serving

router = APIRouter()
KEY = "journey"
Name = Annotated[str, Path(max_length=200, description="The journey's name.")]
Served = Annotated[Serving, Depends(serving_of)]
Body = Annotated[Document, Depends(documents.body_document)]


@router.get("/journeys")
def list_journeys(caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the journeys in force with where their people are."""
    with serving.reading() as workspace:
        found = [workspace.journeys.show(name) for name in sorted(workspace.journeys.in_force())]
    return answer({"journeys": found})


@router.get("/journeys/{name}")
def show_journey(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Response:
    """Show a journey's document, its YAML and its versions."""
    return documents.shown(request, serving, KEY, name, version)


@router.put("/journeys/{name}", openapi_extra=documents.BODY)
def put_journey(
    request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body
) -> Response:
    """Put a journey into force, or a new version of it: who is in it goes on by the version they entered."""
    return documents.put(request, serving, KEY, name, document)


@router.get("/journeys/{name}/positions")
def positions(caller: Annotated[Caller, may("read")], serving: Served, name: Name) -> Response:
    """Say how many people stand at each step, and how it ended for whom."""
    with serving.reading() as workspace:
        documents.in_force(workspace, KEY, name)
        found = workspace.journeys.show(name)
    return answer(found)


@router.post("/journeys/{name}/pause")
def pause(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """Let nobody enter and nobody go on."""
    return paused(request, serving, name, True)


@router.post("/journeys/{name}/resume")
def resume(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """Go on."""
    return paused(request, serving, name, False)


@router.delete("/journeys/{name}")
def stop(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """End it for everybody who is in it, and take it out of force."""
    with serving.deciding() as workspace, workspace.ledger.transaction():
        matched(request, documents.in_force(workspace, KEY, name).version)
        ended = workspace.journeys.stop(name)
    return answer({"journey": name, "ended": ended})


def paused(request: Request, serving: Serving, name: str, wish: bool) -> Response:
    with serving.deciding() as workspace, workspace.ledger.transaction():
        matched(request, documents.in_force(workspace, KEY, name).version)
        workspace.journeys.set_paused(name, wish)
        version = documents.version_of(workspace, KEY, name)
    return answer({"journey": name, "paused": wish}, etag=version)
