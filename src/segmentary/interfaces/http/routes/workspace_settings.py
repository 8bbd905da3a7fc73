"""The workspace: what it is called, what holds for all of it. Settings are changed in its file, not here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.workspace.serving import Serving

router = APIRouter()


@router.get("/workspace")
def get_workspace(caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]) -> Response:
    """Show the workspace's name, version and settings; passwords and addresses of other systems are not among them."""
    from segmentary import __version__

    held = serving.workspace.settings
    return answer(
        {
            "name": serving.workspace.folder.root.resolve().name,
            "version": __version__,
            "currency": held.currency,
            "timezone": held.timezone,
            "week_start": held.week_start,
            "fiscal_year_start": held.fiscal_year_start,
            "suppress_below": held.suppress_below,
            "country": held.country,
            "channels": sorted(held.channels),
            "warehouse": "embedded" if not held.warehouse else held.warehouse.partition(":")[0],
        }
    )
