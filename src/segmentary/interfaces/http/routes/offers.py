"""Offers: tables of what may be promised to whom, until when, how often; and what became of each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.interfaces.http import documents
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.language.cursor import Cursor as Document
from segmentary.workspace.serving import Serving

router = APIRouter()
KEY = "offers"
Name = Annotated[str, Path(max_length=200, description="The table's name.")]
Served = Annotated[Serving, Depends(serving_of)]
Body = Annotated[Document, Depends(documents.body_document)]


@router.get("/offers")
def list_offers(caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the tables in force: how many offers, how many open, promised and what that costs."""
    with serving.reading() as workspace:
        found = workspace.offers.kept()
    return answer({"offers": found})


@router.get("/offers/{name}")
def show_offers(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Response:
    """Show a table's document, its YAML and its versions; codes only to who may write it."""
    return documents.shown(request, serving, KEY, name, version, codes=caller.may("act"))


@router.put("/offers/{name}", openapi_extra=documents.BODY)
def put_offers(
    request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body
) -> Response:
    """Put a table into force, or a new version of it; what was promised stays promised."""
    return documents.put(request, serving, KEY, name, document)


@router.delete("/offers/{name}", status_code=204)
def retire_offers(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """Take a table out of force, where nothing in force names it."""
    return documents.retire(request, serving, KEY, name)


@router.get("/offers/{name}/state")
def state(caller: Annotated[Caller, may("read")], serving: Served, name: Name) -> Response:
    """Say of every offer what was promised, what it costs, what is left."""
    with serving.reading() as workspace:
        documents.in_force(workspace, KEY, name)
        found = workspace.offers.state(name)
    return answer({"offers": found})
