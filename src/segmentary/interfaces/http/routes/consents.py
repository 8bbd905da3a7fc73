"""Consent: what people decided, taken down at once and obeyed at the next message; suppressed addresses."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import AccessDeniedError, UnknownNameError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace.serving import Serving

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Customer = Annotated[str, Path(max_length=200, description="The customer's id.")]
Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z][A-Za-z0-9_\-]*$")]


class Decided(BaseModel):
    """What somebody said."""

    model_config = ConfigDict(extra="forbid", strict=False)
    customer: str = Field(min_length=1, max_length=200)
    purpose: Word
    channel: Word
    granted: bool
    evidence: str = Field(default="", max_length=2000, description="Where it is written down; a yes needs it.")


class Listed(BaseModel):
    """Whom to put on the list of a channel: an address, or a customer with all of theirs."""

    model_config = ConfigDict(extra="forbid", strict=False)
    channel: Word
    address: str = Field(default="", max_length=320)
    customer: str = Field(default="", max_length=200)
    reason: Literal["by hand", "bounce", "complaint"] = "by hand"


class Lifted(BaseModel):
    """Whom to take off the list again, and why."""

    model_config = ConfigDict(extra="forbid", strict=False)
    channel: Word
    address: str = Field(default="", max_length=320)
    customer: str = Field(default="", max_length=200)
    reason: str = Field(min_length=1, max_length=500)


@router.get("/consents")
def list_decisions(
    caller: Annotated[Caller, may("people")],
    serving: Served,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> Response:
    """List the last decisions taken down here, and who is suppressed."""
    with serving.reading() as workspace:
        decisions = workspace.consents.decisions(limit)
        held = workspace.consents.suppressions()[:limit]
    return answer({"decisions": seen(caller, decisions), "suppressions": seen(caller, held)})


@router.get("/consents/{customer}")
def show(caller: Annotated[Caller, may("people")], serving: Served, customer: Customer) -> Response:
    """Show what a customer decided, where each decision comes from, and what follows from it."""
    with serving.reading() as workspace:
        try:
            found = workspace.consents.state(customer)
        except UnknownNameError:
            raise NotFound("there is no customer of this id") from None
    shown = {**fields_of(found), "decisions": seen(caller, found.decisions)}
    return answer({**shown, "suppressions": seen(caller, found.suppressions)})


@router.post("/consents", status_code=201)
def decide(caller: Annotated[Caller, may("act")], serving: Served, body: Decided) -> Response:
    """Take down a yes or a no; in force when this answers, also for messages that are being sent."""
    with serving.deciding() as workspace:
        found = workspace.consents.decide(
            body.customer, body.purpose, body.channel, body.granted, body.evidence, origin=f"by {caller.name}"
        )
    return answer(found, status=201)


@router.post("/suppressions", status_code=201)
def suppress(caller: Annotated[Caller, may("act")], serving: Served, body: Listed) -> Response:
    """Put an address or a customer on the list: nothing leaves to them any more."""
    one_of(body.address, body.customer)
    with serving.deciding() as workspace:
        fresh = workspace.consents.suppress(
            body.channel, body.address, body.reason, customer_id=body.customer, origin=f"by {caller.name}"
        )
    return answer({"suppressed": True, "new": fresh}, status=201)


@router.post("/suppressions/lift")
def lift(request: Request, caller: Annotated[Caller, may("act")], serving: Served, body: Lifted) -> Response:
    """Take an address or a customer off the list again, with a reason."""
    if not caller.may("personal"):
        raise AccessDeniedError("you may not do this", hint="it needs the permission personal")
    one_of(body.address, body.customer)
    with serving.deciding() as workspace:
        ended = workspace.consents.lift(
            body.channel, body.address, body.reason, by=caller.name, customer_id=body.customer
        )
    return answer({"lifted": ended})


def fields_of(found: Any) -> dict[str, Any]:
    return {one.name: getattr(found, one.name) for one in fields(found)}


def seen(caller: Caller, rows: Any) -> list[dict[str, Any]]:
    """Return decisions and suppressions without what somebody said, for who may not see personal data."""
    hidden = () if caller.may("personal") else ("evidence", "words", "address_hash")
    return [{key: value for key, value in fields_of(one).items() if key not in hidden} for one in rows]


def one_of(address: str, customer: str) -> None:
    """Refuse both and neither."""
    if bool(address) == bool(customer):
        raise UsageError("an address or a customer, not both", hint="say one of them")
