"""Where to spend a budget: over segments, by what an experiment measured each treated person to bring, and how surely.

Money is put where one more unit of it returns most, up to the people there are. Three ways stand side by side:

- **expected**: by the expected net return, as if it were known;
- **careful**: by its lower bound (nine chances in ten that it is more); a segment that may lose money gets nothing;
- **by chance of being best**: how much each segment gets on average when the returns are drawn from what is known of
  them (Thompson 1933).

Every way is valued against spending nothing and against the same money over all alike, with an interval. A segment
whose return may be on either side of nothing can get a part for learning; one that is known not to pay gets "spend
nothing here". Without a randomised experiment there is no return to go by, and the question is refused.

References: Thompson (1933), Biometrika 25; Manski (2004), Econometrica 72(4) (statistical treatment rules).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError, UsageError
from segmentary.measurement.experiment.analysis import Analysis, Comparison, metric_of
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.table.findings import Finding

Floats: TypeAlias = npt.NDArray[np.float64]
Verdict = Literal["spend", "learn", "spend nothing"]
DRAWS = 4_000
CAREFUL = 0.9
LEARNING = 0.1
NEEDED = (
    "plan one: segmentary experiment plan NAME --primary 'revenue = sum order_completed.amount in 28d' --by TRAIT;"
    " assign it, wait for its day, analyze it: a budget needs the measured return per treated person of each segment"
)
NO_EXPERIMENT = "no experiment supports a budget: what treating a segment returns was never measured against a control"


@dataclass(frozen=True, slots=True)
class SegmentReturn:
    """What an experiment measured in one segment.

    people : how many could be treated now. cost : of treating one. profit : incremental profit per treated person
    before that cost; error : its standard error. n : people of both arms behind it.
    """

    segment: str
    people: int
    cost: float
    profit: float
    error: float
    n: int

    @property
    def net(self) -> float:
        """What is left per treated person after the cost."""
        return self.profit - self.cost


@dataclass(frozen=True, slots=True)
class Row:
    """One segment's part.

    net : per treated person, with its interval. pays : probability that it is more than nothing. spend : by the way
    recommended, with its learning part; expected, careful, by_chance : by each way. treated : people that pays for.
    """

    segment: str
    people: int
    cost: float
    net: Interval
    pays: float
    best: float
    verdict: Verdict
    spend: float
    treated: int
    learning: float
    expected: float
    careful: float
    by_chance: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to spend: what it is expected to leave, against nothing and against the same money over all alike.

    loses : probability that it leaves less than nothing.
    """

    name: str
    spent: float
    gain: Interval
    against_equal: Interval
    loses: float


@dataclass(frozen=True, slots=True)
class Allocation:
    """A budget over segments. left : money nobody should get. recommended : the name of the way ``spend`` follows."""

    budget: float
    experiment: str
    rows: tuple[Row, ...]
    ways: tuple[Way, ...]
    recommended: str
    left: float
    sentence: str
    findings: tuple[Finding, ...]

    def row(self, segment: str) -> Row:
        """Return a segment's part."""
        return next(one for one in self.rows if one.segment == segment)

    def way(self, name: str) -> Way:
        """Return one of the ways."""
        return next(one for one in self.ways if one.name == name)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def returns_of(
    analysis: Analysis | None, people: dict[str, int], *, cost: float | None = None, margin: float = 1.0, arm: str = "",
    metric: str = "",
) -> list[SegmentReturn]:  # fmt: skip
    """Read the return of each segment from an experiment.

    Parameters
    ----------
    analysis : None: there is none. people : segment -> how many could be treated now. cost : of treating one; default:
        the plan's. margin : share of the incremental money that is profit. arm, metric : default: the only treatment,
        the first metric in money.

    Raises
    ------
    NoAnswerError
        when no experiment can carry it: none, not split as planned, read too early, no money, no segments.
    UsageError
        when the cost is not known or the arm or metric is not in it.
    """
    if analysis is None:
        raise NoAnswerError(NO_EXPERIMENT, hint=NEEDED)
    plan = analysis.plan
    if analysis.blocked:
        raise NoAnswerError(
            f"{plan.name} cannot carry a budget: {analysis.sentence}", hint="find out why, and repeat the experiment"
        )
    if analysis.peeking:
        raise NoAnswerError(f"{plan.name} is read before its day: no budget rests on it", hint="wait for its day")
    if not analysis.segments:
        raise NoAnswerError(
            f"{plan.name} tells no segments apart: there is one return, and nothing to divide by it",
            hint="read it by segments: the ones it was stratified by, or a trait known before it",
        )
    price = cost if cost is not None else plan.cost
    if price is None:
        raise UsageError("what treating one person costs is not known", hint="--cost 2.50")
    wanted = arm or plan.treatments[0]
    if wanted not in plan.treatments:
        raise UsageError(f"{plan.name} has no treated arm {wanted!r}", hint=f"its arms: {', '.join(plan.treatments)}")
    money = [one.name for one in plan.metrics if one.top.of == "amount" and one.per is None]
    name = metric or (money[0] if money else "")
    if name not in money:
        raise NoAnswerError(
            f"{plan.name} has no metric in money{f' called {metric}' if metric else ''}: what it brings is unknown",
            hint="measure revenue = sum order_completed.amount in 28d",
        )
    found = [one for one in analysis.segments if (one.metric, one.arm) == (metric_of(plan, name).name, wanted)]
    return [made for one in found if (made := return_of(one, people, price, margin)) is not None]


def return_of(one: Comparison, people: dict[str, int], cost: float, margin: float) -> SegmentReturn | None:
    """Return a segment's figure, shrunken towards the others: the best of many is otherwise believed too much."""
    if one.deciding is None or one.segment not in people:
        return None
    estimate, error = one.deciding.estimate, one.deciding.error
    if one.shrunken is not None:
        estimate = one.shrunken.estimate
        error = (one.shrunken.high - one.shrunken.low) / (2 * normal_quantile(one.deciding.level))
    n = one.deciding.n_treated + one.deciding.n_control
    return SegmentReturn(one.segment, people[one.segment], cost, margin * estimate, margin * error, n)


def allocate(
    returns: Sequence[SegmentReturn],
    budget: float,
    *,
    experiment: str = "",
    learning: float = LEARNING,
    careful: float = CAREFUL,
    currency: str = "",
    seed: int = 0,
) -> Allocation:
    """Divide a budget over segments.

    Parameters
    ----------
    budget : money to spend at most. learning : part of it kept for segments of which it is not known whether they pay.
    careful : how sure a return has to be for the careful way.

    Raises
    ------
    NoAnswerError
        when there is no return to go by.
    UsageError
        when the budget, a cost or a share is not a positive number.
    """
    usable = [one for one in returns if one.people > 0 and math.isfinite(one.profit) and one.error > 0]
    if not usable:
        raise NoAnswerError(NO_EXPERIMENT, hint=NEEDED)
    if not (math.isfinite(budget) and budget > 0):
        raise UsageError(f"a budget of {budget:g} cannot be divided", hint="a positive amount")
    if any(not one.cost > 0 for one in usable):
        raise UsageError("a treatment that costs nothing needs no budget", hint="--cost 2.50")
    if not 0 <= learning < 1 or not 0.5 < careful < 1:
        raise UsageError("learning is a share below 1, careful one above a half")
    draws = drawn(usable, seed)
    costs = np.array([one.cost for one in usable])
    most = np.array([one.people * one.cost for one in usable])
    mean = np.array([one.net for one in usable])
    low = mean - normal_quantile(2 * careful - 1) * np.array([one.error for one in usable])
    expected, guarded = greedy(mean / costs, most, budget), greedy(low / costs, most, budget)
    by_chance = np.mean([greedy(row, most, budget) for row in draws / costs], axis=0)
    high = 2 * mean - low
    verdicts = [verdict_of(*ends) for ends in zip(low, high, strict=True)]
    kept = learning_parts(usable, verdicts, min(learning * budget, budget), most)
    recommended = greedy(low / costs, most, budget - float(kept.sum()))
    equal = min(1.0, budget / float(most.sum())) * most
    ways = tuple(
        valued(name, spends, equal, draws / costs, sum(one.n for one in usable))
        for name, spends in (
            ("careful, with learning", recommended + kept),
            ("careful", guarded),
            ("expected", expected),
            ("by chance of being best", by_chance),
            ("over all alike", equal),
        )
    )
    best = np.bincount(np.argmax(draws / costs, axis=1), minlength=len(usable)) / len(draws)
    pays = (draws > 0).mean(axis=0)
    rows = []
    for place, one in enumerate(usable):
        spend, part = float(recommended[place] + kept[place]), float(kept[place])
        rows.append(
            Row(
                segment=one.segment,
                people=one.people,
                cost=one.cost,
                net=net_interval(one),
                pays=float(pays[place]),
                best=float(best[place]),
                verdict=verdicts[place],
                spend=spend,
                treated=int(spend / one.cost + 1e-9),
                learning=part,
                expected=float(expected[place]),
                careful=float(guarded[place]),
                by_chance=float(by_chance[place]),
                sentence=said(one, verdicts[place], spend, float(pays[place]), currency),
            )
        )
    rows.sort(key=lambda row: (-row.spend, -row.net.estimate, row.segment))
    left = budget - float((recommended + kept).sum())
    return Allocation(
        budget, experiment, tuple(rows), ways, ways[0].name, max(0.0, left),
        summed_up(rows, ways[0], budget, max(0.0, left), currency), notes(usable, rows, left),
    )  # fmt: skip


def drawn(returns: Sequence[SegmentReturn], seed: int) -> Floats:
    """Return (draws, segments) net returns per treated person from what is known of them."""
    rng = np.random.default_rng(seed)
    mean, error = np.array([one.net for one in returns]), np.array([one.error for one in returns])
    return np.asarray(mean + error * rng.standard_normal((DRAWS, len(returns))))


def greedy(per_money: Floats, most: Floats, budget: float) -> Floats:
    """Spend where a unit of money returns most, up to what can be spent there; nothing where it returns nothing."""
    spends = np.zeros(len(most))
    left = budget
    for place in np.argsort(-per_money, kind="stable"):
        if left <= 0 or per_money[place] <= 0:
            break
        spends[place] = min(left, most[place])
        left -= spends[place]
    return spends


def verdict_of(low: float, high: float) -> Verdict:
    """Judge by both ends of what the return may be: where even the better one is a loss, there is nothing to learn."""
    if low > 0:
        return "spend"
    return "learn" if high > 0 else "spend nothing"


def learning_parts(returns: Sequence[SegmentReturn], verdicts: Sequence[Verdict], money: float, most: Floats) -> Floats:
    """Divide the money for learning by what is not known of those who may pay: standard error times people."""
    open_ = np.array([verdict == "learn" for verdict in verdicts])
    weight = np.where(open_, [one.error * one.people for one in returns], 0.0)
    if not weight.any():
        return np.zeros(len(returns))
    # Half of the people stay untreated, or nothing is learnt.
    return np.asarray(np.minimum(money * weight / weight.sum(), most / 2))


def valued(name: str, spends: Floats, equal: Floats, per_money: Floats, n: int) -> Way:
    """Value a way to spend under every draw."""
    gain = per_money @ spends
    against = per_money @ (spends - equal)
    low, high = np.quantile(gain, [0.025, 0.975])
    low_equal, high_equal = np.quantile(against, [0.025, 0.975])
    return Way(
        name,
        float(spends.sum()),
        Interval(float(gain.mean()), float(low), float(high), n),
        Interval(float(against.mean()), float(low_equal), float(high_equal), n),
        float((gain < 0).mean()),
    )


def net_interval(one: SegmentReturn) -> Interval:
    half = normal_quantile(0.95) * one.error
    return Interval(one.net, one.net - half, one.net + half, one.n)


def money(amount: float, currency: str) -> str:
    return f"{amount:,.0f} {currency}".strip()


def said(one: SegmentReturn, verdict: Verdict, spend: float, pays: float, currency: str) -> str:
    """Say what to do with a segment and why."""
    half = normal_quantile(0.95) * one.error
    span = f"{one.net:+.2f} per treated person after its cost, between {one.net - half:+.2f} and {one.net + half:+.2f}"
    match verdict:
        case "spend" if spend > 0:
            return f"{one.segment}: spend {money(spend, currency)}: {span}"
        case "spend":
            return f"{one.segment}: it pays, but the money is better spent elsewhere: {span}"
        case "learn" if spend > 0:
            return f"{one.segment}: spend {money(spend, currency)} to learn, half of them held out: {span}"
        case "learn":
            return f"{one.segment}: spend nothing here yet: it may not pay ({span}; probability {pays:.0%})"
    return f"{one.segment}: spend nothing here: {span}"


def summed_up(rows: Sequence[Row], way: Way, budget: float, left: float, currency: str) -> str:
    """Say the whole in one sentence."""
    if way.spent <= 0:
        return f"spend nothing: no segment is shown to return more than it costs; {money(budget, currency)} stay"
    names = ", ".join(f"{row.segment} {money(row.spend, currency)}" for row in rows if row.spend > 0)
    gain = f"{money(way.gain.estimate, currency)} ({money(way.gain.low, currency)} to {money(way.gain.high, currency)})"
    rest = f"; {money(left, currency)} stay: nobody else is shown to pay" if left >= 0.005 * budget else ""
    return f"spend {names}: expected to leave {gain}{rest}"


def notes(returns: Sequence[SegmentReturn], rows: Sequence[Row], left: float) -> tuple[Finding, ...]:
    """Say what to mind."""
    found = [
        Finding("same_effect", "note", "a budget rests on the effect being next time what it was in the experiment",
                "keep a holdout of every segment when spending it"),
    ]  # fmt: skip
    few = [one.segment for one in returns if one.n < 100]
    if few:
        found.append(Finding("few_people", "warning", f"fewer than 100 people were measured in {', '.join(few)}",
                             "the interval of so few is itself uncertain"))  # fmt: skip
    nothing = [row.segment for row in rows if row.verdict == "spend nothing"]
    if nothing:
        found.append(Finding("spend_nothing", "warning", f"known not to pay: {', '.join(nothing)}"))
    return tuple(found)
