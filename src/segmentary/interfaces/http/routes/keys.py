"""Keys of programs: made, listed, revoked. A key is shown once, when it is made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, Permission, may, serving_of
from segmentary.interfaces.http.answers import answer, page_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.ledger.api_keys import KeyKind
from segmentary.workspace.access.program_keys import list_keys, make_key, revoke
from segmentary.workspace.serving import Serving

router = APIRouter()
Held = Annotated[Serving, Depends(serving_of)]


class KeyWish(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")
    kind: KeyKind
    name: str = Field(min_length=1, max_length=200, description="What uses it.")
    scopes: list[Permission] = Field(default_factory=list, max_length=20, description="Within those of its kind.")
    days: int | None = Field(None, ge=1, le=3650, description="Until it expires; nothing: when it is revoked.")


@router.get("/keys")
def list_all_keys(caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """List every key there ever was, newest first; never their secrets."""
    with serving.access.writing() as ledger:
        return answer(page_of("keys", list_keys(ledger), None))


@router.post("/keys", status_code=201)
def add_key(request: Request, body: KeyWish, caller: Annotated[Caller, may("administer")], serving: Held) -> Response:
    """Make a key; this is the only time it is shown."""
    request.state.secret = True
    access = serving.access
    with access.writing() as ledger:
        made = make_key(
            ledger, body.kind, body.name, by=caller.name, at=access.tick(), scopes=body.scopes, days=body.days
        )
    request.state.made = f"key_id {made.info.key_id}"
    return answer({"key": made.key, **vars_of(made.info)}, status=201)


def vars_of(info: object) -> dict[str, object]:
    return {name: getattr(info, name) for name in info.__dataclass_fields__}  # type: ignore[attr-defined]


@router.delete("/keys/{key_id}")
def revoke_key(
    key_id: Annotated[str, Path(max_length=40, description="The eight characters that name a key.")],
    caller: Annotated[Caller, may("administer")],
    serving: Held,
) -> Response:
    """Let a key open nothing any more, at once."""
    access = serving.access
    with access.writing() as ledger:
        try:
            return answer(revoke(ledger, key_id, at=access.tick()))
        except UnknownNameError:
            raise NotFound("there is no such key", hint="GET /api/v1/keys lists them") from None
