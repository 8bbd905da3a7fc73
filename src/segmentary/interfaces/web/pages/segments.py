"""Pages of segments: the list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.web.rendering import environment, page
from segmentary.interfaces.web.segment_views import KIND_WORDS, base_word, ordered, rows_of
from segmentary.interfaces.web.words import language_of, translations
from segmentary.ledger.loads import load_count
from segmentary.workspace.segment_lines import SegmentLine, segment_lines, wanted
from segmentary.workspace.serving import Serving

router = APIRouter()
Read = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]
Sort = Literal["size", "change", "name"]


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of a filter with how many it leaves."""

    key: str
    word: str
    count: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What the list was asked for."""

    search: str
    base: str
    kind: str
    sort: str


@router.get("/segments")
def segments(
    request: Request,
    caller: Read,
    serving: Served,
    search: Annotated[str, Query(max_length=200)] = "",
    base: Annotated[str, Query(max_length=50)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
    sort: Annotated[str, Query(max_length=20)] = "size",
) -> Response:
    """Show every segment in force."""
    language = language_of(request)
    word = translations(language).gettext
    with serving.reading() as workspace:
        lines = segment_lines(workspace)
        has_data = load_count(workspace.ledger) > 0
        run = workspace.last_run()
    shown = ordered(wanted(lines, search=search, base=base, kind=kind), sort)
    stale = sum(one.state == "stale" for one in lines)
    return page(
        request,
        "segments/list.html.j2",
        caller,
        here="segments",
        rows=rows_of(shown, word),
        any_there=bool(lines),
        has_data=has_data,
        never_run=run is None,
        stale=stale,
        as_of=run.as_of if run is not None else None,
        wish=Wish(search, base, kind, sort),
        bases=chips(Counter(one.base for one in lines), lambda key: base_word(key, word)),
        kinds=chips(Counter(one.kind for one in lines), lambda key: word(KIND_WORDS[key])),
        sorts=[("size", word("Largest first")), ("change", word("Most changed first")), ("name", word("By name"))],
        summary=summary(lines, language),
    )


def chips(counts: Counter[str], word: Any) -> list[Chip]:
    """Return the choices of a filter, most frequent first."""
    return [Chip(key, word(key), many) for key, many in counts.most_common()]


def summary(lines: list[SegmentLine], language: str) -> str:
    """Return what changed in one sentence: the segment whose size moved most."""
    moved = [one for one in lines if one.change]
    if not moved:
        return ""
    most = max(moved, key=lambda one: abs(one.change or 0))
    number = environment(language).filters["number"]
    change = most.change or 0
    gettext = translations(language).gettext
    text = (
        gettext("Since the run before, %(title)s grew most: %(many)s more members.")
        if change > 0
        else gettext("Since the run before, %(title)s moved most: %(many)s fewer members.")
    )
    return text % {"title": most.title, "many": number(abs(change))}
