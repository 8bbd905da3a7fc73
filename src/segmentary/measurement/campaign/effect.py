"""What a campaign changed against those it held out: in words, in orders, in money; per segment and in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from segmentary.measurement.campaign.plan import ORDERS, REVENUE
from segmentary.measurement.campaign.reactions import Funnel, together
from segmentary.measurement.experiment.analysis import Analysis, Comparison
from segmentary.measurement.experiment.effects import Effect, Kind
from segmentary.measurement.experiment.incremental import CANNOT, Incremental, incremental
from segmentary.measurement.experiment.verdict import figure, signed, unit
from segmentary.models.intervals import Interval

Word = Literal["worked", "did harm", "did not", "not clear", "it depends", "no verdict"]
"""What is said of a campaign. it depends : only of everybody, where the segments are shown to differ."""
WORDS: Mapping[str, Word] = {
    "works": "worked", "harms": "did harm", "no difference": "did not", "not clear": "not clear",
    "as overall": "not clear", "no verdict": "no verdict", "holds": "not clear", "not shown": "not clear",
}  # fmt: skip
NO_MARGIN = "revenue, not profit: the share of it that is margin is not known"


@dataclass(frozen=True, slots=True)
class Lift:
    """What one arm did to one metric, in one segment (empty: everybody), against those held out.

    treated, control : shares or means per person of those assigned. effect : per person assigned, with its interval;
    total : over all treated. p : corrected for the other questions asked. like_all : this segment is not shown to
    differ from the others, so what holds of all is the better guess.
    """

    segment: str
    arm: str
    metric: str
    kind: Kind
    n_treated: int
    n_control: int
    treated: float
    control: float
    effect: Interval
    total: Interval
    relative: float | None
    method: str
    p: float | None
    word: Word
    like_all: bool
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def lifts(analysis: Analysis) -> list[Lift]:
    """Return every comparison of an analysis that can be made, everybody first."""
    if analysis.blocked:
        return []
    several = len(analysis.plan.treatments) > 1
    made = [lift_of(one, several=several) for one in (*analysis.overall, *analysis.segments)]
    return [one for one in made if one is not None]


def lift_of(one: Comparison, *, several: bool = False) -> Lift | None:
    """Return a comparison in a campaign's words; None where there is nothing to compare. several : name the arm."""
    found, raw = one.deciding, one.raw
    if found is None or raw is None:
        return None
    word, n = WORDS[one.verdict.word], found.n_treated + found.n_control
    scale = found.n_treated
    effect = Interval(found.estimate, found.low, found.high, n, found.level)
    total = Interval(found.estimate * scale, found.low * scale, found.high * scale, n, found.level)
    like_all = one.verdict.word == "as overall"
    return Lift(
        one.segment, one.arm, one.metric, one.kind, found.n_treated, found.n_control, raw.treated, raw.control, effect,
        total, raw.relative, found.method, one.p, word, like_all, said(one, found, raw, word, like_all, several),
    )  # fmt: skip


def said(one: Comparison, found: Effect, raw: Effect, word: Word, like_all: bool, several: bool) -> str:
    """Say what an arm did, with its interval."""
    named = ", ".join(name for name in (one.segment, one.arm if several else "") if name)
    where = f"{named}: " if named else ""
    numbers = f"{one.metric} {figure(raw.treated, one.kind)} instead of {figure(raw.control, one.kind)}"
    of_unit = unit(one.kind)
    between = (
        f"{signed(found.estimate, one.kind)}{of_unit},"
        f" between {signed(found.low, one.kind)} and {signed(found.high, one.kind)}"
    )
    match word:
        case "worked" | "did harm":
            return f"{where}{word}: {numbers} ({between})"
        case "did not":
            return f"{where}did not change {one.metric} by anything that would matter ({between})"
        case "not clear" if like_all:
            return f"{where}not shown to differ from the others in {one.metric} ({between})"
        case "not clear":
            return f"{where}not clear: {numbers} ({between})"
    return f"{where}no verdict yet: {one.metric} ({between})"


@dataclass(frozen=True, slots=True)
class Money:
    """What a campaign cost and brought, in one segment (empty: everybody), all arms but those held out together.

    cost : messages and offers; offers_cost : the part of it for offers. revenue : incremental, over all treated people;
    profit : its margin less the cost, where the margin is known. each : cost of one incremental order. roi : gain per
    money spent; of revenue where no margin is known (``basis`` says which). why : why one of them cannot be said.
    """

    segment: str
    arm: str
    people: int
    cost: float
    offers_cost: float
    revenue: Interval | None
    profit: Interval | None
    margin: float | None
    each: Interval | None
    roi: Interval | None
    basis: str
    why: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def money(found: Sequence[Lift], rows: Sequence[Funnel], control: str, margin: float | None) -> list[Money]:
    """Return what every arm cost and brought, everybody first.

    rows : the funnel with its costs. margin : share of revenue that is profit before the campaign's cost.
    """
    pairs = list(dict.fromkeys((one.segment, one.arm) for one in found))
    made = []
    for segment, arm in pairs:
        reached = [r for r in rows if r.arm == arm and r.arm != control and segment in ("", r.segment)]
        whole = together(reached)
        here = {one.metric: one for one in found if (one.segment, one.arm) == (segment, arm)}
        made.append(money_of(segment, arm, here, whole, margin))
    return made


def money_of(segment: str, arm: str, here: Mapping[str, Lift], whole: Funnel, margin: float | None) -> Money:
    """Return one line of money."""
    revenue, orders = here.get(REVENUE), here.get(ORDERS)
    n = next((one.n_treated for one in here.values()), 0)
    cost = float(whole.cost)
    basis = "profit" if margin is not None else NO_MARGIN
    made = Money(segment, arm, n, cost, float(whole.offers_cost), None, None, margin, None, None, basis, "")
    if orders is not None and cost > 0:
        brought = totals(orders, cost, money=False)
        if brought.each is not None and brought.each_low is not None and brought.each_high is not None:
            made = replace(made, each=Interval(brought.each, brought.each_low, brought.each_high, orders.effect.n))
        made = replace(made, why=brought.why)
    if revenue is None:
        return made
    made = replace(made, revenue=revenue.total)
    part = margin if margin is not None else 1.0
    total = revenue.total
    scaled = Interval(part * total.estimate, part * total.low, part * total.high, total.n)
    if margin is not None:
        made = replace(made, profit=Interval(scaled.estimate - cost, scaled.low - cost, scaled.high - cost, scaled.n))
    if cost > 0:
        mean, low, high = ((end - cost) / cost for end in (scaled.estimate, scaled.low, scaled.high))
        made = replace(made, roi=Interval(mean, low, high, scaled.n))
    return made


def totals(one: Lift, cost: float, *, money: bool) -> Incremental:
    """Return what a lift brought over all treated, and what one more cost."""
    effect = Effect(
        one.effect.estimate, one.effect.low, one.effect.high, 0.0, one.p or 1.0, one.treated, one.control,
        one.n_treated, one.n_control, one.method,
    )  # fmt: skip
    per_person = cost / one.n_treated if one.n_treated else 0.0
    return incremental(effect, one.n_treated, arm=one.arm, metric=one.metric, cost_per_person=per_person, money=money)


def with_costs(
    rows: Sequence[Funnel], unit_cost: float, offers: Mapping[tuple[str, str, str], tuple[int, Decimal]]
) -> list[Funnel]:
    """Return the funnel with what it cost: every message that left, and every offer given.

    offers : by segment, arm and variant: how many are promised and not taken back, and their money.
    """
    price = Decimal(str(unit_cost))
    made = []
    for one in rows:
        n, amount = offers.get((one.segment, one.arm, one.variant), (0, Decimal(0)))
        made.append(replace(one, offers=n, offers_cost=amount, cost=price * one.sent + amount))
    return made


__all__ = ["CANNOT", "NO_MARGIN", "Lift", "Money", "Word", "lifts", "money", "with_costs"]
