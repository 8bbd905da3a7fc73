"""Campaigns: documents, what freezing would give, frozen audiences, sending, results."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http import documents
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound, PreconditionFailed
from segmentary.language.cursor import Cursor as Document
from segmentary.ledger.audiences import audience_entry
from segmentary.workspace import campaign_looking as looking
from segmentary.workspace.campaign_jobs import REPORT_KINDS, confirmed, report_files
from segmentary.workspace.serving import Serving

router = APIRouter()
KEY = "campaign"
Name = Annotated[str, Path(max_length=200, description="The campaign's name.")]
AudienceId = Annotated[str, Path(max_length=200, description="The audience's id, such as garden_week-1.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before.")]
Served = Annotated[Serving, Depends(serving_of)]
Body = Annotated[Document, Depends(documents.body_document)]
Margin = Annotated[float | None, Query(gt=0, le=1, description="Share of revenue that is profit.")]


class Confirmed(BaseModel):
    """What somebody says who sends: the number of people they mean."""

    model_config = ConfigDict(extra="forbid", strict=False)
    confirm: int = Field(ge=0, le=10**9, description="How many people the audience writes to.")
    limit: int | None = Field(default=None, ge=1, le=10**9, description="Send at most so many now.")


class Cancelled(BaseModel):
    """Why an audience is cancelled."""

    model_config = ConfigDict(extra="forbid", strict=False)
    reason: str = Field(default="", max_length=500)


# ---------------------------------------------------------------- documents


@router.get("/campaigns")
def list_campaigns(
    request: Request, caller: Annotated[Caller, may("read")], serving: Served, cursor: Cursor = "", limit: Limit = 100
) -> Response:
    """List the campaigns in force: how each stands, whom it is for, how many people."""
    after = place_of(cursor, str)
    with serving.reading() as workspace:
        found = looking.standing(workspace)
    rows = [one for one in found if after is None or one.campaign > after[0]]
    following = cursor_of(rows[limit - 1].campaign) if len(rows) > limit else None
    body = page_of("campaigns", rows[:limit], following)
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/campaigns/{name}")
def show_campaign(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    version: Annotated[int | None, Query(ge=1, le=10**6, description="A number of its history.")] = None,
) -> Response:
    """Show a campaign's document, its YAML and its versions."""
    return documents.shown(request, serving, KEY, name, version)


@router.put("/campaigns/{name}", openapi_extra=documents.BODY)
def put_campaign(
    request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body
) -> Response:
    """Put a campaign into force, or a new version of it; audiences frozen before stay as they are."""
    return documents.put(request, serving, KEY, name, document)


@router.delete("/campaigns/{name}", status_code=204)
def retire_campaign(request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name) -> Response:
    """Take a campaign out of force; what it sent, and whom it held out, stays known."""
    return documents.retire(request, serving, KEY, name)


# ---------------------------------------------------------------- before it is sent


@router.get("/campaigns/{name}/check")
def check_campaign(caller: Annotated[Caller, may("read")], serving: Served, name: Name) -> Response:
    """Say what freezing it now would give: who is left out and why, reach by channel, what could be seen."""
    with serving.reading() as workspace:
        documents.in_force(workspace, KEY, name)
        found = looking.check_unsaved(workspace, workspace.campaigns.get(name))
    return answer(found)


@router.post("/campaigns/{name}/check", openapi_extra=documents.BODY)
def check_unsaved(
    caller: Annotated[Caller, may("act")],
    serving: Served,
    name: Name,
    document: Body,
    reach: Annotated[Literal["every", "own"], Query(description="By which channels reach is counted.")] = "every",
) -> Response:
    """Say the same of a document that is not saved; nothing is kept."""
    campaign = looking.draft_of(documents.named(document, KEY, name))
    with serving.reading() as workspace:
        found = looking.check_unsaved(workspace, campaign, "its own" if reach == "own" else "every channel")
    return answer(found)


@router.post("/campaigns/{name}/draft", openapi_extra=documents.BODY)
def try_draft(
    request: Request, caller: Annotated[Caller, may("act")], serving: Served, name: Name, document: Body
) -> Response:
    """Say whether a document could be put into force, and how it would be kept; nothing is."""
    return documents.put(request, serving, KEY, name, document, dry_run=True)


# ---------------------------------------------------------------- audiences


@router.get("/audiences")
def list_audiences(
    caller: Annotated[Caller, may("read")], serving: Served, campaign: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """List the frozen audiences, of one campaign or all, oldest first."""
    with serving.reading() as workspace:
        found = workspace.campaigns.audiences(campaign)
    return answer({"audiences": found})


@router.get("/audiences/{audience}")
def show_audience(caller: Annotated[Caller, may("read")], serving: Served, audience: AudienceId) -> Response:
    """Show a frozen audience: arms and holdout, everybody left out with the reason, what became of its messages."""
    with serving.reading() as workspace:
        exists(workspace, audience)
        found = looking.audience_shown(workspace, audience)
    return answer(found, etag=found.tag)


@router.get("/audiences/{audience}/people")
def audience_people(
    caller: Annotated[Caller, may("people")],
    serving: Served,
    audience: AudienceId,
    arm: Annotated[str, Query(max_length=60, description="Only of this arm, such as holdout.")] = "",
    reason: Annotated[str, Query(max_length=60, description="Only those left out for this reason.")] = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List its people by id, with arm and variant, or why they are left out; addresses are not shown."""
    after = place_of(cursor, str)
    with serving.reading() as workspace:
        exists(workspace, audience)
        found = looking.audience_people(
            workspace, audience, arm=arm, reason=reason, after=after[0] if after else "", limit=limit + 1
        )
    following = cursor_of(found[limit - 1].customer_id) if len(found) > limit else None
    return answer(page_of("people", found[:limit], following))


@router.post("/audiences/{audience}/send", status_code=202)
def send(
    request: Request,
    caller: Annotated[Caller, may("act")],
    serving: Served,
    audience: AudienceId,
    body: Confirmed,
) -> Response:
    """Send what is due: needs ``If-Match`` with the audience's ETag and the number of its people."""
    given = request.headers.get("if-match", "").strip().strip('"')
    if not given:
        raise PreconditionFailed("which frozen audience?", hint="read it, and send its ETag as If-Match")
    with serving.reading() as workspace:
        exists(workspace, audience)
        confirmed(workspace, audience, body.confirm, given)
    arguments: dict[str, Any] = {"audience": audience, "confirm": body.confirm, "match": given}
    arguments |= {"limit": body.limit} if body.limit is not None else {}
    job = serving.jobs.start("send", arguments, by=caller.name)
    return answer(job, status=202)


@router.post("/audiences/{audience}/cancel")
def cancel(caller: Annotated[Caller, may("act")], serving: Served, audience: AudienceId, body: Cancelled) -> Response:
    """Cancel it at once, also while it is being sent: nothing more of it leaves."""
    with serving.deciding() as workspace:
        exists(workspace, audience)
        stopped = looking.cancel_at(workspace, audience, body.reason)
    return answer({"audience": audience, "cancelled": stopped})


def exists(workspace: Any, audience: str) -> None:
    """Raise where there is no such audience."""
    if audience_entry(workspace.ledger, audience) is None:
        raise NotFound("there is no audience of this id")


# ---------------------------------------------------------------- afterwards


@router.get("/campaigns/{name}/result")
def result(
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    margin: Margin = None,
    peek: Annotated[bool, Query(description="Also before its day: figures without a verdict.")] = False,
) -> Response:
    """Say what it changed against those held out, per segment and arm, with intervals, cost and value."""
    with serving.reading() as workspace:
        try:
            found = looking.result_at(workspace, name, margin=margin, peek=peek)
        except UnknownNameError:
            raise NotFound("nothing is known of a campaign of this name") from None
    return answer(found)


@router.get("/next-actions")
def next_actions(caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Say what to do next with each segment, from all campaigns that were read."""
    with serving.reading() as workspace:
        found = workspace.campaigns.next_actions()
    return answer(found)


@router.get("/campaigns/{name}/report/{file}")
def report_file(
    caller: Annotated[Caller, may("read")],
    serving: Served,
    name: Name,
    file: Annotated[str, Path(max_length=200, description="A file of the report.")],
) -> Response:
    """Give out a file of the report that the job ``campaign_report`` wrote."""
    from segmentary.workspace.experiment_reporting import plain

    folder = serving.workspace.folder.root / "reports" / f"campaign_{plain(name)}"
    if not folder.is_dir() or file not in report_files(folder):
        raise NotFound("there is no such file; the job campaign_report writes it")
    path = folder / file
    headers = {
        "content-disposition": f'attachment; filename="{path.name}"',
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return Response(path.read_bytes(), media_type=REPORT_KINDS[path.suffix], headers=headers)
