"""Documents of what we say to people, over HTTP: campaigns, messages, offers, journeys, bots; all alike.

A document is JSON (``application/json``) or the YAML one writes in files (``application/yaml``). Its version is its
ETag; a write with ``If-Match`` is refused when somebody else wrote in between. Only the ledger is written, at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response

from segmentary.errors import DefinitionError, UsageError
from segmentary.interfaces.http.answers import answer, matched, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.language.cursor import Cursor
from segmentary.ledger.records import Record, append_record, records
from segmentary.workspace.campaign_looking import refuse_in_use
from segmentary.workspace.documents import DOCUMENTS, document_text, trial
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

LONGEST = 400_000
DEEPEST = 64
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object"}},
            "application/yaml": {"schema": {"type": "string", "maxLength": LONGEST}},
        },
    }
}
"""What the API's description says of such a body."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document in its history."""

    number: int
    version: str
    created_at: Any
    retired: bool


def history(workspace: Workspace, key: str, name: str) -> list[Record]:
    """Return every version of a document, oldest first.

    Raises
    ------
    NotFound
        when there never was one of that name.
    """
    found = records(workspace.ledger, DOCUMENTS[key].kind, name)
    if not found:
        raise NotFound(f"there is no {key} of this name")
    return found


def in_force(workspace: Workspace, key: str, name: str) -> Record:
    """Return the version in force.

    Raises
    ------
    NotFound
        when there is none.
    """
    found = history(workspace, key, name)
    if found[-1].retired:
        raise NotFound(f"there is no {key} of this name")
    return found[-1]


def version_of(workspace: Workspace, key: str, name: str) -> str | None:
    """Return the version in force, None where there is none."""
    found = records(workspace.ledger, DOCUMENTS[key].kind, name)
    return found[-1].version if found and not found[-1].retired else None


def shown(
    request: Request, serving: Serving, key: str, name: str, number: int | None = None, *, codes: bool = True
) -> Response:
    """Answer with a document: the one in force, or version `number` of its history. codes : with those of offers."""
    with serving.reading() as workspace:
        held = history(workspace, key, name)
        if number is None:
            one, number = in_force(workspace, key, name), len(held)
        elif 1 <= number <= len(held):
            one = held[number - 1]
        else:
            raise NotFound("there is no such version")
    if unchanged(request, one.version):
        return Response(status_code=304, headers={"etag": f'"{one.version}"'})
    versions = [Version(i, v.version, v.created_at, v.retired) for i, v in enumerate(held, 1)]
    document = one.document if codes else without_codes(one.document)
    body = {
        key: name, "document": document, "yaml": document_text(document, key), "version": one.version,
        "number": number, "created_at": one.created_at, "versions": versions,
    }  # fmt: skip
    return answer(body, etag=one.version)


def without_codes(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of offers without what a shop takes for money."""
    rows = [{key: value for key, value in row.items() if key not in ("code", "codes")} for row in document["rows"]]
    return {**document, "rows": rows}


def put(request: Request, serving: Serving, key: str, name: str, read: Cursor, *, dry_run: bool = False) -> Response:
    """Put a document into force and answer with it; `dry_run`: only look whether it could be."""
    document = named(read, key, name)
    with serving.deciding() as workspace:
        if dry_run:
            with trial(workspace.ledger):
                record = applied(workspace, key, name, document)
            return answer({key: name, "version": record.version, "document": record.document})
        check_name(name)
        with workspace.ledger.transaction():
            before = version_of(workspace, key, name)
            matched(request, before)
            record = applied(workspace, key, name, document)
    return answer(
        {key: name, "document": record.document, "version": record.version},
        status=201 if before is None else 200,
        etag=record.version,
    )


def applied(workspace: Workspace, key: str, name: str, document: Cursor) -> Record:
    one = DOCUMENTS[key]
    getattr(workspace, one.facade).apply(document)
    return records(workspace.ledger, one.kind, name)[-1]


def named(read: Cursor, key: str, name: str) -> Cursor:
    """Return the document with the name of its address."""
    content = read.content
    if not isinstance(content, Mapping):
        raise DefinitionError(f"a {key} is an object", hint="send its document", pointer="/")
    if content.get(key, name) != name:
        raise DefinitionError(f"the {key} is called otherwise than its address", hint="use one name", pointer=key)
    # The name first, as in files.
    ordered = {key: name, **{part: value for part, value in content.items() if part != key}}
    return Cursor(ordered, places=read.places, keys=read.keys)


def check_name(name: str) -> None:
    """Refuse a name whose page is another one: where something new is written.

    Raises
    ------
    UsageError
        when it is such a name.
    """
    if name == "new":
        raise UsageError("nothing can be called new: that is the page for new ones", hint="take another name")


def retire(request: Request, serving: Serving, key: str, name: str) -> Response:
    """Take a document out of force; its versions stay."""
    with serving.deciding() as workspace, workspace.ledger.transaction():
        one = in_force(workspace, key, name)
        matched(request, one.version)
        refuse_in_use(workspace, one.kind, name)
        append_record(workspace.ledger, one.kind, name, one.document, at=workspace.tick(), retired=True)
    return Response(status_code=204)


# ---------------------------------------------------------------- bodies


async def body_document(request: Request) -> Cursor:
    """Read a document out of the body of a request: JSON, or YAML with its lines."""
    raw = await request.body()
    if len(raw) > LONGEST:
        raise UsageError("the document is too long", hint=f"at most {LONGEST:,} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise DefinitionError("the document is not UTF-8 text", pointer="/") from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return read_yaml(text) if kind.endswith("yaml") else read_json(text)


def read_json(text: str) -> Cursor:
    """Read a JSON document strictly: finite numbers, real text, no more levels than anybody writes."""
    try:
        content = json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError):
        raise DefinitionError(
            "the document is not JSON", hint="or send YAML as application/yaml", pointer="/"
        ) from None
    refuse_odd(content)
    return Cursor(content)


def read_yaml(text: str) -> Cursor:
    """Read a YAML document: one, with its lines."""
    from segmentary.language.yaml import cursors

    found = cursors(text, file="document", local_times=True)
    if len(found) != 1:
        raise DefinitionError("there is not one document in it", hint="send one", pointer="/")
    refuse_odd(found[0].content)
    return found[0]


def refuse_constant(_: str) -> None:
    raise ValueError("not a number")


def refuse_odd(content: object, depth: int = 0) -> None:
    """Refuse what no document holds: broken text, infinite or huge numbers, endless nesting."""
    if depth > DEEPEST:
        raise DefinitionError(f"more than {DEEPEST} levels inside each other", pointer="/")
    match content:
        case str():
            if "\0" in content or any("\ud800" <= letter <= "\udfff" for letter in content):
                raise DefinitionError("a text holds what is no character", hint="remove it", pointer="/")
        case bool() | None:
            pass
        case int() | float():
            if not -1e15 < content < 1e15:
                raise DefinitionError("a number is too large", pointer="/")
        case Mapping():
            for key, value in content.items():
                refuse_odd(key, depth + 1)
                refuse_odd(value, depth + 1)
        case list() | tuple():
            for value in content:
                refuse_odd(value, depth + 1)
