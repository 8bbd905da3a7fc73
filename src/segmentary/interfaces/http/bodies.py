"""What comes in: how long it may be, and whether JSON is JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from segmentary.errors import UsageError
from segmentary.interfaces.http.problems import TooLarge

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON_LIMIT = 1 << 20
UPLOAD_LIMIT = 2 << 30
UPLOADS = "/api/v1/uploads"
DEPTH = 128
FORM_FIELDS = 50


class DisconnectedError(Exception):
    """Nobody waits for the answer any more."""


def limit_of(scope: Scope) -> int:
    """Return how many bytes a request may bring."""
    if scope["path"] == UPLOADS or scope["path"].startswith(UPLOADS + "/"):
        return int(getattr(scope["app"].state, "upload_limit", UPLOAD_LIMIT))
    return JSON_LIMIT


def too_large(limit: int) -> TooLarge:
    return TooLarge("the body is too large", hint=f"at most {limit:,} bytes; files go to {UPLOADS}")


def declared_length(headers: dict[bytes, bytes]) -> int | None:
    """Return the length a request says its body has; None where it does not say.

    Raises
    ------
    UsageError
        when it is no length.
    """
    text = headers.get(b"content-length")
    if text is None:
        return None
    if not text.isdigit() or len(text) > 18:
        raise UsageError("the request's length is no number")
    return int(text)


async def whole_body(receive: Receive, limit: int) -> bytes:
    """Read a body to its end.

    Raises
    ------
    TooLarge
        as soon as it is longer than the limit.
    """
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise DisconnectedError
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read once more."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed


def counted(receive: Receive, limit: int) -> Receive:
    """Return what passes a body on and stops when it is longer than the limit."""
    size = 0

    async def passed() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise too_large(limit)
        return message

    return passed


def read_body(body: bytes, media_type: str) -> object:
    """Return what a body says: a JSON document, the fields of a form, or its words.

    Raises
    ------
    UsageError
        when it says it is JSON and is not: NaN, numbers beyond all bounds, half characters, too deep.
    """
    if not body:
        return None
    if media_type == "application/json" or media_type.endswith("+json"):
        try:
            found = strict_json(body)
        except ValueError:
            raise UsageError("the body is not JSON", hint="UTF-8, no NaN or Infinity, nothing after the end") from None
        except RecursionError:
            raise nested_too_deep() from None
        if too_deep(found):
            raise nested_too_deep()
        return found
    text = body.decode("utf-8", "replace")
    if media_type == "application/x-www-form-urlencoded":
        try:
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS))
        except ValueError:
            raise UsageError("the form has too many fields", hint=f"at most {FORM_FIELDS}") from None
    return text.split()[:1000] if media_type.startswith("text/") or "yaml" in media_type else None


def strict_json(body: bytes) -> object:
    r"""Return what JSON in UTF-8 says.

    Raises ValueError where it is none or says what cannot be: NaN, numbers beyond all bounds, half characters.

    >>> strict_json(b'{"a": [1, 2.5, "\\u00e4"]}')
    {'a': [1, 2.5, 'ä']}
    """
    found: object = json.loads(body.decode("utf-8"), parse_constant=refuse, parse_float=finite)
    if b"\\u" in body:
        # Half of a pair of surrogates is no letter, and nobody could write it down again.
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    return found


def refuse(_: str) -> float:
    raise ValueError("no number")


def finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else refuse(text)


def nested_too_deep() -> UsageError:
    return UsageError("the body is nested too deep", hint=f"at most {DEPTH} levels")


def too_deep(value: object) -> bool:
    """Say whether a document is nested deeper than we follow."""
    level = [value]
    for _ in range(DEPTH):
        level = [
            part
            for one in level
            if isinstance(one, (dict, list))
            for part in (one.values() if isinstance(one, dict) else one)
            if isinstance(part, (dict, list))
        ]
        if not level:
            return False
    return True
