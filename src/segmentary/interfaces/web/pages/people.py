"""Pages of people: find somebody, look at one person, say why they are or are not in a segment."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import SegmentaryError, UnknownNameError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import cursor_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.redaction import hidden_traits
from segmentary.interfaces.http.routes.people import place_in_time, seen_event, seen_identity, somebody
from segmentary.interfaces.web.person_views import groups_of, happenings
from segmentary.interfaces.web.rendering import page
from segmentary.interfaces.web.segment_views import attempt
from segmentary.interfaces.web.words import language_of, translations
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
People = Annotated[Caller, may("people")]
Served = Annotated[Serving, Depends(serving_of)]
Person = Annotated[str, Path(max_length=200)]
FOUND, EVENTS = 25, 200


@router.get("/people")
def people(
    request: Request, caller: People, serving: Served, search: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Find somebody."""
    from segmentary.workspace.people_search import search_people

    with serving.reading() as workspace:
        found = search_people(workspace, search, personal=caller.may("personal"), limit=FOUND)
        run = workspace.last_run()
        many = int(run.context.get("universe", 0)) if run is not None else None
        some = [] if search else first_people(workspace)
    return page(
        request, "people/search.html.j2", caller, here="people", search=search, found=found, full=len(found) == FOUND,
        customers=many, some=some, personal=caller.may("personal"),
    )  # fmt: skip


def first_people(workspace: Workspace) -> list[str]:
    """Return the ids of a few customers, to begin with."""
    from sqlglot import exp

    query = exp.select("customer_id").from_(exp.table_("customers", quoted=True)).order_by("customer_id").limit(12)
    return [str(row[0]) for row in workspace.engine.rows(query)]


@router.get("/people/why")
def to_why(
    request: Request,
    caller: People,
    serving: Served,
    person: Annotated[str, Query(max_length=200)] = "",
    segment: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Lead from a form to the page that says why."""
    from fastapi.responses import RedirectResponse

    if not person.strip() or not segment.strip():
        raise NotFound("a customer and a segment are needed", hint="go back and fill both fields")
    try:
        address = f"/people/{quote(person.strip(), safe='')}/why/{quote(segment.strip(), safe='')}"
    except UnicodeEncodeError:
        raise NotFound("there is nobody of this id") from None
    return RedirectResponse(address, status_code=303)


@router.get("/people/{person}")
def one_person(
    request: Request,
    person: Person,
    caller: People,
    serving: Served,
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Show one person."""
    from segmentary.workspace.consent_state import state_of
    from segmentary.workspace.person_identity import identity_of
    from segmentary.workspace.person_reached import reached_by
    from segmentary.workspace.person_segments import segments_with_reasons
    from segmentary.workspace.person_view import facts_of, timeline

    language = language_of(request)
    word = translations(language).gettext
    before = place_in_time(cursor)
    with serving.reading() as workspace:
        customer = gone_or(request, caller, workspace, person)
    if isinstance(customer, Response):
        return customer
    entered, ran = entered_of(serving, customer)
    with serving.reading() as workspace:
        identity = seen_identity(caller, identity_of(workspace, customer, person))
        covered = hidden_traits(caller, workspace)
        facts = facts_of(workspace, customer)
        told = timeline(workspace, customer, before=before, limit=EVENTS)
        consent, _ = attempt(lambda: state_of(workspace, customer))
        reached, _ = attempt(lambda: reached_by(workspace, customer))
        belongs = [] if cursor else segments_with_reasons(workspace, customer, entered)
        if not caller.may("personal"):
            belongs = without_values(workspace, belongs, covered)
        held = workspace.segments_defined()
        others = sorted(
            (one.title or name, name)
            for name, one in held.items()
            if one.entity == "customer" and name not in dict(entered)
        )
        currency = workspace.settings.currency
    events = tuple(seen_event(caller, workspace, one) for one in told.events)
    predictions = [one for one in facts if one.kind == "model" and one.name not in covered]
    return page(
        request, "people/person.html.j2", caller, here="people", person=customer, asked=person, identity=identity,
        groups=groups_of([one for one in facts if one.kind != "model"], covered, word, language, currency),
        predictions=groups_of(predictions, covered, word, language, currency), belongs=belongs, ran=ran,
        others=others, happenings=happenings(events), first=not cursor,  # type: ignore[arg-type]
        following=cursor_of(*told.following) if told.following is not None else None, consent=consent,
        reached=reached, personal=caller.may("personal"),
    )  # fmt: skip


def gone_or(request: Request, caller: Caller, workspace: Workspace, person: str) -> str | Response:
    """Return the customer an id means, or the page that says what became of it."""
    try:
        return somebody(workspace, person)
    except NotFound as error:
        return page(
            request, "people/nobody.html.j2", caller, status=404, here="people", message=error.message, hint=error.hint
        )


def entered_of(serving: Serving, customer: str) -> tuple[tuple[Any, ...], bool]:
    """Return the segments of somebody with the moments of entry, and whether anything was ever computed."""
    with serving.lookup() as lookup:
        try:
            return lookup.entered(customer), True
        except UsageError:
            return (), False


def without_values(workspace: Workspace, belongs: list[Any], covered: frozenset[str]) -> list[Any]:
    """Return segments without reasons that tell what the viewer may not see."""
    from dataclasses import replace

    return [
        replace(one, because="") if set(workspace.segment(one.name).lineage.attributes) & covered else one
        for one in belongs
    ]


@router.get("/people/{person}/why/{segment}")
def why(
    request: Request, person: Person, segment: Annotated[str, Path(max_length=200)], caller: People, serving: Served
) -> Response:
    """Say why somebody is, or is not, in a segment, condition by condition."""
    from segmentary.interfaces.http.shown_people import redacted_explanation
    from segmentary.workspace.segment_people import is_served

    with serving.reading() as workspace:
        held = workspace.segments_defined()
        if segment not in held:
            raise NotFound("there is no such segment", hint="see the list of segments")
        view = workspace.segment(segment)
        customer: str | Response = person
        if view.definition.entity == "customer":
            customer = gone_or(request, caller, workspace, person)
            if isinstance(customer, Response):
                return customer
        try:
            found = redacted_explanation(caller, workspace, view.explain(str(customer)))
            served = is_served(view, str(customer))
        except UnknownNameError:
            raise NotFound("there is nobody of this id", hint="look for them among the people") from None
        except SegmentaryError as error:
            return page(
                request, "people/nobody.html.j2", caller, status=422, here="people", message=error.message,
                hint=error.hint,
            )  # fmt: skip
    return page(
        request, "people/why.html.j2", caller, here="people", person=customer, why=found, served=served,
        title=view.definition.title or segment, name=segment,
        others=sorted((one.title or key, key) for key, one in held.items() if one.entity == view.definition.entity),
    )  # fmt: skip
