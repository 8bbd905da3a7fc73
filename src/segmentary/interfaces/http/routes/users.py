"""Users: who may sign in, and as what. Only admins; what is changed ends the user's sessions at once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, page_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.ledger.users import Role
from segmentary.workspace.access.users import (
    UserInfo,
    find_user,
    list_users,
    set_disabled,
    set_name,
    set_role,
    shown,
)
from segmentary.workspace.serving import Serving

router = APIRouter()
Name = Annotated[str, Path(max_length=100, description="What the user signs in with.")]
Password = Annotated[str, Field(max_length=1024, description="At least 12 characters.")]
Held = Annotated[Serving, Depends(serving_of)]


class NewUser(BaseModel):
    """A user to add."""

    model_config = ConfigDict(extra="forbid")
    user: str = Field(max_length=100, description="What they sign in with, for example their mail address.")
    name: str = Field("", max_length=200, description="As people call them.")
    role: Role = "viewer"
    password: Password


class UserChange(BaseModel):
    """What to change of a user."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=200)
    role: Role | None = None
    disabled: bool | None = None


class NewPassword(BaseModel):
    """Another password."""

    model_config = ConfigDict(extra="forbid")
    password: Password


@router.get("/users")
def list_all_users(caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """List every user, in the order they were added."""
    with serving.access.writing() as ledger:
        return answer(page_of("users", list_users(ledger), None))


@router.post("/users", status_code=201)
def add_user(request: Request, body: NewUser, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Add a user."""
    made = serving.access.add_user(body.user, body.name, body.role, body.password)
    request.state.made = f"user {made.user}"
    return answer(made, status=201, headers={"location": f"/api/v1/users/{made.user}"})


@router.get("/users/{user}")
def get_user(user: Name, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Show one user."""
    with serving.access.writing() as ledger:
        try:
            return answer(shown(find_user(ledger, user)))
        except UnknownNameError:
            raise nobody() from None


@router.patch("/users/{user}")
def change_user(user: Name, body: UserChange, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Change a user's name or role, let them in no more, or again."""
    access = serving.access
    with access.writing() as ledger, ledger.transaction():
        try:
            found: UserInfo = shown(find_user(ledger, user))
        except UnknownNameError:
            raise nobody() from None
        if body.name is not None:
            found = set_name(ledger, user, body.name, at=access.tick())
        if body.role is not None:
            found = set_role(ledger, user, body.role, at=access.tick())
        if body.disabled is not None:
            found = set_disabled(ledger, user, body.disabled, at=access.tick())
    return answer(found)


@router.put("/users/{user}/password")
def change_password(
    user: Name, body: NewPassword, caller: Annotated[Caller, may("administer")], serving: Held
) -> Response:
    """Give a user another password."""
    try:
        return answer(serving.access.change_password(user, body.password))
    except UnknownNameError:
        raise nobody() from None


def nobody() -> NotFound:
    return NotFound("there is no such user", hint="GET /api/v1/users lists them")
