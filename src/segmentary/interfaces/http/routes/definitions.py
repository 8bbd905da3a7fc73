"""Definitions nobody has saved: in other spellings, checked, and held against the data."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import DefinitionError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.problems import problem
from segmentary.language.yaml import parse_document
from segmentary.workspace.converting import convert, read_source
from segmentary.workspace.json_places import json_pointer, located_error, quiet_reason
from segmentary.workspace.serving import Serving

router = APIRouter()
Spelling = Literal["json", "yaml", "text", "python", "sql", "sentence"]


def in_json() -> list[Spelling]:
    """Return the spelling a definition is given back in where none is named."""
    return ["json"]


class Conversion(BaseModel):
    """One definition in one spelling, and the spellings it is wanted in."""

    model_config = ConfigDict(extra="forbid", strict=False, populate_by_name=True)
    from_: Literal["json", "yaml", "text", "python"] = Field(alias="from")
    to: list[Spelling] = Field(default_factory=in_json, max_length=6)
    source: str | dict[str, Any] = Field(description="Text; of json also the document itself.")
    name: str = Field(default="unnamed", max_length=200, description="The segment's name, where the spelling has none.")


class OneDocument(BaseModel):
    """A definition as JSON."""

    model_config = ConfigDict(extra="forbid", strict=False)
    document: dict[str, Any]


@router.post("/definitions/convert")
def convert_definition(
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    body: Conversion,
) -> Response:
    """Write a definition in other spellings: document, YAML, text, Python, SQL of each engine, plain English."""
    try:
        definition = read_source(body.source, body.from_, name=body.name)
    except DefinitionError as error:
        return wrong(error, body.source)
    with serving.reading() as workspace:
        try:
            return answer(convert(workspace, definition, body.to).to_document())
        except DefinitionError as error:
            return wrong(error, body.source)


@router.post("/definitions/validate")
def validate_definition(
    caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)], body: OneDocument
) -> Response:
    """Check a definition against what the data know: ``{valid, problems}``."""
    with serving.reading() as workspace:
        try:
            workspace.check([parse_document(body.document)])
        except DefinitionError as error:
            found = located_error(error, body.document)
            one = {"pointer": found.pointer, "severity": "error", "message": found.reason, "hint": found.hint}
            return answer({"valid": False, "problems": [one]})
    return answer({"valid": True, "problems": []})


@router.post("/definitions/lint")
def lint_definition(
    caller: Annotated[Caller, may("define")], serving: Annotated[Serving, Depends(serving_of)], body: OneDocument
) -> Response:
    """Hold a definition against the data: always or never true, values never seen, near-duplicates."""
    from segmentary.workspace.linting import findings

    with serving.reading() as workspace:
        try:
            definition = parse_document(body.document)
            workspace.check([definition])
            found = findings(workspace, definition)
        except DefinitionError as error:
            raise located_error(error, body.document) from None
    rows = [
        {
            "pointer": json_pointer(one.pointer, body.document),
            "severity": one.severity,
            "message": one.message,
            "hint": one.hint or "",
        }
        for one in found
    ]
    return answer({"findings": rows})


def wrong(error: DefinitionError, source: str | dict[str, Any]) -> Response:
    """Answer a source that cannot be read: pointer in a document, line and column in a text."""
    if isinstance(source, dict):
        found = located_error(error, source)
        return problem(422, "definition", found.message, hint=found.hint, pointer=found.pointer)
    more = {}
    if error.place is not None and error.place.line is not None:
        more = {"line": error.place.line, "column": error.place.column}
    reason = quiet_reason(error, source)
    return problem(422, "definition", reason, hint=error.hint, pointer=json_pointer(error.pointer, None), **more)
