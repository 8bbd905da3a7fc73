"""People: find them, what is known of each, their segments and since when, why, and what they did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response

from segmentary.errors import NoAnswerError, UnknownNameError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, json_bytes, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.redaction import hidden_traits
from segmentary.workspace.person_identity import Identity
from segmentary.workspace.person_view import Fact, PersonEvent
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
People = Annotated[Caller, may("people")]
Served = Annotated[Serving, Depends(serving_of)]
Id = Annotated[str, Path(max_length=200, description="The customer's id, or that of a record that is them.")]


@router.get("/people")
def find_people(
    caller: People,
    serving: Served,
    search: Annotated[
        str, Query(max_length=200, description="An id; with `personal` also an e-mail address, phone number or name.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=50, description="At most so many.")] = 25,
) -> Response:
    """Find people: exactly, or by how it begins."""
    from segmentary.workspace.people_search import search_people

    with serving.reading() as workspace:
        found = search_people(workspace, search, personal=caller.may("personal"), limit=limit)
    return answer({"people": found, "complete": len(found) < limit})


@router.get("/people/{person}")
def show_person(person: Id, caller: People, serving: Served) -> Response:
    """Show what is known of somebody: their records, identifiers, traits with sources, consent."""
    from segmentary.workspace.consent_state import state_of
    from segmentary.workspace.person_identity import identity_of
    from segmentary.workspace.person_view import facts_of

    with serving.reading() as workspace:
        customer = somebody(workspace, person)
        body = {
            "person": customer,
            "asked": person,
            "identity": seen_identity(caller, identity_of(workspace, customer, person)),
            "traits": seen_facts(caller, workspace, facts_of(workspace, customer)),
            "consent": state_of(workspace, customer).may,
        }
    return answer(body)


@router.get("/people/{person}/segments")
def segments_of_person(person: Id, caller: People, serving: Served) -> Response:
    """Name the segments somebody is in as served, each with the moment they came in."""
    with serving.lookup() as lookup:
        try:
            entered, known = lookup.entered(person), lookup.knows(person)
        except UsageError:
            raise NoAnswerError("nothing has been computed yet", hint="start a run first") from None
        run_id = lookup.served().run_id
    if not known:
        # Another id of somebody, or nobody's: worth the longer way.
        with serving.reading() as workspace:
            customer = somebody(workspace, person)
        with serving.lookup() as lookup:
            entered = lookup.entered(customer)
    body = {
        "person": person,
        "run_id": run_id,
        "segments": [{"segment": name, "entered_at": at} for name, at in entered],
    }
    return Response(json_bytes(body), media_type="application/json")


@router.get("/people/{person}/explain/{segment}")
def explain_person(
    person: Id,
    segment: Annotated[str, Path(max_length=200, description="The segment's name.")],
    caller: People,
    serving: Served,
) -> Response:
    """Say why somebody is, or is not, in a segment."""
    from segmentary.interfaces.http.routes.segments import here
    from segmentary.interfaces.http.shown_people import redacted_explanation

    with serving.reading() as workspace:
        view = here(workspace, segment)
        if view.definition.entity == "customer":
            person = somebody(workspace, person)
        try:
            return answer(redacted_explanation(caller, workspace, view.explain(person)))
        except UnknownNameError:
            raise NotFound("there is nobody at this address", hint="see /api/v1/people") from None


@router.get("/people/{person}/timeline")
def timeline_of_person(
    person: Id,
    caller: People,
    serving: Served,
    cursor: Annotated[str, Query(max_length=500, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 50,
) -> Response:
    """List what somebody did, newest first."""
    from segmentary.workspace.person_view import timeline

    before = place_in_time(cursor)
    with serving.reading() as workspace:
        customer = somebody(workspace, person)
        found = timeline(workspace, customer, before=before, limit=limit)
        events = [seen_event(caller, workspace, one) for one in found.events]
    following = cursor_of(*found.following) if found.following is not None else None
    return answer({"person": customer, "events": events, "next": following})


def place_in_time(cursor: str) -> tuple[str, int] | None:
    """Return where a page of a timeline begins.

    Raises
    ------
    UsageError
        when it is no cursor of ours.
    """
    found = place_of(cursor, str, int)
    if found is None:
        return None
    try:
        dt.datetime.fromisoformat(found[0])
    except ValueError:
        raise UsageError("this is not a cursor", hint="take `next` of the page before as it is") from None
    return found[0], max(0, min(found[1], 100_000))


def somebody(workspace: Workspace, asked: str) -> str:
    """Return the customer an id means.

    Raises
    ------
    NotFound
        when nobody has it, saying so where somebody once had.
    """
    from segmentary.workspace.person_identity import was_somebody, who_is

    try:
        asked.encode()
    except UnicodeEncodeError:
        raise NotFound("there is nobody at this address") from None
    found = None if "\0" in asked else who_is(workspace, asked)
    if found is not None:
        return found
    if "\0" not in asked and was_somebody(workspace, asked):
        raise NotFound(
            "this id once was somebody's, and is no customer's now",
            hint="the record was deleted at its source, or joined with several people",
        )
    raise NotFound("there is nobody at this address", hint="look for them: /people?search=")


def seen_identity(caller: Caller, found: Identity) -> Identity:
    """Return an identity without addresses for who may not see them."""
    if caller.may("personal"):
        return found
    return replace(found, identifiers=tuple(replace(one, value=None) for one in found.identifiers))


def seen_facts(caller: Caller, workspace: Workspace, facts: list[Fact]) -> list[Fact]:
    """Return traits without the values a caller may not see."""
    covered = hidden_traits(caller, workspace)
    return [replace(one, value=None) if one.name in covered else one for one in facts]


def seen_event(caller: Caller, workspace: Workspace, event: PersonEvent) -> PersonEvent | Mapping[str, Any]:
    """Return an event; what sources say of it in their own fields only to who may see personal data."""
    return event if caller.may("personal") else replace(event, details={})
