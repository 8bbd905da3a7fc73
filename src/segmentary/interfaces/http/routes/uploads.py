"""Uploads: files as raw bodies, what they are taken for, what people correct; the job `load` brings them in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from segmentary.errors import SourceError, UnknownNameError
from segmentary.interfaces.http import problems
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace.caged import told_by
from segmentary.workspace.serving import Serving
from segmentary.workspace.upload_reading import look
from segmentary.workspace.uploading import NoRoomError, Upload, Uploads

router = APIRouter()
problems.OWN |= {NoRoomError: 413}
UploadName = Annotated[str, Path(max_length=200, description="The upload.")]
Word = Annotated[str, Field(max_length=200)]
BLOCK = 1 << 20
RAW = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "required": True}


class Corrections(BaseModel):
    """What a person says about a file; what is left out, or empty, is found out."""

    model_config = ConfigDict(extra="forbid", strict=False)

    kind: Word = Field("", description="What one row is, such as customers, orders, events.")
    columns: dict[Annotated[str, Field(max_length=500)], Annotated[str, Field(max_length=500)]] = Field(
        default_factory=dict, max_length=2_000, description="Canonical name to the file's column."
    )
    name: Word = Field("", description="Name of the source.")
    table: Word = Field("", description="The sheet or table to take.")
    date_order: Literal["", "day_first", "month_first", "year_first"] = ""
    timezone: Word = ""
    currency: Word = ""
    event_name: Word = ""
    survey: Word = ""
    id_space: Word = ""
    decimal_mark: Literal["", ".", ","] = ""
    drop_duplicates: bool = False


@router.post("/uploads", status_code=201, openapi_extra={"requestBody": RAW})
async def upload(
    request: Request,
    caller: Annotated[Caller, may("load")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Annotated[str, Query(min_length=1, max_length=500, description="The file's name: it tells its format.")],
) -> Response:
    """Receive a file: its bytes are the body of the request. Nothing is read of it yet; after a day it is gone."""
    length = request.headers.get("content-length", "")
    uploads = Uploads(serving.workspace)
    declared = int(length) if length.isdigit() and len(length) < 19 else None
    receiving = await run_in_threadpool(uploads.begin, name, by=caller.name, declared=declared)
    with receiving:
        waiting = bytearray()
        try:
            async for part in request.stream():
                waiting += part
                if len(waiting) >= BLOCK:
                    await run_in_threadpool(receiving.write, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect:
            raise SourceError("the file was not sent to its end", hint="send it again") from None
        if waiting:
            await run_in_threadpool(receiving.write, bytes(waiting))
        found = await run_in_threadpool(receiving.end)
    body = {key: getattr(found, key) for key in ("upload", "name", "bytes", "sha256")}
    return answer(body, status=201, headers={"location": f"/api/v1/uploads/{found.upload}"})


@router.get("/uploads")
def list_uploads(caller: Annotated[Caller, may("load")], serving: Annotated[Serving, Depends(serving_of)]) -> Response:
    """List the files that wait to be loaded, and those that were within a day, newest first."""
    found = Uploads(serving.workspace).list()
    return answer({"uploads": [shown(one, caller, whole=False) for one in found], "next": None})


@router.get("/uploads/{upload}")
def get_upload(
    upload: UploadName, caller: Annotated[Caller, may("load")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Say what is known of a file: its proposal once it was asked for, its account once it is loaded."""
    return answer(shown(there(serving, upload), caller))


@router.delete("/uploads/{upload}", status_code=204)
def delete_upload(
    upload: UploadName, caller: Annotated[Caller, may("load")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Throw a file away that was not loaded; what was loaded stays."""
    there(serving, upload)
    Uploads(serving.workspace).forget(upload)
    return Response(status_code=204)


@router.post("/uploads/{upload}/proposal")
def propose_upload(
    upload: UploadName, caller: Annotated[Caller, may("load")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Say what the file is and which column is what, with what was corrected so far. Nothing is loaded."""
    there(serving, upload)
    return answer(shown(looked(serving, upload, None), caller))


@router.post("/uploads/{upload}/mapping")
def correct_upload(
    upload: UploadName,
    body: Corrections,
    caller: Annotated[Caller, may("load")],
    serving: Annotated[Serving, Depends(serving_of)],
) -> Response:
    """Correct what the file is taken for, in place of earlier corrections; answers as proposal. Nothing is loaded."""
    there(serving, upload)
    given = {key: value for key, value in body.model_dump().items() if value}
    return answer(shown(looked(serving, upload, given), caller))


def looked(serving: Serving, upload: str, corrections: dict[str, Any] | None) -> Upload:
    """Look at a file; nobody else waits for it meanwhile."""
    with serving.deciding() as workspace:
        told = told_by(workspace)
    return look(serving.workspace, upload, corrections, told=told)


def there(serving: Serving, upload: str) -> Upload:
    try:
        return Uploads(serving.workspace).get(upload)
    except UnknownNameError:
        raise NotFound("there is no such upload", hint="uploads are kept for a day") from None


def shown(one: Upload, caller: Caller, *, whole: bool = True) -> dict[str, Any]:
    """Return an upload as somebody may see it."""
    found: dict[str, Any] = {
        key: getattr(one, key) for key in ("upload", "name", "bytes", "sha256", "received_at", "by", "corrections")
    }
    found["loaded"] = one.loaded
    if whole:
        found["decided"] = bool(one.proposal and one.proposal["decided"])
        found["proposals"] = [seen(each, caller) for each in (one.proposal or {}).get("proposals", ())]
    return found


def seen(proposal: dict[str, Any], caller: Caller) -> dict[str, Any]:
    """Return a proposal without the values of columns that tell who somebody is, but for those who may see them."""
    if caller.may("personal"):
        return proposal
    hidden = {column["name"] for column in proposal["columns"] if column["personal"]}
    preview = proposal["preview"]
    gone = {place for place, name in enumerate(preview["columns"], start=1) if name in hidden}
    rows = [[None if place in gone else cell for place, cell in enumerate(row)] for row in preview["rows"]]
    columns = [
        {**column, "examples": [] if column["personal"] else column["examples"]} for column in proposal["columns"]
    ]
    return {**proposal, "columns": columns, "preview": {"columns": preview["columns"], "rows": rows}}
