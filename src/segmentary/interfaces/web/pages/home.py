"""The first page: four figures, what changed, what wants looking at, and the way from data to results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from segmentary.interfaces.http.access import Caller, may, serving_of
from segmentary.interfaces.web.drawing import sparkline
from segmentary.interfaces.web.rendering import filters, page
from segmentary.interfaces.web.words import language_of, translations
from segmentary.workspace.overview import Overview, Work, overview
from segmentary.workspace.serving import Serving
from segmentary.workspace.status import FRESH

router = APIRouter()
Say = Callable[[str], str]
State = Literal["done", "next", "open"]
REASONS = {
    "event": "something they did",
    "late_data": "data that came late",
    "attribute": "a changed attribute",
    "ageing": "time passing",
    "edit": "a changed definition",
    "merge": "records found to be one person",
    "erasure": "erased people",
    "retired": "a retired definition",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the large numbers: text, the change since before, a small line, where it leads."""

    name: str
    text: str
    note: str
    points: str
    href: str


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing: what, why it matters, where it is mended."""

    what: str
    why: str
    href: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: what there is, what is missing, the next thing to do."""

    key: str
    title: str
    state: State
    there: str
    lacks: tuple[Lack, ...]
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that wants looking at."""

    text: str
    href: str
    action: str


@router.get("/")
def home(
    request: Request, caller: Annotated[Caller, may("read")], serving: Annotated[Serving, Depends(serving_of)]
) -> Response:
    """Show the state of the business."""
    with serving.reading() as workspace:
        found = overview(workspace)
    language = language_of(request)
    words = translations(language)
    say = words.gettext
    shown = Shown(found, say, words.ngettext, filters(language), serving.workspace.settings.currency)
    return page(
        request,
        "home/home.html.j2",
        caller,
        here="home",
        found=found,
        name=serving.workspace.folder.root.resolve().name,
        figures=shown.figures(),
        steps=shown.steps(),
        alerts=shown.alerts(),
        moves=[(one, *shown.move(one.entered_because, one.left_because)) for one in found.moves],
    )


class Shown:
    """The facts in the words of a language."""

    def __init__(
        self,
        found: Overview,
        say: Say,
        many: Callable[[str, str, int], str],
        written: dict[str, Callable[..., str]],
        currency: str,
    ) -> None:
        self.found, self.say, self.many, self.written, self.currency = found, say, many, written, currency

    def counted(self, one: str, several: str, number: int) -> str:
        """Return a sentence with a number in it."""
        return self.many(one, several, number) % {"num": self.written["number"](number)}

    def figures(self) -> list[Figure]:
        """Return the large numbers there are."""
        found, say, number = self.found, self.say, self.written["number"]
        made: list[Figure] = []
        if found.customers:
            made.append(
                Figure(
                    say("Customers"), number(found.customers[-1]), self.change(), sparkline(found.customers), "/people"
                )
            )
        if found.covered is not None and found.customers and found.customers[-1]:
            share = self.written["percent"](found.covered / found.customers[-1], 0)
            made.append(Figure(say("In a segment"), share, say("of all customers, in at least one"), "", "/segments"))
        whole = [one for one in found.months if not one.partial]
        if whole:
            newest = whole[-1]
            made.append(
                Figure(
                    say("Sales"),
                    self.written["money"](newest.money, self.currency),
                    f"{newest.first_day:%Y-%m} · " + self.counted("%(num)s buyer", "%(num)s buyers", newest.buyers),
                    sparkline([one.money for one in whole]),
                    "/segments",
                )
            )
        if found.reachable is not None:
            made.append(
                Figure(
                    say("Reachable by e-mail"), number(found.reachable), say("agreed to marketing"), "", "/campaigns"
                )
            )
        return made

    def change(self) -> str:
        """Say how the number of customers changed since the run before."""
        customers = self.found.customers
        if len(customers) < 2:
            return self.say("known by the newest run")
        difference = customers[-1] - customers[-2]
        sign = "+" if difference > 0 else "−" if difference < 0 else "±"
        return f"{sign}{self.written['number'](abs(difference))} " + self.say("since the run before")

    def move(self, entered: str, left: str) -> tuple[str, str]:
        """Return the reasons of coming and going in words."""
        return self.say(REASONS.get(entered, entered)), self.say(REASONS.get(left, left))

    def alerts(self) -> list[Alert]:
        """Return what wants looking at, the most important first."""
        work, say = self.found.work, self.say
        made = []
        if work.runs and work.status != FRESH:
            made.append(Alert(say("What is served is not fresh") + f": {work.status}.", "/runs", say("Compute now")))
        stale = [one.source for one in self.found.sources if one.stale]
        if stale:
            made.append(
                Alert(say("No new data for over a week from") + f" {', '.join(stale[:4])}.", "/data", say("Look"))
            )
        if work.withheld:
            text = self.counted("%(num)s message was withheld.", "%(num)s messages were withheld.", work.withheld)
            made.append(Alert(text, "/outbox", say("See why")))
        return made

    def steps(self) -> list[Step]:
        """Return the way from data to results; the first step that is not done is the next one."""
        made = [gather, analyse, create, act, review]
        steps: list[Step] = []
        for make in made:
            step = make(self)
            due = step.state == "open" and all(one.state == "done" for one in steps)
            steps.append(Step(step.key, step.title, "next" if due else step.state, *parts_of(step)))
        return steps


def parts_of(step: Step) -> tuple[str, tuple[Lack, ...], str, str]:
    return step.there, step.lacks, step.href, step.action


def gather(shown: Shown) -> Step:
    """Return the step of bringing data in."""
    say, work = shown.say, shown.found.work
    lacks = []
    if work.sources and not work.has_orders:
        lacks.append(Lack(say("Orders"), say("without them nobody's value can be known"), "/data"))
    if work.sources and not work.has_consents:
        lacks.append(Lack(say("Consent"), say("without it nobody may be written to"), "/data"))
    if work.sources and not work.has_answers:
        lacks.append(Lack(say("A survey"), say("it says why people buy, not only what"), "/data"))
    there = shown.counted("%(num)s source connected", "%(num)s sources connected", work.sources)
    action = say("Add data") if work.sources else say("Bring the first file in")
    return Step(
        "gather", say("Gather"), done(work.sources), there if work.sources else "", tuple(lacks), "/data", action
    )


def analyse(shown: Shown) -> Step:
    """Return the step of computing and looking."""
    say, work = shown.say, shown.found.work
    lacks = []
    if work.runs and not work.discoveries:
        lacks.append(
            Lack(say("Segments nobody wrote down"), say("statistics may find groups you did not think of"), "/discover")
        )
    if work.runs and not work.predictions:
        lacks.append(
            Lack(say("Predictions"), say("who will buy, who will leave, what they will be worth"), "/predictions")
        )
    there = shown.counted("%(num)s run", "%(num)s runs", work.runs) if work.runs else ""
    return Step("analyse", say("Analyse"), done(work.runs), there, tuple(lacks), *led(work, say))


def led(work: Work, say: Say) -> tuple[str, str]:
    """Return where the step of analysing leads."""
    return ("/discover", say("Find segments")) if work.runs else ("/runs", say("Compute for the first time"))


def create(shown: Shown) -> Step:
    """Return the step of defining segments."""
    say, work = shown.say, shown.found.work
    there = (
        shown.counted("%(num)s segment in force", "%(num)s segments in force", work.segments) if work.segments else ""
    )
    return Step("create", say("Create"), done(work.segments), there, (), "/segments/new", say("New segment"))


def act(shown: Shown) -> Step:
    """Return the step of reaching people."""
    say, work = shown.say, shown.found.work
    lacks = []
    if not work.has_consents:
        lacks.append(Lack(say("Consent"), say("without it nobody may be written to"), "/data"))
    if work.waiting:
        waiting = shown.counted("%(num)s message waits", "%(num)s messages wait", work.waiting)
        lacks.append(Lack(waiting, say("nothing leaves before somebody sends it"), "/outbox"))
    there = shown.counted("%(num)s campaign", "%(num)s campaigns", work.campaigns) if work.campaigns else ""
    return Step("act", say("Act"), done(work.sent), there, tuple(lacks), "/campaigns", say("Plan a campaign"))


def review(shown: Shown) -> Step:
    """Return the step of measuring."""
    say, work = shown.say, shown.found.work
    lacks = []
    if work.sent and work.sent_since is not None and (shown.found.now - work.sent_since).days < 28:
        lacks.append(Lack(say("Time"), say("a result needs some weeks after sending"), "/campaigns"))
    if not work.experiments and not work.campaigns:
        lacks.append(
            Lack(say("A holdout"), say("without people left out on purpose no effect can be known"), "/experiments")
        )
    seen = bool(work.sent) and not lacks
    there = shown.counted("%(num)s message sent", "%(num)s messages sent", work.sent) if work.sent else ""
    return Step("review", say("Review"), done(seen), there, tuple(lacks), "/experiments", say("See what it changed"))


def done(there: object) -> State:
    """Return whether a step is done."""
    return "done" if there else "open"
