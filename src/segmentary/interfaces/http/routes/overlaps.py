"""Overlaps: what segments share, pair by pair, and in which combinations people are in them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from segmentary.errors import UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.workspace.serving import Serving

router = APIRouter()
MOST = 200


@router.get("/overlaps")
def overlaps(
    caller: Annotated[Caller, may("read")],
    serving: Annotated[Serving, Depends(serving_of)],
    segments: Annotated[str, Query(max_length=20_000, description="Names with commas between. Default: all.")] = "",
) -> Response:
    """Count what segments share as served; of up to twelve also the combinations people are in.

    Parts of few people are left out for who may not see people.
    """
    from segmentary.interfaces.http.shown_people import large_enough
    from segmentary.workspace.combinations import MOST_COMBINED, combinations
    from segmentary.workspace.overlapping import shared_between

    names = names_in(segments)
    with serving.reading() as workspace:
        found = shared_between(workspace, names)
        sets = combinations(workspace, list(found.sizes)) if 1 < len(found.sizes) <= MOST_COMBINED else ()
        pairs = [one for one in found.pairs if large_enough(caller, workspace, one.shared)]
        shown = [one for one in sets if large_enough(caller, workspace, one.people)]
        left_out = len(found.pairs) - len(pairs) + len(sets) - len(shown)
    return answer({"sizes": found.sizes, "pairs": pairs, "combinations": shown, "hidden": left_out})


def names_in(text: str) -> list[str]:
    """Return names with commas between, each once.

    Raises
    ------
    UsageError
        when there are too many.
    """
    found = list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    if len(found) > MOST:
        raise UsageError("too many segments at once", hint=f"at most {MOST}")
    return found
