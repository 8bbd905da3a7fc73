"""Experiments: plans, where they are, and what they say. Planning, drawing and reading are jobs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from fastapi.responses import FileResponse

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, page_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.routes.markets import SANDBOX
from segmentary.measurement.experiment.plan import Plan
from segmentary.workspace.experiment_jobs import read_before
from segmentary.workspace.experiment_reporting import plain
from segmentary.workspace.report_shelf import report_file, shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The experiment.")]
Reads = Annotated[Caller, may("read")]
Served = Annotated[Serving, Depends(serving_of)]


@router.get("/experiments")
def list_experiments(caller: Reads, serving: Served) -> Response:
    """List the experiments, with where they are."""
    with serving.reading() as workspace:
        return answer(page_of("experiments", workspace.experiments.kept(), None))


@router.get("/experiments/{name}")
def show_experiment(name: Name, caller: Reads, serving: Served) -> Response:
    """Show a plan: what is believed, what decides, who gets what, when it is read."""
    with serving.reading() as workspace:
        return answer(known(workspace, name).to_document())


@router.get("/experiments/{name}/result")
def show_result(name: Name, caller: Reads, serving: Served) -> Response:
    """Show what a job of kind `experiment` read: the answer, and every table.

    Not found until such a job has ended; it is read again after every load and run.
    """
    with serving.reading() as workspace:
        known(workspace, name)
        found = read_before(workspace, name)
    if found is None:
        raise NotFound("it was not read yet, or not since something changed", hint='POST /jobs {"kind": "experiment"}')
    tables = {grid.name: [[field.title for field in grid.fields], *grid.rows] for grid in found.grids}
    return answer({"answer": found.answer, "tiles": found.tiles, "tables": tables})


@router.get("/experiments/{name}/report")
def list_report(name: Name, caller: Reads, serving: Served) -> Response:
    """List the files of the report; a job of kind `experiment_report` writes them."""
    with serving.reading() as workspace:
        known(workspace, name)
        return answer(page_of("files", shelf(workspace, "experiment", plain(name)), None))


@router.get("/experiments/{name}/report/{file}")
def give_report(
    name: Name,
    file: Annotated[str, Path(max_length=200, description="A file of the report.")],
    caller: Reads,
    serving: Served,
) -> Response:
    """Give out a file of the report."""
    with serving.reading() as workspace:
        known(workspace, name)
        try:
            return FileResponse(report_file(workspace, "experiment", plain(name), file), headers=SANDBOX)
        except UnknownNameError:
            raise NotFound("the report has no such file", hint="write it by a job of kind experiment_report") from None


def known(workspace: Workspace, name: str) -> Plan:
    """Return the plan an address names; raise `NotFound` where there is none."""
    try:
        return workspace.experiments.get(name)
    except UnknownNameError:
        raise NotFound("there is no experiment of this name", hint="see /api/v1/experiments") from None
