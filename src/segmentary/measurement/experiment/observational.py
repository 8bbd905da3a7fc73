"""Campaigns nobody drew by lot: who was contacted, and before beside after with similar people. Not experimental.

Whoever was chosen for a campaign differs from the others in ways nobody wrote down; people with like purchases before
are nearer to them than everybody is, and still not the same. So nothing here says what a campaign brought about.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from segmentary.measurement.experiment.sums import Sums, added
from segmentary.models.intervals import Interval, normal_quantile

LABEL = "not experimental"
CONTACTED, SIMILAR = "contacted", "similar, not contacted"
BINS = 10
REFUSAL = (
    "nobody was kept out of this campaign by lot, so who would have bought anyway cannot be told, and what it changed"
    " cannot be said"
)
UNSAID = (
    "the arms stand in the exposures, but nobody said that they were drawn by lot, so their difference may be one of"
    " people, not of what they got"
)
NEEDED = (
    "next time keep a share of the people out by lot before sending (segmentary experiment plan, then assign); where"
    " the arms were drawn by lot elsewhere, say by whom and how: --randomised"
)


@dataclass(frozen=True, slots=True)
class Beside:
    """One group before and after: means per person, with intervals."""

    group: str
    people: int
    before: Interval
    after: Interval

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Observed:
    """What can be said of a campaign that was no experiment.

    arms : people by arm. refusal : why no more can be said; needed : what would be. metric : what before and after are
    of (empty: not asked); groups : contacted, and similar people weighted to be like them before.
    unmatched : contacted people like whom nobody was left out.
    """

    campaign: str
    as_of: dt.datetime
    people: int
    arms: dict[str, int]
    refusal: str
    needed: str
    metric: str = ""
    groups: tuple[Beside, ...] = ()
    unmatched: int = 0
    sentence: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **asdict(self),
            "as_of": self.as_of.isoformat(),
            "experimental": False,
            "label": LABEL,
            "groups": [one.to_document() for one in self.groups],
        }


Bins = Mapping[tuple[int, bool], Sums]
"""Sums by bin of the metric before, and whether the people were contacted."""


def beside(bins: Bins) -> tuple[tuple[Beside, ...], int]:
    """Return contacted people beside similar ones, before and after, and how many contacted have no similar ones.

    Only bins with people of both kinds count; those not contacted are weighted by the contacted of their bin.
    """
    numbers = sorted({number for number, _ in bins})
    both = [b for b in numbers if fit(bins, b, contacted=True) and fit(bins, b, contacted=False)]
    unmatched = sum(sums.people for (b, contacted), sums in bins.items() if contacted and b not in both)
    if not both:
        return (), unmatched
    weights = [bins[b, True].n for b in both]
    reached = added(bins[b, True] for b in both)
    alike = [bins[b, False] for b in both]
    groups = (
        Beside(CONTACTED, reached.n, mean_of([reached], [1], past=True), mean_of([reached], [1], past=False)),
        Beside(SIMILAR, sum(one.n for one in alike), mean_of(alike, weights, past=True),
               mean_of(alike, weights, past=False)),
    )  # fmt: skip
    return groups, unmatched


def fit(bins: Bins, number: int, *, contacted: bool) -> bool:
    sums = bins.get((number, contacted))
    return sums is not None and sums.n >= 2


def mean_of(parts: Sequence[Sums], weights: Sequence[int], *, past: bool) -> Interval:
    """Return the weighted mean of groups with its interval."""
    whole = sum(weights)
    found = [(one.before if past else one.outcome) for one in parts]
    mean = sum(w * one.mean for w, one in zip(weights, found, strict=True)) / whole
    spread = sum((w / whole) ** 2 * one.variance / one.n for w, one in zip(weights, found, strict=True))
    half = normal_quantile(0.95) * math.sqrt(spread)
    return Interval(mean, mean - half, mean + half, sum(one.n for one in found))


def told(metric: str, groups: Sequence[Beside]) -> str:
    """Return before and after in one sentence, without a word of what brought it about."""
    if not groups:
        return ""
    parts = [f"{one.group}: {one.before.estimate:,.2f} before, {one.after.estimate:,.2f} after" for one in groups]
    return f"{LABEL}: {metric} per person, {'; '.join(parts)}"
