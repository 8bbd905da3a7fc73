"""The page that lays segments beside each other: what each pair shares, and the combinations people are in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from segmentary.errors import SegmentaryError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.routes.overlaps import names_in
from segmentary.interfaces.http.shown_people import large_enough
from segmentary.interfaces.web.charts import picture_answer, spec_answer
from segmentary.interfaces.web.rendering import page
from segmentary.segments.overlap import Overlap
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Read = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]
Segments = Annotated[list[Annotated[str, Query(max_length=200)]] | None, Query(max_length=200)]
Joined = Annotated[str, Query(max_length=20_000)]
DRAWN = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One combination. inside : for each segment whether it is part of it; width : beside the largest."""

    inside: tuple[bool, ...]
    people: int
    width: float


@router.get("/overlap")
def overlap(
    request: Request, caller: Read, serving: Served, segment: Segments = None, segments: Joined = ""
) -> Response:
    """Show what segments share."""
    from segmentary.workspace.combinations import MOST_COMBINED, combinations

    names = list(dict.fromkeys([*(segment or []), *names_in(segments)]))
    with serving.reading() as workspace:
        every = [(one.name, one.title, one.people) for one in workspace.segments() if one.people is not None]
        try:
            found, wrong = between(workspace, names), ""
        except SegmentaryError as error:
            found, wrong = Overlap({}, ()), error.message
        held = workspace.segments_defined()
        sets = combinations(workspace, list(found.sizes)) if 1 < len(found.sizes) <= MOST_COMBINED else ()
        sets = tuple(one for one in sets if large_enough(caller, workspace, one.people))
        every_pair = [one for one in found.pairs if one.shared]
        pairs = [one for one in every_pair if large_enough(caller, workspace, one.shared)]
    titles = {name: held[name].title or name for name in found.sizes}
    largest = max((one.people for one in sets), default=1)
    lines = [
        Line(tuple(name in one.segments for name in found.sizes), one.people, one.people / largest) for one in sets
    ]
    pairs.sort(key=lambda one: (-(one.jaccard or 0), one.first))
    return page(
        request, "overlap/overlap.html.j2", caller, here="segments", names=list(found.sizes), titles=titles,
        sizes=found.sizes, pairs=pairs[:60], apart=len(found.pairs) - len(every_pair), lines=lines, wrong=wrong,
        every=every, chosen=set(found.sizes), joined=",".join(found.sizes) if names else "",
        drawn=len(found.sizes) > 1,
    )  # fmt: skip


def between(workspace: Workspace, names: list[str]) -> Overlap:
    """Return what segments share; without names, the largest."""
    from segmentary.workspace.overlapping import shared_between

    found = shared_between(workspace, names)
    if names or len(found.sizes) <= DRAWN:
        return found
    largest = sorted(found.sizes, key=lambda one: -found.sizes[one])[:DRAWN]
    return shared_between(workspace, largest)


@router.get("/charts/overlap/matrix.json")
def chart(
    caller: Read, serving: Served, segments: Joined = "", width: Annotated[int, Query(ge=200, le=2000)] = 760
) -> Response:
    """Return the matrix for the browser."""
    return spec_answer(drawn(serving, segments, width))


@router.get("/charts/overlap/matrix.svg")
def picture(
    caller: Read, serving: Served, segments: Joined = "", width: Annotated[int, Query(ge=200, le=2000)] = 760
) -> Response:
    """Return the matrix as a picture."""
    return picture_answer(drawn(serving, segments, width), "overlap")


def drawn(serving: Serving, segments: str, width: int) -> Any:
    """Return the matrix of what segments share; pairs of few people are hidden."""
    from segmentary.report.charts.overlap import chart as matrix
    from segmentary.report.figures import Overlap as Figure

    with serving.reading() as workspace:
        found = between(workspace, names_in(segments))
        held = workspace.segments_defined()
        below = workspace.settings.suppress_below
    if len(found.sizes) < 2:
        raise NotFound("there is nothing to draw", hint="choose two segments or more")
    both: dict[tuple[str, str], int | None] = {}
    for one in found.pairs:
        shared = None if 0 < one.shared < below else one.shared
        both |= {(one.first, one.second): shared, (one.second, one.first): shared}
    titles = {name: held[name].title or name for name in found.sizes}
    return matrix(Figure(tuple(found.sizes), titles, dict(found.sizes), both), width=width)
