"""The next months of a share, and whether that beats saying that nothing will change.

Candidates are the naive forecast (the last month goes on), the mean of the last months, a straight line, a damped one,
and, with two years, the same month a year before. Each is scored by rolling origin: from every month of the recent
past forward, with what was known then. One that does not beat the naive forecast is not used, and that is said.

References: Tashman (2000), Int. J. Forecasting 16(4) (rolling origin); Gardner & McKenzie (1985), Management Science
31(10) (damped trend).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.models.intervals import normal_quantile

Floats: TypeAlias = npt.NDArray[np.float64]
LEAST_MONTHS, LEAST_ORIGINS = 9, 4
A_YEAR, SEASONS_NEED = 12, 24
RECENT = 6
DAMPING = 0.8
MUST_BEAT = 0.95
"""A method must have at most this part of the naive forecast's error to be used in its place."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The next months of a series of shares.

    method : that was used (``naive``, ``mean``, ``line``, ``damped``, ``last year``). values, low, high : one per month
    ahead; the interval is that of the method's own past errors. errors : method -> mean absolute error over all
    origins and steps. origins : how many there were. beats_naive : whether something did.
    """

    method: str
    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    errors: Mapping[str, float]
    origins: int
    beats_naive: bool

    @property
    def sentence(self) -> str:
        """How it did, in words."""
        naive = 100 * self.errors["naive"]
        if not self.beats_naive:
            return f"naive wins: nothing tried beats “as last month”, which was {naive:.1f} points off"
        own = 100 * self.errors[self.method]
        return f"{self.method} forecast: {own:.1f} points off in the past, “as last month” {naive:.1f}"

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        errors = [{"method": name, "error": error} for name, error in self.errors.items()]
        return {**asdict(self), "errors": errors, "sentence": self.sentence}


def naive(series: Floats, ahead: int) -> Floats:
    """Go on as the last month was."""
    return np.full(ahead, series[-1])


def mean(series: Floats, ahead: int) -> Floats:
    """Go on as the last months were on average."""
    return np.full(ahead, float(series[-RECENT:].mean()))


def line(series: Floats, ahead: int) -> Floats:
    """Go on along the straight line through the last year."""
    rate, level = fitted(series[-A_YEAR:])
    return level + rate * np.arange(1, ahead + 1, dtype=np.float64)


def damped(series: Floats, ahead: int) -> Floats:
    """Go on along that line, more slowly every month."""
    rate, level = fitted(series[-A_YEAR:])
    return level + rate * np.cumsum(DAMPING ** np.arange(1, ahead + 1))


def last_year(series: Floats, ahead: int) -> Floats:
    """Repeat the same months of the year before."""
    return np.asarray([series[len(series) - A_YEAR + step % A_YEAR] for step in range(ahead)])


def fitted(series: Floats) -> tuple[float, float]:
    """Return the change per month and the level at the last month of the least-squares line."""
    t = np.arange(len(series)) - (len(series) - 1)
    off = t - t.mean()
    rate = float(off @ series / (off @ off))
    return rate, float(series.mean() - rate * t.mean())


METHODS: Mapping[str, Callable[[Floats, int], Floats]] = {"naive": naive, "mean": mean, "line": line, "damped": damped}


def forecast(series: Floats, *, ahead: int = 3, level: float = 0.95) -> Forecast | None:
    """Forecast a series of monthly shares, oldest first; None where it is too short or has holes.

    series : (m,) one value per month.
    """
    if len(series) < LEAST_MONTHS or not np.isfinite(series).all():
        return None
    methods = dict(METHODS)
    if len(series) >= SEASONS_NEED:
        methods["last year"] = last_year
    # A season needs a year before the first origin; everything else the least that a line needs.
    first = A_YEAR if "last year" in methods else max(LEAST_MONTHS - LEAST_ORIGINS, 5)
    origins = range(first, len(series))
    misses = {name: past_errors(series, method, origins, ahead) for name, method in methods.items()}
    errors = {name: float(np.mean(np.abs(np.concatenate(one)))) for name, one in misses.items()}
    best = min(errors, key=lambda name: (errors[name], name != "naive"))
    beats = best != "naive" and errors[best] < MUST_BEAT * errors["naive"]
    used = best if beats else "naive"
    values = np.clip(methods[used](series, ahead), 0.0, 1.0)
    spread = [math.sqrt(float(np.mean(one**2))) if len(one) else math.nan for one in by_step(misses[used], ahead)]
    spread = [max(part for part in spread[: step + 1] if not math.isnan(part)) for step in range(ahead)]
    half = normal_quantile(level) * np.array(spread)
    low, high = np.clip(values - half, 0, 1), np.clip(values + half, 0, 1)
    return Forecast(
        used, tuple(values.tolist()), tuple(low.tolist()), tuple(high.tolist()), errors, len(origins), beats
    )


def past_errors(series: Floats, method: Callable[[Floats, int], Floats], origins: range, ahead: int) -> list[Floats]:
    """Return what each origin missed the months after it by, one step ahead first."""
    found = []
    for origin in origins:
        steps = min(ahead, len(series) - origin)
        found.append(np.clip(method(series[:origin], steps), 0, 1) - series[origin : origin + steps])
    return found


def by_step(misses: list[Floats], ahead: int) -> list[Floats]:
    return [np.array([one[step] for one in misses if len(one) > step]) for step in range(ahead)]
