"""A write that happens once however often it is sent: ``Idempotency-Key`` on everything that changes something.

The first answer is kept for two days and given again to the same request of the same caller. The same key with another
request is a conflict; so is a request that is still being worked on, or that was cut off with the process: whether it
happened is not known then, and a second time is never risked.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from segmentary.errors import ConflictError, UsageError
from segmentary.interfaces.http.answers import json_bytes
from segmentary.interfaces.http.bodies import Message, Receive, Send
from segmentary.interfaces.http.problems import TYPES
from segmentary.ledger.requests_answered import Answered, begin_request, end_request
from segmentary.workspace.access.access import Access

HEADER = "idempotency-key"
LONGEST = 255
KEPT_HEADERS = ("content-type", "etag", "location", "cache-control")
LARGEST = 1 << 20
NOT_KEPT = (429, 503)


def key_of(request: Request) -> str:
    """Return the key of a request, empty where it has none to keep.

    Raises
    ------
    UsageError
        when it is no key.
    """
    given = request.headers.get(HEADER)
    if given is None or request.scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return ""
    if not request.scope["path"].startswith("/api/"):
        return ""
    if not 0 < len(given) <= LONGEST or not given.isascii() or not given.isprintable():
        raise UsageError("the Idempotency-Key is no key", hint=f"1 to {LONGEST} printable characters, such as a UUID")
    return given


def fingerprint_of(request: Request) -> str:
    """Return what tells one request from another."""
    found = hashlib.sha256()
    headers = [
        request.headers.get(name, "") for name in ("content-type", "content-length", "if-match", "if-none-match")
    ]
    for part in (request.scope["method"], request.scope["path"], *headers):
        found.update(part.encode("utf-8", "replace") + b"\n")
    found.update(request.scope.get("query_string", b"") + b"\n")
    found.update(getattr(request.state, "body", b""))
    return found.hexdigest()


async def once(app: Any, request: Request, key: str, receive: Receive, send: Send) -> None:
    """Let the application answer a request with a key, or answer as it was answered before.

    Raises
    ------
    ConflictError
        when the key was used otherwise, or what came of it is not known.
    """
    access: Access = request.app.state.serving.access
    caller, fingerprint = request.state.caller.name, fingerprint_of(request)
    working: set[tuple[str, str]] = request.app.state.working
    held = await run_in_threadpool(begun, access, caller, key, fingerprint)
    if held is not None:
        await told_before(held, fingerprint, (caller, key) in working)(request.scope, receive, send)
        return
    kept = Kept(send)
    working.add((caller, key))
    try:
        await app(request.scope, receive, kept)
    except Exception:
        kept.status = 500
        raise
    finally:
        secret = getattr(request.state, "secret", False) or request.scope["path"].endswith("/secret")
        await run_in_threadpool(ended, access, caller, key, *kept.answer(secret))
        working.discard((caller, key))
    await kept.pass_on()


class Kept:
    """What the application answers, held until it is on the disk."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.status = 0
        self.messages: list[Message] = []
        self.body = b""

    async def __call__(self, message: Message) -> None:
        """Hold a part of the answer."""
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def pass_on(self) -> None:
        """Send what was held."""
        for message in self.messages:
            await self.send(message)

    def answer(self, secret: bool) -> tuple[int, str, bytes]:
        """Return status, headers and body to keep; status 0: nothing, for nothing happened."""
        if self.status in NOT_KEPT or 400 <= self.status < 500 or self.status == 0:
            return 0, "", b""
        start: Message = next((one for one in self.messages if one["type"] == "http.response.start"), {"headers": []})
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
        kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
        if secret or len(self.body) > LARGEST:
            title = "this was done; what it answered was shown once" if secret else "this was done; look at it again"
            body = {"type": f"{TYPES}conflict", "title": title, "status": 409, "code": "conflict"}
            return 409, json.dumps({"content-type": "application/problem+json"}), json_bytes(body)
        return self.status, json.dumps(kept), self.body


def begun(access: Access, caller: str, key: str, fingerprint: str) -> Answered | None:
    with access.writing() as ledger:
        return begin_request(ledger, caller, key, fingerprint, at=access.tick())


def ended(access: Access, caller: str, key: str, status: int, headers: str, body: bytes) -> None:
    with access.writing() as ledger:
        end_request(ledger, caller, key, status=status, headers=headers, body=body)


def told_before(held: Answered, fingerprint: str, working: bool) -> Response:
    """Return the answer that was given, or raise where there is none to give."""
    if held.fingerprint != fingerprint:
        raise ConflictError("this Idempotency-Key was used for another request", hint="a new key for a new request")
    if held.status == 0 and working:
        raise ConflictError("this request is still being worked on", hint="ask again in a moment with the same key")
    if held.status == 0:
        raise ConflictError(
            "the server stopped while it worked on this request", hint="look whether it happened; if not, a new key"
        )
    answer = Response(held.body, status_code=held.status, headers=json.loads(held.headers or "{}"))
    answer.headers["idempotent-replayed"] = "true"
    return answer
