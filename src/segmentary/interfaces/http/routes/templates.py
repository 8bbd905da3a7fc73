"""Templates: the library's segments, what the data supports of them, and what is missing for the others."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, page_of, tag_of, unchanged
from segmentary.language.sentence import sentence
from segmentary.language.yaml import to_document
from segmentary.workspace.serving import Serving

router = APIRouter()


@router.get("/templates")
def list_templates(
    request: Request, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """List ready segments, those the data can support first, each as the document to begin with."""
    with serving.reading() as workspace:
        found = workspace.suggest()
        held = set(workspace.segments_defined())
    rows = [
        {
            "name": one.definition.name,
            "title": one.definition.title or one.definition.name,
            "purpose": one.definition.purpose,
            "base": one.definition.base,
            "supported": one.supported,
            "missing": list(one.missing),
            "in_force": one.definition.name in held,
            "sentence": sentence(one.definition),
            "document": to_document(one.definition),
        }
        for one in found
    ]
    body = page_of("templates", rows, None)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)
