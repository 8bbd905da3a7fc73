"""Total, served and obtainable market (TAM, SAM, SOM) from stated assumptions, with intervals and what matters most.

Every figure that goes in is a named assumption with its likely value, its range and its source. The ranges are carried
through by Monte Carlo; a tornado shows what each assumption alone would change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from segmentary.errors import DataError
from segmentary.market.estimate import Estimate
from segmentary.market.record import Record
from segmentary.market.wording import amount, number, percent
from segmentary.models.intervals import Interval
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.typed_table import Floats

Shape: TypeAlias = Literal["fixed", "uniform", "triangular", "pert", "normal", "lognormal", "share"]
SHAPES: tuple[Shape, ...] = ("fixed", "uniform", "triangular", "pert", "normal", "lognormal", "share")
Stage: TypeAlias = Literal["tam", "sam", "som"]
STAGES: tuple[Stage, ...] = ("tam", "sam", "som")
TITLES: dict[Stage, str] = {"tam": "total market", "sam": "served market", "som": "obtainable market"}


@dataclass(frozen=True, slots=True)
class Assumption(Record):
    """One figure that is multiplied into the market.

    name : "households", "share who would buy". stage : where it enters; the total market is the product of all "tam"
    figures, the served market that times all "sam", the obtainable market that times all "som" figures. likely, low,
    high : the value, and the ends of its range. shape : "fixed"; "uniform" and "triangular" between low and high;
    "pert" (a smooth triangle); "normal", "lognormal" and "share" (logit-normal, within 0 and 1): low and high are the
    ends of a 95% interval. source : where it comes from: a survey, a statistic, a guess of whom. unit : of it.
    """

    name: str
    stage: Stage
    likely: float
    low: float
    high: float
    shape: Shape = "pert"
    source: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse a range that is none."""
        where = f"assumption {self.name!r}"
        if self.stage not in STAGES or self.shape not in SHAPES:
            raise DataError(f"{where}: no stage {self.stage!r} or shape {self.shape!r}", hint=", ".join(SHAPES))
        if not all(math.isfinite(one) for one in (self.likely, self.low, self.high)):
            raise DataError(f"{where} has no finite value and range")
        if not self.low <= self.likely <= self.high:
            raise DataError(f"{where}: {self.likely} is not between {self.low} and {self.high}")
        if self.low < 0:
            raise DataError(f"{where}: a market is a product of figures of 0 or more")
        if self.shape == "lognormal" and self.low <= 0:
            raise DataError(f"{where}: a lognormal range lies above 0")
        if self.shape == "share" and not (self.low > 0 and self.high < 1):
            raise DataError(f"{where}: a share lies between 0 and 1", hint="use pert where an end is 0 or 1")

    @classmethod
    def known(cls, name: str, stage: Stage, value: float, *, source: str = "", unit: str = "") -> Assumption:
        """Return a figure without a range."""
        return cls(name, stage, value, value, value, "fixed", source, unit)

    @classmethod
    def estimated(cls, name: str, stage: Stage, one: Estimate | Interval, *, source: str, unit: str = "") -> Assumption:
        """Return a figure estimated from a survey: its interval is its range."""
        low, high = max(0.0, one.low), one.high
        if not (math.isfinite(one.estimate) and math.isfinite(low) and math.isfinite(high)):
            raise DataError(f"assumption {name!r}: the survey cannot say how sure it is", hint="give low and high")
        shape: Shape = "fixed" if high <= low else "share" if low > 0 and high < 1 else "normal"
        return cls(name, stage, one.estimate, low, high, shape, source, unit)

    @property
    def guess(self) -> bool:
        """Whether nobody says where it comes from."""
        return not self.source.strip()

    def draw(self, generator: np.random.Generator, n: int) -> Floats:
        """Return n draws."""
        if self.shape == "fixed" or self.high == self.low:
            return np.full(n, self.likely)
        if self.shape == "uniform":
            return generator.uniform(self.low, self.high, n)
        if self.shape == "triangular":
            return generator.triangular(self.low, self.likely, self.high, n)
        if self.shape == "pert":
            width = self.high - self.low
            one, other = 1 + 4 * (self.likely - self.low) / width, 1 + 4 * (self.high - self.likely) / width
            return self.low + width * generator.beta(one, other, n)
        z = generator.standard_normal(n)
        if self.shape == "normal":
            return np.maximum(0.0, two_sided(z, self.low, self.likely, self.high))
        if self.shape == "lognormal":
            return np.exp(two_sided(z, math.log(self.low), math.log(self.likely), math.log(self.high)))
        return 1 / (1 + np.exp(-two_sided(z, *(math.log(p / (1 - p)) for p in (self.low, self.likely, self.high)))))


def two_sided(z: Floats, low: float, middle: float, high: float) -> Floats:
    """Return a split normal: 95% of it within low and high, half of it on each side of the middle."""
    return middle + z * np.where(z < 0, middle - low, high - middle) / 1.959963984540054


@dataclass(frozen=True, slots=True)
class Bar(Record):
    """One bar of the tornado: the obtainable market when this assumption alone is at its low or high end.

    contribution : share of the relative variance of the obtainable market that comes from it (the first-order indices
    of a product of independent figures, made to add up to 1).
    """

    name: str
    stage: Stage
    low: float
    high: float
    contribution: float
    guess: bool

    @property
    def swing(self) -> float:
        """High end less low end."""
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Potential(Record):
    """The market in three stages.

    tam, sam, som : likely value (all assumptions at theirs) with the interval that holds ``level`` of the draws; None
    where no assumption belongs to that stage. tornado : largest swing first. unit : of the product.
    """

    tam: Interval
    sam: Interval | None
    som: Interval | None
    assumptions: tuple[Assumption, ...]
    tornado: tuple[Bar, ...]
    draws: int
    seed: int
    unit: str
    title: str = ""

    @property
    def last(self) -> Interval:
        """The innermost stage there is."""
        return self.som or self.sam or self.tam

    @property
    def sentence(self) -> str:
        """The stages in words."""
        parts = []
        for stage, one in zip(STAGES, (self.tam, self.sam, self.som), strict=True):
            if one is not None:
                ends = f"{number(one.low)} to {number(one.high)}"
                parts.append(f"the {TITLES[stage]} is {amount(one.estimate, self.unit)} ({ends})")
        text = "; ".join(parts)
        text = f"{text[0].upper()}{text[1:]}."
        if self.tornado and self.tornado[0].swing > 0:
            first = self.tornado[0]
            text += f" What matters most is {first.name}: alone it makes {number(first.low)} to {number(first.high)}"
            text += f" ({percent(first.contribution, digits=0)} of the uncertainty)."
        guesses = [one.name for one in self.assumptions if one.guess]
        if guesses:
            text += f" Without a source: {', '.join(guesses)}."
        return text


def market_potential(
    assumptions: Sequence[Assumption],
    *,
    unit: str = "",
    title: str = "",
    draws: int = 20_000,
    seed: int = 0,
    level: float = 0.95,
    tell: Tell = quiet,
) -> Potential:
    """Multiply assumptions into total, served and obtainable market.

    Assumptions are independent of each other: put figures that move together into one.

    Raises DataError where two have one name, or none belongs to the total market.
    """
    names = [one.name for one in assumptions]
    if len(set(names)) != len(names):
        raise DataError("two assumptions have one name")
    if not any(one.stage == "tam" for one in assumptions):
        raise DataError("nothing says how large the total market is", hint="add an assumption of stage tam")
    if draws < 100:
        raise DataError(f"{draws} draws are too few for an interval", hint="1,000 or more")
    generators = np.random.default_rng(seed).spawn(len(assumptions))
    sample = np.ones(draws)
    relative = []
    stages: dict[Stage, Interval] = {}
    likely = 1.0
    for stage in STAGES:
        own = [place for place, one in enumerate(assumptions) if one.stage == stage]
        for place in own:
            drawn = assumptions[place].draw(generators[place], draws)
            sample = sample * drawn
            likely *= assumptions[place].likely
            mean = float(drawn.mean())
            relative.append((place, float(drawn.var()) / mean**2 if mean > 0 else 0.0))
        if own:
            low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2])
            stages[stage] = Interval(likely, float(low), float(high), draws, level)
        tell(f"drew the {TITLES[stage]}", (STAGES.index(stage) + 1) / len(STAGES))
    variances = dict(relative)
    whole = sum(variances.values())
    bars = [
        Bar(one.name, one.stage, *ends(one, likely, assumptions), variances[place] / whole if whole else 0.0, one.guess)
        for place, one in enumerate(assumptions)
    ]
    bars.sort(key=lambda bar: (-bar.swing, bar.name))
    return Potential(
        stages["tam"],
        stages.get("sam"),
        stages.get("som"),
        tuple(assumptions),
        tuple(bars),
        draws,
        seed,
        unit,
        title,
    )


def ends(one: Assumption, likely: float, others: Sequence[Assumption]) -> tuple[float, float]:
    """Return the innermost market with this assumption at its low and high end, the others likely."""
    rest = likely / one.likely if one.likely else math.prod(other.likely for other in others if other is not one)
    return rest * one.low, rest * one.high
