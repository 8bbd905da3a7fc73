"""Looking into a segment: how many, who, why, since when, what they are like, what they share with others."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError, UsageError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, page_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.routes.segments import Cursor, Name, here
from segmentary.workspace.moments import Moment
from segmentary.workspace.serving import Serving

router = APIRouter()
FIRST_YEAR, LAST_YEAR = 1900, 2200
Read = Annotated[Caller, may("read")]
People = Annotated[Caller, may("people")]
Served = Annotated[Serving, Depends(serving_of)]
Customer = Annotated[str, Query(min_length=1, max_length=200, description="The customer's id.")]


@router.get("/segments/{name}/count")
def count_members(
    name: Name,
    caller: Read,
    serving: Served,
    as_of: Annotated[str, Query(max_length=40, description="Evaluate as of this date or instant.")] = "",
    served_at: Annotated[str, Query(max_length=40, description="As served at this moment.")] = "",
) -> Response:
    """Count the members: as served, as served at a moment, or evaluated for a date."""
    with serving.reading() as workspace:
        view = here(workspace, name)
        return answer(view.count(as_of=moment_of(as_of), served_at=moment_of(served_at)))


@router.get("/segments/{name}/members")
def list_members(
    request: Request,
    name: Name,
    caller: People,
    serving: Served,
    trait: Annotated[list[str] | None, Query(max_length=40, description="Traits to show as well.")] = None,
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
) -> Response:
    """List the members as served, in the order of their ids, with traits of the newest run."""
    from segmentary.interfaces.http.shown_people import redacted_rows
    from segmentary.workspace.segment_people import members_page

    after = place_of(cursor, str)
    with serving.reading() as workspace:
        reading = here(workspace, name).count()
        rows = members_page(
            workspace, name, after=after[0] if after else None, limit=limit + 1, traits=tuple(trait or ())
        )
        shown = redacted_rows(caller, workspace, rows[:limit])
    following = cursor_of(str(rows[limit - 1]["customer_id"])) if len(rows) > limit else None
    return answer(page_of("members", shown, following, reading=reading))


@router.get("/segments/{name}/members/{customer_id}")
def is_member(
    name: Name,
    customer_id: Annotated[str, Path(max_length=200, description="The customer's id.")],
    caller: People,
    serving: Served,
) -> Response:
    """Say whether a customer is in a segment, and why."""
    from segmentary.interfaces.http.shown_people import redacted_explanation
    from segmentary.workspace.segment_people import is_served

    with serving.reading() as workspace:
        view = here(workspace, name)
        try:
            found = view.explain(customer_id)
        except UnknownNameError:
            raise NotFound("there is no such customer", hint="see /api/v1/people") from None
        served = is_served(view, customer_id)
        why = redacted_explanation(caller, workspace, found)
    return answer({"segment": name, "customer_id": customer_id, "in": served, "why": why})


@router.get("/segments/{name}/explain")
def explain_member(name: Name, customer: Customer, caller: People, serving: Served) -> Response:
    """Say why a customer is, or is not, in a segment: every condition with the values that decided."""
    from segmentary.interfaces.http.shown_people import redacted_explanation

    with serving.reading() as workspace:
        view = here(workspace, name)
        return answer(redacted_explanation(caller, workspace, view.explain(customer)))


@router.get("/segments/{name}/waterfall")
def waterfall(name: Name, caller: Read, serving: Served) -> Response:
    """Say how many people each condition removes."""
    from segmentary.workspace.remembering import remembered

    with serving.reading() as workspace:
        view = here(workspace, name)
        return answer(remembered(workspace, ("waterfall", name), view.waterfall))


@router.get("/segments/{name}/history")
def history(name: Name, caller: Read, serving: Served) -> Response:
    """Show size, entries and exits with their reasons, run by run; and what was computed for the past."""
    with serving.reading() as workspace:
        view = here(workspace, name)
        return answer({"segment": name, "steps": view.history(), "backfills": workspace.history.backfills(name)})


@router.get("/segments/{name}/profile")
def profile(name: Name, caller: Read, serving: Served) -> Response:
    """Say how members differ from everybody else, trait by trait, with intervals; small groups are hidden."""
    from segmentary.workspace.segment_profile import segment_profile

    with serving.reading() as workspace:
        here(workspace, name)
        return answer(segment_profile(workspace, name))


@router.get("/segments/{name}/value")
def value(name: Name, caller: Read, serving: Served) -> Response:
    """Say what members bring: size, share, money in all and per member, with intervals, beside everybody else."""
    from segmentary.workspace.segment_profile import segment_profile

    with serving.reading() as workspace:
        here(workspace, name)
        found = segment_profile(workspace, name)
    traits = ("monetary", "order_count", "average_order", "recency")
    body = {
        "segment": name,
        "as_of": found.as_of,
        "value": found.value,
        "against_others": [one for one in map(found.of_trait, traits) if one is not None],
    }
    return answer(body)


@router.get("/segments/{name}/transitions")
def transitions(name: Name, caller: Read, serving: Served) -> Response:
    """Say where people came from and went to in the newest run in which anybody moved."""
    from segmentary.interfaces.http.shown_people import shown_transitions
    from segmentary.workspace.segment_activity import transitions as moved

    with serving.reading() as workspace:
        here(workspace, name)
        found = shown_transitions(caller, workspace, moved(workspace, name))
    return answer(found)


@router.get("/segments/{name}/overlap")
def overlap(name: Name, caller: Read, serving: Served) -> Response:
    """Count what a segment shares with every other one."""
    from segmentary.interfaces.http.shown_people import large_enough
    from segmentary.workspace.segment_people import shared_with

    with serving.reading() as workspace:
        here(workspace, name)
        found = shared_with(workspace, name)
        pairs = [one for one in found if large_enough(caller, workspace, one.shared)]
    return answer({"segment": name, "pairs": pairs, "hidden": len(found) - len(pairs)})


@router.get("/segments/{name}/used_by")
def used_by(name: Name, caller: Read, serving: Served) -> Response:
    """Say who uses a segment: definitions that rest on it, campaigns, journeys, bots."""
    from segmentary.workspace.used_by import used_by as users

    with serving.reading() as workspace:
        here(workspace, name)
        return answer({"segment": name, "used_by": users(workspace, name)})


@router.get("/segments/{name}/charts/{chart}.json")
def chart(
    name: Name,
    chart: Annotated[str, Path(max_length=50, description="history, profile, shares or flow.")],
    caller: Read,
    serving: Served,
    width: Annotated[int, Query(ge=240, le=2000, description="In pixels.")] = 760,
) -> Response:
    """Return a chart of a segment as Vega-Lite."""
    from segmentary.workspace.segment_charts import draw

    with serving.reading() as workspace:
        here(workspace, name)
        drawn = draw(workspace, name, chart, width)
    if drawn is None:
        raise NotFound("there is no such chart", hint="or nothing to draw yet")
    return answer(drawn.to_dict())


@router.get("/segments/{name}/charts/{chart}.svg")
def picture(
    name: Name,
    chart: Annotated[str, Path(max_length=50, description="As above.")],
    caller: Read,
    serving: Served,
    width: Annotated[int, Query(ge=240, le=2000, description="In pixels.")] = 760,
) -> Response:
    """Return a chart of a segment as a picture."""
    from segmentary.report.images import svg
    from segmentary.workspace.segment_charts import draw

    with serving.reading() as workspace:
        here(workspace, name)
        drawn = draw(workspace, name, chart, width)
    if drawn is None:
        raise NotFound("there is no such chart", hint="or nothing to draw yet")
    return Response(svg(drawn, f"segment-{chart}"), media_type="image/svg+xml")


def moment_of(text: str) -> Moment:
    """Return the date or instant of an address; nothing where there is none.

    Raises
    ------
    UsageError
        when it is neither, or of no time anybody keeps records of.
    """
    if not text:
        return None
    try:
        found = dt.date.fromisoformat(text) if len(text) <= 10 else dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError("this is neither a date nor a time", hint="write 2026-03-01 or 2026-03-01T12:00:00Z") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise UsageError("no records reach this moment", hint=f"choose a year from {FIRST_YEAR} to {LAST_YEAR}")
    return found
