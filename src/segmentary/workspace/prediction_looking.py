"""A prediction kept, as it is shown: its card, who has the highest scores, what could be predicted here."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.engine.sqlfile import column, literal
from segmentary.errors import NoAnswerError, SegmentaryError, UnknownNameError, UsageError
from segmentary.ledger.records import current_records, records
from segmentary.models.progress import quiet
from segmentary.profiles.asof import profile_query
from segmentary.schema import ORDER_COMPLETED
from segmentary.workspace.looking_back import past, span
from segmentary.workspace.scores import last_scored

if TYPE_CHECKING:
    from segmentary.report.document import Document
    from segmentary.report.prediction.data import PredictionReportData
    from segmentary.workspace.predictions import Fitted
    from segmentary.workspace.workspace import Workspace

KEPT_CARDS = 16
USUAL = {"clv": 365, "next": 91, "churn": 91, "propensity": 91, "lookalike": 0}
FARTHEST = 1e15
"""No score is a larger number."""
LEAST_DAYS = 14
"""The shortest time looked ahead that is offered."""


@dataclass(frozen=True, eq=False)
class PredictionLook:
    """A version of a prediction with what is known around it.

    numbers : how many versions there are. scored_as_of : as of when everybody was last scored; None: never.
    data : what its report is made of, without drift.
    """

    fitted: Fitted
    numbers: int
    scored_as_of: dt.datetime | None
    data: PredictionReportData

    @property
    def name(self) -> str:
        """What it is called."""
        return self.fitted.name


CARDS: OrderedDict[tuple[str, str, str, str], PredictionReportData] = OrderedDict()
HOLDING = Lock()


def look(workspace: Workspace, name: str) -> PredictionLook:
    """Return a prediction to look into; ``name@v2`` for an older version.

    Raises
    ------
    UnknownNameError
        when there is none.
    """
    fitted = in_force(workspace, name)
    scored = last_scored(workspace).get(fitted.name)
    held = [one for one in records(workspace.ledger, "prediction", fitted.name) if not one.retired]
    return PredictionLook(fitted, len(held), scored, card_data(workspace, fitted, scored))


def in_force(workspace: Workspace, name: str) -> Fitted:
    """Return a version of a prediction that was not ended; ``name@v2`` for an older one.

    Raises
    ------
    UnknownNameError
        when there is none, or it was ended.
    """
    held = current_records(workspace.ledger, "prediction")
    if name.partition("@")[0] not in held:
        raise UnknownNameError("prediction", name, held)
    return workspace.predictions.fitted(name)


def card_data(workspace: Workspace, fitted: Fitted, scored: dt.datetime | None) -> PredictionReportData:
    """Return what its report is made of; the newest are kept in memory, they change with scores and runs only."""
    from segmentary.workspace.prediction_reporting import report_data

    run = workspace.last_run()
    key = (str(workspace.folder.root), fitted.version, str(scored), "" if run is None else str(run.as_of))
    with HOLDING:
        if key in CARDS:
            CARDS.move_to_end(key)
            return CARDS[key]
    found = report_data(workspace, fitted, quiet, drift=False)
    with HOLDING:
        CARDS[key] = found
        while len(CARDS) > KEPT_CARDS:
            CARDS.popitem(last=False)
    return found


def document(look: PredictionLook) -> Document:
    """Return everything the report says of a prediction, but for drift, to be shown elsewhere."""
    from segmentary.report.prediction.report import prediction_document

    return prediction_document(look.data)


def plain_document(look: PredictionLook) -> dict[str, Any]:
    """Return a prediction as JSON values, without figures only machines read; small groups are hidden."""
    from segmentary.report.prediction.opening import verdict

    fitted, data = look.fitted, look.data
    card = fitted.card.to_document()
    del card["baseline"]
    said = document(look).answer
    scores = None
    if data.scores is not None:
        groups = [one for one in data.scores.segments if one.people >= data.below]
        scores = {"as_of": data.scores.as_of, "everybody": data.scores.everybody, "segments": groups}
    return {
        "name": fitted.name,
        "version": fitted.version,
        "number": fitted.number,
        "versions": look.numbers,
        "created_at": fitted.created_at,
        "asked": dict(fitted.asked),
        "outputs": {f"{fitted.name}.{output}": kind for output, kind in fitted.prediction.outputs.items()},
        "verdict": {"kind": verdict(fitted.card), "word": said.word, "sentence": said.sentence,
                    "meaning": said.meaning, "doubt": said.doubt},
        "card": card,
        "scored_as_of": look.scored_as_of,
        "scores": scores,
        "unanswered": data.unanswered,
    }  # fmt: skip


# ------------------------------------------------------------ who


@dataclass(frozen=True, slots=True)
class ScoredPerson:
    """One person with everything the newest scoring said of them, by output."""

    customer_id: str
    scores: dict[str, Any]


def top_people(
    workspace: Workspace, fitted: Fitted, *, limit: int = 100, after: tuple[float, str] | None = None
) -> list[ScoredPerson]:
    """Return the people with the highest scores, by score and id; after : score and id of the one before.

    Raises
    ------
    NoAnswerError
        when nobody was scored yet.
    """
    from segmentary.report.prediction.data import UNITS

    scored = last_scored(workspace).get(fitted.name)
    if scored is None:
        raise NoAnswerError("nobody was scored by this prediction yet", hint="score everybody first (a job: score)")
    context = workspace.context(scored)
    outputs = fitted.prediction.outputs
    told, given = profile_query({f"{fitted.name}.{one}": kind for one, kind in outputs.items()}, context)
    first = UNITS[fitted.card.kind][0]
    places = {one: column(given[f"{fitted.name}.{one}"].column, "told") for one in outputs}
    score = exp.cast(places[first].copy(), "double")
    query = exp.select(column("customer_id", "told"), *(place.as_(one, quoted=True) for one, place in places.items()))
    query = query.from_(told.subquery("told")).where(exp.not_(places[first].copy().is_(exp.null())))
    if after is not None:
        if not abs(after[0]) < FARTHEST or "\0" in after[1]:
            raise UsageError("this is not a cursor", hint="take `next` of the page before as it is")
        low = exp.cast(literal(Decimal(repr(after[0]))), "double")
        who = literal(after[1])
        later = exp.and_(exp.EQ(this=score.copy(), expression=low.copy()), column("customer_id", "told") > who)
        query = query.where(exp.or_(exp.LT(this=score.copy(), expression=low), later))
    query = query.order_by(exp.Ordered(this=score, desc=True, nulls_first=False), column("customer_id", "told")).limit(
        limit
    )
    return [
        ScoredPerson(str(who), dict(zip(outputs, rest, strict=True))) for who, *rest in workspace.warehouse.rows(query)
    ]


# ------------------------------------------------------------ what could be predicted


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the data allow a prediction.

    days : how far ahead one can look, at most the usual; 0: it does not look ahead. why, hint : what is missing.
    """

    kind: str
    ready: bool
    days: int
    why: str = ""
    hint: str = ""


def readiness(workspace: Workspace) -> tuple[Readiness, ...]:
    """Say of every kind of prediction whether the data allow it, and what is missing where they do not."""
    return tuple(ready(workspace, kind) for kind in USUAL)


def ready(workspace: Workspace, kind: str) -> Readiness:
    """Say whether the data allow one kind of prediction."""
    days = USUAL[kind]
    if kind == "lookalike":
        there = any(one.people for one in workspace.segments())
        why = "" if there else "there is no segment with people in it"
        return Readiness(kind, there, 0, why, "" if there else "make a segment and run it: people are likened to it")
    event = None if kind == "propensity" else ORDER_COMPLETED
    try:
        context = workspace.predictions.context(None)
        first, _ = span(workspace, context, event)
        known = (context.as_of - first).days
        ahead = days if kind == "clv" else min(days, known // 3)
        if ahead < LEAST_DAYS or (kind == "clv" and known // 3 < LEAST_DAYS):
            why = f"the data hold {known:,} days: a test needs three times as long as one looks ahead"
            return Readiness(kind, False, 0, why, f"load at least {3 * LEAST_DAYS} days of orders")
        past(workspace, context, min(ahead, known // 3), event=event)
    except SegmentaryError as error:
        return Readiness(kind, False, 0, error.message, "load newer orders" if kind != "propensity" else "load events")
    return Readiness(kind, True, ahead)
