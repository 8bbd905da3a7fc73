"""What an experiment could see: the smallest difference found in four of five cases, in plain words, per segment.

References: Lachin (1981), Controlled Clinical Trials 2(2) (normal approximation, both variances).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any

from segmentary.measurement.experiment.effects import SINGLE, Kind, Look
from segmentary.measurement.experiment.sequence import half_width
from segmentary.measurement.experiment.sums import Sums, added

FEWEST = 100
"""People an arm needs at least: below, the normal approximation behind every interval is not to be trusted."""
LARGEST = 1.0
"""A segment that would only show a rise larger than this (100%: doubling) cannot be read on its own."""


@dataclass(frozen=True, slots=True)
class Power:
    """What one comparison could see.

    baseline : the figure as history has it; spread : standard deviation of a person's part in it. smallest : the
    smallest difference seen with the chance `power`; relative : as a share of the baseline; with_past : the same when
    CUPED takes out as much as it would have in the past (not promised). needed : people in all, to see `detect`.
    refusal : why it cannot be read on its own; empty: it can.
    """

    segment: str
    arm: str
    metric: str
    kind: Kind
    people: int
    n_treated: int
    n_control: int
    baseline: float
    spread: float
    smallest: float
    relative: float | None
    with_past: float
    variance_cut: float
    needed: int | None
    power: float
    level: float
    refusal: str
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Asked:
    """How sure one wants to be.

    detect : the relative difference that would matter, if one is named. look : a sequence sees less than one look.
    """

    power: float = 0.8
    level: float = 0.95
    detect: float | None = None
    look: Look = SINGLE

    def quantiles(self, people: float) -> float:
        """Return how many standard errors a difference needs: to leave the interval, and to do so with the power."""
        normal = NormalDist()
        edge = normal.inv_cdf(0.5 + self.level / 2)
        if self.look.kind == "sequence":
            edge = half_width(1.0, max(2, round(people)), tuned_for=self.look.tuned_for, level=self.level)
        return edge + normal.inv_cdf(self.power)


def spread_of(sums: Sums, kind: Kind) -> tuple[float, float]:
    """Return the figure and the standard deviation of a person's part in it, out of history."""
    outcome = sums.outcome
    if kind != "ratio":
        return outcome.mean, math.sqrt(outcome.variance)
    per = sums.per
    if per.mean == 0:
        return 0.0, 0.0
    ratio = outcome.mean / per.mean
    spread = outcome.variance - 2 * ratio * sums.covariance_per + ratio**2 * per.variance
    return ratio, math.sqrt(max(0.0, spread)) / abs(per.mean)


def cut_of(sums: Sums, kind: Kind) -> float:
    """Return the share of the variance that the past of a metric would have taken out."""
    top, past = sums.outcome.variance, sums.before.variance
    return sums.covariance_before**2 / (top * past) if kind != "ratio" and top > 0 and past > 0 else 0.0


def smallest_difference(
    baseline: float, spread: float, n_treated: float, n_control: float, kind: Kind, asked: Asked, *, kept: float = 1.0
) -> float:
    """Return the smallest difference (upwards) that is seen with the chance asked for.

    kept : share of the variance that is left. A share's variance changes with the share: solved for it.
    """
    if n_treated <= 0 or n_control <= 0:
        return math.inf
    z = asked.quantiles(n_treated + n_control)
    plain = z * spread * math.sqrt(kept * (1 / n_treated + 1 / n_control))
    if kind != "share":
        return plain
    found = plain
    for _ in range(50):
        risen = min(1.0, baseline + found)
        step = z * math.sqrt(kept * (risen * (1 - risen) / n_treated + baseline * (1 - baseline) / n_control))
        if abs(step - found) < 1e-12:
            break
        found = step
    return found


def people_needed(baseline: float, spread: float, shares: tuple[float, float], kind: Kind, asked: Asked) -> int | None:
    """Return how many people in all see the difference asked for; None where none is asked for or it has no meaning."""
    if asked.detect is None or not baseline:
        return None
    gap = abs(baseline) * asked.detect
    one, other = spread**2, spread**2
    if kind == "share":
        risen = min(1.0, baseline + gap)
        one = risen * (1 - risen)
    needed = 0.0
    for _ in range(30):  # a sequence is wider or narrower by the number of people itself
        step = asked.quantiles(needed or 5_000) ** 2 * (one / shares[0] + other / shares[1]) / gap**2
        if abs(step - needed) < 0.5:
            break
        needed = step
    return math.ceil(step)


def power_of(
    history: Sums, *, segment: str, arm: str, metric: str, kind: Kind, shares: tuple[float, float], asked: Asked
) -> Power:
    """Return what an arm against the control arm could see in one segment.

    history : sums of the segment's people, y their metric in the last window, x the one before.
    shares : of its people in the arm and in the control arm.
    """
    baseline, spread = spread_of(history, kind)
    n_one, n_other = math.floor(history.people * shares[0]), math.floor(history.people * shares[1])
    smallest = smallest_difference(baseline, spread, n_one, n_other, kind, asked)
    cut = cut_of(history, kind)
    past = smallest_difference(baseline, spread, n_one, n_other, kind, asked, kept=1 - cut)
    relative = smallest / abs(baseline) if baseline else None
    refusal = refused(n_one, n_other, baseline, spread, relative)
    sentence = said(segment, history.people, metric, kind, baseline, smallest, asked)
    return Power(
        segment, arm, metric, kind, history.people, n_one, n_other, baseline, spread, smallest, relative, past, cut,
        people_needed(baseline, spread, shares, kind, asked), asked.power, asked.level, refusal,
        refusal or sentence,
    )  # fmt: skip


def refused(n_one: int, n_other: int, baseline: float, spread: float, relative: float | None) -> str:
    """Return why a segment cannot be read on its own; empty when it can."""
    fewer = min(n_one, n_other)
    if fewer < FEWEST:
        return f"too small to be read on its own: {fewer:,} people in an arm, {FEWEST} are the least"
    if spread == 0 or not baseline:
        return "nothing to judge by: the metric was the same for everybody in the past"
    if relative is not None and relative > LARGEST:
        return f"too small to be read on its own: only a rise of more than {relative:.0%} would be seen"
    return ""


def said(segment: str, people: int, metric: str, kind: Kind, baseline: float, smallest: float, asked: Asked) -> str:
    """Return what will be seen, in plain words."""
    end = baseline + smallest
    if not math.isfinite(end):
        return "nothing would be seen"
    if kind == "share":
        digits = 1 if min(baseline, smallest) * 100 >= 0.1 else 2
        span = f"from {baseline:.{digits}%} to {min(1.0, end):.{digits}%}"
    else:
        span = f"from {baseline:,.2f} to {end:,.2f}"
    where = f"in '{segment}' " if segment else ""
    return f"with {people:,} people {where}you will see a rise of {metric} {span} or more {often(asked.power)}"


def often(power: float) -> str:
    """Return a chance as people say it.

    >>> often(0.8), often(0.9), often(0.83)
    ('in four of five cases', 'in nine of ten cases', 'in 83% of cases')
    """
    return {0.8: "in four of five cases", 0.9: "in nine of ten cases", 0.5: "in every other case"}.get(
        power, f"in {power:.0%} of cases"
    )


def together(found: Sequence[Power], history: Mapping[str, Sums], asked: Asked) -> Power | None:
    """Return what the segments too small on their own could see read as one; None where there are fewer than two.

    found : of one metric and arm, one per segment. history : sums by segment.
    """
    small = [one for one in found if one.refusal]
    if len(small) < 2:
        return None
    first = small[0]
    whole = added(history[one.segment] for one in small)
    people = sum(one.people for one in small) or 1
    shares = (sum(o.n_treated for o in small) / people, sum(o.n_control for o in small) / people)
    if not all(shares):
        return None
    name = " + ".join(one.segment for one in small)
    return power_of(
        whole, segment=name, arm=first.arm, metric=first.metric, kind=first.kind, shares=shares, asked=asked
    )
