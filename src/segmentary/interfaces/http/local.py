"""Commands of this machine: the command line speaks to the server that has its workspace.

Nothing of this stands in the description of the API, and nothing of it passes through the site's doors: who comes in
has the token of a file only the owner of the workspace can read, from this machine, and no browser sends it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from queue import Empty, Queue
from typing import Any, Protocol

import anyio
from starlette.datastructures import Headers

from segmentary.errors import SegmentaryError

PLACE = "/local/commands"
HEADER = "x-segmentary-local"
MOST = 8_000_000
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "origin", "sec-fetch-site")
HERE = ("127.0.0.1", "::1", "::ffff:127.0.0.1")
Scope = dict[str, Any]


class Commands(Protocol):
    """What runs commands (`interfaces.cli.answering`)."""

    def begin(self, wish: Mapping[str, Any]) -> tuple[str, Queue[Mapping[str, Any] | None]]:
        """Begin a command."""

    def press(self, name: str) -> None:
        """Press Ctrl-C for it."""

    def hear(self, name: str, text: str | None) -> None:
        """Take what was typed for it."""

    def leave(self, name: str) -> None:
        """Stop it: nobody waits for it."""


class LocalCommands:
    """ASGI: commands of this machine, and everything else to the site.

    Parameters
    ----------
    app : the site.  commands : what runs them.  token : what a request must carry.
    """

    def __init__(self, app: Any, commands: Commands, token: str) -> None:
        self.app, self.commands, self.token = app, commands, token
        self.waiting = anyio.CapacityLimiter(16)

    async def __call__(self, scope: Scope, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """Answer a command, or pass the request on."""
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == PLACE or path.startswith(PLACE + "/")):
            await self.app(scope, receive, send)
            return
        if scope["method"] != "POST" or not self.admitted(scope):
            await plain(send, 404, {"title": "there is nothing at this address"})
            return
        body = await body_of(receive)
        if body is None:
            await plain(send, 413, {"title": "the command is too long"})
            return
        name, _, what = path.removeprefix(PLACE).strip("/").partition("/")
        if not name:
            await self.run(body, receive, send)
            return
        if what == "interrupt":
            self.commands.press(name)
        elif what == "input":
            self.commands.hear(name, text_of(body))
        await plain(send, 200, {})

    def admitted(self, scope: Scope) -> bool:
        """Say whether a request comes from this machine, from no browser and no proxy, and with the token."""
        headers = Headers(scope=scope)
        client, server = scope.get("client") or ("", 0), scope.get("server") or ("-", 0)
        near = client[0] in HERE or client[0] == server[0]
        given = headers.get(HEADER, "")
        passed_on = any(name in headers for name in FORWARDED)
        return near and not passed_on and hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    async def run(self, body: bytes, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        """Run a command and send its answer piece by piece; who hangs up stops it."""
        try:
            wish = json.loads(body)
            name, frames = self.commands.begin(wish if isinstance(wish, dict) else {})
        except SegmentaryError as error:
            await plain(send, 409, {"title": error.message, "hint": error.hint})
            return
        except (ValueError, RecursionError):
            await plain(send, 400, {"title": "this is no command of ours"})
            return
        await begin(send, 200, "application/x-ndjson")
        done = False
        try:
            async with anyio.create_task_group() as group:

                async def hung_up() -> None:
                    while (await receive())["type"] != "http.disconnect":
                        pass
                    group.cancel_scope.cancel()

                group.start_soon(hung_up)
                while not done:
                    found, done = await self.next_frames(frames)
                    if found:
                        await send({"type": "http.response.body", "body": found, "more_body": True})
                group.cancel_scope.cancel()
        finally:
            if not done:
                self.commands.leave(name)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def next_frames(self, frames: Queue[Mapping[str, Any] | None]) -> tuple[bytes, bool]:
        """Wait for the next pieces; return those that are there as lines, and whether they were the last."""
        found: list[bytes] = []
        try:
            frame = await anyio.to_thread.run_sync(lambda: frames.get(timeout=0.5), limiter=self.waiting)
        except Empty:
            return b"", False
        while frame is not None and len(found) < 500:
            found.append(json.dumps(frame).encode() + b"\n")
            try:
                frame = frames.get_nowait()
            except Empty:
                return b"".join(found), False
        if frame is not None:
            found.append(json.dumps(frame).encode() + b"\n")
        return b"".join(found), frame is None


async def body_of(receive: Callable[[], Any]) -> bytes | None:
    """Return a body, nothing when it is too long."""
    found = bytearray()
    while True:
        message = await receive()
        found += message.get("body", b"")
        if len(found) > MOST:
            return None
        if not message.get("more_body"):
            return bytes(found)


def text_of(body: bytes) -> str | None:
    try:
        found = json.loads(body).get("text")
    except (ValueError, AttributeError, RecursionError):
        return None
    return found if isinstance(found, str) else None


async def begin(send: Callable[[Any], Any], status: int, media_type: str) -> None:
    headers = [(b"content-type", media_type.encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def plain(send: Callable[[Any], Any], status: int, body: Mapping[str, Any]) -> None:
    await begin(send, status, "application/json")
    await send({"type": "http.response.body", "body": json.dumps(body).encode(), "more_body": False})
