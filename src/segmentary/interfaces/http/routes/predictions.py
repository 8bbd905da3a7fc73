"""Predictions: what could be predicted, what was, how far to trust it, who has the highest scores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from segmentary.errors import UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.answers import answer, cursor_of, named_page, page_of, place_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.redaction import redacted
from segmentary.interfaces.http.routes.discoveries import TYPES, download
from segmentary.workspace import prediction_looking as looking
from segmentary.workspace.plain_json import document
from segmentary.workspace.report_shelf import report_file, shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.workspace import Workspace

router = APIRouter()
Name = Annotated[str, Path(max_length=200, description="The prediction; `name@v2` for an older version.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Cursor = Annotated[str, Query(max_length=500, description="`next` of the page before.")]
Served = Annotated[Serving, Depends(serving_of)]
Short = Annotated[str, Field(max_length=200)]


class NewPrediction(BaseModel):
    """A prediction to fit: the options of `segmentary predict`."""

    model_config = ConfigDict(extra="forbid", strict=False)

    kind: Literal["clv", "next", "churn", "propensity", "lookalike"]
    name: Annotated[str, Field(max_length=60, description="Empty: as the kind.")] = ""
    days: Annotated[int | None, Field(ge=1, le=3_650, description="How far to look ahead.")] = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    as_of: Short | None = None
    model: Annotated[Short | None, Field(description="Of clv: auto, bg_nbd, mbg_nbd or pareto_nbd.")] = None
    margin: Annotated[float | None, Field(ge=0, le=1)] = None
    discount: Annotated[float | None, Field(ge=0, le=1)] = None
    tenure: Annotated[Short | None, Field(description="Of contracts: how long somebody is or was a customer.")] = None
    left: Short | None = None
    left_is: Short | None = None
    by: Annotated[list[Short], Field(max_length=200)] = []
    unit: Short | None = None
    observed: Short | None = None
    event: Annotated[str | None, Field(max_length=20_000, description="Of propensity: what may happen, a rule.")] = None
    segment: Annotated[Short | None, Field(description="Of lookalike: whom to look like.")] = None
    within: Short | None = None


class Scoring(BaseModel):
    """What is to be scored."""

    model_config = ConfigDict(extra="forbid", strict=False)

    as_of: Short | None = None


@contextmanager
def there(what: str = "prediction") -> Iterator[None]:
    """Answer an address that names nothing with 404."""
    try:
        yield
    except UnknownNameError:
        raise NotFound(f"there is no {what} of this name") from None


def looked(workspace: Workspace, name: str) -> looking.PredictionLook:
    """Return the prediction an address names."""
    with there():
        return looking.look(workspace, name)


@router.get("/predictions")
def list_predictions(
    request: Request,
    caller: Annotated[Caller, may("read")],
    serving: Served,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List the predictions in force, in the order of their names."""
    with serving.reading() as workspace:
        found = workspace.predictions.kept()
    return named_page(request, "predictions", found, cursor, limit)


@router.post("/predictions", status_code=202)
def fit_prediction(body: NewPrediction, caller: Annotated[Caller, may("analyse")], serving: Served) -> Response:
    """Fit a prediction and test it on a past it has not seen: a job of the kind `predict`."""
    given = body.model_dump(exclude_none=True, exclude_defaults=True) | {"kind": body.kind}
    return started(serving, "predict", given, caller)


@router.get("/predictions/possible")
def possible_predictions(caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Say what the data allow to predict, and what is missing for the others."""
    with serving.reading() as workspace:
        return answer({"kinds": looking.readiness(workspace)})


@router.get("/predictions/{name}")
def get_prediction(name: Name, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Return the card of a prediction: how well it does on an unseen time, beside which rival, when not to trust it."""
    with serving.reading() as workspace:
        found = looked(workspace, name)
        return answer(looking.plain_document(found), etag=found.fitted.version)


@router.post("/predictions/{name}/score", status_code=202)
def score_prediction(name: Name, body: Scoring, caller: Annotated[Caller, may("analyse")], serving: Served) -> Response:
    """Score everybody and keep that as dated traits: a job of the kind `score`."""
    with serving.reading() as workspace, there():
        looking.in_force(workspace, name)
    return started(serving, "score", {"names": [name], **body.model_dump(exclude_none=True)}, caller)


@router.get("/predictions/{name}/people")
def scored_people(
    name: Name,
    caller: Annotated[Caller, may("people")],
    serving: Served,
    cursor: Cursor = "",
    limit: Limit = 100,
) -> Response:
    """List people by their newest score, the highest first."""
    from segmentary.report.prediction.data import UNITS

    after = place_of(cursor, float, str)
    with serving.reading() as workspace:
        with there():
            fitted = looking.in_force(workspace, name)
        found = looking.top_people(workspace, fitted, limit=limit + 1, after=after)
        rows = redacted(caller, workspace, [shown(one) for one in found[:limit]])
    last = found[limit - 1] if len(found) > limit else None
    following = None
    if last is not None:
        following = cursor_of(float(last.scores[UNITS[fitted.card.kind][0]]), last.customer_id)
    return answer(page_of("people", rows, following, outputs=list(fitted.prediction.outputs)))


def shown(person: looking.ScoredPerson) -> dict[str, object]:
    """Return one person as JSON values."""
    return {"customer_id": person.customer_id, "scores": document(person.scores)}


@router.get("/predictions/{name}/report")
def prediction_files(name: Name, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """List the files of its newest report; the job `prediction_report` writes it."""
    with serving.reading() as workspace, there():
        fitted = looking.in_force(workspace, name)
        return answer({"name": fitted.name, "files": shelf(workspace, "prediction", fitted.name)})


@router.get(
    "/predictions/{name}/report/{file}",
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def prediction_file(
    name: Name,
    file: Annotated[str, Path(max_length=200, description="One of the files listed.")],
    caller: Annotated[Caller, may("read")],
    serving: Served,
) -> Response:
    """Give out a file of its newest report."""
    with serving.reading() as workspace:
        with there():
            fitted = looking.in_force(workspace, name)
        with there("file"):
            path = report_file(workspace, "prediction", fitted.name, file)
        content = path.read_bytes()
    return download(content, path.name, TYPES[path.suffix], name=f"{fitted.name}-{path.name}")


def started(serving: Serving, kind: str, arguments: dict[str, object], caller: Caller) -> Response:
    """Start a job and say where it is followed."""
    job = serving.jobs.start(kind, arguments, by=caller.name)
    body = {"job": job.job, "kind": job.kind, "state": job.state}
    return answer(body, status=202, headers={"location": f"/api/v1/jobs/{job.job}"})
