"""Pages of journeys: the list, the steps drawn with the people at each, the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.http.documents import in_force
from segmentary.interfaces.web import campaign_views as views
from segmentary.interfaces.web.pages.campaigns import WORDS, document_page
from segmentary.interfaces.web.pages.offers import starter
from segmentary.interfaces.web.rendering import data_for_script, page, script_words
from segmentary.interfaces.web.words import language_of, translations
from segmentary.workspace.serving import Serving

router = APIRouter()
Served = Annotated[Serving, Depends(serving_of)]
Name = Annotated[str, Path(max_length=200)]
Reader = Annotated[Caller, may("read")]
STARTER = """channel: email
purpose: marketing
enter: {segment: SEGMENT, when: enters}
goal: {event: order_completed}
holdout: 10%
steps:
  - hello: {send: MESSAGE}
  - pause: {wait: 3d}
  - over: {end: done}
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One step of the drawing. ways : where it goes on, with what for; share : of everybody who is in it now."""

    step: str
    kind: Literal["send", "wait", "branch", "end", "older"]
    what: str
    waiting: int
    share: float
    ways: tuple[tuple[str, str], ...]


@router.get("/journeys")
def journeys(request: Request, caller: Reader, serving: Served) -> Response:
    """List the journeys."""
    with serving.reading() as workspace:
        found = [workspace.journeys.show(name) for name in sorted(workspace.journeys.in_force())]
    return page(
        request, "journeys/list.html.j2", caller, here="campaigns", part="journeys", found=found,
        title_of=views.titled,
    )  # fmt: skip


@router.get("/journeys/new")
def new_journey(request: Request, caller: Annotated[Caller, may("act")], serving: Served) -> Response:
    """Begin a journey."""
    title = translations(language_of(request)).gettext("New journey")
    return starter(request, caller, "journey", "journeys", STARTER, title)


@router.get("/journeys/{name}")
def journey(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show a journey: who enters, the steps with their people, how it ended for whom."""
    from segmentary.activation.journey.plan import OUTCOMES

    _ = translations(language_of(request)).gettext
    with serving.reading() as workspace:
        record = in_force(workspace, "journey", name)
        held = workspace.journeys.get(name)
        shown = workspace.journeys.show(name)
    ended = [(OUTCOMES.get(key, key), many) for key, many in shown.outcomes.items()]
    return page(
        request, "journeys/journey.html.j2", caller, here="campaigns", part="journeys", name=name,
        title=views.titled(name), plan=held.journey, since=held.since, shown=shown, steps=drawn(held.journey, shown, _),
        ended=ended, etag=record.version, may_act=caller.may("act"), entry=entry_words(held.journey, _),
        words=data_for_script(script_words(language_of(request), WORDS)),
    )  # fmt: skip


def entry_words(plan: Any, _: Any) -> str:
    """Say who enters."""
    entry = plan.enter
    if entry.event:
        return str(_("whoever does %(event)s") % {"event": entry.event})
    if entry.when == "is":
        return str(_("members of %(segment)s") % {"segment": entry.segment})
    return str(_("whoever enters %(segment)s") % {"segment": entry.segment})


def drawn(plan: Any, shown: Any, _: Any) -> list[Drawn]:
    """Return the steps as they are drawn: what happens, who stands there, where it goes on."""
    at = {one.step: one for one in shown.steps}
    total = max(1, shown.waiting)
    found = []
    for number, step in enumerate(plan.steps):
        following = plan.steps[number + 1].id if number + 1 < len(plan.steps) else ""
        kind, what, ways = said(step, following, _)
        people = at[step.id].waiting if step.id in at else 0
        found.append(Drawn(step.id, kind, what, people, people / total, tuple(ways)))
    own = {step.id for step in plan.steps}
    found += [
        Drawn(one.step, "older", _("a step of an older version"), one.waiting, one.waiting / total, ())
        for one in shown.steps
        if one.step not in own
    ]
    return found


def said(step: Any, following: str, _: Any) -> tuple[Any, str, list[tuple[str, str]]]:
    """Return the kind of a step, what it does in words, and its ways on."""
    from segmentary.activation.journey.engine import words
    from segmentary.activation.journey.plan import Branch, End, Send

    match step:
        case Send():
            named = f"{step.message} ({step.variant})" if step.variant else step.message
            return "send", _("Send %(message)s") % {"message": named}, [("", step.then or following)]
        case Branch():
            ways = [(words(one.when), one.to) for one in step.cases]
            return "branch", _("Decide"), [*ways, (_("otherwise"), step.otherwise or following)]
        case End():
            return "end", _("End: %(outcome)s") % {"outcome": step.outcome}, []
    if step.event is not None:
        happens = _("Wait for %(event)s, at most %(length)s") % {"event": words(step.event), "length": step.at_most}
        return (
            "wait",
            happens,
            [(_("when it happens"), step.then or following), (_("else"), step.otherwise or following)],
        )
    spans = [step.length, _("until %(time)s") % {"time": step.until} if step.until else ""]
    told = _("Wait %(length)s") % {"length": " ".join(one for one in spans if one)}
    return "wait", told, [("", step.then or following)]


@router.get("/journeys/{name}/document")
def document(request: Request, caller: Reader, serving: Served, name: Name) -> Response:
    """Show a journey's document as YAML, with its versions."""
    return document_page(request, caller, serving, "journey", name, "journeys", f"/journeys/{name}")
