"""How large each segment is in the market, and what it is worth: with the errors of the survey it is measured by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from segmentary.errors import NoAnswerError
from segmentary.market.estimate import Estimate
from segmentary.market.groups import UNASSIGNED, Groups
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import fits, known_values, measured, shares_of, total
from segmentary.market.wording import HIDDEN_BELOW, SMALL, amount, listed, number, percent
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, slots=True)
class SegmentSize(Record):
    """One segment in the market.

    name; n : respondents in it, unweighted. share : of the population. size : people (or households ...) in it.
    mean_value, value, value_share : of the value handed in: mean of a member, total of the segment, its share of the
    total of everybody; None where none was. small : fewer than 30 respondents, shown with a warning.
    suppressed : fewer than 11 respondents (but not none): hidden where aggregates leave the house.
    """

    name: str
    n: int
    share: Estimate
    size: Estimate
    mean_value: Estimate | None
    value: Estimate | None
    value_share: Estimate | None
    small: bool
    suppressed: bool
    people: str = "people"
    unit: str = ""

    @property
    def sentence(self) -> str:
        """The segment in words."""
        if self.n == 0:
            return f"{self.name}: nobody among those asked (at most {percent(self.share.high)} of the market)."
        ends = "exactly known from the weights" if self.share.exact else reach(percent, self.share)
        text = f"{self.name} is {percent(self.share.estimate)} of the market ({ends})"
        text += f": about {number(self.size.estimate)} {self.people}"
        if self.value is not None and math.isfinite(self.value.estimate):
            text += f", {amount(self.value.estimate, self.unit)}"
            if self.value_share is not None and math.isfinite(self.value_share.estimate):
                text += f" or {percent(self.value_share.estimate)} of the value"
        return text + (f" (only {self.n} respondents)." if self.small else ".")


@dataclass(frozen=True, slots=True)
class MarketSizes(Record):
    """All segments of a market.

    segments : in the order of the groups. unassigned : people in none of them, None where there are none. population,
    mean_value, total_value : of everybody. people : what is counted ("households"); unit : of the value. n,
    effective_n : respondents, and how many of equal weight they are worth. design : the sample in words.
    """

    segments: tuple[SegmentSize, ...]
    unassigned: SegmentSize | None
    population: Estimate
    mean_value: Estimate | None
    total_value: Estimate | None
    people: str
    unit: str
    n: int
    effective_n: float
    design: str
    findings: tuple[Finding, ...] = ()

    @property
    def sentence(self) -> str:
        """The market in words."""
        text = f"The market is about {number(self.population.estimate)} {self.people}"
        if any(one.code in ("unweighted", "sample_weights") for one in self.findings):
            text = f"Sizes are those of the sample, {self.n:,} respondents"
        if self.total_value is not None:
            text += f" worth {amount(self.total_value.estimate, self.unit)}"
            if math.isfinite(self.total_value.error):
                text += f" (standard error {amount(self.total_value.error, self.unit)})"
        largest = max(self.segments, key=lambda one: one.share.estimate, default=None)
        if largest is not None:
            text += (
                f"; the largest of {len(self.segments)} segments is {largest.name}, {percent(largest.share.estimate)}"
            )
        return text + "."


def size_market(
    groups: Groups,
    design: SurveyDesign,
    *,
    value: Floats | None = None,
    unit: str = "",
    people: str = "people",
    level: float = 0.95,
) -> MarketSizes:
    """Return sizes, totals and value of segments in the population.

    value : (n,) what each respondent is worth (a spend), NaN unknown. Respondents without a value are taken to be worth
    the mean of those of their segment who have one, so that totals are not short; how many there were is a finding.

    Raises NoAnswerError where nobody has a weight.
    """
    fits(design, len(groups))
    if not len(design) or design.population == 0:
        raise NoAnswerError("nobody was asked: the market cannot be sized")
    shares = shares_of(design, groups, level=level)[0]
    sizes = total(design, groups=groups, level=level)
    rest = measured(design, groups.unassigned[:, None], None, groups.unassigned[:, None], level=level, style="size")[0]
    counts = [*groups.counts.tolist(), int((groups.labels < 0).sum())]
    worth = values(groups, design, value, level) if value is not None else [(None, None, None)] * (groups.k + 2)
    rows = [
        SegmentSize(
            name, n, share, size, *money, small=n < SMALL, suppressed=0 < n < HIDDEN_BELOW, people=people, unit=unit
        )
        for name, n, share, size, money in zip(
            (*groups.names, UNASSIGNED), counts, shares, (*sizes, *rest), worth[:-1], strict=True
        )
    ]
    everybody = total(design, level=level)[0]
    return MarketSizes(
        tuple(rows[:-1]),
        rows[-1] if groups.unassigned.any() else None,
        everybody,
        worth[-1][0],
        worth[-1][1],
        people,
        unit,
        len(design),
        design.effective_n,
        design.sentence,
        design.findings + notes(rows, groups, design, value),
    )


Money = tuple[Estimate | None, Estimate | None, Estimate | None]


def values(groups: Groups, design: SurveyDesign, value: Floats, level: float) -> list[Money]:
    """Return mean, total and share of value of each segment, of those in none, and of everybody."""
    filled, known = known_values(design, value)
    parts = np.column_stack([groups.parts, groups.unassigned, np.ones(len(groups))])
    tops, there = filled[:, None] * parts, known[:, None] * parts
    means = measured(design, tops, there, parts, level=level)[0]
    if known.all():
        imputed = tops
    else:
        fill = np.array([one.estimate if math.isfinite(one.estimate) else 0.0 for one in means])
        split = np.where(known[:, None] > 0, filled[:, None] * parts[:, :-1], parts[:, :-1] * fill[:-1])
        imputed = np.column_stack([split, split.sum(axis=1)])
    totals = measured(design, imputed, None, parts, level=level, style="total")[0]
    whole = np.repeat(imputed[:, -1:], imputed.shape[1], axis=1)
    if design.weights @ whole[:, 0] <= 0:
        return [(m, with_count(t, m), None) for m, t in zip(means, totals, strict=True)]
    style: Literal["share", "mean"] = "share" if (imputed >= 0).all() else "mean"
    shares = measured(design, imputed, whole, parts, level=level, style=style)[0]
    found: list[Money] = []
    for m, t, s in zip(means, totals, shares, strict=True):
        found.append((m, with_count(t, m), replace(s, n=m.n, missing=m.missing)))
    return found


def with_count(total_value: Estimate, mean_value: Estimate) -> Estimate:
    """Return a total with the number of people who have a value; unknown where people are there and none has one."""
    if mean_value.n == 0 and mean_value.missing:
        nothing = math.nan
        return replace(
            total_value, estimate=nothing, error=nothing, low=nothing, high=nothing, n=0, missing=mean_value.missing
        )
    return replace(total_value, n=mean_value.n, missing=mean_value.missing)


def notes(rows: list[SegmentSize], groups: Groups, design: SurveyDesign, value: Floats | None) -> tuple[Finding, ...]:
    """Return what to know of these sizes."""
    found = []
    if design.weighted and abs(design.population - len(design)) < 0.01 * len(design):
        message = "the weights add up to the number of respondents: shares are of the market, sizes of the sample"
        found.append(Finding("sample_weights", "warning", message, "rake to the number of people in the market"))
    few = [f"{one.name} ({one.n})" for one in rows[: groups.k] if 0 < one.n < SMALL]
    if few:
        message = f"fewer than {SMALL} respondents are in {listed(few)}: their figures are rough"
        found.append(Finding("small_segments", "warning", message, "ask more people, or join segments"))
    empty = [one.name for one in rows[: groups.k] if one.n == 0]
    if empty:
        found.append(Finding("empty_segments", "note", f"nobody among those asked is in {listed(empty)}"))
    missing = 0 if value is None else int(np.isnan(value).sum())
    if missing:
        message = (
            f"{missing:,} of {len(groups):,} respondents have no value: totals take each as worth the mean of the "
            "segment, and the errors do not know that"
        )
        found.append(Finding("missing_value", "warning" if missing > len(groups) / 20 else "note", message))
    return tuple(found)


def reach(text: Callable[[float], str], one: Estimate) -> str:
    """Return the ends of an interval in words."""
    if not one.known:
        return "how sure cannot be said"
    return f"{text(one.low)} to {text(one.high)}"
