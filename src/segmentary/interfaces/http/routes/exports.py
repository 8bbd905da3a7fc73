"""Exports: ask for a file of a segment's members, see who was left out, fetch it while it is kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import AccessDeniedError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.redaction import hidden_traits
from segmentary.workspace.export_job import Exported
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Exporter = Annotated[Caller, may("export")]
Served = Annotated[Serving, Depends(serving_of)]
Export = Annotated[str, Path(max_length=100, description="The export.")]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Format = Literal["csv", "parquet", "xlsx", "google_customer_match", "meta", "tiktok", "linkedin", "x"]


class NewExport(BaseModel):
    """What is to be written."""

    model_config = ConfigDict(extra="forbid", strict=False)

    segment: str = Field(min_length=1, max_length=200)
    format: Format = "csv"
    traits: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=100)
    for_contact: str = Field("", max_length=50, description="A channel: who may not be contacted there is left out.")
    purpose: str = Field("marketing", min_length=1, max_length=100)
    days: int = Field(7, ge=1, le=30, description="How long it is kept here.")


@router.post("/exports", status_code=202)
def start_export(request: Request, wanted: NewExport, caller: Exporter, serving: Served) -> Response:
    """Ask for a file of members; it is written as a job. Personal traits need the permission `personal`."""
    from segmentary.interfaces.http.routes.segments import here

    with serving.reading() as workspace:
        here(workspace, wanted.segment).served_run(None)
        refuse_personal(caller, workspace, wanted.format, wanted.traits)
    job = serving.jobs.start("export", {**wanted.model_dump(), "by": caller.name}, by=caller.name)
    return answer(
        {"job": job.job, "kind": "export", "state": job.state},
        status=202,
        headers={"location": f"/api/v1/jobs/{job.job}"},
    )


@router.get("/exports")
def list_exports(caller: Exporter, serving: Served) -> Response:
    """List the files that are still kept: one's own; administrators see everybody's."""
    from segmentary.workspace.export_job import all_exports

    with serving.reading() as workspace:
        found = [one for one in all_exports(workspace) if sees(caller, one)]
    return answer({"exports": found, "next": None})


@router.get("/exports/{export}")
def show_export(export: Export, caller: Exporter, serving: Served) -> Response:
    """Say what a file holds: who was left out and why, as of when, until when it is kept."""
    with serving.reading() as workspace:
        from segmentary.workspace.export_job import exported

        found = exported(workspace, export)
    if found is None or not sees(caller, found[0]):
        raise NotFound("there is no such export", hint="it may have expired: export again")
    return answer(found[0])


@router.get(
    "/exports/{export}/file",
    response_class=FileResponse,
    responses={200: {"content": {one: {"schema": {"type": "string", "format": "binary"}} for one in TYPES.values()}}},
)
def fetch_export(export: Export, caller: Exporter, serving: Served) -> Response:
    """Fetch the file."""
    from segmentary.workspace.export_job import exported

    with serving.reading() as workspace:
        found = exported(workspace, export)
        if found is None or not sees(caller, found[0]):
            raise NotFound("there is no such export", hint="it may have expired: export again")
        about, path = found
        refuse_personal(caller, workspace, about.format, about.traits)
    kept = {"cache-control": "no-store, private", "x-content-type-options": "nosniff"}
    kind = TYPES.get(about.format, TYPES["csv"])
    return FileResponse(path, media_type=kind, filename=about.file, headers=kept)


def refuse_personal(caller: Caller, workspace: Workspace, form: str, traits: Collection[str]) -> None:
    """Refuse columns that tell who somebody is, and lists of platforms, to who may not see them."""
    from segmentary.activation.ad_platforms import PLATFORMS

    if set(traits) & hidden_traits(caller, workspace) or (form in PLATFORMS and not caller.may("personal")):
        raise AccessDeniedError("these columns are personal data", hint="it needs the permission personal")


def sees(caller: Caller, export: Exported) -> bool:
    """Say whether somebody may see an export: their own, or everybody's as administrator."""
    return export.exported_by == caller.name or caller.may("administer")
