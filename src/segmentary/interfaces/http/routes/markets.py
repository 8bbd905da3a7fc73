"""Markets: plans, what was measured, and the decisions whom to serve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, matched, page_of, tag_of, unchanged
from segmentary.interfaces.http.problems import NotFound
from segmentary.workspace.market_jobs import PlanFile, market_named, plan_named, plans, write_plan
from segmentary.workspace.report_shelf import report_file, shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The market.")]
Reads = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]
What = Literal[
    "sizes", "rake", "trends", "potential", "competition", "perceptions", "against", "gaps", "needs", "attractiveness"
]
NAMED: dict[str, str] = {"attractiveness": "matrix"}
SANDBOX = {"content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"}


class PlanBody(BaseModel):
    """The plan of a market, as the text of its file."""

    model_config = ConfigDict(extra="forbid", strict=False)

    text: str = Field(min_length=1, max_length=200_000, description="YAML.")


class Decision(BaseModel):
    """Whom to serve, and why."""

    model_config = ConfigDict(extra="forbid", strict=False)

    audience: str = Field(min_length=1, max_length=200, description="What to call the audience; it becomes a segment.")
    why: str = Field(default="", max_length=4_000, description="Default: the recommendation's reasons.")
    segments: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=100)
    without: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, max_length=100)
    least_confidence: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False)


@router.get("/markets")
def list_markets(caller: Reads, serving: Served) -> Response:
    """List the plans of markets, with what is wrong with those that cannot be read."""
    with serving.reading() as workspace:
        found = [listed(one) for one in plans(workspace)]
    return answer(page_of("markets", found, None))


@router.get("/markets/{name}")
def show_market(request: Request, name: Name, caller: Reads, serving: Served) -> Response:
    """Show the plan of a market."""
    with serving.reading() as workspace:
        found = {**listed(known(workspace, name)), "text": known(workspace, name).text}
    etag = tag_of(found)
    return Response(status_code=304) if unchanged(request, etag) else answer(found, etag=etag)


@router.put("/markets/{name}")
def put_market(
    request: Request, name: Name, body: PlanBody, caller: Annotated[Caller, may("analyse")], serving: Served
) -> Response:
    """Check a plan and keep it; what is wrong leaves the plan before in force."""
    with serving.deciding() as workspace:
        held = {one.market: one for one in plans(workspace)}.get(name)
        matched(request, tag_of({**listed(held), "text": held.text}) if held is not None else None)
        found = write_plan(workspace, name, body.text)
    shown = {**listed(found), "text": found.text}
    return answer(shown, status=200 if held is not None else 201, etag=tag_of(shown))


@router.get("/markets/{name}/measures/{what}")
def measure(
    name: Name,
    what: What,
    caller: Annotated[Caller, may("analyse")],
    serving: Served,
    choose: Annotated[int, Query(ge=0, le=20, description="How many segments to choose; 0: as the plan says.")] = 0,
) -> Response:
    """Measure one thing of a market, by the answers of its survey; it takes as long as it takes."""
    with serving.reading() as workspace:
        known(workspace, name)
        market = market_named(workspace, name)
        ask: Callable[..., Any] = getattr(market, NAMED.get(what, what))
        found = ask(choose=choose or None) if what == "attractiveness" else ask()
        return answer(found.to_document())


@router.post("/markets/{name}/targets", status_code=201)
def decide(name: Name, body: Decision, caller: Annotated[Caller, may("define")], serving: Served) -> Response:
    """Keep the decision whom to serve; the audience becomes an ordinary segment."""
    with serving.deciding() as workspace:
        known(workspace, name)
        market = market_named(workspace, name)
        found = market.target(
            body.audience,
            by=caller.name,
            why=body.why,
            segments=body.segments,
            without=body.without,
            least_confidence=body.least_confidence,
        )
    return answer(found.to_document(), status=201)


@router.get("/targets")
def list_targets(caller: Reads, serving: Served) -> Response:
    """List the decisions whom to serve."""
    with serving.reading() as workspace:
        return answer(page_of("targets", [one.document for one in workspace.targets()], None))


@router.get("/markets/{name}/report")
def list_report(name: Name, caller: Reads, serving: Served) -> Response:
    """List the files of the market's report; a job of kind `market_report` writes them."""
    with serving.reading() as workspace:
        known(workspace, name)
        return answer(page_of("files", shelf(workspace, "market", name), None))


@router.get("/markets/{name}/report/{file}")
def give_report(
    name: Name,
    file: Annotated[str, Path(max_length=200, description="A file of the report.")],
    caller: Reads,
    serving: Served,
) -> Response:
    """Give out a file of the market's report."""
    with serving.reading() as workspace:
        known(workspace, name)
        try:
            return FileResponse(report_file(workspace, "market", name, file), headers=SANDBOX)
        except UnknownNameError:
            raise NotFound("the report has no such file", hint="write it by a job of kind market_report") from None


def known(workspace: Workspace, name: str) -> PlanFile:
    """Return the plan an address names; raise `NotFound` where there is none."""
    try:
        return plan_named(workspace, name)
    except UnknownNameError:
        raise NotFound("there is no market of this name", hint="see /api/v1/markets") from None


def listed(one: PlanFile) -> dict[str, object]:
    """Return a plan as a line of the list."""
    plan = one.plan
    return {
        "market": one.market,
        "survey": plan.survey if plan is not None else None,
        "people": plan.people if plan is not None else None,
        "criteria": [str(c.get("name") or c.get("of")) for c in plan.criteria] if plan is not None else [],
        "wrong": one.wrong,
    }
