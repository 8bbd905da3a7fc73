"""Quality: the account of every row, and what looks wrong."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, tag_of, unchanged
from segmentary.interfaces.http.routes.sources import as_document, unquoted
from segmentary.ledger.loads import load_count
from segmentary.sources.quality import QualityReport
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()


@router.get("/quality")
def get_quality(
    request: Request, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Account for every row of every source, and say what looks wrong; nothing is repaired in silence."""
    with serving.reading() as workspace:
        found = quality_of(workspace)
    body = as_document(found)
    body["sources"] = [seen(one, caller) for one in body["sources"]]
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


def quality_of(workspace: Workspace) -> QualityReport:
    """Return the account; it is made once for every load."""
    found: QualityReport = workspace.derived.learnt(f"quality of {load_count(workspace.ledger)}", workspace.quality)
    return found


def seen(source: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return the account of a source without examples from rows, but for those who may see them."""
    if caller.may("personal"):
        return source
    findings = [{**one, "example": "", "message": unquoted(one["message"], caller)} for one in source["findings"]]
    reasons = {unquoted(why, caller): rows for why, rows in source["refused_reasons"].items()}
    return {**source, "findings": findings, "refused_reasons": reasons}
