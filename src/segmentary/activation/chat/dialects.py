"""Bodies of chat webhooks, read and answered in their own words: Rasa's REST channel, Dialogflow 2 and 1, and plain.

A body says who writes (`Asked.sender`), what, and for once-only answering which request it is. Whether the sender is a
customer only a signed token says: an id in a body is somebody's claim.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from segmentary.errors import DataError, UsageError

Dialect = Literal["rasa", "dialogflow_v2", "dialogflow_v1", "plain"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
LONGEST_ID = 200


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request.

    sender : of which conversation; request : its id; token : who it is, signed; empty where not said.
    """

    sender: str
    text: str
    request: str = ""
    token: str = ""
    bot: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One reply, before it is put into a dialect."""

    sender: str
    lines: Sequence[str]
    buttons: Sequence[str]
    handed_over: str
    ended: str
    intent: str


def dialect_of(text: str) -> Dialect:
    """Return a dialect by its name.

    Raises
    ------
    UsageError
        when there is none of that name.
    """
    for one in DIALECTS:
        if one == text:
            return one
    raise UsageError(f"there is no dialect {text!r}", hint=f"one of {', '.join(DIALECTS)}")


def incoming(body: object, dialect: Dialect) -> Incoming:
    """Read a request.

    Raises
    ------
    DataError
        when the body is not one of this dialect.
    """
    if not isinstance(body, Mapping):
        raise DataError(f"a {dialect} request is a JSON object", hint="send the body as it came")
    match dialect:
        case "rasa" | "plain":
            metadata = inside(body, "metadata")
            sender = text_of(body, "sender", "sender_id", "conversation", "user")
            request = text_of(body, "request_id", "message_id", "id") or text_of(metadata, "request_id", "message_id")
            token = text_of(metadata, "token") or text_of(body, "token")
            bot = text_of(body, "bot") or text_of(metadata, "bot")
            return read(dialect, sender, body, ("message", "text"), request, token, bot)
        case "dialogflow_v2":
            result = inside(body, "queryResult")
            payload = inside(inside(body, "originalDetectIntentRequest"), "payload")
            return read(
                dialect, text_of(body, "session"), result, ("queryText",), text_of(body, "responseId"),
                text_of(payload, "token"), text_of(payload, "bot"),
            )  # fmt: skip
        case "dialogflow_v1":
            result = inside(body, "result")
            data = inside(inside(body, "originalRequest"), "data")
            return read(
                dialect, text_of(body, "sessionId"), result, ("resolvedQuery",), text_of(body, "id"),
                text_of(data, "token"), text_of(data, "bot"),
            )  # fmt: skip


def read(
    dialect: Dialect, sender: str, words: Mapping[str, Any], keys: tuple[str, ...], request: str, token: str, bot: str
) -> Incoming:
    """Put a request together.

    Raises
    ------
    DataError
        when nobody writes or nothing is written.
    """
    if not sender:
        raise DataError(f"the {dialect} request does not say who writes", hint="it needs a sender or session")
    found = next((words[key] for key in keys if isinstance(words.get(key), str)), None)
    if found is None:
        raise DataError(f"the {dialect} request has no text", hint=f"it stands under {keys[0]}")
    return Incoming(short(sender), clean(found), short(request), token, bot)


def clean(text: str) -> str:
    """Return text that can be stored: no halves of characters, no zero."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def short(name: str) -> str:
    """Return an id of a length that is kept; longer ones by their hash."""
    return name if len(name) <= LONGEST_ID else hashlib.sha256(clean(name).encode()).hexdigest()


def inside(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = body.get(key)
    return found if isinstance(found, Mapping) else {}


def text_of(body: Mapping[str, Any], *keys: str) -> str:
    """Return the first text or number under one of these keys."""
    for key in keys:
        found = body.get(key)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            return clean(str(found).strip())
    return ""


def answer(reply: Outgoing, dialect: Dialect) -> Any:
    """Return a reply as the caller reads it."""
    text = "\n".join(reply.lines)
    match dialect:
        case "rasa":
            found: list[dict[str, Any]] = [{"recipient_id": reply.sender, "text": line} for line in reply.lines]
            if reply.buttons and found:
                found[-1]["buttons"] = [{"title": one, "payload": one} for one in reply.buttons]
            return found
        case "dialogflow_v2":
            messages: list[dict[str, Any]] = [{"text": {"text": [line]}} for line in reply.lines]
            if reply.buttons:
                messages.append({"quickReplies": {"title": "", "quickReplies": list(reply.buttons)}})
            return {"fulfillmentText": text, "fulfillmentMessages": messages, "payload": state_of(reply)}
        case "dialogflow_v1":
            parts: list[dict[str, Any]] = [{"type": 0, "speech": line} for line in reply.lines]
            if reply.buttons:
                parts.append({"type": 2, "title": "", "replies": list(reply.buttons)})
            return {"speech": text, "displayText": text, "messages": parts, "data": state_of(reply)}
        case "plain":
            lines, buttons = list(reply.lines), list(reply.buttons)
            return {"conversation": reply.sender, "text": text, "lines": lines, "buttons": buttons, **state_of(reply)}


def state_of(reply: Outgoing) -> dict[str, Any]:
    return {"intent": reply.intent, "handed_over": reply.handed_over, "ended": reply.ended}
