"""How the server is: for a balancer, for who runs it, for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from segmentary.errors import AccessDeniedError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.metering import MEDIA_TYPE, Metrics
from segmentary.workspace.serving import Serving
from segmentary.workspace.vital_signs import pulse, vital_signs

router = APIRouter()


@router.get("/health")
def health(serving: Annotated[Serving, Depends(serving_of)]) -> Response:
    """Say in a word how the server is: `ok`, `degraded` (it answers, and something is to be looked at), `starting`.

    Anybody may ask. The status is 503 only while it starts.
    """
    found = pulse(serving)
    status = 503 if found == "starting" else 200
    return answer({"status": found}, status=status, headers={"cache-control": "no-store"})


@router.get("/health/details")
def health_details(
    caller: Annotated[Caller, may("operate")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Say how the server is: versions, loads, the newest run, jobs, readers, the disk, the ledger."""
    return answer(vital_signs(serving), headers={"cache-control": "no-store"})


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request, caller: Annotated[Caller, may("read")]) -> Response:
    """Say what is measured, as Prometheus reads it. For who may operate, and for keys that may read."""
    if not (caller.may("operate") or caller.kind == "key"):
        raise AccessDeniedError("you may not do this", hint="it needs the permission operate, or a key that may read")
    found: Metrics = request.app.state.metrics
    return Response(found.text(), media_type=MEDIA_TYPE, headers={"cache-control": "no-store"})
