"""All figures of loyalty together: what was found to measure, what could not be, and one family of tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlglot import exp

from segmentary.engine.base import Engine
from segmentary.language.tree import Context
from segmentary.measurement.loyalty.behaviour import (
    EVERYBODY,
    Leaving,
    SaidAndDone,
    order_figures,
    retention,
    said_and_done,
    still_buying,
)
from segmentary.measurement.loyalty.figures import Figure, judged
from segmentary.measurement.loyalty.questions import Question, Spending
from segmentary.measurement.loyalty.satisfaction import (
    Answers,
    ScoreSeries,
    SpendingSums,
    counted,
    csat_figure,
    nps_figure,
    series,
    wallet,
    wallet_figure,
)
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to measure; None: the data do not hold it."""

    nps: Question | None
    csat: Question | None
    spending: Spending | None
    leaving: Leaving | None


@dataclass(frozen=True, slots=True)
class Loyalty:
    """The loyalty of every segment.

    figures : segment by segment, every measure that could be told. scores : the net promoter score over the waves.
    said_and_done : happy and leaving. findings : what could not be measured, and what to mind.
    """

    figures: tuple[Figure, ...]
    scores: tuple[ScoreSeries, ...]
    said_and_done: tuple[SaidAndDone, ...]
    findings: tuple[Finding, ...]

    def of(self, segment: str) -> dict[str, Figure]:
        """Return a segment's figures by measure."""
        return {one.measure: one for one in self.figures if one.segment == segment}

    @property
    def measures(self) -> tuple[str, ...]:
        """What was measured."""
        return tuple(dict.fromkeys(one.measure for one in self.figures))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "figures": [one.to_document() for one in self.figures],
            "scores": [one.to_document() for one in self.scores],
            "said_and_done": [one.to_document() for one in self.said_and_done],
            "findings": [one.to_document() for one in self.findings],
        }


class HasPeople(Protocol):
    """Sums that know how many people stand behind them."""

    @property
    def people(self) -> int:
        """How many."""
        ...


def loyalty(
    engine: Engine,
    events: exp.Table | exp.Query,
    answers: exp.Query,
    members: exp.Query,
    segments: Sequence[str],
    context: Context,
    plan: Plan,
    *,
    least_people: int = 11,
    tell: Tell = quiet,
) -> Loyalty:
    """Measure the loyalty of segments.

    members : customer_id and segment: the place in `segments`, and -1 once for every customer. answers : see
    `questions.answers_query`. least_people : figures of fewer people are left out.
    """
    tell("reading answers", 0.0)
    found: list[Figure] = []
    scores: tuple[ScoreSeries, ...] = ()
    crossed: tuple[SaidAndDone, ...] = ()
    if plan.nps is not None:
        by_wave = counted(engine, answers, members, plan.nps)
        found += latest(segments, plan.nps.waves, by_wave, Answers(), bound(nps_figure, plan.nps))
        scores = series(engine, answers, members, plan.nps, segments, by_wave, least_people=least_people)
    if plan.csat is not None:
        by_wave = counted(engine, answers, members, plan.csat)
        found += latest(segments, plan.csat.waves, by_wave, Answers(), bound(csat_figure, plan.csat))
    if plan.spending is not None:
        spent = wallet(engine, answers, members, plan.spending)
        found += latest(segments, plan.spending.waves, spent, SpendingSums(), bound(wallet_figure, plan.spending))
    tell("counting orders", 0.5)
    found += order_figures(engine, events, members, segments, context)
    if plan.leaving is not None:
        found += retention(engine, events, members, segments, context, plan.leaving)
    else:
        found += still_buying(engine, events, members, segments, context)
    asked = plan.nps or plan.csat
    if asked is not None:
        tell("holding what was said against what was done", 0.8)
        crossed = said_and_done(
            engine, events, answers, members, segments, context, asked, plan.leaving, least_people=least_people
        )
    kept = [
        one for one in found if min(one.own.n, one.others.n) >= least_people and one.own.estimate == one.own.estimate
    ]
    order = {name: place for place, name in enumerate(segments)}
    figures = sorted(judged(kept), key=lambda one: order[one.segment])
    withheld = {(one.segment, one.measure) for one in found} - {(one.segment, one.measure) for one in kept}
    tell("done", 1.0)
    return Loyalty(tuple(figures), scores, crossed, tuple(findings_of(plan, withheld, least_people)))


def bound(make: Callable[..., Figure], asked: object) -> Callable[..., Figure]:
    return lambda segment, wave, own, everybody: make(segment, asked, wave, own, everybody)


def latest(
    segments: Sequence[str],
    waves: Sequence[str],
    found: Mapping[tuple[int, str], Any],
    nothing: HasPeople,
    make: Callable[..., Figure],
) -> list[Figure]:
    """Return a figure of each segment in the latest wave: how it is now, not how it was on average."""
    wave = waves[-1]
    everybody = found.get((EVERYBODY, wave), nothing)
    return [
        make(segment, wave, found.get((number, wave), nothing), everybody) for number, segment in enumerate(segments)
    ]


def findings_of(plan: Plan, withheld: set[tuple[str, str]], least_people: int) -> list[Finding]:
    """Say what could not be measured."""
    found = []
    if plan.nps is None:
        found.append(Finding("no_nps", "note", "no question of 0 to 10 asks for a recommendation: no NPS",
                             "name it: --nps ITEM"))  # fmt: skip
    if plan.csat is None:
        found.append(Finding("no_csat", "note", "no question of 1 to 5, 7 or 10 asks for satisfaction: no CSAT",
                             "name it: --csat ITEM"))  # fmt: skip
    if plan.spending is None:
        found.append(Finding("no_wallet", "note", "no answers about spending with others: no share of wallet",
                             "ask for spend_ours, spend_RIVAL, or name ours: --ours ITEM"))  # fmt: skip
    if plan.leaving is None:
        found.append(Finding("no_leaving", "note", "no event says that somebody left: who goes on buying stands for it",
                             "name the event: --ends EVENT"))  # fmt: skip
    if withheld:
        names = sorted({segment for segment, _ in withheld})
        found.append(Finding("too_few_people", "warning",
                             f"{len(withheld)} figures are left out: fewer than {least_people} people behind them",
                             "segments: " + ", ".join(names)))  # fmt: skip
    if plan.nps is not None or plan.csat is not None:
        found.append(Finding("respondents", "note", "answers are those of people who answered, not of everybody"))
    return found
