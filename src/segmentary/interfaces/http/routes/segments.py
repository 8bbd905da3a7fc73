"""Segments: list them, put definitions into force, take them out, their versions and the way back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import DefinitionError, UnknownNameError
from segmentary.interfaces.http import documents
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, matched, page_of, place_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.language.tree import Definition, SegmentDefinition
from segmentary.language.writing import to_document
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The segment's name.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before.")]
Served = Annotated[Serving, Depends(serving_of)]
LONGEST = 400_000
"""Characters of one definition."""


class Wanted(BaseModel):
    """A definition: as a JSON document, or as text in YAML."""

    model_config = ConfigDict(extra="forbid", strict=False)
    document: dict[str, Any] | Annotated[str, Field(max_length=LONGEST)]


class Back(BaseModel):
    """The version to go back to: ``v2``, or the beginning of its hash."""

    model_config = ConfigDict(extra="forbid", strict=False)
    version: str = Field(min_length=1, max_length=100)


@router.get("/segments")
def list_segments(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    search: Annotated[str, Query(max_length=200, description="In name, title, purpose or rule.")] = "",
    base: Annotated[str, Query(max_length=50, description="Only segments of this base.")] = "",
    kind: Literal["", "rules", "discovered", "scored", "list"] = "",
    state: Literal["", "fresh", "stale", "running", "never"] = "",
    changed: Annotated[bool, Query(description="Only segments whose size changed in the newest run.")] = False,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the segments in force in the order of their names: sizes, what changed, who uses each."""
    from segmentary.workspace.segment_lines import segment_lines, wanted

    after = place_of(cursor, str)
    with serving.reading() as workspace:
        found = wanted(segment_lines(workspace), search=search, base=base, kind=kind, state=state, changed=changed)
    rows = [one for one in found if after is None or one.name > after[0]]
    following = cursor_of(rows[limit - 1].name) if len(rows) > limit else None
    body = page_of("segments", rows[:limit], following, total=len(found))
    etag = tag_of(body)
    return Response(status_code=304) if unchanged(request, etag) else answer(body, etag=etag)


@router.get("/segments/{name}")
def show_segment(request: Request, name: Name, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Show one segment: its line of the list, its definition as a document and in YAML, and what it rests on."""
    from segmentary.language.yaml import dump_yaml
    from segmentary.workspace.segment_lines import segment_line

    with serving.reading() as workspace:
        view = here(workspace, name)
        etag = tag_of(to_document(view.definition))
        if unchanged(request, etag):
            return Response(status_code=304)
        body = {
            "segment": segment_line(workspace, name),
            "document": to_document(view.definition),
            "yaml": dump_yaml([view.definition]),
            "freshness": view.freshness,
            "lineage": view.lineage,
        }
    return answer(body, etag=etag)


@router.put("/segments/{name}")
def put_segment(
    request: Request, name: Name, wanted: Wanted, caller: Annotated[Caller, may("define")], serving: Served
) -> Response:
    """Put a definition into force; answers what changed and what looks wrong with it. The next run computes it."""
    from segmentary.workspace.linting import findings

    definition = read(wanted.document)
    if not isinstance(definition, SegmentDefinition):
        raise DefinitionError("this is no segment", hint="it begins with 'segment: NAME'", pointer="document")
    if definition.name != name:
        raise DefinitionError(
            "the definition has another name than the address", hint="give both the same", pointer="document/segment"
        )
    documents.check_name(name)
    with serving.deciding() as workspace:
        with workspace.ledger.transaction():
            held = workspace.segments_defined().get(name)
            matched(request, tag_of(to_document(held)) if held is not None else None)
            changes = workspace.define(definition)
        body = {"segment": name, "changes": changes, "findings": findings(workspace, definition)}
    return answer(body, status=200 if held is not None else 201, etag=tag_of(to_document(definition)))


@router.delete("/segments/{name}")
def retire_segment(request: Request, name: Name, caller: Annotated[Caller, may("define")], serving: Served) -> Response:
    """Take a segment out of force. Refused while something uses it; versions and history stay."""
    from segmentary.workspace.used_by import retire

    with serving.deciding() as workspace, workspace.ledger.transaction():
        matched(request, tag_of(to_document(here(workspace, name).definition)))
        change = retire(workspace, name)
    return answer({"segment": name, "changes": [change]})


@router.get("/segments/{name}/versions")
def list_versions(name: Name, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List every version of a segment, oldest first, retired ones too."""
    with serving.reading() as workspace:
        known_here(workspace, name)
        return answer({"segment": name, "versions": workspace.history.versions(name)})


@router.get("/segments/{name}/versions/{version}")
def show_version(
    name: Name,
    version: Annotated[str, Path(max_length=100, description="v2, or the beginning of its hash.")],
    caller: Annotated[Caller, may("read")],
    serving: Served,
) -> Response:
    """Show one version: its definition as a document, in YAML and in words."""
    from segmentary.language.sentence import sentence
    from segmentary.language.yaml import dump_yaml
    from segmentary.workspace.versioning import side_of

    with serving.reading() as workspace:
        known_here(workspace, name)
        try:
            side = side_of(workspace, name, version)
        except UnknownNameError:
            raise NotFound("there is no such version", hint="see its versions") from None
    if side.definition is None:
        raise NotFound("there is no such version")
    body = {
        "segment": name,
        "number": side.number,
        "version": side.version,
        "document": to_document(side.definition),
        "yaml": dump_yaml([side.definition]),
        "sentence": sentence(side.definition),
    }
    return answer(body, etag=side.version)


@router.get("/segments/{name}/diff")
def compare_versions(
    name: Name,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    first: Annotated[str, Query(max_length=100, description="A version. Default: the one before.")] = "",
    second: Annotated[str, Query(max_length=100, description="Another. Default: the newest.")] = "",
) -> Response:
    """Say how two versions differ, and how many would come and go; who, to those who may see people."""
    from dataclasses import replace

    with serving.reading() as workspace:
        known_here(workspace, name)
        found = workspace.history.diff(name, first or None, second or None)
    if not caller.may("people"):
        found = replace(found, entering=(), leaving=())
    return answer(found)


@router.post("/segments/{name}/restore")
def restore_version(
    request: Request, name: Name, back: Back, caller: Annotated[Caller, may("define")], serving: Served
) -> Response:
    """Put an older version into force again, as a new version equal to it."""
    with serving.deciding() as workspace, workspace.ledger.transaction():
        known_here(workspace, name)
        held = workspace.segments_defined().get(name)
        matched(request, tag_of(to_document(held)) if held is not None else None)
        change = workspace.history.rollback(name, back.version)
        definition = workspace.segments_defined()[name]
    return answer({"segment": name, "changes": [change]}, etag=tag_of(to_document(definition)))


def here(workspace: Workspace, name: str) -> Any:
    """Return a segment in force, or answer that there is none at this address."""
    try:
        return workspace.segment(name)
    except UnknownNameError:
        raise NotFound("there is no such segment", hint="see /api/v1/segments") from None


def known_here(workspace: Workspace, name: str) -> None:
    """Answer that there is nothing at this address where there never was a segment of that name."""
    from segmentary.ledger.versions import numbered

    if not numbered(workspace.ledger, "segment", name):
        here(workspace, name)


def read(document: dict[str, Any] | str) -> Definition:
    """Return a definition out of a body.

    Raises
    ------
    DefinitionError
        where it is wrong, with the place in it.
    """
    from segmentary.workspace.given_definitions import definition_of

    return definition_of(document)
