"""Who am I: the caller's role and permissions, their own password, and the end of their session."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import AccessDeniedError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.guards import refuse_too_many
from segmentary.interfaces.http.recognising import forget, remember
from segmentary.workspace.serving import Serving

router = APIRouter()
Held = Annotated[Serving, Depends(serving_of)]


class OwnPassword(BaseModel):
    """The password until now, and another one."""

    model_config = ConfigDict(extra="forbid")
    present: str = Field(max_length=1024)
    password: str = Field(max_length=1024, description="At least 12 characters.")


@router.get("/session")
def get_session(caller: Annotated[Caller, may(None)]) -> Response:
    """Say who is asking and what they may do."""
    return answer(
        {"name": caller.name, "kind": caller.kind, "role": caller.role, "permissions": sorted(caller.permissions)}
    )


@router.delete("/session", status_code=204)
def end_session(request: Request, caller: Annotated[Caller, may(None)], serving: Held) -> Response:
    """Sign out: the session ends at once."""
    if request.state.session:
        serving.access.end(request.state.session)
    gone = Response(status_code=204)
    forget(request, gone)
    return gone


@router.put("/session/password")
def change_own_password(
    request: Request, body: OwnPassword, caller: Annotated[Caller, may(None)], serving: Held
) -> Response:
    """Give oneself another password; every other session of one's own ends."""
    if caller.kind != "user":
        raise AccessDeniedError("only a user has a password", hint="sign in")
    refuse_too_many(request, "one_user", caller.name)
    if not serving.access.is_password(caller.name, body.present):
        error = UsageError("this is not the password until now", hint="an admin can give you another one")
        error.pointer = "/present"  # type: ignore[attr-defined]
        raise error
    serving.access.change_password(caller.name, body.password)
    done = answer({"name": caller.name})
    remember(request, done, serving.access.begin(caller.name))
    return done
