"""The outbox: what waits, what left, what was withheld and why; giving messages another try."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.workspace.serving import Serving

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Origin = Annotated[str, Query(max_length=200, description="Only of this audience, journey or chat.")]
Channel = Annotated[str, Query(max_length=200, description="Only this channel.")]


class Which(BaseModel):
    """Which messages."""

    model_config = ConfigDict(extra="forbid", strict=False)
    origin: str = Field(default="", max_length=200)
    channel: str = Field(default="", max_length=200)


@router.get("/outbox")
def state(
    caller: Annotated[Caller, may("read")], serving: Served, origin: Origin = "", channel: Channel = ""
) -> Response:
    """Count what is in it: by state, reason, channel and origin; when the next message is due."""
    with serving.reading() as workspace:
        found = workspace.outbox.state(origin=origin, channel=channel)
    return answer(found)


@router.post("/outbox/retry")
def retry(caller: Annotated[Caller, may("act")], serving: Served, body: Which) -> Response:
    """Let messages wait again that were given up and did not bounce for good."""
    with serving.deciding() as workspace:
        again = workspace.outbox.retry(origin=body.origin, channel=body.channel)
    return answer({"waiting": again})
