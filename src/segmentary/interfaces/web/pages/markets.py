"""Pages of markets: plans, what was measured with its doubts, criteria that can be weighed anew, whom to serve."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.documents import PICTURE_WIDTH, chart_answer, view
from segmentary.interfaces.web.rendering import as_json, data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of
from segmentary.ledger.records import current_records
from segmentary.report.document import Document
from segmentary.workspace.market_jobs import MOST_CHOSEN, PlanFile, measured, plan_named, plans
from segmentary.workspace.report_shelf import shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200)]
Reads = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]
WORDS = ("Progress", "Stop", "Waiting", "Done.", "Stopped; nothing was changed.")
WEIGHT = "weight."
BEGINNING = """market: {name}
survey: {survey}
segments: {{item: REGION}}   # an item that says the segment, or the name of a solution of Discover
people: people
criteria:
  - {{name: size, weight: 3, of: share}}
choose: 1
"""


@router.get("/markets")
def markets(request: Request, caller: Reads, serving: Served) -> Response:
    """Show the markets there are plans of, and the decisions made."""
    with serving.reading() as workspace:
        found = plans(workspace)
        targets = [one.document for one in workspace.targets()]
        surveys = surveys_of(workspace)
    return page(request, "markets/list.html.j2", caller, here="markets", found=found, targets=targets, surveys=surveys)


@router.get("/markets/new")
def new_market(
    request: Request,
    caller: Annotated[Caller, may("analyse")],
    serving: Served,
    survey: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the form of a new plan."""
    with serving.reading() as workspace:
        surveys = surveys_of(workspace)
        solutions = sorted(current_records(workspace.ledger, "solution"))
    name = survey or (surveys[0] if surveys else "SURVEY")
    text = BEGINNING.format(name="my_market", survey=name)
    return page(
        request,
        "markets/plan.html.j2",
        caller,
        here="markets",
        name="",
        text=text,
        wrong="",
        surveys=surveys,
        solutions=solutions,
    )


@router.get("/markets/{name}")
def market(request: Request, name: Name, caller: Reads, serving: Served) -> Response:
    """Show what is known of a market; where it is still to be measured, a job begins."""
    weights, choose = asked(request)
    with serving.reading() as workspace:
        plan = known(workspace, name)
        document = measured(workspace, name, weights, choose) if plan.plan is not None else None
        files = shelf(workspace, "market", name)
        held = sorted(workspace.segments_defined())
    criteria = [] if plan.plan is None else [criterion(one, weights) for one in plan.plan.criteria]
    query = str(request.url.query)
    return page(
        request,
        "markets/market.html.j2",
        caller,
        here="markets",
        name=name,
        plan=plan,
        criteria=criteria,
        choose=choose or (plan.plan.choose if plan.plan is not None else 1),
        most=MOST_CHOSEN,
        shown=view(document, f"/markets/{name}/charts") if document is not None else None,
        again=f"?{query}" if query else "",
        arguments=as_json({"market": name, "weights": weights, **({"choose": choose} if choose else {})}),
        report_arguments=as_json({"market": name}),
        files=files,
        segments=held,
        words=data_for_script(script_words(language_of(request), WORDS)),
    )


@router.get("/markets/{name}/plan")
def market_plan(request: Request, name: Name, caller: Annotated[Caller, may("analyse")], serving: Served) -> Response:
    """Show the form of a plan."""
    with serving.reading() as workspace:
        found = known(workspace, name)
        surveys = surveys_of(workspace)
        solutions = sorted(current_records(workspace.ledger, "solution"))
    return page(
        request,
        "markets/plan.html.j2",
        caller,
        here="markets",
        name=name,
        text=found.text,
        wrong=found.wrong,
        surveys=surveys,
        solutions=solutions,
    )


@router.get("/markets/{name}/charts/{figure}.{form}")
def chart(
    request: Request,
    name: Name,
    figure: Annotated[str, Path(max_length=200)],
    form: Annotated[str, Path(max_length=4)],
    caller: Reads,
    serving: Served,
    width: Annotated[int, Query(ge=1, le=10_000)] = PICTURE_WIDTH,
) -> Response:
    """Give out a figure of what was measured."""
    weights, choose = asked(request)
    with serving.reading() as workspace:
        known(workspace, name)
        found: Document | None = measured(workspace, name, weights, choose)
    if found is None:
        raise NotFound("the market was not measured yet")
    return chart_answer(found, figure, form, width)


def asked(request: Request) -> tuple[dict[str, float], int | None]:
    """Return the weights and the number of segments an address asks for; what is no number is left out."""
    weights = {}
    for key, text in request.query_params.items():
        value = figure_of(text)
        if key.startswith(WEIGHT) and value is not None and 0 <= value <= 100:
            weights[key.removeprefix(WEIGHT)[:200]] = value
    many = figure_of(request.query_params.get("choose", ""))
    return weights, int(many) if many is not None and 1 <= many <= MOST_CHOSEN else None


def figure_of(text: str) -> float | None:
    """Return the number a text says, None where it says none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def criterion(told: Any, weights: dict[str, float]) -> dict[str, object]:
    """Return a criterion as the form of weights shows it."""
    name = str(told.get("name") or told.get("of"))
    return {
        "name": name,
        "axis": str(told.get("axis", "attractiveness")),
        "weight": f"{weights.get(name, float(told.get('weight', 1))):g}",
    }


def known(workspace: Workspace, name: str) -> PlanFile:
    """Return the plan an address names; raise `NotFound` where there is none."""
    try:
        return plan_named(workspace, name)
    except UnknownNameError:
        raise NotFound("there is no market of this name") from None


def surveys_of(workspace: Workspace) -> list[str]:
    """Return the surveys whose answers are loaded."""
    from segmentary.workspace.variables import surveys

    return sorted(surveys(workspace))
