"""What goes wrong, as RFC 9457 problems: code, hint, where in the request; never what was sent.

Every `SegmentaryError` has a code (its class in snake case) and a status. An answer never repeats a value of the
request: it may be personal data, or hostile.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from segmentary import errors
from segmentary.interfaces.http.access import NotSignedInError
from segmentary.interfaces.http.answers import json_bytes
from segmentary.interfaces.http.echoes import ELLIPSIS, own_words, values_of, without_values

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TYPES = "urn:segmentary:problem:"
"""What a problem's type begins with: a name that stays, not an address that must answer."""
STATUSES: tuple[tuple[type[errors.SegmentaryError], int], ...] = (
    (errors.AccessDeniedError, 403),
    (errors.ConflictError, 409),
    (errors.BusyError, 503),
    (errors.WorkspaceLockedError, 503),
    (errors.NoAnswerError, 422),
    (errors.UnknownNameError, 422),
    (errors.UsageError, 400),
    (errors.DefinitionError, 422),
    (errors.SourceError, 422),
    (errors.DataError, 422),
    (errors.UnsupportedError, 422),
    (errors.EngineError, 503),
    (errors.WorkspaceError, 503),
)


class NotFound(errors.SegmentaryError):
    """The address names something that is not there; whether it exists for others is not told."""


class TooLarge(errors.SegmentaryError):
    """The body is larger than the route takes."""


class PreconditionFailed(errors.SegmentaryError):
    """The definition is no longer what the caller read (``If-Match``)."""


OWN: dict[type[errors.SegmentaryError], int] = {
    NotFound: 404,
    TooLarge: 413,
    PreconditionFailed: 412,
    NotSignedInError: 401,
}


def code_of(error: errors.SegmentaryError) -> str:
    """Return the code of an error: its class in snake case without ``_error``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower().removesuffix("_error")


def status_of(error: errors.SegmentaryError) -> int:
    """Return the HTTP status of an error."""
    for kind, status in OWN.items():
        if isinstance(error, kind):
            return status
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 500)


def problem(
    status: int, code: str, title: str, *, hint: str | None = None, pointer: str | None = None, **more: Any
) -> Response:
    """Return a problem document (RFC 9457)."""
    body: dict[str, Any] = {"type": f"{TYPES}{code}", "title": title, "status": status, "code": code}
    if hint:
        body["hint"] = hint
    if pointer is not None:
        body["pointer"] = pointer
    body |= more
    headers = {"retry-after": "1"} if status in (429, 503) else {}
    return Response(json_bytes(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def of_error(error: errors.SegmentaryError, request: Request | None = None) -> Response:
    """Return the problem of one of our errors; nothing of the request is repeated in it."""
    title, hint, pointer = error.message, error.hint, getattr(error, "pointer", None)
    if request is not None:
        values, kept = values_of(request), own_words(request)
        title = without_values(title, values, kept)
        # What is near a name that is unknown is a name that exists.
        if hint and not (isinstance(error, errors.UnknownNameError) and hint.startswith("did you mean")):
            hint = without_values(hint, values, kept)
        if pointer:
            parts = str(pointer).split("/")
            # A number is a place in a list.
            shown = (one in kept or (one.isdecimal() and len(one) < 5) or one not in values for one in parts)
            pointer = "/".join(one if fit else ELLIPSIS for one, fit in zip(parts, shown, strict=True))
    found = problem(status_of(error), code_of(error), title, hint=hint, pointer=pointer)
    if isinstance(error, NotSignedInError):
        found.headers["www-authenticate"] = 'Bearer realm="segmentary"'
    return found


def wants_page(request: Request) -> bool:
    """Say whether somebody looks at a page, not a program at the API."""
    path = request.scope["path"]
    return not path.startswith(("/api/", "/assets/")) and not path.endswith((".json", ".svg"))


async def on_error(request: Request, error: Exception) -> Response:
    """Answer one of our errors; on pages as a page, and where nobody is signed in by the way to sign in."""
    if not isinstance(error, errors.SegmentaryError):
        return await on_defect(request, error)
    found = of_error(error, request)
    shown: Callable[[Request, Response, bool], Response] | None = getattr(request.app.state, "problem_page", None)
    if shown is None or not wants_page(request):
        return found
    return shown(request, found, isinstance(error, NotSignedInError))


def pointer_of(place: Sequence[object], kept: frozenset[str]) -> str:
    """Return where something stands; names the description does not have were sent, and are not repeated."""
    return "/" + "/".join(str(part) if isinstance(part, int) or part in kept else ELLIPSIS for part in place)


async def on_invalid(request: Request, error: Exception) -> Response:
    """Answer a request of the wrong shape: where and what was wanted, never what was sent."""
    wrong = error.errors() if isinstance(error, RequestValidationError) else []
    kept = own_words(request)
    found = [
        {"pointer": pointer_of(one["loc"][1:], kept), "in": str(one["loc"][0]), "code": one["type"]}
        for one in wrong[:20]
    ]
    return problem(
        422,
        "invalid_request",
        "the request has the wrong shape",
        hint="see /api/v1/openapi.json for what this address takes",
        pointer=found[0]["pointer"] if found else None,
        problems=found,
    )


async def on_http(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: unknown addresses and methods."""
    if not isinstance(error, HTTPException):
        return await on_defect(request, error)
    titles = {404: "there is nothing at this address", 405: "this address does not take that method"}
    codes = {404: "not_found", 405: "method_not_allowed"}
    answer = problem(
        error.status_code,
        codes.get(error.status_code, "refused"),
        titles.get(error.status_code, "the request was refused"),
    )
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    shown: Callable[[Request, Response, bool], Response] | None = getattr(request.app.state, "problem_page", None)
    return answer if shown is None or not wants_page(request) else shown(request, answer, False)


async def on_defect(request: Request, error: Exception) -> Response:
    """Answer a defect of ours without telling what is inside; the log has the trace."""
    log.error("defect", exc_info=error, extra={"path": request.scope.get("route_path", "")})
    return problem(500, "defect", "this is a defect in segmentary", hint="the server's log has the details")
