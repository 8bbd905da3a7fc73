"""What a market report is made of: the results of `segmentary.market`, each where it is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from segmentary.market.attractiveness import Matrix
from segmentary.market.base_against_market import BaseAgainstMarket
from segmentary.market.competition import Competition
from segmentary.market.estimate import Estimate
from segmentary.market.gaps import MarketGaps, NeedGaps
from segmentary.market.perception import Perceptions
from segmentary.market.potential import Potential
from segmentary.market.sizing import MarketSizes
from segmentary.market.targeting import Recommendation, TargetAudience
from segmentary.market.trends import Trends
from segmentary.models.intervals import Interval
from segmentary.report.document import HIDDEN, Value, Withheld
from segmentary.report.suppression import hide_parts


@dataclass(frozen=True, slots=True)
class Shape:
    """How a report names and hides. below : groups of fewer respondents or customers are hidden."""

    title: str = "The market"
    generated_for: str = ""
    as_of: str = ""
    currency: str = ""
    below: int = 11


@dataclass(frozen=True)
class MarketReportData:
    """Everything a market report may show; what is None has no section.

    potential : one or several (a market, or one per segment). unanswered : why what was asked for cannot be said.
    """

    shape: Shape = Shape()
    sizes: MarketSizes | None = None
    trends: Trends | None = None
    potential: tuple[Potential, ...] = ()
    competition: Competition | None = None
    perceptions: Perceptions | None = None
    matrix: Matrix | None = None
    recommendation: Recommendation | None = None
    audience: TargetAudience | None = None
    comparison: BaseAgainstMarket | None = None
    market_gaps: MarketGaps | None = None
    need_gaps: NeedGaps | None = None
    unanswered: tuple[str, ...] = ()

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Names of the segments that are hidden, in every section: few respondents, few customers, or next to such."""
        gone: set[str] = set()
        if self.sizes is not None:
            gone |= self.small([(row.name, row.n) for row in self.sizes.segments])
            # That a few answered too little to be placed says nothing of them: no segment is hidden for their sake.
            rest = self.sizes.unassigned
            gone |= {rest.name} if rest is not None and 0 < rest.n < self.shape.below else set()
        if self.comparison is not None:
            gone |= self.small([(row.name, row.respondents) for row in self.comparison.segments])
            gone |= self.small([(row.name, row.customers) for row in self.comparison.segments])
        return frozenset(gone)

    def small(self, counts: Sequence[tuple[str, int]]) -> set[str]:
        """Return the names of small groups, and of those that would give one away."""
        marks = hide_parts([n for _, n in counts], self.shape.below)
        return {name for (name, _), mark in zip(counts, marks, strict=True) if mark}

    def said(self, sentence: str) -> str:
        """Return a sentence, or nothing where it speaks of a hidden segment."""
        return "" if any(name in sentence for name in self.hidden) else sentence

    def lead(self, *sentences: str) -> tuple[str, ...]:
        """Return the sentences that may be said."""
        return tuple(one for one in sentences if one and self.said(one))

    def estimate(self, segment: str, one: Estimate | None) -> Value:
        """Return an estimate as the report shows it."""
        if one is None:
            return None
        return HIDDEN if segment in self.hidden or 0 < one.n < self.shape.below else one.interval

    def shown(self, segment: str, value: Value) -> Value:
        """Return a figure of a segment as the report shows it."""
        return HIDDEN if segment in self.hidden else value


def known(value: Value) -> Interval | None:
    """Return an interval that can be drawn."""
    if isinstance(value, Withheld) or not isinstance(value, Interval):
        return None
    return value if value.estimate == value.estimate else None
