"""The page where anybody says no to messages: no sign-in, nothing about anybody, the same answer however often.

The address of the link is ``unsubscribe_url`` of the channel. Mail programs POST to it (RFC 8058); people
open it and press one button: programs that fetch every link of a mail must not unsubscribe anybody by looking.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from segmentary.errors import UsageError
from segmentary.interfaces.http.access import serving_of
from segmentary.interfaces.web.rendering import page
from segmentary.workspace.serving import Serving
from segmentary.workspace.unsubscribing import unsubscribe_keys, unsubscribed

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
LONGEST = 4_000
ONE_CLICK = "List-Unsubscribe=One-Click"


@router.get("/u")
@router.get("/u/{token}")
def ask(
    request: Request, serving: Served, token: str = "", t: Annotated[str, Query(max_length=LONGEST)] = ""
) -> Response:
    """Ask whether somebody wants no more messages; nothing is changed by looking."""
    from segmentary.activation.unsubscribe import read

    signed = token or t
    try:
        said = read(unsubscribe_keys(serving.workspace.folder.root), signed)
    except UsageError:
        return shown(request, "wrong", signed="", status=404)
    return shown(request, "ask", signed=signed, purpose=said.purpose, channel=said.channel)


@router.post("/u")
@router.post("/u/{token}")
def leave(
    request: Request, serving: Served, token: str = "", t: Annotated[str, Query(max_length=LONGEST)] = ""
) -> Response:
    """Take a no down at once: a mail program's one-click POST, or the button of the page."""
    signed, body = token or t, bytes(getattr(request.state, "body", b""))
    kind = request.headers.get("content-type", "")
    try:
        with serving.deciding() as workspace:
            said = unsubscribed(
                workspace.folder.root, workspace.ledger, signed, at=workspace.tick(), body=body, content_type=kind
            )
    except UsageError:
        return shown(request, "wrong", signed="", status=404)
    return shown(request, "done", signed=signed, purpose=said.purpose, channel=said.channel)


def shown(
    request: Request, state: str, *, signed: str, purpose: str = "", channel: str = "", status: int = 200
) -> Response:
    """Return the page; it names no person, no shop's customer, only what kind of message it is about."""
    found = page(
        request, "campaigns/unsubscribe.html.j2", None, status=status, state=state, signed=signed, purpose=purpose,
        channel=channel,
    )  # fmt: skip
    found.headers["x-robots-tag"] = "noindex"
    return found
