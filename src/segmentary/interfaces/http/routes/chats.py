"""Chats: conversations with bots that say approved answers only; transcripts, taking over, webhooks."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import AccessDeniedError, DataError
from segmentary.interfaces.http import documents
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.language.cursor import Cursor as Document
from segmentary.ledger.conversations import find_conversation
from segmentary.workspace.chat_trying import MOST_TURNS, Asked, tried
from segmentary.workspace.serving import Serving

router = APIRouter()
KEY = "bot"
Name = Annotated[str, Path(max_length=200, description="The bot's name.")]
Id = Annotated[str, Path(max_length=300, description="The conversation's id.")]
Served = Annotated[Serving, Depends(serving_of)]
Body = Annotated[Document, Depends(documents.body_document)]
Text = Annotated[str, Field(max_length=2000)]
LONGEST = 100_000


class Opened(BaseModel):
    """With whom a conversation begins. customer : whom the caller has recognised; empty: a visitor."""

    model_config = ConfigDict(extra="forbid", strict=False)
    bot: str = Field(min_length=1, max_length=200)
    customer: str = Field(default="", max_length=200)
    channel: Literal["chat", "site", "app"] = "chat"


class Said(BaseModel):
    """One turn. request : the same again gives the same reply and does nothing more."""

    model_config = ConfigDict(extra="forbid", strict=False)
    text: Text
    request: str = Field(default="", max_length=200)


class Answered(BaseModel):
    """What a colleague says. back : the bot goes on from there."""

    model_config = ConfigDict(extra="forbid", strict=False)
    text: str = Field(min_length=1, max_length=4000)
    back: bool = False


class Tried(BaseModel):
    """A conversation that is only tried: everything said so far."""

    model_config = ConfigDict(extra="forbid", strict=False)
    bot: str = Field(min_length=1, max_length=200)
    customer: str = Field(default="", max_length=200)
    said: list[Text] = Field(default_factory=list, max_length=MOST_TURNS)


# ---------------------------------------------------------------- bots


@router.get("/bots")
def list_bots(caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the bots in force."""
    with serving.reading() as workspace:
        held = workspace.chats.kept()
    found = [
        {"bot": one.name, "title": one.document.get("title", one.name), "version": one.version} for one in held.values()
    ]
    return answer({"bots": found})


@router.get("/bots/{name}")
def show_bot(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
) -> Response:
    """Show a bot's document, its YAML and its versions."""
    return documents.shown(request, serving, KEY, name, version)


@router.put("/bots/{name}", openapi_extra=documents.BODY)
def put_bot(
    request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body
) -> Response:
    """Put a bot into force, or a new version of it."""
    return documents.put(request, serving, KEY, name, document)


@router.delete("/bots/{name}", status_code=204)
def retire_bot(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """Take a bot out of force; its conversations stay."""
    return documents.retire(request, serving, KEY, name)


@router.get("/bots/{name}/lint")
def lint_bot(caller: Annotated[Caller, may("read")], serving: Served, name: Name) -> Response:
    """Say what leads nowhere, what is said to nobody, what it should not ask."""
    with serving.reading() as workspace:
        documents.in_force(workspace, KEY, name)
        found = workspace.chats.lint(name)
    return answer({"bot": name, "findings": found})


# ---------------------------------------------------------------- conversations


@router.post("/chats", status_code=201)
def open_chat(caller: Annotated[Caller, may("act")], serving: Served, body: Opened) -> Response:
    """Begin a conversation and say hello; a customer needs the permission ``personal``."""
    personal(caller, body.customer)
    with serving.deciding() as workspace:
        conversation = workspace.chats.open(body.bot, body.channel, body.customer or None, verified=bool(body.customer))
        found = workspace.chats.greet(conversation)
    return answer(found, status=201, headers={"location": f"/api/v1/chats/{conversation}"})


@router.post("/chats/try")
def try_chat(caller: Annotated[Caller, may("act")], serving: Served, body: Tried) -> Response:
    """Hear what a bot would say to all this; nothing is kept, promised or decided."""
    personal(caller, body.customer)
    with serving.deciding() as workspace:
        found = tried(workspace, Asked(body.bot, body.customer, tuple(body.said)))
    return answer(found)


@router.post("/chats/webhooks/{dialect}", openapi_extra=documents.BODY)
async def webhook(
    request: Request,
    caller: Annotated[Caller, may("ingest")],
    serving: Served,
    dialect: Literal["rasa", "dialogflow_v2", "dialogflow_v1", "plain"],
    bot: Annotated[str, Query(max_length=200, description="Which bot answers where the body names none.")] = "",
) -> Response:
    """Answer the body of a vendor's webhook in its own words; who writes is only what a signed token says."""
    from starlette.concurrency import run_in_threadpool

    raw = await request.body()
    return await run_in_threadpool(answered, serving, raw, dialect, bot)


def answered(serving: Serving, raw: bytes, dialect: str, bot: str) -> Response:
    if len(raw) > LONGEST:
        raise DataError("the body is too long", hint=f"at most {LONGEST:,} bytes")
    try:
        body: Any = json.loads(raw)
        documents.refuse_odd(body)
    except (ValueError, RecursionError):
        raise DataError("the body is not JSON", hint="send it as it came") from None
    with serving.deciding() as workspace:
        return answer(workspace.chats.handle_webhook(body, dialect, bot=bot))


@router.get("/chats")
def list_chats(
    caller: Annotated[Caller, may("people")],
    serving: Served,
    bot: Annotated[str, Query(max_length=200)] = "",
    waiting: Annotated[bool, Query(description="Only those a person is to take over.")] = False,
    cursor: Annotated[str, Query(max_length=500)] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """List conversations, those spoken in last first; nothing of what was said."""
    after = place_of(cursor, str, str)
    with serving.reading() as workspace:
        found = workspace.chats.conversations(bot, limit=10_000)
    rows = [
        {
            "conversation": one.conversation, "bot": one.bot, "channel": one.channel, "customer": one.customer_id,
            "started_at": one.started_at, "last_at": one.last_at, "ended_at": one.ended_at,
            "handed_over_at": one.handed_over_at,
        }
        for one in found
        if (not waiting or (one.handed_over_at and not one.ended_at))
        and (after is None or (one.last_at.isoformat(), one.conversation) < (after[0], after[1]))
    ]  # fmt: skip
    last = rows[limit - 1] if len(rows) > limit else None
    following = cursor_of(last["last_at"].isoformat(), last["conversation"]) if last is not None else None  # type: ignore[union-attr]
    return answer(page_of("chats", rows[:limit], following))


@router.get("/chats/{conversation}")
def show_chat(caller: Annotated[Caller, may("personal")], serving: Served, conversation: Id) -> Response:
    """Show everything that was said, in order, with what was understood; and what a colleague should know."""
    with serving.reading() as workspace:
        there(workspace, conversation)
        held = workspace.chats.conversation(conversation)
        said = workspace.chats.transcript(conversation)
        summary = workspace.chats.summary(conversation)
    return answer({"conversation": held, "turns": said, "summary": summary})


@router.post("/chats/{conversation}/turns", status_code=201)
def say(caller: Annotated[Caller, may("act")], serving: Served, conversation: Id, body: Said) -> Response:
    """Say something and get the reply; both are on the disk then."""
    with serving.deciding() as workspace:
        there(workspace, conversation)
        personal(caller, workspace.chats.conversation(conversation).customer_id)
        found = workspace.chats.say(conversation, body.text, body.request)
    return answer(found, status=201)


@router.post("/chats/{conversation}/answers", status_code=201)
def answer_chat(caller: Annotated[Caller, may("act")], serving: Served, conversation: Id, body: Answered) -> Response:
    """Say what a colleague answers who took a conversation over."""
    personal(caller, "somebody")
    with serving.deciding() as workspace:
        there(workspace, conversation)
        workspace.chats.answer(conversation, body.text, by=caller.name, back=body.back)
    return answer({"conversation": conversation}, status=201)


def there(workspace: Any, conversation: str) -> None:
    """Raise where there is no such conversation."""
    if find_conversation(workspace.ledger, conversation) is None:
        raise NotFound("there is no conversation of this id")


def personal(caller: Caller, customer: str) -> None:
    """Refuse to speak as a customer to who may not know them: the bot says what it knows."""
    if customer and not caller.may("personal"):
        raise AccessDeniedError("you may not do this", hint="speaking as a customer shows personal data")
