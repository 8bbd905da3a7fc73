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
    """Count what segments share as served; of up to twelve also the combinations people are in."""
    from segmentary.workspace.combinations import MOST_COMBINED, combinations
    from segmentary.workspace.overlapping import shared_between

    names = names_in(segments)
    with serving.reading() as workspace:
        found = shared_between(workspace, names)
        sets = combinations(workspace, list(found.sizes)) if 1 < len(found.sizes) <= MOST_COMBINED else ()
    return answer({"sizes": found.sizes, "pairs": found.pairs, "combinations": sets})


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
