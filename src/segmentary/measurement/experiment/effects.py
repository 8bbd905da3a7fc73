"""The difference of two arms: means, shares and ratios, each with its interval, and how large it is relatively.

References: Welch (1947), Biometrika 34; Newcombe (1998), Statistics in Medicine 17(8), method 10; Fieller (1954), JRSS
B 16(2); Deng, Knoblich & Lu (2018), "Applying the delta method in metric analytics", KDD.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from statistics import NormalDist
from typing import Any, Literal

from segmentary.measurement.experiment import sequence
from segmentary.measurement.experiment.sums import Sums
from segmentary.models.intervals import difference_of_shares, normal_quantile

Kind = Literal["share", "mean", "ratio"]


@dataclass(frozen=True, slots=True)
class Look:
    """How often the experiment is read.

    kind : "single" (one declared look), "sequence" (any number of looks). level : of the intervals. tuned_for : people
    at whom the sequence is narrowest.
    """

    kind: Literal["single", "sequence"] = "single"
    level: float = 0.95
    tuned_for: int = sequence.TUNED_FOR


SINGLE = Look()


@dataclass(frozen=True, slots=True)
class Effect:
    """What an arm changed against the control arm.

    estimate, low, high : difference of the arms; error : its standard error; p : of no difference.
    treated, control : the two means, shares or ratios; n_treated, n_control : people whose metric is known.
    relative, relative_low, relative_high : the difference as a share of the control's figure; missing where the
    control's figure may be 0.
    """

    estimate: float
    low: float
    high: float
    error: float
    p: float
    treated: float
    control: float
    n_treated: int
    n_control: int
    method: str
    level: float = 0.95
    relative: float | None = None
    relative_low: float | None = None
    relative_high: float | None = None

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Effect:
        """Return the effect a document describes."""
        return cls(**document)


@dataclass(frozen=True, slots=True)
class Side:
    """One arm's figure, its variance as an estimate (squared standard error), and its degrees of freedom."""

    value: float
    variance: float
    n: int


def side_of(sums: Sums, kind: Kind) -> Side | None:
    """Return an arm's figure; None when there is none: fewer than two people, or nothing to divide by."""
    if sums.n < 2:
        return None
    if kind != "ratio":
        found = sums.outcome
        return Side(found.mean, found.variance / sums.n, sums.n)
    top, bottom = sums.outcome, sums.per
    if bottom.mean == 0:
        return None
    ratio = top.mean / bottom.mean
    spread = top.variance - 2 * ratio * sums.covariance_per + ratio * ratio * bottom.variance
    return Side(ratio, max(0.0, spread) / (sums.n * bottom.mean**2), sums.n)


def effect(treated: Sums, control: Sums, kind: Kind = "mean", *, look: Look = SINGLE) -> Effect | None:
    """Compare an arm with the control arm; None when an arm has fewer than two people or nothing varies.

    kind : "share" and "mean" by Welch, "ratio" by the delta method.
    """
    one, other = side_of(treated, kind), side_of(control, kind)
    if one is None or other is None:
        return None
    return compared(one, other, "delta method" if kind == "ratio" else "Welch", look)


def compared(one: Side, other: Side, method: str, look: Look) -> Effect | None:
    """Compare two figures with their variances."""
    spread = one.variance + other.variance
    if not math.isfinite(spread) or spread <= 0:
        return None
    error, gap, n = math.sqrt(spread), one.value - other.value, one.n + other.n
    if look.kind == "sequence":
        half = sequence.half_width(error, n, tuned_for=look.tuned_for, level=look.level)
        p = sequence.p_value(gap, error, n, tuned_for=look.tuned_for, level=look.level)
        method += ", confidence sequence"
    else:
        from scipy.special import stdtr, stdtrit

        freedom = spread**2 / (one.variance**2 / (one.n - 1) + other.variance**2 / (other.n - 1))
        half = float(stdtrit(freedom, 0.5 + look.level / 2)) * error
        p = min(1.0, 2 * float(stdtr(freedom, -abs(gap) / error)))
    relative = fieller(one, other, half / error)
    return Effect(
        gap, gap - half, gap + half, error, p, one.value, other.value, one.n, other.n, method, look.level, *relative
    )


def newcombe(treated: Sums, control: Sums, *, level: float = 0.95) -> tuple[float, float] | None:
    """Return Newcombe's interval of a difference of shares; None when a metric is no share or nothing varies."""
    if not (treated.share and control.share):
        return None
    found = difference_of_shares(int(treated.y), treated.n, int(control.y), control.n, level=level)
    return None if found is None else (found.low, found.high)


def fieller(one: Side, other: Side, z: float) -> tuple[float | None, float | None, float | None]:
    """Return how much larger one figure is than the other, as a share of the other, with Fieller's interval.

    All missing where the other may be 0: nothing can then be said relative to it.
    """
    g = z * z * other.variance / other.value**2 if other.value else math.inf
    if other.value <= 0 or g >= 1:
        return None, None, None
    ratio = one.value / other.value
    middle = ratio / (1 - g)
    half = z / (other.value * (1 - g)) * math.sqrt(max(0.0, one.variance * (1 - g) + ratio**2 * other.variance))
    return ratio - 1, middle - half - 1, middle + half - 1


def at_level(found: Effect, level: float) -> tuple[float, float]:
    """Return the ends of a normal interval of another level around the same estimate."""
    half = normal_quantile(level) * found.error
    return found.estimate - half, found.estimate + half


def one_sided(found: Effect, bound: float) -> float:
    """Return the p-value of the difference being at most `bound`."""
    return NormalDist().cdf((bound - found.estimate) / found.error)
