"""What every request passes before anything else, and what every answer carries.

In order: the host it asks for, the length of address and headers, who asks, how often, the body, and for what changes
something whether it comes from a page of ours. Nothing here raises: a refusal is an answer.
"""

from __future__ import annotations

import hmac
import logging
import re
from typing import Any
from urllib.parse import unquote, urlsplit

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.convertors import CONVERTOR_TYPES, StringConvertor
from starlette.datastructures import Headers, MutableHeaders

from segmentary.errors import AccessDeniedError, SegmentaryError, UsageError
from segmentary.interfaces.http import problems
from segmentary.interfaces.http.bodies import (
    UPLOADS,
    DisconnectedError,
    Message,
    Receive,
    Scope,
    Send,
    again,
    counted,
    declared_length,
    limit_of,
    read_body,
    too_large,
    whole_body,
)
from segmentary.interfaces.http.idempotency import key_of, once
from segmentary.interfaces.http.noting import note, to_note
from segmentary.interfaces.http.recognising import recognise

log = logging.getLogger(__name__)
SLASH = "\ue02f"
"""Stands for a slash inside a name while routes are told apart; no name of ours has it."""
SAFE = ("GET", "HEAD", "OPTIONS")
LONGEST_ADDRESS = 8_000
LONGEST_HEADERS = 32_000
MOST_HEADERS = 100
HOSTS = frozenset(("127.0.0.1", "localhost", "::1"))
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self';"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""Pictures of charts carry their own style sheet; no script of theirs may ever run."""
CARRIED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
    "x-frame-options": "DENY",
}
STRICT = ("/login", "/setup")


class TooManyRequestsError(SegmentaryError):
    """Somebody asks more often than they may."""

    def __init__(self, seconds: int) -> None:
        super().__init__("too many requests", hint=f"wait {seconds} seconds")
        self.seconds = seconds


class TooLongError(SegmentaryError):
    """The address or the headers are longer than anything of ours."""


class UnloggedError(SegmentaryError):
    """It was done, and the log could not be written: the disk is full, say."""

    def __init__(self) -> None:
        super().__init__(
            "this could not be taken down in the log", hint="look whether it happened; free some space, then go on"
        )


problems.OWN |= {TooManyRequestsError: 429, TooLongError: 431, UnloggedError: 503}


class Guards:
    """ASGI middleware: see the module."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        keep_slashes(scope)
        started = unlogged = False

        async def carrying(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                carry(scope, MutableHeaders(scope=message))
            await send(message)

        async def noting(message: Message) -> None:
            nonlocal unlogged
            if message["type"] == "http.response.start" and to_note(request, message["status"]):
                try:
                    await run_in_threadpool(note, request, message["status"])
                except Exception as error:
                    log.error("what was asked could not be taken down: %s", error)
                    unlogged = True
                    await (await problems.on_error(request, UnloggedError()))(scope, receive, carrying)
            if not unlogged:
                await carrying(message)

        request = Request(scope)
        scope.setdefault("state", {})
        try:
            try:
                receive = await admitted(request, receive)
                key = key_of(request)
                if key and request.state.caller is not None:
                    await once(self.app, request, key, receive, noting)
                    return
            except SegmentaryError as error:
                await drained(await problems.on_error(request, error), scope, receive, noting, error)
                return
            await self.app(scope, receive, noting)
        except DisconnectedError:
            return
        except Exception as error:
            if started:
                raise
            await (await problems.on_defect(request, error))(scope, receive, carrying)


def keep_slashes(scope: Scope) -> None:
    """Let a slash inside a name (``%2F``) not part the address: routes give it back as a slash (`Name`)."""
    raw = scope.get("raw_path") or b""
    if b"%2f" in raw.lower():
        scope["path"] = unquote(re.sub("%2f", SLASH, raw.decode("ascii", "replace"), flags=re.IGNORECASE))


class Name(StringConvertor):
    """A name in an address, which may hold a slash."""

    def convert(self, value: str) -> str:
        """Return the name."""
        return value.replace(SLASH, "/")


CONVERTOR_TYPES["str"] = Name()


async def drained(answer: Response, scope: Scope, receive: Receive, send: Send, error: SegmentaryError) -> None:
    """Send a refusal; whoever is still sending a body too large is hung up on."""
    if isinstance(error, problems.TooLarge):
        answer.headers["connection"] = "close"
    if isinstance(error, TooManyRequestsError):
        answer.headers["retry-after"] = str(error.seconds)
    await answer(scope, receive, send)


async def admitted(request: Request, receive: Receive) -> Receive:
    """Hold a request against everything; return what gives its body.

    Raises
    ------
    SegmentaryError
        when it is refused.
    """
    scope = request.scope
    headers = request.headers
    check_size(scope)
    check_host(headers.get("host", ""), scope)
    recognise(request)
    check_rate(request)
    if scope["method"] in ("GET", "HEAD"):
        return receive
    limit = limit_of(scope)
    length = declared_length(dict(scope["headers"]))
    if length is not None and length > limit:
        raise too_large(limit)
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if scope["path"].startswith(UPLOADS) and media_type != "application/json":
        check_origin(request)
        return counted(receive, limit)
    body = await whole_body(receive, limit)
    request.state.body_read = read_body(body, media_type)
    request.state.body = body
    check_origin(request)
    return again(body, receive)


def check_size(scope: Scope) -> None:
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
        raise TooLongError("the address is too long", hint=f"at most {LONGEST_ADDRESS:,} characters")
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        raise TooLongError("the headers are too long", hint=f"at most {LONGEST_HEADERS:,} characters")
    if "\x00" in scope["path"]:
        raise UsageError("the address holds a character no name of ours has")


def check_host(host: str, scope: Scope) -> None:
    """Refuse a host that is not ours: a page elsewhere may have let its own name lead to this machine."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        name = ""
    if name not in HOSTS and name not in getattr(scope["app"].state, "hosts", ()):
        raise AccessDeniedError("this server does not answer to that name", hint="name it with `serve --name NAME`")


def check_rate(request: Request) -> None:
    limits = request.app.state.limits
    known = getattr(request.state, "caller", None)
    where = request.client.host if request.client is not None else ""
    if limits is None or request.scope["path"].startswith("/assets/"):
        return
    seconds = limits.wait("known", known.name) if known is not None else limits.wait("stranger", where)
    if not seconds and request.method == "POST" and request.scope["path"] in STRICT:
        seconds = limits.wait("signing_in", where)
    if seconds:
        raise TooManyRequestsError(seconds)


def refuse_too_many(request: Request, kind: str, who: str) -> None:
    """Count an attempt of somebody; raise where there were too many."""
    limits = request.app.state.limits
    if limits is not None and (seconds := limits.wait(kind, who)):
        raise TooManyRequestsError(seconds)


def check_origin(request: Request) -> None:
    """Let a change through only from a page of ours, with the token of the session; keys of programs need neither.

    Raises
    ------
    AccessDeniedError
        when it may come from another site.
    """
    if request.scope["method"] in SAFE or "authorization" in request.headers:
        return
    csrf = getattr(request.state, "csrf", "")
    if not same_site(request.headers, bool(csrf)):
        raise AccessDeniedError("this does not come from a page of this server", hint="reload the page and try again")
    if not csrf:
        return
    read = getattr(request.state, "body_read", None)
    given = request.headers.get("x-csrf-token") or (read.get("csrf") if isinstance(read, dict) else None)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode("utf-8", "replace"), csrf.encode()):
        raise AccessDeniedError(
            "the token of the page is missing or old", hint="reload the page; programs send a key instead of a cookie"
        )


def same_site(headers: Headers, needed: bool) -> bool:
    """Say whether a request says it comes from this very host. needed : saying nothing is not enough."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        return not needed
    if site is not None and site != "same-origin":
        return False
    return origin is None or urlsplit_host(origin) == headers.get("host", "").lower()


def urlsplit_host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def carry(scope: Scope, headers: MutableHeaders) -> None:
    """Put onto an answer what every answer carries."""
    for name, value in CARRIED.items():
        headers[name] = value
    picture = headers.get("content-type", "").startswith("image/svg+xml")
    headers["content-security-policy"] = PICTURE_POLICY if picture else POLICY
    # What strangers wrote (a mail's HTML) is shown in a frame of a page of ours, under a stricter policy of its route.
    stricter = (scope.get("state") or {}).get("framed_policy")
    if stricter:
        headers["content-security-policy"] = stricter
        headers["x-frame-options"] = "SAMEORIGIN"
    if "cache-control" not in headers:
        headers["cache-control"] = "private, no-cache" if "etag" in headers else "no-store"
