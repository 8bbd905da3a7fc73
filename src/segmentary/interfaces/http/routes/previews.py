"""Previews: what a definition nobody has saved would give, right now."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import AccessDeniedError, ConflictError, DefinitionError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.redaction import hidden_traits, redacted
from segmentary.language.tree import SegmentDefinition
from segmentary.language.walk import traits_used
from segmentary.language.yaml import parse_document
from segmentary.workspace.json_places import json_pointer, located_error
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Part = Literal["breakdown", "sample", "waterfall", "reach", "value", "findings", "difference"]
Session = Annotated[str, Header(alias="x-preview-session", max_length=64, description="One tab of the builder.")]


class Superseded(ConflictError):  # noqa: N818 - its code is superseded
    """A newer preview of the same session took this one's place."""


class Asked(BaseModel):
    """What is to be looked at."""

    model_config = ConfigDict(extra="forbid", strict=False)
    document: dict[str, Any] = Field(description="A segment definition as JSON.")
    against: str | None = Field(default=None, max_length=200, description="A saved segment to compare with.")
    parts: list[Part] = Field(default_factory=list, max_length=7)
    breakdown_by: str | None = Field(default=None, max_length=200, description="A trait.")
    as_of: str | None = Field(
        default=None, max_length=40, description="A date or an instant; the newest run's if none."
    )


@dataclass
class Turn:
    """One preview under way. ``engine`` is what it waits for; ``late`` when a newer one took its place."""

    subject: str
    late: bool = False
    engines: list[Any] = field(default_factory=list)

    def going_on(self) -> None:
        """Raise where a newer one took its place."""
        if self.late:
            raise late()


class Turns:
    """Whose preview is the newest: of a caller's session only questions about one definition go on."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.under_way: dict[tuple[str, str], list[Turn]] = {}

    @contextmanager
    def taking(self, whose: tuple[str, str], subject: str) -> Iterator[Turn]:
        """Stop what the session asked about other definitions, and be the newest until the block ends."""
        turn = Turn(subject)
        with self.lock:
            for older in self.under_way.setdefault(whose, []):
                if older.subject != subject:
                    older.late = True
                    for engine in older.engines:
                        engine.interrupt()
            self.under_way[whose].append(turn)
        try:
            yield turn
        finally:
            with self.lock:
                self.under_way[whose].remove(turn)
                if not self.under_way[whose]:
                    del self.under_way[whose]

    @contextmanager
    def asking(self, turn: Turn, workspace: Workspace) -> Iterator[None]:
        """Let the warehouse be interrupted in the block, and never after it: the next one asks through it too."""
        with self.lock:
            if turn.late:
                raise late()
            turn.engines = [one for one in {workspace.engine, workspace.warehouse} if hasattr(one, "interrupt")]
        try:
            yield
        except Exception:
            if turn.late:
                raise late() from None
            raise
        finally:
            with self.lock:
                turn.engines = []
        if turn.late:
            raise late()


TURNS = Turns()


def late() -> Superseded:
    return Superseded("a newer preview took its place", hint="wait for the newer one")


@router.post("/segments/preview")
def preview_segment(
    request: Request,
    caller: Annotated[Caller, may("define")],
    serving: Annotated[Serving, Depends(serving_of)],
    asked: Asked,
    session: Session = "",
) -> Response:
    """Say how many people a definition holds for and what they are like, without saving it."""
    from segmentary.workspace.previewing import Wanted, preview

    if "sample" in asked.parts and not caller.may("people"):
        raise AccessDeniedError("you may not see people", hint="leave out the part sample")
    definition = segment_of(asked.document)
    subject = hashlib.sha256(json.dumps([asked.document, asked.as_of], sort_keys=True).encode()).hexdigest()
    whose = (caller.name, session or subject)
    with TURNS.taking(whose, subject) as turn, serving.reading() as workspace, TURNS.asking(turn, workspace):
        hidden = hidden_traits(caller, workspace)
        # Who is in `email contains "x"` tells of an e-mail what its reader may not see: such a rule names nobody.
        named = caller.may("people") and not set(traits_used(definition.where)) & hidden
        wanted = Wanted(
            definition,
            tuple(part for part in dict.fromkeys(asked.parts) if named or part != "sample"),
            asked.against,
            asked.breakdown_by,
            asked.as_of,
            0 if named else workspace.settings.suppress_below,
            5 if named else 0,
        )
        if asked.breakdown_by in hidden:
            raise AccessDeniedError("you may not see the values of this trait", hint="break down by another one")
        try:
            found = preview(workspace, wanted, check=turn.going_on).to_document()
        except DefinitionError as error:
            raise located_error(error, asked.model_dump()["document"]) from None
        for one in found.get("findings", []):
            one["pointer"] = json_pointer(one["pointer"], asked.document)
        if "sample" in found:
            found["sample"] = shown(caller, workspace, found["sample"])
    return answer(found)


def segment_of(document: dict[str, Any]) -> SegmentDefinition:
    """Read a segment of a body.

    Raises
    ------
    DefinitionError
        with a pointer into it.
    """
    try:
        definition = parse_document(document)
    except DefinitionError as error:
        raise located_error(error, document) from None
    except RecursionError:
        raise DefinitionError("nested too deeply", hint="give the inner part a name and refer to it") from None
    if not isinstance(definition, SegmentDefinition):
        raise UsageError("only a segment has people", hint="begin with segment: NAME and where: ...")
    return definition


def shown(caller: Caller, workspace: Workspace, sample: dict[str, Any]) -> dict[str, Any]:
    """Return a sample with what the caller may not see taken out."""
    hidden = hidden_traits(caller, workspace)
    columns = [name for name in sample["columns"] if name not in hidden]
    rows = [{name: row[name] for name in columns} for row in sample["rows"]]
    return {"columns": columns, "rows": redacted(caller, workspace, rows)}
