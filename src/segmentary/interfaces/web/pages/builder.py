"""The builder: a segment is made by clicking or by typing. The tree lives in the browser; the server only answers."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import DefinitionError, SegmentaryError, UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import tag_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.rendering import STATIC, data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.language.documents import read_definition
from segmentary.language.operators import OPERATORS
from segmentary.language.sentence import sentence
from segmentary.language.tree import SegmentDefinition
from segmentary.language.yaml import cursors, dump_yaml, to_document
from segmentary.segments.library import library_segment
from segmentary.segments.waterfall import Fall, Waterfall
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200)]
SPOKEN = re.compile(r"\b_\('((?:[^'\\]|\\.)*)'\)")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the builder opens with.

    document : the definition as JSON data; name, etag : the saved one it belongs to, empty for a new one.
    wrong : what kept the wished beginning from being read; source : its text then.
    """

    document: dict[str, Any]
    name: str = ""
    etag: str = ""
    wrong: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the waterfall for readers without scripts."""

    condition: str
    depth: int
    removed: int
    remaining: int


@router.get("/segments/new")
def new(
    request: Request,
    caller: Annotated[Caller, may("define")],
    serving: Annotated[Serving, Depends(serving_of)],
    template: Annotated[str, Query(max_length=200)] = "",
    source: Annotated[str, Query(max_length=100_000, alias="from")] = "",
) -> Response:
    """Open the builder on nothing, on a ready-made segment, or on a definition in YAML."""
    beginning = Beginning({"segment": "", "where": {"all": []}})
    if template:
        try:
            beginning = Beginning(dict(to_document(library_segment(template))))
        except UnknownNameError:
            raise NotFound("there is no ready-made segment of this name") from None
    elif source:
        beginning = begun(source)
    with serving.reading() as workspace:
        known = known_to(workspace)
    return shown(request, caller, beginning, known, None)


@router.get("/segments/{name}/edit")
def edit(
    request: Request,
    caller: Annotated[Caller, may("define")],
    serving: Annotated[Serving, Depends(serving_of)],
    name: Name,
    counted: Annotated[bool, Query()] = False,
) -> Response:
    """Open the builder on a saved segment."""
    with serving.reading() as workspace:
        held = workspace.segments_defined()
        if name not in held:
            raise NotFound("there is no segment of this name", hint="see /segments for those there are")
        definition = held[name]
        known = known_to(workspace)
        fall = fallen(workspace, name) if counted else None
    beginning = Beginning(dict(to_document(definition)), name, tag_of(to_document(definition)))
    return shown(request, caller, beginning, known, plain_of(definition, fall, counted=counted))


def begun(source: str) -> Beginning:
    """Read the definition a page is opened with; what is wrong with it is shown beside its text."""
    empty = {"segment": "", "where": {"all": []}}
    try:
        found = [read_definition(cursor) for cursor in cursors(source)]
        first = next((one for one in found if isinstance(one, SegmentDefinition)), None)
        if first is None:
            return Beginning(empty, wrong="this is no segment", source=source)
        return Beginning(dict(to_document(first)))
    except (DefinitionError, RecursionError) as error:
        return Beginning(empty, wrong=getattr(error, "message", "nested too deeply"), source=source)


def known_to(workspace: Workspace) -> dict[str, Any]:
    """Return what the page knows before it asks: traits with their types, names of segments, lists."""
    traits = dict(sorted(workspace.traits().vocabulary_types().items()))
    return {"traits": traits, "segments": sorted(workspace.segments_defined())}


def fallen(workspace: Workspace, name: str) -> Waterfall | None:
    """Count condition by condition; None where it cannot be said, such as before the first load."""
    try:
        return workspace.segment(name).waterfall()
    except SegmentaryError:
        return None


def rows_of(falls: tuple[Fall, ...], depth: int = 0) -> list[Row]:
    """Return the waterfall as lines, the parts of a group under it."""
    found = []
    for fall in falls:
        found.append(Row(fall.condition, depth, fall.removed, fall.remaining))
        found += rows_of(fall.parts, depth + 1)
    return found


def plain_of(definition: SegmentDefinition, fall: Waterfall | None, *, counted: bool) -> dict[str, Any]:
    """Return what readers without scripts see of a saved definition; they come back once to have it counted."""
    return {
        "sentence": sentence(definition.where),
        "yaml": dump_yaml([definition]),
        "counted": counted,
        "universe": fall.universe if fall is not None else None,
        "rows": rows_of(fall.steps) if fall is not None else [],
    }


def shown(
    request: Request, caller: Caller, beginning: Beginning, known: dict[str, Any], plain: dict[str, Any] | None
) -> Response:
    """Return the page."""
    language = language_of(request)
    _ = translations(language).gettext
    title = beginning.document.get("title") or beginning.name
    return page(
        request,
        "builder/builder.html.j2",
        caller,
        here="segments",
        title=_("Change %(name)s") % {"name": title} if beginning.name else _("New segment"),
        beginning=beginning,
        plain=plain,
        data=data_for_script(
            {**dataclasses.asdict(beginning), **known, "operators": operators(), "may": rights(caller)}
        ),
        words=data_for_script(script_words(language, spoken())),
    )


def rights(caller: Caller) -> list[str]:
    """Return what the caller may do."""
    return sorted(caller.permissions)


@cache
def operators() -> dict[str, Any]:
    """Return the operators of conditions, as the scripts draw them."""
    return {
        name: {"takes": facts.takes, "fits": sorted(facts.fits), "words": facts.words, "case": facts.case}
        for name, facts in OPERATORS.items()
    }


@cache
def spoken() -> tuple[str, ...]:
    """Return every English text of the builder's scripts."""
    found: dict[str, None] = {}
    for path in sorted(STATIC.glob("builder*.js")):
        for text in SPOKEN.findall(path.read_text(encoding="utf-8")):
            found[text.replace("\\'", "'")] = None
    for facts in OPERATORS.values():
        found[facts.words] = None
    return tuple(found)
