"""Pages of messages: the list, the editor with lint in place, previews in a sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.activation.cheat_sheet import FILTERS, GIVEN, TAGS
from segmentary.activation.templates import Message, Variant
from segmentary.errors import AccessDeniedError, SegmentaryError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.documents import in_force
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web import campaign_views as views
from segmentary.interfaces.web.pages.campaigns import WORDS, document_page, kept
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of
from segmentary.ledger.records import current_records
from segmentary.models.table.findings import Finding
from segmentary.workspace.message_looking import Named, kept_messages, looked_at, nameable
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Name = Annotated[str, Path(max_length=200)]
Reader = Annotated[Caller, may("read")]
FRAME_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A mail in its frame: no script, no form, nothing from anywhere; not even the sender's pictures learn who looked."""
EMPTY = Message("", (Variant("default"),))


@router.get("/messages")
def messages(request: Request, caller: Reader, serving: Served) -> Response:
    """List the messages with who uses them."""
    with serving.reading() as workspace:
        found = kept_messages(workspace)
        used = {one.name: users(workspace, one.name) for one in found}
    return page(
        request, "messages/list.html.j2", caller, here="campaigns", part="messages", found=found, used=used,
        title_of=views.titled,
    )  # fmt: skip


def users(workspace: Workspace, name: str) -> list[str]:
    """Return the campaigns and journeys that send a message."""
    from segmentary.workspace.campaign_looking import names

    return [
        one
        for kind in ("campaign", "journey")
        for one, record in current_records(workspace.ledger, kind).items()
        if names(record.document, "message", name)
    ]


@router.get("/messages/new")
def new_message(request: Request, caller: Annotated[Caller, may("act")], serving: Served) -> Response:
    """Begin a message."""
    with serving.reading() as workspace:
        context = editing(workspace, EMPTY, "", caller)
    return editor(request, caller, context)


@router.get("/messages/{name}")
def message(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show a message's editor: its variants, what it names, what is said of it, three real people."""
    with serving.reading() as workspace:
        record = in_force(workspace, "message", name)
        context = editing(workspace, workspace.messages.get(name), record.version, caller)
    return editor(request, caller, context)


def editor(request: Request, caller: Caller, context: dict[str, Any]) -> Response:
    words = [*WORDS, "New variant", "Name of the variant"]
    return page(
        request, "messages/editor.html.j2", caller, here="campaigns", part="messages", tags=TAGS, filters_known=FILTERS,
        given=sorted(GIVEN), words=data_for_script(script_words(language_of(request), words)), **context,
    )  # fmt: skip


def editing(workspace: Workspace, message: Message, version: str, caller: Caller) -> dict[str, Any]:
    """Return what the editor shows."""
    variables: Sequence[Named] = ()
    findings: Sequence[Finding] = ()
    previews: Any = ()
    wrong = ""
    if message.name:
        try:
            read = looked_at(workspace, message)
            variables, findings = read.variables, read.findings
            if caller.may("people") and caller.may("personal"):
                previews = views.by_variant(workspace.messages.preview(message.name), message.name, "")
        except SegmentaryError as error:
            wrong = error.message
    return {
        "message": message, "name": message.name, "etag": version, "variables": variables, "findings": findings,
        "previews": previews, "wrong": wrong, "may_act": caller.may("act"),
        "title": views.titled(message.name) if message.name else "",
        "document": data_for_script(message.to_document() if message.name else {}),
        "traits": nameable(workspace), "users": users(workspace, message.name) if message.name else [],
    }  # fmt: skip


@router.get("/messages/{name}/document")
def document(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show a message's document as YAML, with its versions."""
    return document_page(request, caller, serving, "message", name, "messages", f"/messages/{name}")


@router.get("/messages/{name}/frame/{variant}")
def frame(
    request: Request,
    caller: Annotated[Caller, may("people")],
    serving: Served,
    name: Name,
    variant: Annotated[str, Path(max_length=200)],
    customer: Annotated[str, Query(max_length=200)],
    offers: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Give a message's HTML as one person would get it, for a frame: it can do nothing, whatever stands in it."""
    if not caller.may("personal"):
        raise AccessDeniedError("you may not do this", hint="a preview shows personal data")
    with serving.reading() as workspace:
        in_force(workspace, "message", name)
        if variant not in [one.name for one in workspace.messages.get(name).variants]:
            raise NotFound("there is no such variant")
        table = offers if offers in kept(workspace, "offers") else ""
        found = workspace.messages.preview(name, [customer], variant, offers=table)
    made = found[0].rendered if found else None
    request.state.framed_policy = FRAME_POLICY
    text = made.html if made is not None and made.html else ""
    return Response(text or "<!doctype html><title>-</title>", media_type="text/html; charset=utf-8")
