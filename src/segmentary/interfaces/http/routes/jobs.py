"""Jobs: ask for work that takes longer than a question, follow it, stop it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import AccessDeniedError, BusyError, UnknownNameError
from segmentary.interfaces.http import problems
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, json_bytes, page_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.ledger.jobs import Job, JobState
from segmentary.workspace.job_kinds import KINDS, kind_of
from segmentary.workspace.jobs import TooManyOfOneError
from segmentary.workspace.serving import Serving

router = APIRouter()
problems.OWN |= {TooManyOfOneError: 429}
JobName = Annotated[str, Path(max_length=200, description="The job.")]
LOOKING_SECONDS = 0.2
HEARTBEAT_SECONDS = 15.0
MOST_LISTENING = 100


class NewJob(BaseModel):
    """What is to be done."""

    model_config = ConfigDict(extra="forbid", strict=False)

    kind: str = Field(max_length=200, description="One of the kinds of work; `run` computes all segments.")
    arguments: dict[str, Any] = Field(default_factory=dict, max_length=200, description="What the kind takes.")


@router.post("/jobs", status_code=202)
def start_job(
    body: NewJob,
    caller: Annotated[Caller, may(None)],
    serving: Annotated[Serving, Depends(serving_of)],
) -> Response:
    """Ask for work. It is on the disk when this answers, and is done, begun again or said to have failed."""
    wanted = kind_of(body.kind).permission
    if wanted not in caller.permissions:
        raise AccessDeniedError("you may not do this", hint=f"it needs the permission {wanted}")
    job = serving.jobs.start(body.kind, body.arguments, by=caller.name)
    return answer(shown(job, caller), status=202, headers={"location": f"/api/v1/jobs/{job.job}"})


@router.get("/jobs")
def list_jobs(
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    state: Annotated[list[JobState] | None, Query(max_length=5, description="Only jobs in these states.")] = None,
    kind: Annotated[list[Annotated[str, Field(max_length=200)]] | None, Query(max_length=20)] = None,
    cursor: Annotated[str, Query(max_length=500, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
) -> Response:
    """List jobs, newest first."""
    after = place_of(cursor, int)
    before = min(after[0], 2**62) if after is not None else None
    found = serving.jobs.list(states=state or (), kinds=kind or (), before=before, limit=limit + 1)
    following = cursor_of(found[limit - 1].number) if len(found) > limit else None
    return answer(page_of("jobs", [shown(one, caller) for one in found[:limit]], following))


@router.get("/jobs/{job}")
def get_job(
    job: JobName, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Say how far a job is and what came of it."""
    return answer(shown(there(serving, job), caller))


@router.post("/jobs/{job}/cancel", status_code=202)
def cancel_job(
    job: JobName, caller: Annotated[Caller, may(None)], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Stop a job: what it changed is taken back. One that has ended stays as it is."""
    found = there(serving, job)
    if not stops(found, caller):
        raise AccessDeniedError("you may not do this", hint="it needs the permission operate")
    return answer(shown(serving.jobs.cancel(job), caller), status=202)


@router.get(
    "/jobs/{job}/events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
def job_events(
    request: Request,
    job: JobName,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    last_event_id: Annotated[str, Header(max_length=200)] = "",
) -> Response:
    """Follow a job as server-sent events: `job` with what `GET /jobs/{job}` answers, until it has ended."""
    there(serving, job)
    return stream(request, followed(serving, job, caller, last_event_id))


async def followed(serving: Serving, job: str, caller: Caller, last: str) -> AsyncIterator[bytes]:
    quiet, seen = 0.0, -1
    while not serving.stopping.is_set():
        if serving.jobs.revision != seen:
            seen = serving.jobs.revision
            found = await anyio.to_thread.run_sync(serving.jobs.get, job)
            told = f"{found.attempts}.{found.state}.{round(found.done_share * 10_000)}.{len(found.step)}"
            if told != last:
                last, quiet = told, 0.0
                yield event("job", shown(found, caller), told)
            if found.ended:
                return
        await anyio.sleep(LOOKING_SECONDS)
        quiet += LOOKING_SECONDS
        if quiet >= HEARTBEAT_SECONDS:
            quiet = 0.0
            yield b": still here\n\n"


def event(name: str, value: object, number: str) -> bytes:
    """Return one server-sent event."""
    return f"id: {number}\nevent: {name}\ndata: ".encode() + json_bytes(value).replace(b"\n", b" ") + b"\n\n"


def stream(request: Request, events: AsyncIterator[bytes]) -> Response:
    """Return server-sent events as an answer that nobody on the way keeps back.

    Raises
    ------
    BusyError
        when too many listen already.
    """
    listening: set[object] = request.app.state.listening
    if len(listening) >= MOST_LISTENING:
        raise BusyError("too many listen already", hint="close a page that is open somewhere")

    async def counted() -> AsyncIterator[bytes]:
        one = object()
        listening.add(one)
        try:
            async for part in events:
                yield part
        finally:
            listening.discard(one)

    kept = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(counted(), media_type="text/event-stream", headers=kept)


def there(serving: Serving, job: str) -> Job:
    try:
        return serving.jobs.get(job)
    except UnknownNameError:
        raise NotFound("there is no such job") from None


def sees(job: Job, caller: Caller) -> bool:
    """Say whether somebody may know what a job was asked and what it made."""
    kind = KINDS.get(job.kind)
    own = job.asked_by == caller.name
    return own or "operate" in caller.permissions or (kind is not None and kind.permission in caller.permissions)


def stops(job: Job, caller: Caller) -> bool:
    """Say whether somebody may stop a job: their own, or any as who operates; keys that only send in stop nothing."""
    return "operate" in caller.permissions or (job.asked_by == caller.name and "read" in caller.permissions)


def shown(job: Job, caller: Caller) -> dict[str, object]:
    """Return a job as people see it; of others' jobs only that they are."""
    kind = KINDS.get(job.kind)
    found: dict[str, object] = {
        "job": job.job,
        "kind": job.kind,
        "title": kind.title if kind is not None else job.kind,
        "state": job.state,
        "done_share": job.done_share,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
    }
    if sees(job, caller):
        found |= {
            "arguments": job.arguments,
            "asked_by": job.asked_by,
            "attempts": job.attempts,
            "step": job.step,
            "cancel_asked": job.cancel_asked,
            "result": job.result,
            "problem": job.problem,
        }
    return found
