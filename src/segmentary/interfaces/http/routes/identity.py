"""Identity: how many records became how many customers, and why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, tag_of, unchanged
from segmentary.interfaces.http.routes.sources import as_document
from segmentary.workspace.identity_account import IdentityAccount, identity_account
from segmentary.workspace.serving import Serving

router = APIRouter()


@router.get("/identity")
def get_identity(
    request: Request, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Account for records and customers: which keys joined them, which were shared by too many, what to look at."""
    with serving.reading() as workspace:
        found = identity_account(workspace)
    body = seen(found, caller)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


def seen(account: IdentityAccount, caller: Caller) -> dict[str, Any]:
    """Return the account; keys only for those who may see them, customers only for those who may see people."""
    found = as_document(account)
    if not caller.may("personal"):
        found["shared_keys"] = [{**one, "value": None} for one in found["shared_keys"]]
    if not caller.may("people"):
        found["doubtful"], found["last_merges"] = [], []
    return found
