"""Discoveries: what one can segment by, solutions, their names, typing tools, reports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as Place
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, RootModel

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import (
    answer,
    matched,
    named_page,
)
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace import discovery_looking as looking
from segmentary.workspace.report_shelf import report_file, shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.typing_answers import type_answers
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The solution; `name@v2` for an older version.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before.")]
Served = Annotated[Serving, Depends(serving_of)]
Short = Annotated[str, Field(max_length=200)]
FORMS = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "json": "application/json",
         "sql": "application/sql", "py": "text/x-python", "yaml": "application/yaml"}  # fmt: skip
TYPES = {".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
         ".xlsx": FORMS["xlsx"],
         ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}  # fmt: skip


class NewDiscovery(BaseModel):
    """A search for segments: the options of `segmentary discover run`."""

    model_config = ConfigDict(extra="forbid", strict=False)

    name: Annotated[str, Field(max_length=60, description="Small letters, digits, underscores; a letter first.")]
    by: Annotated[list[Short], Field(max_length=200, description="Traits or patterns; of a survey, its items.")] = []
    survey: Short | None = None
    wave: Short | None = None
    within: Annotated[Short | None, Field(description="Only the members of this segment.")] = None
    as_of: Short | None = None
    describe_by: Annotated[list[Short], Field(max_length=200)] = []
    value: Annotated[Short | None, Field(description="The trait that is money per person.")] = None
    methods: Annotated[list[Short], Field(max_length=20, description="Empty: those that suit.")] = []
    segments: Annotated[str, Field(max_length=20, description="`4`, or `2..8`.")] = "2..8"
    choose: Annotated[Short, Field(description="`k_means:4`; empty: what is recommended.")] = ""
    kinds: Annotated[dict[Short, Short], Field(max_length=200)] = {}
    row_centre: bool = False
    outcome: Short | None = None
    sample: Annotated[int, Field(ge=100, le=5_000_000)] = 100_000
    repetitions: Annotated[int, Field(ge=2, le=1_000)] = 100
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class Wish(BaseModel):
    """A search that is only thought of."""

    model_config = ConfigDict(extra="forbid", strict=False)

    by: Annotated[list[Short], Field(max_length=200)] = []
    survey: Short = ""
    within: Short = ""
    segments: Annotated[str, Field(max_length=20)] = "2..8"
    methods: Annotated[list[Short], Field(max_length=20)] = []
    repetitions: Annotated[int, Field(ge=2, le=1_000)] = 100


class Saving(BaseModel):
    """How a solution is put in force."""

    model_config = ConfigDict(extra="forbid", strict=False)

    way: Annotated[
        Literal["model", "rules"], Field(description="By its own figures, or by the readable rules that come near it.")
    ] = "model"


Key = Annotated[str, Field(min_length=1, max_length=200)]
Names = RootModel[Annotated[dict[Key, Annotated[str, Field(min_length=1, max_length=120)]], Field(max_length=100)]]


class Answers(BaseModel):
    """One person's answers, by question."""

    model_config = ConfigDict(extra="forbid", strict=False)

    answers: Annotated[
        dict[Annotated[str, Field(max_length=200)], bool | float | Annotated[str, Field(max_length=200)]],
        Field(max_length=200),
    ]
    tool: Short = ""


@contextmanager
def there(what: str = "solution") -> Iterator[None]:
    """Answer an address that names nothing with 404; what a body names wrongly stays 422."""
    try:
        yield
    except UnknownNameError:
        raise NotFound(f"there is no {what} of this name") from None


def looked(workspace: Workspace, name: str) -> looking.Look:
    """Return the solution an address names."""
    with there():
        return looking.look(workspace, name)


@router.get("/discoveries")
def list_discoveries(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the solutions kept, the newest version of each, in the order of their names."""
    with serving.reading() as workspace:
        found = workspace.discoveries.kept()
    return named_page(request, "discoveries", found, cursor, limit)


@router.post("/discoveries", status_code=202)
def find_segments(body: NewDiscovery, caller: Annotated[Caller, may("analyse")], serving: Served) -> Response:
    """Look for segments: a job of the kind `discover`; nobody is placed by what it finds before it is saved."""
    given = body.model_dump(exclude_none=True, exclude_defaults=True) | {"name": body.name}
    job = serving.jobs.start("discover", given, by=caller.name)
    return answer(
        {"job": job.job, "kind": job.kind, "state": job.state},
        status=202,
        headers={"location": f"/api/v1/jobs/{job.job}"},
    )


@router.get("/discoveries/variables")
def list_variables(
    caller: Annotated[Caller, may("read")],
    serving: Served,
    survey: Annotated[str, Query(max_length=200, description="Items of this survey instead of traits.")] = "",
) -> Response:
    """Say by what one can segment: every trait with how often it is known, and why not where one cannot."""
    from segmentary.workspace.variable_choice import variables

    with serving.reading() as workspace:
        return answer({"variables": variables(workspace, survey)})


@router.post("/discoveries/plan")
def plan_discovery(body: Wish, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Say what a search would take and what to mind, before anybody waits for it; nothing is kept."""
    from segmentary.workspace.discovery_jobs import span
    from segmentary.workspace.variable_choice import planned

    with serving.reading() as workspace:
        found = planned(
            workspace,
            body.by,
            survey=body.survey,
            within=body.within,
            segments=span(body.segments),
            methods=body.methods,
            repetitions=body.repetitions,
        )
    return answer(found)


@router.get("/discoveries/{name}")
def get_discovery(name: Name, request: Request, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Return a solution: verdict, criteria with recommendation and doubt, segments with intervals, profile, rules."""
    with serving.reading() as workspace:
        found = looked(workspace, name)
        body = looking.plain_document(found)
    etag = found.entry.version
    return answer(body, etag=etag)


@router.get("/discoveries/{name}/compare")
def compare_discoveries(
    name: Name,
    other: Annotated[str, Query(alias="with", max_length=200, description="The other solution.")],
    caller: Annotated[Caller, may("read")],
    serving: Served,
) -> Response:
    """Hold two solutions against each other over the same people."""
    with serving.reading() as workspace, there():
        found = workspace.discoveries.compare(name, other)
        small = workspace.settings.suppress_below
    return answer(hidden_counts(found, small))


def hidden_counts(found: Any, small: int) -> dict[str, Any]:
    """Return a comparison in which groups of too few people are not counted out."""
    counts = [[None if 0 < n < small else n for n in row] for row in found.counts]
    return {
        "one": found.one, "other": found.other, "segments": found.segments, "others": found.others, "counts": counts,
        "people": found.people, "placed_by_one": found.placed_by_one, "agreement": found.agreement,
        "sentence": found.sentence, "hidden_below": small,
    }  # fmt: skip


@router.put("/discoveries/{name}/names")
def name_segments(
    name: Name, body: Names, request: Request, caller: Annotated[Caller, may("analyse")], serving: Served
) -> Response:
    """Give segments other names (key to name), as a new version; the keys in definitions stay."""
    with serving.deciding() as workspace:
        found = looked(workspace, name)
        matched(request, found.entry.version)
        workspace.discoveries.rename(name, body.root)
        after = looking.look(workspace, found.name)
    return answer(looking.plain_document(after), etag=after.entry.version)


@router.post("/discoveries/{name}/save")
def save_discovery(
    name: Name, body: Saving, request: Request, caller: Annotated[Caller, may("define")], serving: Served
) -> Response:
    """Turn a solution into ordinary segments; the next run places everybody."""
    with serving.deciding() as workspace:
        found = looked(workspace, name)
        matched(request, found.entry.version)
        changes = workspace.discoveries.assign(name, way=body.way)
    return answer({"name": found.name, "changes": changes})


@router.delete("/discoveries/{name}/save")
def unsave_discovery(name: Name, caller: Annotated[Caller, may("define")], serving: Served) -> Response:
    """Take a solution out of force: nobody is placed by it any more, and its segments are retired."""
    with serving.deciding() as workspace:
        found = looked(workspace, name)
        changes = workspace.discoveries.retire(found.name)
    return answer({"name": found.name, "changes": changes})


@router.get("/discoveries/{name}/typing-tool")
def get_typing_tool(
    name: Name,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    tool: Annotated[str, Query(max_length=200, description="One of its tools; default: the first.")] = "",
) -> Response:
    """Return the fewest questions that tell a person's segment, and what they are worth."""
    with serving.reading() as workspace:
        found = typing_tool(workspace, name, tool)
    made = found.tool
    questions = [column.to_document() | {"title": column.label} for column in made.assigner.columns]
    return answer(
        {
            "name": found.name, "of": found.of, "questions": questions, "sentence": made.sentence,
            "agreement": made.agreement, "majority": made.majority, "gain": made.gain, "wanted": made.wanted,
            "reached": made.reached, "useful": made.useful, "curve": made.curve, "segments": made.segments,
            "sure": made.sure, "one_more": made.one_more, "people": made.people, "findings": made.findings,
        }
    )  # fmt: skip


def typing_tool(workspace: Workspace, name: str, tool: str) -> Any:
    """Return the typing tool an address names; where none was made, that is the answer."""
    looked(workspace, name)
    with there("typing tool"):
        return looking.tool_of(workspace, name.partition("@")[0], tool)


@router.post("/discoveries/{name}/typing-tool/assign")
def assign_answers(name: Name, body: Answers, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Place one person by their answers, or say that it cannot be said; nothing is kept."""
    with serving.reading() as workspace:
        found = typing_tool(workspace, name, body.tool)
    return answer(type_answers(found, body.answers))


@router.get(
    "/discoveries/{name}/typing-tool/files/{form}",
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def typing_file(
    name: Name,
    form: Annotated[Literal["xlsx", "json", "sql", "py", "yaml"], Path(description="How it is written.")],
    caller: Annotated[Caller, may("read")],
    serving: Served,
) -> Response:
    """Give the typing tool out for use elsewhere: a sheet that computes, code, SQL, a definition."""
    with serving.reading() as workspace, tempfile.TemporaryDirectory() as folder:
        found = typing_tool(workspace, name, "")
        if found.tool is None:
            raise NoAnswerError("this solution is no typing tool")
        place = workspace.discoveries.write_tool(found.tool, Place(folder) / f"{found.name}.{form}", of=found.name)
        content = place.read_bytes()
    return download(content, place.name, FORMS[form])


@router.get("/discoveries/{name}/report")
def discovery_files(name: Name, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the files of its newest report; the job `discovery_report` writes it."""
    with serving.reading() as workspace:
        found = looked(workspace, name)
        return answer({"name": found.name, "files": shelf(workspace, "discovery", found.name)})


@router.get(
    "/discoveries/{name}/report/{file}",
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def discovery_file(
    name: Name,
    file: Annotated[str, Path(max_length=200, description="One of the files listed.")],
    caller: Annotated[Caller, may("read")],
    serving: Served,
) -> Response:
    """Give out a file of its newest report."""
    with serving.reading() as workspace:
        found = looked(workspace, name)
        with there("file"):
            path = report_file(workspace, "discovery", found.name, file)
        content = path.read_bytes()
    return download(content, path.name, TYPES[path.suffix], name=f"{found.name}-{path.name}")


def download(content: bytes, file: str, kind: str, *, name: str = "") -> Response:
    """Return a file to keep: it never opens inside our pages. name : of ASCII letters only."""
    kept = {"content-disposition": f'attachment; filename="{name or file}"', "cache-control": "no-store"}
    return Response(content, media_type=kind, headers=kept)
