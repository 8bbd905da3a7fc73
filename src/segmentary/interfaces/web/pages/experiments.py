"""Pages of experiments: plan one and see what it could see, draw its arms, read it on its day."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.web.documents import PICTURE_WIDTH, chart_answer, view
from segmentary.interfaces.web.rendering import as_json, data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of
from segmentary.measurement.experiment.plan import Plan
from segmentary.workspace.experiment_jobs import planned, read_before
from segmentary.workspace.experiment_reporting import plain
from segmentary.workspace.experiments import Kept
from segmentary.workspace.report_shelf import shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200)]
Reads = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]
WORDS = ("Progress", "Stop", "Waiting", "Done.", "Stopped; nothing was changed.")
TONES = {"planned": "plain", "running": "mixed", "to be read": "caution", "read": "good"}


@router.get("/experiments")
def experiments(request: Request, caller: Reads, serving: Served) -> Response:
    """Show the experiments there are, with where they are."""
    with serving.reading() as workspace:
        found = workspace.experiments.kept()
        holdout = workspace.experiments.global_holdout()
    return page(
        request, "experiments/list.html.j2", caller, here="experiments", found=found, holdout=holdout, tones=TONES
    )


@router.get("/experiments/new")
def new_experiment(request: Request, caller: Annotated[Caller, may("analyse")], serving: Served) -> Response:
    """Show the form of a plan."""
    with serving.reading() as workspace:
        segments = sorted(workspace.segments_defined())
        events = sorted(workspace.derived.events())
    return page(
        request,
        "experiments/new.html.j2",
        caller,
        here="experiments",
        segments=segments,
        metrics=metrics_for(events),
        words=data_for_script(script_words(language_of(request), WORDS)),
    )


def metrics_for(events: list[str]) -> list[str]:
    """Return metrics the data can support, as they are written."""
    found = []
    if "order_completed" in events:
        found += ["buys = any order_completed in 28d", "spend = sum order_completed.amount in 28d"]
    found += [f"{name} = any {name} in 28d" for name in events if name != "order_completed"]
    return found[:40]


@router.get("/experiments/{name}")
def experiment(request: Request, name: Name, caller: Reads, serving: Served) -> Response:
    """Show an experiment: its plan, what it could see, what it says."""
    with serving.reading() as workspace:
        plan = known(workspace, name)
        kept = kept_of(workspace, name)
        foreseen, document = planned(workspace, name), read_before(workspace, name)
        files = shelf(workspace, "experiment", plain(name))
        now = workspace.tick()
    return page(
        request,
        "experiments/experiment.html.j2",
        caller,
        here="experiments",
        name=name,
        plan=plan,
        kept=kept,
        tones=TONES,
        early=bool(plan.look.kind == "single" and plan.look_at is not None and now < plan.look_at),
        foreseen=foreseen,
        shown=view(document, f"/experiments/{name}/charts") if document is not None else None,
        arguments=as_json({"name": name}),
        peeking=as_json({"name": name, "peek": True}),
        files=files,
        words=data_for_script(script_words(language_of(request), WORDS)),
    )


@router.get("/experiments/{name}/charts/{figure}.{form}")
def chart(
    name: Name,
    figure: Annotated[str, Path(max_length=200)],
    form: Annotated[str, Path(max_length=4)],
    caller: Reads,
    serving: Served,
    width: Annotated[int, Query(ge=1, le=10_000)] = PICTURE_WIDTH,
) -> Response:
    """Give out a figure of what was read."""
    with serving.reading() as workspace:
        known(workspace, name)
        found = read_before(workspace, name)
    if found is None:
        raise NotFound("the experiment was not read yet")
    return chart_answer(found, figure, form, width)


def known(workspace: Workspace, name: str) -> Plan:
    """Return the plan an address names; raise `NotFound` where there is none."""
    try:
        return workspace.experiments.get(name)
    except UnknownNameError:
        raise NotFound("there is no experiment of this name") from None


def kept_of(workspace: Workspace, name: str) -> Kept | None:
    """Return the line of an experiment in the list."""
    return next((one for one in workspace.experiments.kept() if one.name == name.partition("@")[0]), None)
