"""Where to spend a budget: over segments, by what an experiment measured each treated person to bring, and how surely.

Money is put where one more unit of it returns most, up to the people there are. Three ways stand side by side:

- **expected**: by the expected net return, as if it were known;
- **careful**: by its lower bound (nine chances in ten that it is more); a segment that may lose money gets nothing;
- **by chance of being best**: how much each segment gets on average when the returns are drawn from what is known of
  them (Thompson 1933).

Every way is valued against spending nothing and against the same money over all alike, with an interval. A segment
whose return may be on either side of nothing can get a part for learning; one that is known not to pay gets "spend
nothing here". Without a randomised experiment there is no return to go by, and the question is refused.

References: Thompson (1933), Biometrika 25; Raiffa & Schlaifer (1961), Applied Statistical Decision Theory (what
knowing is worth); Manski (2004), Econometrica 72(4) (statistical treatment rules).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError, UsageError
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
    usable = checked(returns, budget, learning, careful)
    costs = np.array([one.cost for one in usable])
    most = np.array([one.people * one.cost for one in usable])
    mean = np.array([one.net for one in usable])
    low = mean - normal_quantile(2 * careful - 1) * np.array([one.error for one in usable])
    draws = drawn(usable, seed) / costs
    verdicts = [verdict_of(*ends) for ends in zip(low, 2 * mean - low, strict=True)]
    kept = learning_parts(usable, verdicts, learning * budget, most)
    spends = {
        "careful, with learning": greedy(low / costs, most, budget - float(kept.sum())) + kept,
        "careful": greedy(low / costs, most, budget),
        "expected": greedy(mean / costs, most, budget),
        "by chance of being best": np.mean([greedy(row, most, budget) for row in draws], axis=0),
        "over all alike": min(1.0, budget / float(most.sum())) * most,
    }
    n = sum(one.n for one in usable)
    ways = tuple(valued(name, one, spends["over all alike"], draws, n) for name, one in spends.items())
    rows = rows_of(usable, verdicts, spends, kept, draws, currency)
    left = max(0.0, budget - ways[0].spent)
    return Allocation(
        budget, experiment, rows, ways, ways[0].name, left, summed_up(rows, ways[0], budget, left, currency),
        notes(usable, rows),
    )  # fmt: skip


def checked(returns: Sequence[SegmentReturn], budget: float, learning: float, careful: float) -> list[SegmentReturn]:
    """Return the segments there is something to say of; refuse what makes no sense."""
    usable = [one for one in returns if one.people > 0 and math.isfinite(one.profit) and one.error > 0]
    if not usable:
        raise NoAnswerError(NO_EXPERIMENT, hint=NEEDED)
    if not (math.isfinite(budget) and budget > 0):
        raise UsageError(f"a budget of {budget:g} cannot be divided", hint="a positive amount")
    if any(not one.cost > 0 for one in usable):
        raise UsageError("a treatment that costs nothing needs no budget", hint="--cost 2.50")
    if not 0 <= learning < 1 or not 0.5 < careful < 1:
        raise UsageError("learning is a share below 1, careful one above a half")
    return usable


def rows_of(
    returns: Sequence[SegmentReturn],
    verdicts: Sequence[Verdict],
    spends: Mapping[str, Floats],
    kept: Floats,
    draws: Floats,
    currency: str,
) -> tuple[Row, ...]:
    """Return the part of each segment, the largest first."""
    best = np.bincount(np.argmax(draws, axis=1), minlength=len(returns)) / len(draws)
    pays = (draws > 0).mean(axis=0)
    rows = []
    for place, one in enumerate(returns):
        spend = float(spends["careful, with learning"][place])
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
                learning=float(kept[place]),
                expected=float(spends["expected"][place]),
                careful=float(spends["careful"][place]),
                by_chance=float(spends["by chance of being best"][place]),
                sentence=said(one, verdicts[place], spend, float(pays[place]), currency),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.spend, -row.net.estimate, row.segment)))


def drawn(returns: Sequence[SegmentReturn], seed: int) -> Floats:
    """Return (draws, segments) net returns per treated person from what is known of them."""
    rng = np.random.default_rng(seed)
    mean, error = np.array([one.net for one in returns]), np.array([one.error for one in returns])
    made: Floats = mean + error * rng.standard_normal((DRAWS, len(returns)))
    return made


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


def worth_knowing(one: SegmentReturn) -> float:
    """Return what a person's part of the decision would gain on average by knowing the return (perfect information)."""
    normal = NormalDist()
    z = abs(one.net) / one.error
    return one.error * normal.pdf(z) - abs(one.net) * normal.cdf(-z)


def learning_parts(returns: Sequence[SegmentReturn], verdicts: Sequence[Verdict], money: float, most: Floats) -> Floats:
    """Divide the money for learning by what knowing the return of those who may pay would be worth."""
    open_ = np.array([verdict == "learn" for verdict in verdicts])
    weight = np.where(open_, [one.people * worth_knowing(one) for one in returns], 0.0)
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


def notes(returns: Sequence[SegmentReturn], rows: Sequence[Row]) -> tuple[Finding, ...]:
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
