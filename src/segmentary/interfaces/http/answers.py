"""Answers as JSON: exact decimals, ISO 8601 instants, entity tags, pages with cursors."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from fastapi import Request
from fastapi.responses import Response

from segmentary.errors import UsageError
from segmentary.workspace.plain_json import document, to_json


class Named(Protocol):
    """What is listed by its name."""

    @property
    def name(self) -> str:
        """The name."""
        ...


PAGE = 100
MOST = 1000


def json_bytes(value: object) -> bytes:
    """Return a result as JSON text in UTF-8."""
    return to_json(document(value), indent=0).encode("utf-8", "replace")


def answer(
    value: object, *, status: int = 200, etag: str | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a result as an answer; `etag` is the version of what it shows."""
    found = Response(json_bytes(value), status_code=status, media_type="application/json")
    if etag is not None:
        found.headers["etag"] = quoted(etag)
    for name, text in (headers or {}).items():
        found.headers[name] = text
    return found


def quoted(version: str) -> str:
    """Return an entity tag."""
    return f'"{version}"'


def tag_of(value: object) -> str:
    """Return a tag of what an answer holds, where it has no version of its own."""
    return hashlib.sha256(json_bytes(value)).hexdigest()[:32]


def unchanged(request: Request, etag: str) -> bool:
    """Say whether the caller has this version already (``If-None-Match``)."""
    given = request.headers.get("if-none-match", "")
    return given == "*" or quoted(etag) in (part.strip().removeprefix("W/") for part in given.split(","))


def matched(request: Request, etag: str | None) -> None:
    """Hold ``If-Match`` against the version that is in force; nothing given means nothing is asked.

    etag : the version in force; None where there is none yet (``If-Match: *`` then fails).

    Raises
    ------
    PreconditionFailed
        when somebody changed it since the caller read it.
    """
    from segmentary.interfaces.http.problems import PreconditionFailed

    given = request.headers.get("if-match")
    if request.headers.get("if-none-match") == "*" and etag is not None:
        raise PreconditionFailed("it is there already", hint="choose another name, or send If-Match with its version")
    if given is None:
        return
    if etag is None or (given != "*" and quoted(etag) not in (part.strip() for part in given.split(","))):
        raise PreconditionFailed("somebody changed it meanwhile", hint="read it again, and send its ETag as If-Match")


def cursor_of(*place: object) -> str:
    """Return an opaque cursor for the place after which the next page begins."""
    return base64.urlsafe_b64encode(json.dumps(place, default=str).encode()).decode().rstrip("=")


def place_of(cursor: str, *kinds: type) -> tuple[Any, ...] | None:
    """Return the place a cursor names, None for the first page; `kinds` are the types of its parts.

    Raises
    ------
    UsageError
        when it is no cursor of ours.
    """
    if not cursor:
        return None
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        if not isinstance(found, list) or len(found) != len(kinds):
            raise ValueError
        if not all(type(part) is kind for part, kind in zip(found, kinds, strict=True)):
            raise ValueError
    except (ValueError, RecursionError):
        raise UsageError("this is not a cursor", hint="take `next` of the page before as it is") from None
    return tuple(found)


def page_of(name: str, rows: Sequence[object], following: str | None, **more: object) -> dict[str, object]:
    """Return one page of a list: ``{name: rows, "next": cursor or null}``."""
    return {name: list(rows), "next": following, **more}


def named_page(request: Request, name: str, found: Sequence[Named], cursor: str, limit: int) -> Response:
    """Answer one page of what has a name, in the order of the names, with a tag of what it shows."""
    after = place_of(cursor, str)
    rows = [one for one in sorted(found, key=lambda one: one.name) if after is None or one.name > after[0]]
    following = cursor_of(rows[limit - 1].name) if len(rows) > limit else None
    body = page_of(name, rows[:limit], following)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)
