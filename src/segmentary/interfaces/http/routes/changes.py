"""What changes, as it changes: for pages that stay open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import StreamingResponse

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.routes.jobs import HEARTBEAT_SECONDS, event, stream
from segmentary.ledger.news import Newest
from segmentary.workspace.serving import Serving

router = APIRouter()
LOOKING_SECONDS = 1.0


@router.get(
    "/changes",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
def changes(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    last_event_id: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """Follow what changes as server-sent events: `run`, `definitions`, `loads`, `jobs`, each with its new number.

    Whoever comes back with the number of the last event hears what was missed.
    """
    return stream(request, told(serving, seen_of(last_event_id)))


async def told(serving: Serving, seen: Newest | None) -> AsyncIterator[bytes]:
    """Yield an event for everything that changes; first where things stand."""
    if seen is None:
        seen = await anyio.to_thread.run_sync(serving.jobs.newest)
        yield event("now", asdict(seen), number_of(seen))
    quiet = 0.0
    while not serving.stopping.is_set():
        found = await anyio.to_thread.run_sync(serving.jobs.newest)
        before, after = asdict(seen), asdict(found)
        for name in [name for name in after if after[name] != before[name]]:
            quiet = 0.0
            yield event(name, {name: after[name]}, number_of(found))
        seen = found
        for _ in range(5):
            if not serving.stopping.is_set():
                await anyio.sleep(LOOKING_SECONDS / 5)
        quiet += LOOKING_SECONDS
        if quiet >= HEARTBEAT_SECONDS:
            quiet = 0.0
            yield b": still here\n\n"


def number_of(newest: Newest) -> str:
    return ".".join(str(part) for part in asdict(newest).values())


def seen_of(number: str) -> Newest | None:
    """Return what somebody had seen when they left; nothing where that cannot be told."""
    parts = number.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        return None
    return Newest(*(int(part) for part in parts))
