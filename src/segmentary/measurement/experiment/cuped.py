"""The metric before assignment takes out what people differed in anyway: narrower intervals, the same question.

References: Deng, Xu, Kohavi & Walker (2013), "Improving the sensitivity of online controlled experiments by utilizing
pre-experiment data", WSDM.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from segmentary.measurement.experiment.effects import SINGLE, Effect, Look, Side, compared
from segmentary.measurement.experiment.sums import Sums

IMBALANCED = 0.001
"""Arms that differ before assignment with a smaller p-value than this are not what chance makes."""


@dataclass(frozen=True, slots=True)
class Cuped:
    """The adjusted difference beside the raw one.

    effect : adjusted; slope : how much of the metric before is taken off. variance_cut : share of the variance taken
    out. imbalance, imbalance_p : by how much the arms differed before, and the chance of that in a fair split.
    sign_turned : the adjusted difference points the other way than the raw one.
    """

    effect: Effect
    slope: float
    variance_cut: float
    imbalance: float
    imbalance_p: float
    sign_turned: bool

    @property
    def balanced(self) -> bool:
        """Whether the arms were alike before assignment, as far as chance goes."""
        return self.imbalance_p >= IMBALANCED

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "balanced": self.balanced}


def slope_of(*arms: Sums) -> float:
    """Return the slope of the metric on itself before, within the arms together; 0 when the past does not vary."""
    spread = sum(arm.before.variance * (arm.n - 1) for arm in arms if arm.n > 1)
    shared = sum(arm.covariance_before * (arm.n - 1) for arm in arms if arm.n > 1)
    return shared / spread if spread > 0 else 0.0


def adjusted_side(sums: Sums, slope: float, level_before: float) -> Side:
    """Return an arm's mean as it would be with everybody's past at one level, and its variance."""
    outcome, before = sums.outcome, sums.before
    spread = outcome.variance - 2 * slope * sums.covariance_before + slope * slope * before.variance
    return Side(outcome.mean - slope * (before.mean - level_before), max(0.0, spread) / sums.n, sums.n)


def cuped(treated: Sums, control: Sums, *, raw: Effect | None = None, look: Look = SINGLE) -> Cuped | None:
    """Adjust a difference of means by the metric before; None when there is no past or it does not vary."""
    if treated.n < 2 or control.n < 2:
        return None
    slope = slope_of(treated, control)
    before = compared(
        Side(treated.before.mean, treated.before.variance / treated.n, treated.n),
        Side(control.before.mean, control.before.variance / control.n, control.n),
        "Welch",
        SINGLE,
    )
    if slope == 0 or before is None:
        return None
    everyone = float((treated.x + control.x) / (treated.n + control.n))
    one, other = adjusted_side(treated, slope, everyone), adjusted_side(control, slope, everyone)
    found = compared(one, other, "CUPED", look)
    if found is None:
        return None
    raw_spread = treated.outcome.variance / treated.n + control.outcome.variance / control.n
    cut = 1 - found.error**2 / raw_spread if raw_spread > 0 else 0.0
    turned = raw is not None and math.copysign(1, raw.estimate) != math.copysign(1, found.estimate)
    return Cuped(found, slope, cut, before.estimate, before.p, turned)
