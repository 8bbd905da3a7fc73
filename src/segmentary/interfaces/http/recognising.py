"""Who sent a request: a browser's session, or a program's key. Commands of this machine come in by `local`."""

from __future__ import annotations

import base64
import binascii

from fastapi import Request, Response

from segmentary.interfaces.http.access import Caller
from segmentary.workspace.access.access import LIFE, Access, Begun, Known


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie; with the port, for browsers do not tell ports of one host apart."""
    server = request.scope.get("server") or ("", None)
    return f"segmentary_{server[1] or 'session'}"


def recognise(request: Request) -> None:
    """Note on the request who sent it: ``state.caller`` (None: nobody), ``state.csrf``, ``state.session``."""
    request.state.caller, request.state.csrf, request.state.session = None, "", ""
    given = request.headers.get("authorization")
    token = key_text(given) if given is not None else request.cookies.get(cookie_name(request), "")
    if not token:
        return
    access: Access = request.app.state.serving.access
    known = access.by_key(token) if given is not None else access.by_session(token)
    if known is None:
        return
    request.state.caller = caller(known)
    request.state.csrf, request.state.session = known.csrf, known.session_hash


def remember(request: Request, answer: Response, begun: Begun) -> None:
    """Give a browser its session: no script reads it, no other site sends it along with a change."""
    answer.set_cookie(
        cookie_name(request),
        begun.token,
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
        path="/",
    )


def forget(request: Request, answer: Response) -> None:
    """Take a session away from a browser."""
    answer.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="lax")


def caller(known: Known) -> Caller:
    return Caller(known.name, known.kind, known.role, known.permissions)


def key_text(authorization: str) -> str:
    """Return the key of an ``Authorization`` header: Bearer, or the user name of Basic."""
    scheme, _, rest = authorization.partition(" ")
    rest = rest.strip()
    match scheme.lower():
        case "bearer":
            return rest
        case "basic":
            try:
                return base64.b64decode(rest, validate=True).decode("ascii").partition(":")[0]
            except (binascii.Error, ValueError):
                return ""
    return ""
