"""Sources: what came in, what became of every row, and what programs send in."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace.plain_json import document
from segmentary.workspace.serving import Serving
from segmentary.workspace.source_accounts import (
    SourceAccount,
    mapping_of,
    refused_rows,
    source_account,
    source_accounts,
    source_loads,
)
from segmentary.workspace.webhook_inbox import Inbox
from segmentary.workspace.workspace import Workspace

router = APIRouter()
SourceName = Annotated[str, Path(max_length=200, description="The source's name.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before.")]
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|«[^»]*»")


@router.get("/sources")
def list_sources(
    request: Request, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """List the sources: rows read = kept + already known + set aside + refused, and how fresh each is."""
    with serving.reading() as workspace:
        found = source_accounts(workspace)
    body = {"sources": [worded(one, caller) for one in found], "next": None}
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/sources/{source}")
def get_source(
    source: SourceName, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Describe one source: its account, its loads, and how its newest file was read."""
    with serving.reading() as workspace:
        found = there(workspace, source)
        loads = source_loads(workspace, source)
        mapping = mapping_of(workspace, source)
    return answer({**worded(found, caller), "files_loaded": loads[::-1][:100], "mapping": mapping})


@router.get("/sources/{source}/refused")
def refused(
    source: SourceName,
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    set_aside: Annotated[bool | None, Query(description="Only rows set aside, or only refused ones.")] = None,
    reason: Annotated[str | None, Query(max_length=500, description="Only rows with this reason.")] = None,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the rows that were not taken: file, row, column and reason."""
    after = place_of(cursor, int, int, str)
    bounded = None if after is None else (bound(after[0]), bound(after[1]), after[2])
    with serving.reading() as workspace:
        there(workspace, source)
        rows = refused_rows(workspace, source, after=bounded, limit=limit + 1, set_aside=set_aside, reason=reason)
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        following = cursor_of(last.ordinal, last.row_number, last.stored_reason)
    shown = [{**as_document(one), "reason": unquoted(one.reason, caller)} for one in rows[:limit]]
    return answer(page_of("rows", shown, following))


@router.get("/loads")
def list_loads(
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List every file that came in, newest first."""
    after = place_of(cursor, int)
    with serving.reading() as workspace:
        found = source_loads(workspace)[::-1]
    rows = [one for one in found if after is None or one.ordinal < after[0]]
    following = cursor_of(rows[limit - 1].ordinal) if len(rows) > limit else None
    return answer(page_of("loads", rows[:limit], following))


@router.post("/sources/{source}/webhooks", status_code=202)
async def receive_webhook(
    request: Request,
    source: SourceName,
    caller: Annotated[Caller, may("ingest")],
    serving: Annotated[Serving, Depends(serving_of)],
) -> Response:
    """Take the body of a webhook as it came: JSON, JSON lines or a form.

    It is on the disk when this answers, and loaded by a job; the same body again adds nothing. Where the source has a
    secret, the signature (`webhook-id`, `webhook-timestamp`, `webhook-signature`) must fit.
    """
    from starlette.concurrency import run_in_threadpool

    body = await request.body()
    headers = {name: value for name, value in request.headers.items() if name.startswith("webhook-")}
    return await run_in_threadpool(received, serving, source, body, headers, caller)


def received(serving: Serving, source: str, body: bytes, headers: dict[str, str], caller: Caller) -> Response:
    inbox = Inbox(serving.workspace)
    fresh = inbox.put(source, body, headers)
    job = serving.jobs.start("receive", {}, by=caller.name)
    return answer({"accepted": True, "new": fresh, "job": job.job}, status=202)


@router.post("/sources/{source}/webhooks/secret", status_code=201)
def make_secret(
    source: SourceName, caller: Annotated[Caller, may("administer")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Make the secret webhooks of a source are signed with from now on; it is shown once."""
    return answer({"source": source, "secret": Inbox(serving.workspace).new_secret(source)}, status=201)


def there(workspace: Workspace, source: str) -> SourceAccount:
    try:
        return source_account(workspace, source)
    except UnknownNameError:
        raise NotFound("there is no such source") from None


def bound(number: int) -> int:
    return max(-(2**62), min(number, 2**62))


def as_document(value: object) -> dict[str, Any]:
    found = document(value)
    assert isinstance(found, dict)  # noqa: S101
    return found


def worded(one: SourceAccount, caller: Caller) -> dict[str, Any]:
    """Return an account; what reasons quote of rows is for few eyes."""
    found = as_document(one)
    for key in ("reasons", "set_aside_reasons"):
        told: dict[str, int] = {}
        for why, rows in found[key].items():
            told[unquoted(why, caller)] = told.get(unquoted(why, caller), 0) + rows
        found[key] = told
    return found


def unquoted(reason: str, caller: Caller) -> str:
    """Return a reason without what it quotes of a row, but for those who may see it."""
    return reason if caller.may("personal") else QUOTED.sub("…", reason)
