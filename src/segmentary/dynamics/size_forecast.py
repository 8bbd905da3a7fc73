"""How large the parts will be: a Markov chain with inflow, held against "as large as last time", and said who wins.

Every method is scored by rolling origin: at each earlier moment it forecasts from what was known then. The method with
the smallest error over all is shown first; that is the naive one where nothing beats it, and it is said in words.
Intervals are widened until 95% of the past forecasts of the method would have lain inside.

References: Hyndman & Koehler (2006), International Journal of Forecasting 22(4) (MASE); Tashman (2000), the same
journal 16(4) (rolling origin); Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World (widening).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.dynamics.chain import RECENT, Inflow, drawn, expected, inflow_of, shares_of
from segmentary.dynamics.states import NO_PART, Counts
from segmentary.errors import NoAnswerError, UsageError
from segmentary.models.intervals import Interval, normal_quantile
from segmentary.models.predict.card import plain
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding

Floats = npt.NDArray[np.float64]
METHODS: Mapping[str, str] = {
    "naive": "as large as last time",
    "drift": "last size and the mean change",
    "markov": "Markov chain of all periods",
    "markov_recent": f"Markov chain of the last {RECENT} periods",
}
LEAST_STEPS = 3
"""Steps a method must have seen before its first scored forecast."""
LEAST_ORIGINS = 3
"""Origins without which nothing is preferred to the naive forecast."""
CLEAR_GAIN, CLEAR_SHARE = 0.9, 2 / 3
"""A rival is shown first when its error is at most this part of the naive one, and smaller at this part of origins."""
DRAWS, DRAWS_PAST = 2_000, 400
WIDEST = 6.0
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Score:
    """How a method did on the past, for one part or (part "") all together.

    mae : mean absolute error in people. relative : over that of the naive forecast (below 1: better). mase : over the
    mean absolute change of one period. inside : share of past outcomes in the interval as first made; widened : by how
    much the intervals were widened after that. better_at : at how many of the origins it was better than naive.
    """

    part: str
    method: str
    mae: float
    relative: float | None
    mase: float | None
    inside: float
    widened: float
    better_at: int
    origins: int


@dataclass(frozen=True, slots=True)
class SizePath:
    """The forecast of one part by one method: an interval per period ahead; n is the size now."""

    part: str
    method: str
    ahead: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class SizeForecast:
    """Sizes to come.

    shown : the method to look at first. scores : of every method over all parts; by_part : and for each part.
    paths : of every method. past : sizes so far, by part. inflow : new people per period, and how that is forecast.
    """

    name: str
    parts: tuple[str, ...]
    labels: tuple[str, ...]
    period: str
    past: Mapping[str, tuple[int, ...]]
    shown: str
    scores: tuple[Score, ...]
    by_part: tuple[Score, ...]
    paths: tuple[SizePath, ...]
    inflow: Interval
    inflow_model: str
    origins: int
    findings: tuple[Finding, ...]
    sentence: str

    def path(self, part: str, method: str | None = None) -> SizePath:
        """Return the forecast of a part, by the method shown or another."""
        wanted = method or self.shown
        return next(one for one in self.paths if one.part == part and one.method == wanted)

    @property
    def naive_wins(self) -> bool:
        """Whether nothing was better than "as large as last time"."""
        return self.shown == "naive"

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""

        def scored(one: Score) -> dict[str, Any]:
            return {
                "part": one.part,
                "method": one.method,
                "mae": one.mae,
                "relative": one.relative,
                "mase": one.mase,
                "inside": one.inside,
                "widened": one.widened,
                "better_at": one.better_at,
                "origins": one.origins,
            }

        return dict(plain({
            "of": self.name,
            "period": self.period,
            "moments": list(self.labels),
            "parts": list(self.parts),
            "shown": self.shown,
            "naive_wins": self.naive_wins,
            "sentence": self.sentence,
            "origins": self.origins,
            "new_per_period": self.inflow.estimate,
            "inflow_model": self.inflow_model,
            "scores": [scored(one) for one in self.scores],
            "by_part": [scored(one) for one in self.by_part],
            "paths": [
                {"part": one.part, "method": one.method,
                 "ahead": [{"people": i.estimate, "low": i.low, "high": i.high} for i in one.ahead]}
                for one in self.paths
            ],
            "findings": [one.to_document() for one in self.findings],
        }))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Told:
    """What a method says: (ahead, k + 1) estimates and half widths below and above."""

    estimate: Floats
    below: Floats
    above: Floats


def forecast_sizes(
    steps: Counts,
    sizes: Counts,
    parts: Sequence[str],
    labels: Sequence[str],
    *,
    name: str = "",
    period: str = "period",
    ahead: int = 3,
    seed: int = 0,
    findings: Sequence[Finding] = (),
    tell: Tell = quiet,
) -> SizeForecast:
    """Forecast the sizes of parts.

    Parameters
    ----------
    steps : (t, k + 3, k + 3) moves, sizes : (t + 1, k + 1), as of `Transitions`.
    parts : (k,) names. labels : of the periods ahead.

    Raises
    ------
    UsageError
        when there is no period ahead.
    NoAnswerError
        when there are fewer than two steps.
    """
    if ahead < 1:
        raise UsageError(f"{ahead} periods ahead is no forecast", hint="--ahead 3")
    if len(steps) < 2:
        raise NoAnswerError("a forecast needs at least three moments", hint="an earlier --since or a smaller --every")
    names = (*parts, NO_PART)
    tried = {method: Past() for method in METHODS}
    origins = list(range(LEAST_STEPS, len(steps)))
    for place, origin in enumerate(origins):
        tell("forecasting from earlier moments", place / (len(origins) + 1))
        far = min(ahead, len(steps) - origin)
        said = told_by_all(steps[:origin], sizes[: origin + 1], far, DRAWS_PAST, seed)
        for method, one in said.items():
            tried[method].note(one, sizes[origin + 1 : origin + 1 + far])
    change = np.abs(np.diff(sizes, axis=0)).mean(axis=0)
    overall = [score_of(method, "", tried, None, float(change.sum())) for method in METHODS] if origins else []
    by_part = [
        score_of(method, part, tried, at, float(change[at]))
        for at, part in enumerate(names) for method in METHODS
    ] if origins else []  # fmt: skip
    shown = best_of(overall)
    final = told_by_all(steps, sizes, ahead, DRAWS, seed)
    paths = [
        SizePath(part, method, intervals(one, at, int(sizes[-1, at]), tried[method].widened()))
        for method, one in final.items()
        for at, part in enumerate(names)
    ]
    inflow, notes = inflow_of(steps), [*findings, *doubts(len(origins), overall)]
    return SizeForecast(
        name, tuple(parts), tuple(labels), period,
        {part: tuple(int(n) for n in sizes[:, at]) for at, part in enumerate(names)},
        shown, tuple(overall), tuple(by_part), tuple(paths), inflow_interval(inflow), inflow.title, len(origins),
        tuple(notes), sentence_of(shown, overall, by_part, paths, period, len(origins)),
    )  # fmt: skip


def told_by_all(steps: Counts, sizes: Counts, ahead: int, draws: int, seed: int) -> dict[str, Told]:
    """Return what every method says from what had been seen."""
    chance = np.random.default_rng([seed, len(steps)])
    now, inflow = sizes[-1], inflow_of(steps)
    many = drawn(now, steps, inflow, ahead, draws, chance)
    centre = many.mean(axis=0)
    low, high = np.quantile(many, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    walk = walking(sizes, ahead)
    flat = np.repeat(now[None, :].astype(float), ahead, axis=0)
    mean_change = np.diff(sizes, axis=0).mean(axis=0)
    line = np.maximum(0, flat + mean_change * np.arange(1, ahead + 1)[:, None])
    return {
        "naive": Told(flat, walk, walk),
        "drift": Told(line, walk, walk),
        "markov": Told(expected(now, shares_of(steps), inflow, ahead), centre - low, high - centre),
        "markov_recent": Told(expected(now, shares_of(steps, RECENT), inflow, ahead), centre - low, high - centre),
    }


def walking(sizes: Counts, ahead: int) -> Floats:
    """Return half widths of a random walk with the changes seen: Student's quantile, growing with the root of time."""
    from scipy.special import stdtrit

    changes = np.diff(sizes, axis=0).astype(float)
    freedom = max(1, len(changes) - 1)
    # Around no change at all, so that a steady growth widens the naive interval.
    spread = np.sqrt((changes**2).sum(axis=0) / max(1, len(changes)))
    quantile = float(stdtrit(freedom, 0.5 + LEVEL / 2)) if freedom > 1 else 2 * normal_quantile(LEVEL)
    widths: Floats = np.sqrt(np.arange(1, ahead + 1))[:, None] * spread[None, :] * quantile
    return widths


class Past:
    """The past forecasts of one method: per origin (ahead, k + 1) errors, and errors over half widths."""

    def __init__(self) -> None:
        self.errors: list[Floats] = []
        self.ratios: list[Floats] = []

    def note(self, told: Told, came: Counts) -> None:
        """Note what came of a forecast."""
        error = came - told.estimate
        half = np.where(error > 0, told.above, told.below)
        self.errors.append(np.abs(error))
        self.ratios.append(np.abs(error) / np.maximum(half, 0.5))

    def mae(self, at: int | None) -> float:
        """Return the mean absolute error of a part; None: of all, added up over parts."""
        each = [one.sum(axis=1).mean() if at is None else one[:, at].mean() for one in self.errors]
        return float(np.mean(each))

    def by_origin(self, at: int | None) -> list[float]:
        """Return the error of each origin."""
        return [float(one.sum() if at is None else one[:, at].sum()) for one in self.errors]

    def inside(self, at: int | None) -> float:
        """Return the share of outcomes in the intervals as first made."""
        flat = np.concatenate([(one if at is None else one[:, at]).ravel() for one in self.ratios])
        return float((flat <= 1).mean())

    def widened(self) -> float:
        """Return by how much intervals are to be widened so that 95% of the past would lie inside."""
        if not self.ratios:
            return 1.0
        flat = np.sort(np.concatenate([one.ravel() for one in self.ratios]))
        place = min(len(flat), math.ceil((len(flat) + 1) * LEVEL)) - 1
        return float(min(WIDEST, max(1.0, flat[place])))


def score_of(method: str, part: str, tried: Mapping[str, Past], at: int | None, change: float) -> Score:
    past, naive = tried[method], tried["naive"]
    mae, base = past.mae(at), naive.mae(at)
    better = sum(a < b for a, b in zip(past.by_origin(at), naive.by_origin(at), strict=True))
    return Score(
        part, method, mae, mae / base if base > 0 else None, mae / change if change > 0 else None,
        past.inside(at), past.widened(), better, len(past.errors),
    )  # fmt: skip


def best_of(overall: Sequence[Score]) -> str:
    """Return the method to show first: naive unless another was clearly better, and at most of enough origins."""
    if not overall or overall[0].origins < LEAST_ORIGINS:
        return "naive"
    able = [one for one in overall if one.method == "naive" or clearly_better(one)]
    return min(able, key=lambda one: (one.mae, list(METHODS).index(one.method))).method


def clearly_better(one: Score) -> bool:
    """Say whether a method beat the naive one by more than the luck of few origins often makes."""
    return one.relative is not None and one.relative <= CLEAR_GAIN and one.better_at >= CLEAR_SHARE * one.origins


def intervals(told: Told, at: int, now: int, wide: float) -> tuple[Interval, ...]:
    return tuple(
        Interval(
            float(told.estimate[h, at]),
            max(0.0, float(told.estimate[h, at] - wide * told.below[h, at])),
            float(told.estimate[h, at] + wide * told.above[h, at]),
            now,
        )
        for h in range(len(told.estimate))
    )


def inflow_interval(inflow: Inflow) -> Interval:
    half = normal_quantile(LEVEL) * math.sqrt(inflow.variance)
    return Interval(inflow.level, max(0.0, inflow.level - half), inflow.level + half, 0)


def doubts(origins: int, overall: Sequence[Score]) -> list[Finding]:
    found = []
    if origins < LEAST_ORIGINS:
        message = f"{origins} earlier moments to forecast from: too few to say which method is better"
        hint = "an earlier --since, or a smaller --every"
        found.append(Finding("few_origins", "warning", message, hint))
    for one in overall:
        if one.widened >= WIDEST:
            title = METHODS[one.method]
            found.append(
                Finding(
                    "not_covered", "warning", f"{title}: the past was far outside its intervals; do not rely on them"
                )
            )
    return found


def sentence_of(
    shown: str,
    overall: Sequence[Score],
    by_part: Sequence[Score],
    paths: Sequence[SizePath],
    period: str,
    origins: int,
) -> str:
    """Say which method won, by how much, and what it says."""
    markov = [one for one in overall if one.method.startswith("markov")]
    if origins < LEAST_ORIGINS or not markov:
        said = f"Too short a past to score forecasts ({origins} earlier moments): sizes are shown as they were last."
    else:
        best = min(overall, key=lambda one: one.mae)
        chain = min(markov, key=lambda one: one.mae)
        if shown == "naive":
            gap = (chain.relative or 1) - 1
            held = f"was {gap:.0%} further off" if gap >= 0 else f"was only {-gap:.0%} nearer, or not often enough"
            said = (
                f"“As large as last time” wins: over {origins} earlier moments the Markov chain {held}, so the naive "
                f"forecast is shown first."
            )
        else:
            gain = 1 - best.relative if best.relative is not None else 0.0
            said = (
                f"The {METHODS[shown]} forecast best: its error was {gain:.0%} smaller than that of “as large as last "
                f"time” (better at {best.better_at} of {origins} earlier moments)."
            )
            losing = [
                one.part for one in by_part if one.method == shown and (one.relative or 0) > 1 and one.part != NO_PART
            ]
            if losing:
                said += f" For {listed(losing)} the naive forecast was nearer."
    moves = [
        (abs(one.ahead[-1].estimate - one.ahead[-1].n), one)
        for one in paths
        if one.method == shown and one.part != NO_PART
    ]
    if shown != "naive" and moves:
        _, top = max(moves, key=lambda pair: pair[0])
        last = top.ahead[-1]
        periods = f"{len(top.ahead)} {period}{'s' if len(top.ahead) > 1 else ''}"
        said += (
            f" In {periods}, {top.part} is expected to go from {last.n:,} to {last.estimate:,.0f} people "
            f"({last.low:,.0f} to {last.high:,.0f})."
        )
    return said


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
