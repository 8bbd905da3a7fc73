"""The customer base laid against the market: where we have more people than our share, and where fewer.

The market is measured by a survey, the base is counted; a typing tool puts both into the same segments.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.estimate import Contrast, Estimate, at_share, contrast, corrected, pooled_share
from segmentary.market.groups import Groups
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import measured, shares_of, total
from segmentary.market.wording import HIDDEN_BELOW, SMALL, number, percent, points
from segmentary.models.intervals import Interval, wilson
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, slots=True)
class SegmentGap(Record):
    """One segment in the base and in the market.

    respondents, customers : people behind each side. market_share : of people placed in a segment, in the market;
    base_share : the same in the base. gap : base less market (with interval and corrected test). index : 100 times base
    over market share (with interval): 100 is as many as our size lets expect. market_size : people of the segment in
    the market; penetration : share of them who are our customers, None where market sizes are not in people.
    """

    name: str
    respondents: int
    customers: int
    market_share: Estimate
    base_share: Interval
    gap: Contrast
    index: Interval
    market_size: Estimate
    penetration: Interval | None
    small: bool
    suppressed: bool

    @property
    def verdict(self) -> str:
        """``over``, ``under``, ``not_clear`` or ``cannot_say``."""
        if not self.gap.known:
            return "cannot_say"
        if not self.gap.sure:
            return "not_clear"
        return "over" if self.gap.estimate > 0 else "under"

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        both = (
            f"{self.name}: {percent(self.base_share.estimate)} of our customers, "
            f"{percent(self.market_share.estimate)} of the market"
        )
        match self.verdict:
            case "over":
                return f"{both}; we are stronger here than elsewhere, by {points(self.gap.estimate)}."
            case "under":
                return f"{both}; the market is here and we are not, short by {points(self.gap.estimate)}."
            case "not_clear":
                return f"{both}; that difference could be chance."
            case _:
                return f"{both}; too few people to compare."


@dataclass(frozen=True, slots=True)
class BaseAgainstMarket(Record):
    """The whole comparison.

    segments : in the order of the groups. base, market : how many customers and respondents there are in all.
    unassigned_base, unassigned_market : the share of each in no segment (shares of segments are among those in one).
    penetration : our customers over all people of the market, None where sizes are not in people.
    """

    segments: tuple[SegmentGap, ...]
    base: int
    market: int
    unassigned_base: Interval
    unassigned_market: Estimate
    population: Estimate
    penetration: Interval | None
    people: str
    design: str
    findings: tuple[Finding, ...] = ()

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        over = [one.name for one in self.segments if one.verdict == "over"]
        under = [one.name for one in self.segments if one.verdict == "under"]
        if not over and not under:
            return "In no segment do our customers and the market differ by more than chance would."
        parts = []
        if under:
            parts.append(f"the market is larger than we are in {', '.join(under)}")
        if over:
            parts.append(f"we are stronger than the market in {', '.join(over)}")
        text = "; ".join(parts) + "."
        return text[0].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Typed:
    """How customers were placed: by a typing tool, which errs, and more often into some segments than others.

    confusion : (k, k) share of people by true segment (row) and the one the tool gives (column), on people it had not
    seen who are customers. people : how many those were.

    Shares are corrected by what the tool got wrong among those people (the difference estimator of two-phase sampling:
    Särndal, Swensson & Wretman 1992, chapter 9), and their intervals carry how few those were.
    """

    confusion: tuple[tuple[float, ...], ...]
    people: int

    def shares(self, base: Sequence[int]) -> tuple[Floats, Floats]:
        """Return (k,) corrected shares of the base, and (k,) their variances."""
        placed = sum(base)
        given = np.asarray(base, dtype=np.float64) / placed
        table = np.asarray(self.confusion, dtype=np.float64)
        table = table / table.sum()
        true, told = table.sum(axis=1), table.sum(axis=0)
        wrong = true + told - 2 * np.diag(table) - (true - told) ** 2
        found = np.clip(given + true - told, 0.0, None)
        return found / found.sum(), wrong / self.people + given * (1 - given) / placed


def against_market(
    base: Sequence[int],
    groups: Groups,
    design: SurveyDesign,
    *,
    unassigned: int = 0,
    typed: Typed | None = None,
    in_people: bool = True,
    people: str = "people",
    level: float = 0.95,
) -> BaseAgainstMarket:
    """Lay counts of customers per segment against the market a survey measures.

    base : (k,) customers of ours in each segment of `groups`; unassigned : customers in none (unknown answers, too
    unsure to place). The base is treated as a sample of the customers we attract: its shares have Wilson intervals.
    typed : the tool that placed the customers, where one did: shares are corrected for its errors.
    in_people : whether the weights add up to the people of the market (then penetration has meaning).

    Raises DataError where counts do not fit, NoAnswerError where nobody is placed on one of the sides.
    """
    if len(base) != groups.k or unassigned < 0 or any(one < 0 for one in base):
        raise DataError(f"{len(base)} counts of customers for {groups.k} segments: one count of 0 or more for each")
    placed = int(sum(base))
    if placed == 0:
        raise NoAnswerError("no customer is in any segment", hint="place the customer base with the typing tool first")
    if not (design.weights @ groups.parts).sum() > 0:
        raise NoAnswerError("no respondent of the survey is in any segment")
    rows = compared(base, groups, design, sides_of(base, placed, typed), in_people=in_people, level=level)
    population = total(design, level=level)[0]
    everybody = placed + unassigned
    outside = shares_of(design, groups, level=level)[0][-1]
    return BaseAgainstMarket(
        rows,
        everybody,
        len(design),
        wilson(unassigned, everybody, level=level),
        outside,
        population,
        reached(everybody, population, level) if in_people else None,
        people,
        design.sentence,
        design.findings + notes(everybody, unassigned, population, outside, in_people) + errors_of(typed),
    )


def compared(
    base: Sequence[int],
    groups: Groups,
    design: SurveyDesign,
    sides: Sequence[tuple[float, float]],
    *,
    in_people: bool,
    level: float,
) -> tuple[SegmentGap, ...]:
    """Return each segment on both sides; sides : customers in it, of how many."""
    placed = int(sum(base))
    inside = groups.parts.sum(axis=1, keepdims=True).repeat(groups.k, axis=1)
    market, joint = measured(design, groups.parts, inside, inside, level=level, style="share")
    sizes = total(design, groups=groups, level=level)
    gaps = []
    for place, (count, of) in enumerate(sides):
        people_of = (int(base[place]), int(groups.counts[place]))
        variance = float(joint.covariance[place, place])
        gaps.append(gap_of(count, of, market[place], variance, people_of, level))
    rows = []
    for place, gap in enumerate(corrected(gaps)):
        customers, respondents = int(base[place]), int(groups.counts[place])
        count, of = sides[place]
        rows.append(
            SegmentGap(
                groups.names[place],
                respondents,
                customers,
                market[place],
                base_share(count, of, placed, level),
                gap,
                index(count, of, market[place], level),
                sizes[place],
                reached_share(count, of, placed, sizes[place], level) if in_people else None,
                min(customers, respondents) < SMALL,
                0 < customers < HIDDEN_BELOW or 0 < respondents < HIDDEN_BELOW,
            )
        )
    return tuple(rows)


def sides_of(base: Sequence[int], placed: int, typed: Typed | None) -> list[tuple[float, float]]:
    """Return for each segment customers in it, of how many: where a tool errs, as many as its shares are worth."""
    if typed is None:
        return [(float(one), float(placed)) for one in base]
    found = []
    for share, variance in zip(*typed.shares(base), strict=True):
        worth = min(float(placed), share * (1 - share) / variance) if variance > 0 else float(placed)
        # A share of none has no spread of its own: it is as sure as the people the tool was measured on.
        worth = worth if 0 < share < 1 else float(min(placed, typed.people))
        found.append((float(share) * worth, worth))
    return found


def base_share(count: float, of: float, placed: int, level: float) -> Interval:
    """Return a share of the base; n is the people placed."""
    one = wilson(count, of, level=level)
    return Interval(one.estimate, one.low, one.high, placed, level)


def reached_share(count: float, of: float, placed: int, market: Estimate, level: float) -> Interval:
    """Return customers over people of the market, with what is not sure about how many customers there are."""
    if of == placed:
        return reached(round(count), market, level)
    share = count / of
    relative = math.sqrt((1 - share) / count) if count else math.inf
    return ratio_interval(share * placed, market, relative, round(of), level, 1.0)


def errors_of(typed: Typed | None) -> tuple[Finding, ...]:
    """Say that and how shares were corrected."""
    if typed is None:
        return ()
    right = sum(row[place] for place, row in enumerate(typed.confusion)) / sum(map(sum, typed.confusion))
    message = (
        f"Customers were placed by a typing tool that is right about {percent(right, digits=0)} of them: shares are "
        f"corrected by what it got wrong among {typed.people:,} whose segment is known"
    )
    return (Finding("typed", "note", message, "ask more customers the survey's questions for narrower intervals"),)


def gap_of(
    customers: float, placed: float, market: Estimate, variance: float, people: tuple[int, int], level: float
) -> Contrast:
    """Return base less market; both variances are those of the share the two have together (a score test)."""
    share = customers / placed
    # The base is taken as so many draws from the people we attract.
    base = Estimate(share, 0.0, share, share, round(customers), level, effective_n=float(placed))
    together = pooled_share(base, market)
    noise = together * (1 - together) / placed
    spread = at_share(market, together) if math.isfinite(variance) else math.nan
    return contrast(
        share - market.estimate, spread + noise, welch(spread, market.df, noise, placed), people, level=level
    )


def welch(variance: float, df: float, noise: float, n: float) -> float:
    """Return the degrees of freedom of a sum of two variances (Satterthwaite 1946)."""
    if not variance > 0:
        return float(max(1, n - 1)) if variance == 0 else df
    if math.isinf(df):
        return df
    return (variance + noise) ** 2 / (variance**2 / max(df, 1.0) + noise**2 / max(1, n - 1))


def ratio_interval(top: float, bottom: Estimate, relative: float, n: int, level: float, scale: float) -> Interval:
    """Return scale * top / bottom with an interval on the scale of the logarithm (delta method)."""
    from statistics import NormalDist

    if not (bottom.estimate > 0 and math.isfinite(bottom.error)):
        return Interval(math.nan, 0.0, math.inf, n, level)
    value = scale * top / bottom.estimate
    if top == 0:
        # Three in so many is the most that none at all leaves open (95%).
        highest = -math.log(1 - level) * scale / max(1, n)
        return Interval(0.0, 0.0, highest / max(bottom.low, 1e-300), n, level)
    error = math.hypot(relative, bottom.error / bottom.estimate)
    ratio = math.exp(NormalDist().inv_cdf(0.5 + level / 2) * error)
    return Interval(value, value / ratio, value * ratio, n, level)


def index(customers: float, placed: float, market: Estimate, level: float) -> Interval:
    """Return 100 times the share in the base over the share in the market."""
    share = customers / placed
    relative = math.sqrt((1 - share) / customers) if customers else math.inf
    return ratio_interval(share, market, relative, round(placed), level, 100.0)


def reached(customers: int, market: Estimate, level: float) -> Interval:
    """Return customers over people of the market; the base is counted, only the market has an error."""
    if not (market.estimate > 0 and math.isfinite(market.low)):
        return Interval(math.nan, 0.0, 1.0, customers, level)
    high = customers / market.low if market.low > 0 else math.inf
    return Interval(customers / market.estimate, customers / market.high, high, customers, level)


def notes(base: int, unassigned: int, population: Estimate, outside: Estimate, in_people: bool) -> tuple[Finding, ...]:
    """Return what to know of the comparison."""
    found = []
    if in_people and base > population.high:
        message = (
            f"{base:,} customers in a market of {number(population.estimate)}: the weights do not add up to people"
        )
        found.append(
            Finding(
                "larger_than_market", "warning", message, "hand in weights that add up to the market, or shares only"
            )
        )
    for what, share in (("customers", unassigned / base), ("the market", outside.estimate)):
        if share > 0.2:
            message = f"{percent(share)} of {what} are in no segment: the comparison is about the others only"
            found.append(Finding("many_unassigned", "warning", message))
    return tuple(found)
