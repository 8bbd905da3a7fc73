"""Predicting as jobs: what `segmentary predict` does that takes longer than a question, or changes the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segmentary.models.progress import Tell
from segmentary.workspace.asked_arguments import LONGEST_RULE, AskedArguments

if TYPE_CHECKING:
    from segmentary.models.table.findings import Finding
    from segmentary.workspace.discovery_jobs import Reported
    from segmentary.workspace.predictions import Fitted
    from segmentary.workspace.scores import Scored
    from segmentary.workspace.workspace import Workspace

KINDS = ("clv", "next", "churn", "propensity", "lookalike")
FURTHEST_DAYS = 3_650
PREDICT = (
    "kind", "name", "days", "model", "margin", "discount", "tenure", "left", "left_is", "by", "unit", "observed",
    "event", "segment", "within", "as_of", "seed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Predicted:
    """A prediction that was fitted and kept. findings : what was noticed about the data."""

    name: str
    version: str
    kind: str
    target: str
    people: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class AllScored:
    """What was scored."""

    scored: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How far the people of now have moved from those a prediction was made of."""

    name: str
    sentence: str
    drift: Any


@dataclass(frozen=True, slots=True)
class Ended:
    """A prediction taken out of force: its scores ended."""

    name: str
    ended: int


def predict_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Predicted:
    """Fit a prediction, test it on a past it has not seen, and keep it.

    arguments : ``kind`` (clv, next, churn, propensity, lookalike), ``name`` (default: the kind), ``days``, ``seed``,
        ``as_of``; of clv ``model``, ``margin``, ``discount``; of churn with contracts ``tenure``, ``left``,
        ``left_is``, ``by``, ``unit``, ``observed``; of propensity ``event`` (a rule); of lookalike ``segment``; of both
        ``within``.

    Raises
    ------
    NoAnswerError
        when the past is too short or too few people did it, saying what would help.
    """
    asked = AskedArguments(arguments, PREDICT)
    kind = asked.one_of("kind", KINDS, "")
    name = asked.text("name", kind)
    usual = 365 if kind == "clv" else 91
    given: dict[str, Any] = {"as_of": asked.maybe("as_of"), "tell": tell, "seed": asked.seed()}
    days = asked.whole("days", usual, least=1, most=FURTHEST_DAYS)
    predictions = workspace.predictions
    match kind:
        case "clv":
            fitted = predictions.clv(name, days=days, **given, **of_value(asked))
        case "next":
            fitted = predictions.next(name, days=days, **given)
        case "churn":
            fitted = predictions.churn(name, days=days, **given, **of_contracts(asked))
        case "propensity":
            event = asked.needed("event", "what may happen, as a rule: did order_completed", longest=LONGEST_RULE)
            fitted = predictions.propensity(name, event, days=days, within=asked.maybe("within"), **given)
        case _:
            segment = asked.needed("segment", "whom to look like: the name of a segment")
            fitted = predictions.lookalike(name, segment, within=asked.maybe("within"), **given)
    return predicted(fitted)


def of_value(asked: AskedArguments) -> dict[str, Any]:
    return {
        "model": asked.one_of("model", ("auto", "bg_nbd", "mbg_nbd", "pareto_nbd"), "auto"),
        "margin": asked.share("margin", 1.0),
        "annual_discount": asked.share("discount", 0.0),
    }


def of_contracts(asked: AskedArguments) -> dict[str, Any]:
    """Return what says when contracts end; nothing where people leave by silence."""
    tenure, left = asked.maybe("tenure"), asked.maybe("left")
    found: dict[str, Any] = {"tenure": tenure, "left": left, "by": asked.texts("by")}
    if tenure is None:
        return found
    found["unit"] = asked.one_of("unit", ("days", "weeks", "months", "years"), "months")
    found["observed"] = asked.one_of("observed", ("lifetime", "period"), "lifetime")
    left_is = asked.maybe("left_is")
    return found if left_is is None else {**found, "left_is": left_is}


def predicted(fitted: Fitted) -> Predicted:
    card = fitted.card
    return Predicted(fitted.name, fitted.version, card.kind, card.target, card.people, card.findings)


def score_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> AllScored:
    """Score everybody by predictions (``names``; default: all), as of a moment, and keep that as dated traits."""
    asked = AskedArguments(arguments, ("names", "as_of"))
    return AllScored(tuple(workspace.predictions.score(*asked.texts("names"), as_of=asked.maybe("as_of"), tell=tell)))


def drift_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Moved:
    """Say how far the people of now have moved from those a prediction was fitted on."""
    asked = AskedArguments(arguments, ("name", "as_of"))
    name = asked.needed("name", "of which prediction?")
    tell("comparing people", 0.0)
    found = workspace.predictions.drift(name, as_of=asked.maybe("as_of"))
    return Moved(name, found.sentence, found)


def prediction_report_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Reported:
    """Write the report of a prediction: page, charts, workbook, and paper and slides where their packages are there."""
    from segmentary.workspace.discovery_jobs import Reported
    from segmentary.workspace.report_shelf import shelf

    name = AskedArguments(arguments, ("name",)).needed("name", "of which prediction?").partition("@")[0]
    files = workspace.predictions.report(name, tell=tell)
    return Reported(name, shelf(workspace, "prediction", name), files.missing)


def retire_prediction_job(workspace: Workspace, arguments: Mapping[str, Any], tell: Tell) -> Ended:
    """Take a prediction out of force: its scores end now."""
    from segmentary.workspace.prediction_looking import in_force

    name = AskedArguments(arguments, ("name",)).needed("name", "which prediction?").partition("@")[0]
    in_force(workspace, name)
    tell("ending scores", 0.0)
    return Ended(name, workspace.predictions.retire(name))
