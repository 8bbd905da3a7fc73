"""Gaps in the market: segments where the market is and we are not; needs that are wanted and not satisfied.

Both are judged against chance. A need counts as a gap in a segment only where three things hold at once: it matters at
least as much there as the other needs of the same people; it is satisfied less than it matters, surely; and it is
satisfied less than their other needs by more than a stated distance, surely. The last one keeps a grumbling sample, in
which nothing is satisfied as much as it matters, from being a market full of gaps.

References: Martilla & James (1977), Journal of Marketing 41(1), for importance against performance; Ulwick (2005), What
Customers Want: opportunity = importance + max(importance - satisfaction, 0); Berger (1982), Technometrics 24(4), for
several conditions at once (the largest p-value counts); Holm (1979).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.base_against_market import BaseAgainstMarket, SegmentGap
from segmentary.market.estimate import Contrast, Estimate
from segmentary.market.groups import Groups
from segmentary.market.opportunity import Measures, as_contrast, largest_p, measures_of, opportunity
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.survey_estimates import fits, measured
from segmentary.market.wording import HIDDEN_BELOW, SMALL, listed, number, percent, points
from segmentary.models.intervals import Interval, benjamini_hochberg, holm
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats

EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class NeedGap(Record):
    """One need in one segment (or of everybody).

    importance, satisfaction : means, on 0 ... 10. opportunity : Ulwick's score, 0 ... 20, with interval (10 and more is
    worth a look, 12 high, 15 extreme, by his convention). shortfall : importance less satisfaction of the same people.
    relative : satisfaction with the other needs of the same people less that with this one. matters : not surely less
    important than their other needs. p : of all conditions together (the largest), p_holm and q : corrected over all
    needs and segments (Holm; Benjamini-Hochberg). n : people who answered both questions for it.
    """

    segment: str
    need: str
    importance: Estimate
    satisfaction: Estimate
    opportunity: Interval
    shortfall: Contrast
    relative: Contrast
    matters: bool
    p: float
    p_holm: float
    q: float
    n: int
    small: bool
    suppressed: bool
    level: float = 0.95

    @property
    def gap(self) -> bool:
        """Whether it is a gap beyond chance."""
        return (
            self.matters and self.shortfall.estimate > 0 and self.relative.estimate > 0 and self.p_holm < 1 - self.level
        )

    @property
    def verdict(self) -> Literal["gap", "not_clear", "served", "cannot_say"]:
        """Gap; wanted more than satisfied but not clearly; served; too few people."""
        if not math.isfinite(self.p):
            return "cannot_say"
        if self.gap:
            return "gap"
        return "not_clear" if self.shortfall.estimate > 0 and self.matters and self.relative.estimate > 0 else "served"

    @property
    def sentence(self) -> str:
        """The need in words."""
        figures = (
            f"importance {self.importance.estimate:.1f}, satisfaction {self.satisfaction.estimate:.1f} of 10, "
            f"opportunity {self.opportunity.estimate:.1f}"
        )
        who = "everybody" if self.segment == EVERYBODY else self.segment
        match self.verdict:
            case "gap":
                return f"{self.need} is wanted and not satisfied in {who} ({figures}): beyond chance."
            case "not_clear":
                return f"{self.need} in {who}: {figures}; could be chance."
            case "served":
                return f"{self.need} in {who}: {figures}; no gap."
            case _:
                return f"{self.need} in {who}: too few answers to say."


@dataclass(frozen=True, slots=True)
class NeedGaps(Record):
    """All needs in all segments, and of everybody.

    cells : segments in order, within them needs in order. found : how many gaps are beyond chance.
    """

    segments: tuple[str, ...]
    needs: tuple[str, ...]
    cells: tuple[NeedGap, ...]
    design: str
    findings: tuple[Finding, ...] = ()

    @property
    def gaps(self) -> tuple[NeedGap, ...]:
        """The gaps beyond chance, largest opportunity first."""
        return tuple(sorted((one for one in self.cells if one.gap), key=lambda one: -one.opportunity.estimate))

    def cell(self, segment: str, need: str) -> NeedGap:
        """Return one need in one segment; KeyError where there is none."""
        for one in self.cells:
            if (one.segment, one.need) == (segment, need):
                return one
        raise KeyError((segment, need))

    @property
    def sentence(self) -> str:
        """The gaps in words."""
        if not self.gaps:
            return "No need is wanted and left unsatisfied by more than chance would show."
        named = [f"{one.need} in {one.segment}" for one in self.gaps]
        return f"Wanted and not satisfied, beyond chance: {listed(named)}."


@dataclass(frozen=True, slots=True)
class PositionGap(Record):
    """A segment where the market is and we are not.

    missing : customers we would have more if our share here were our share in the whole market (with interval); None
    where the weights do not add up to people.
    """

    name: str
    market_share: Estimate
    base_share: Interval
    gap: Contrast
    index: Interval
    missing: Interval | None
    small: bool
    suppressed: bool

    @property
    def sentence(self) -> str:
        """The gap in words."""
        text = (
            f"{self.name} is {percent(self.market_share.estimate)} of the market and "
            f"{percent(self.base_share.estimate)} of our customers: short by {points(self.gap.estimate)}"
        )
        if self.missing is not None:
            ends = f"{number(self.missing.low)} to {number(self.missing.high)}"
            text += f", about {number(self.missing.estimate)} customers at our share elsewhere ({ends})"
        return text + "."


@dataclass(frozen=True, slots=True)
class MarketGaps(Record):
    """Where the market is and we are not: surely (Holm over all segments), and of a size that matters."""

    gaps: tuple[PositionGap, ...]
    looked_at: int
    least: float

    @property
    def sentence(self) -> str:
        """The gaps in words."""
        if not self.gaps:
            return f"Of {self.looked_at} segments none is surely under-served by us."
        return " ".join(one.sentence for one in self.gaps)


def market_gaps(comparison: BaseAgainstMarket, *, least: float = 0.0) -> MarketGaps:
    """Return segments in which the base is surely smaller than the market lets expect, largest gap first.

    least : gaps smaller than this (share points, 0.02) are left out however sure they are.
    """
    found = [one for one in comparison.segments if one.verdict == "under" and -one.gap.estimate >= least]
    found.sort(key=lambda one: one.gap.estimate)
    return MarketGaps(tuple(position_gap(one, comparison) for one in found), len(comparison.segments), least)


def position_gap(one: SegmentGap, comparison: BaseAgainstMarket) -> PositionGap:
    """Return one segment as a gap."""
    missing = None
    if one.penetration is not None:
        placed = sum(other.customers for other in comparison.segments)
        ends = sorted((-one.gap.estimate * placed, -one.gap.low * placed, -one.gap.high * placed))
        missing = Interval(-one.gap.estimate * placed, max(0.0, ends[0]), ends[2], one.gap.n_others, one.gap.level)
    return PositionGap(
        one.name, one.market_share, one.base_share, one.gap, one.index, missing, one.small, one.suppressed
    )


def need_gaps(
    importance: Floats,
    satisfaction: Floats,
    needs: Sequence[str],
    groups: Groups | None,
    design: SurveyDesign,
    *,
    low: float = 1.0,
    high: float = 5.0,
    least: float = 0.5,
    top: float | None = None,
    level: float = 0.95,
) -> NeedGaps:
    """Return which needs are wanted and not satisfied, in each segment and of everybody, validated against chance.

    importance, satisfaction : (n, needs) ratings on a scale from low to high, NaN where not given. Only answers that
    give both for a need count. groups None: of everybody only. least : by how much a need must surely be satisfied less
    than the person's other needs, in points of 10: smaller distances are also what the end of a scale makes of nothing.
    top : the opportunity score is made of the shares of ratings from here on (4 of 1 ... 5), as Ulwick does; None: of
    the means. It is shown; whether a need is a gap does not depend on it.

    Raises DataError where shapes do not fit, NoAnswerError with fewer than two needs (nothing to stand out from).
    """
    checked(importance, satisfaction, needs, groups, design, low, high)
    both = np.isfinite(importance) & np.isfinite(satisfaction)
    both &= both.sum(axis=1, keepdims=True) > 1
    measures = measures_of(importance, satisfaction, both, low, high, top)
    names = (*groups.names, EVERYBODY) if groups is not None and groups.k > 1 else (EVERYBODY,)
    parts = np.ones((len(design), 1))
    if groups is not None:
        fits(design, len(groups))
        if groups.k > 1:
            parts = np.column_stack([groups.parts, np.ones(len(groups))])
    cells = [
        cell
        for place, name in enumerate(names)
        for cell in in_segment(name, needs, parts[:, [place]], both, measures, design, least, level)
    ]
    tested = [place for place, one in enumerate(cells) if math.isfinite(one.p)]
    fixed = holm([cells[place].p for place in tested])
    rates = benjamini_hochberg([cells[place].p for place in tested])
    for place, p, q in zip(tested, fixed, rates, strict=True):
        cells[place] = replace(cells[place], p_holm=p, q=q)
    return NeedGaps(names, tuple(needs), tuple(cells), design.sentence, design.findings + notes(cells, names))


def checked(
    importance: Floats,
    satisfaction: Floats,
    needs: Sequence[str],
    groups: Groups | None,
    design: SurveyDesign,
    low: float,
    high: float,
) -> None:
    """Refuse what does not fit."""
    if importance.shape != satisfaction.shape or importance.shape != (len(design), len(needs)):
        shapes = f"importance of shape {importance.shape}, satisfaction of shape {satisfaction.shape}"
        raise DataError(f"{len(design)} people, {len(needs)} needs, {shapes} do not fit")
    if len(set(needs)) != len(needs):
        raise DataError("two needs have one name")
    if groups is not None and EVERYBODY in groups.names:
        raise DataError(f"a segment is named {EVERYBODY!r}", hint="that name is of all segments together")
    if len(needs) < 2:
        raise NoAnswerError("one need has no other to stand out from", hint="ask about several needs")
    if not low < high:
        raise DataError(f"a scale from {low} to {high}")
    for name, one in (("importance", importance), ("satisfaction", satisfaction)):
        known = one[np.isfinite(one)]
        if len(known) and (known.min() < low or known.max() > high):
            raise DataError(
                f"{name} goes from {known.min():g} to {known.max():g}", hint=f"the scale is {low:g} to {high:g}"
            )


def in_segment(
    name: str,
    needs: Sequence[str],
    part: Floats,
    both: npt.NDArray[np.bool_],
    measures: Measures,
    design: SurveyDesign,
    least: float,
    level: float,
) -> list[NeedGap]:
    """Return all needs in one segment, not yet corrected."""
    k = len(needs)
    bottoms = np.tile(both * part, len(measures))
    tops = np.hstack(measures) * bottoms
    there = np.broadcast_to(part, bottoms.shape)
    estimates, together = measured(design, tops, bottoms, there, level=level)
    found = []
    for need in range(k):
        wanted, given, short, stands, more = (estimates[need + k * i] for i in range(5))
        p = largest_p((short, 0.0), (stands, least))
        shortfall, relative = as_contrast(short), as_contrast(stands)
        # It must matter: not surely less than the person's other needs.
        matters = math.isfinite(more.estimate) and not (more.known and more.high < 0)
        found.append(
            NeedGap(
                name,
                needs[need],
                wanted,
                given,
                opportunity(together, need + 5 * k, need + 6 * k, wanted, level),
                shortfall,
                relative,
                matters,
                p,
                p,
                p,
                wanted.n,
                wanted.n < SMALL,
                0 < wanted.n < HIDDEN_BELOW,
                level,
            )
        )
    return found


def notes(cells: Sequence[NeedGap], names: Sequence[str]) -> tuple[Finding, ...]:
    """Return what to know of these gaps."""
    found = []
    few = [name for name in names if any(one.small for one in cells if one.segment == name)]
    if few:
        message = f"fewer than {SMALL} people answered about some needs in {listed(few)}"
        found.append(Finding("small_segments", "warning", message))
    whole = [one for one in cells if one.segment == names[-1]]
    unhappy = [one for one in whole if one.shortfall.known and one.shortfall.low > 0]
    if len(whole) > 2 and len(unhappy) == len(whole):
        message = "every need is satisfied less than it matters: gaps are judged against that general level"
        found.append(Finding("general_dissatisfaction", "note", message))
    return tuple(found)
