"""Messages: templates by variant, lint, and what they look like for real people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.activation.templates import read_message
from segmentary.interfaces.http import documents
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.language.cursor import Cursor as Document
from segmentary.models.table.findings import Finding
from segmentary.workspace.message_looking import ReadMessage, kept_messages, looked_at
from segmentary.workspace.serving import Serving

router = APIRouter()
KEY = "message"
Name = Annotated[str, Path(max_length=200, description="The message's name.")]
Served = Annotated[Serving, Depends(serving_of)]
Body = Annotated[Document, Depends(documents.body_document)]


class Asked(BaseModel):
    """Whom a message is shown for."""

    model_config = ConfigDict(extra="forbid", strict=False)
    customers: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=10)
    variant: str = Field(default="", max_length=200)
    offers: str = Field(default="", max_length=200)


@dataclass(frozen=True, slots=True)
class Linted:
    """What is said of a message."""

    message: str
    findings: tuple[Finding, ...]


@router.get("/messages")
def list_messages(caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the messages in force: variants, language, the traits they name."""
    with serving.reading() as workspace:
        found = kept_messages(workspace)
    return answer({"messages": found})


@router.get("/messages/{name}")
def show_message(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Response:
    """Show a message's document, its YAML and its versions."""
    return documents.shown(request, serving, KEY, name, version)


@router.put("/messages/{name}", openapi_extra=documents.BODY)
def put_message(
    request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body
) -> Response:
    """Put a message into force, or a new version of it."""
    return documents.put(request, serving, KEY, name, document)


@router.delete("/messages/{name}", status_code=204)
def retire_message(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """Take a message out of force, where nothing in force names it."""
    return documents.retire(request, serving, KEY, name)


@router.get("/messages/{name}/lint")
def lint(caller: Annotated[Caller, may("read")], serving: Served, name: Name) -> Response:
    """Say what is missing, risky or unusual in it."""
    with serving.reading() as workspace:
        documents.in_force(workspace, KEY, name)
        found = tuple(workspace.messages.lint(name))
    return answer(Linted(name, found))


@router.post("/messages/{name}/lint", openapi_extra=documents.BODY)
def lint_unsaved(caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body) -> Response:
    """Say the same of a document that is not saved, with the variables it names; what is wrong is an error."""
    message = read_message(documents.named(document, KEY, name))
    with serving.reading() as workspace:
        found: ReadMessage = looked_at(workspace, message)
    return answer(found)


@router.post("/messages/{name}/preview")
def preview(caller: Annotated[Caller, may("people")], serving: Served, name: Name, body: Asked) -> Response:
    """Show a message as these people (or three chosen ones) would get it; nothing is promised or sent.

    Needs ``personal`` too: what is said to somebody says who they are.
    """
    from segmentary.errors import AccessDeniedError

    if not caller.may("personal"):
        raise AccessDeniedError("you may not do this", hint="a preview shows personal data")
    with serving.reading() as workspace:
        documents.in_force(workspace, KEY, name)
        found = workspace.messages.preview(name, body.customers, body.variant, offers=body.offers)
    return answer({"previews": found})
