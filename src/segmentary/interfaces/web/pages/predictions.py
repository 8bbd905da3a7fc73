"""Pages of Predictions: what can be predicted here, a new one, one prediction with its card."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from segmentary.errors import NoAnswerError, UnknownNameError
from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.problems import NotFound
from segmentary.interfaces.http.redaction import redacted
from segmentary.interfaces.http.routes.predictions import shown as shown_person
from segmentary.interfaces.web.charts import picture_answer, spec_answer
from segmentary.interfaces.web.documents import NARROWEST, PICTURE_WIDTH, WIDEST, view
from segmentary.interfaces.web.pages.discover import spoken
from segmentary.interfaces.web.rendering import as_json, page
from segmentary.report.prediction.data import UNITS
from segmentary.report.prediction.opening import WORDS, verdict
from segmentary.report.prediction.words import TITLES
from segmentary.workspace import prediction_looking as looking
from segmentary.workspace.predictions import KeptPrediction
from segmentary.workspace.report_shelf import shelf
from segmentary.workspace.serving import Serving
from segmentary.workspace.variables import types_of

router = APIRouter()
HERE = "predictions"
Name = Annotated[str, Path(max_length=200)]
Served = Annotated[Serving, Depends(serving_of)]
OPEN = frozenset({"holdout", "calibration"})
LAST = frozenset({"making", "features", "glossary"})
MODELS = ("auto", "bg_nbd", "mbg_nbd", "pareto_nbd")
TOP_PEOPLE = 20
COMMAND = "`segmentary "
"""What the report says to readers of a terminal; a page has a button for it."""
DECILES = ("churn", "propensity", "lookalike")
"""Kinds whose scores say which tenth of everybody somebody is in."""


@dataclass(frozen=True, slots=True)
class KindView:
    """A kind of prediction: whether it can be made here, and what is missing where not."""

    kind: str
    title: str
    what: str
    ready: bool
    days: int
    why: str
    hint: str


WHAT = {
    "clv": "The money each customer brings in the next year, and whether they are still there.",
    "next": "What each customer spends in the next weeks, and whether they buy at all.",
    "churn": "Who stops: by the end of contracts, or by silence where there are none.",
    "propensity": "How likely each customer is to do something: a rule you write.",
    "lookalike": "Who is most like the members of a segment.",
}


@dataclass(frozen=True, slots=True)
class PredictionCard:
    """A prediction in the list, its verdict in words."""

    kept: KeptPrediction
    title: str
    word: str
    tone: str


def titled(name: str, kind: str = "") -> str:
    """Return a name as people read it; one that is called as its kind says what the kind says."""
    if name == kind:
        return TITLES[kind]  # type: ignore[index]
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def kind_views(found: tuple[looking.Readiness, ...]) -> list[KindView]:
    """Return the kinds with what they say, the possible ones first."""
    made = [KindView(o.kind, TITLES[o.kind], WHAT[o.kind], o.ready, o.days, o.why, o.hint) for o in found]  # type: ignore[index]
    return sorted(made, key=lambda one: not one.ready)


@router.get("/predictions")
def predictions(request: Request, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Show what was predicted, and what could be."""
    with serving.reading() as workspace:
        kept = workspace.predictions.kept()
        cards = []
        for one in sorted(kept, key=lambda each: each.created_at, reverse=True):
            word, tone = WORDS[verdict(workspace.predictions.fitted(one.name).card)]
            if one.kind == "lookalike" and word == WORDS["no rival"][0]:
                word, tone = "A rank of likeness", "good"
            cards.append(PredictionCard(one, titled(one.name, one.kind), word, tone))
        kinds = kind_views(looking.readiness(workspace))
    return page(
        request,
        "predictions/list.html.j2",
        caller,
        here=HERE,
        cards=cards,
        kinds=kinds,
        words=spoken(request),
        arguments=as_json({}),
    )


@router.get("/predictions/new")
def new_prediction(
    request: Request,
    caller: Annotated[Caller, may("analyse")],
    serving: Served,
    kind: Annotated[str, Query(max_length=20)] = "",
    event: Annotated[str, Query(max_length=2_000)] = "",
    segment: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Choose what to predict and how far ahead; then fit and test it."""
    with serving.reading() as workspace:
        found = kind_views(looking.readiness(workspace))
        segments = [(one.name, one.title, one.people) for one in workspace.segments()]
        held = {one.name for one in workspace.predictions.kept()}
        traits = sorted(types_of(workspace))
        solutions = {one.name for one in workspace.discoveries.kept()}
        events = sorted(workspace.derived.vocabulary({}, frozenset(), frozenset()).events)
    one = next((view for view in found if view.kind == kind), None)
    name = kind
    while one is not None and (name in held or name in solutions):
        stem, _, number = name.rpartition("_")
        name = f"{stem}_{int(number) + 1}" if number.isdecimal() and stem else f"{name}_2"
    return page(
        request,
        "predictions/new.html.j2",
        caller,
        here=HERE,
        kinds=found,
        one=one,
        name=name,
        segments=segments,
        segment=segment,
        traits=traits,
        event=event or ("did order_completed" if "order_completed" in events else ""),
        events=events[:12],
        models=MODELS,
        words=spoken(request),
    )


@router.get("/predictions/{name}")
def prediction(name: Name, request: Request, caller: Annotated[Caller, may("read")], serving: Served) -> Response:
    """Show one prediction: how good, beside which rival, when not to trust it, whom it speaks of."""
    with serving.reading() as workspace:
        try:
            found = looking.look(workspace, name)
        except UnknownNameError:
            raise NotFound("there is no prediction of this name") from None
        files = shelf(workspace, "prediction", found.name)
        people: list[dict[str, object]] = []
        if caller.may("people") and found.data.scores is not None:
            try:
                top = looking.top_people(workspace, found.fitted, limit=TOP_PEOPLE)
            except NoAnswerError:
                top = []
            people = redacted(caller, workspace, [shown_person(one) for one in top])
    document = looking.document(found)
    shown = view(document, f"/charts/predictions/{found.name}@{found.fitted.version[:12]}")
    card = found.fitted.card
    return page(
        request,
        "predictions/detail.html.j2",
        caller,
        here=HERE,
        found=found,
        card=card,
        title=titled(found.name, card.kind),
        headlines=[line for line in document.headlines if COMMAND not in line],
        shown=shown,
        main=[one for one in shown.parts if one.part.id not in LAST],
        last=[one for one in shown.parts if one.part.id in LAST],
        opened=OPEN,
        people=people,
        outputs=list(found.fitted.prediction.outputs),
        unit=UNITS[card.kind][1],
        first=UNITS[card.kind][0],
        files=files,
        words=spoken(request),
        segment=segment_address(found),
        retirable=caller.may("analyse"),
        arguments=as_json({"name": found.name}),
        scoring=as_json({"names": [found.name]}),
    )


def segment_address(found: looking.PredictionLook) -> str:
    """Return the address of the builder with the people of the top tenth already in it; empty: nobody is scored."""
    scores = found.data.scores
    if scores is None:
        return ""
    name, kind = found.name, found.fitted.card.kind
    if kind in DECILES:
        trait, least = f"{name}.decile", 10.0
    else:
        trait = f"{name}.{UNITS[kind][0]}"
        tops = [one.low for one in scores.bins if one.low == one.low and one.people and abs(one.low) < 1e300]
        least = next((low for low in reversed(tops)), 0.0)
    document = {
        "segment": f"{name}_top",
        "title": f"{titled(name)}: top",
        "where": {"trait": trait, "gte": int(least) if least == int(least) else least},
    }
    return f"/segments/new?from={quote(json.dumps(document))}"


@router.get("/charts/predictions/{name}/{figure}.{form}")
def chart(
    name: Name,
    figure: Annotated[str, Path(max_length=60)],
    form: Annotated[str, Path(max_length=4)],
    caller: Annotated[Caller, may("read")],
    serving: Served,
    width: Annotated[int, Query(ge=1, le=10_000)] = PICTURE_WIDTH,
) -> Response:
    """Give out one picture of a prediction, as Vega-Lite or drawn."""
    with serving.reading() as workspace:
        try:
            found = looking.look(workspace, name)
        except UnknownNameError:
            raise NotFound("there is no prediction of this name") from None
    held = [one for one in looking.document(found).figures if one.name == figure]
    if not held or form not in ("json", "svg"):
        raise NotFound("there is no such chart")
    drawn = held[0].draw(max(NARROWEST, min(width, WIDEST)))
    return spec_answer(drawn) if form == "json" else picture_answer(drawn, figure)
