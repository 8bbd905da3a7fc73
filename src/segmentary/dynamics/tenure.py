"""How long people stay in a part: survival of stays, and of the members of each moment who is still there later.

Lengths are counted in periods between moments: whoever comes and goes between two looks is not seen, and a stay of one
period has lasted at most to the next look. Stays in progress at the first moment are left out (nobody knows how long
they had lasted); those in progress at the last are censored, as are those an edited definition cut off. Somebody who
comes back begins another stay.

References: Kaplan & Meier (1958), JASA 53(282), by `segmentary.models.survival.kaplan_meier`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from segmentary.dynamics.states import Counts, States, count_later, stays_counted
from segmentary.engine.base import Engine
from segmentary.errors import UsageError
from segmentary.models.intervals import Interval, wilson
from segmentary.models.predict.card import plain
from segmentary.models.survival.counts import SurvivalCounts
from segmentary.models.survival.kaplan_meier import SurvivalCurve, kaplan_meier
from segmentary.models.table.findings import Finding

FEWEST = 30
"""Stays begun in sight below which a curve is shown, but no claim is made."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The members of one moment, so many periods later: how many are in the part (again), how many bought then."""

    after: int
    kept: Interval
    bought: Interval


@dataclass(frozen=True, slots=True)
class Cohort:
    """The members of a part at one moment."""

    label: str
    people: int
    later: tuple[Kept, ...]


@dataclass(frozen=True, eq=False)
class PartTenure:
    """One part.

    curve : share of stays that last longer than so many periods; None: none began in sight.
    median : periods by which half have left; infinite: more than half are still there.
    one, three : share still there after one and three periods. cohorts : by moment. pooled : all moments together.
    begun, ended : stays begun in sight, and how many of them ended.
    """

    part: str
    curve: SurvivalCurve | None
    median: Interval
    one: Interval
    three: Interval
    begun: int
    ended: int
    cohorts: tuple[Cohort, ...]
    pooled: tuple[Kept, ...]
    sentence: str


@dataclass(frozen=True, eq=False)
class Tenure:
    """How long people stay, part by part."""

    name: str
    parts: tuple[PartTenure, ...]
    labels: tuple[str, ...]
    period: str
    said_source: str
    source: str
    findings: tuple[Finding, ...]
    sentence: str

    def part(self, name: str) -> PartTenure:
        """Return one part."""
        return next(one for one in self.parts if one.part == name)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return dict(plain({
            "of": self.name,
            "source": self.source,
            "period": self.period,
            "moments": list(self.labels),
            "sentence": self.sentence,
            "parts": [part_document(one) for one in self.parts],
            "findings": [one.to_document() for one in self.findings],
        }))  # fmt: skip


def part_document(one: PartTenure) -> dict[str, Any]:
    """Return a part as JSON values."""

    def told(i: Interval) -> list[float]:
        return [i.estimate, i.low, i.high]

    steps = [] if one.curve is None else one.curve.to_document()["steps"]
    return {
        "part": one.part,
        "stays": one.begun,
        "ended": one.ended,
        "median": told(one.median),
        "after_one": told(one.one),
        "after_three": told(one.three),
        "sentence": one.sentence,
        "survival": [{"periods": s["time"], "still": s["survival"], "low": s["low"], "high": s["high"]} for s in steps],
        "retention": [
            {"after": k.after, "people": k.kept.n, "kept": k.kept.estimate, "kept_low": k.kept.low,
             "kept_high": k.kept.high, "bought": k.bought.estimate}
            for k in one.pooled
        ],
        "cohorts": [
            {"at": c.label, "people": c.people,
             "kept": [k.kept.estimate for k in c.later], "bought": [k.bought.estimate for k in c.later]}
            for c in one.cohorts
        ],
    }  # fmt: skip


def tenure(engine: Engine, states: States) -> Tenure:
    """Say how long people stay in each part.

    Raises
    ------
    UsageError
        when there are fewer than three moments.
    """
    if len(states.moments) < 3:
        raise UsageError("how long people stay needs three moments", hint="an earlier --since, or a smaller --every")
    stays = stays_counted(engine, states)
    kept, bought = count_later(engine, states)
    curves = curves_of(stays, states.parts)
    parts = tuple(part_of(at, name, curves.get(name), kept, bought, states) for at, name in enumerate(states.parts))
    return Tenure(
        states.name, parts, states.labels, states.period, states.said_source, states.source, states.findings,
        summary(parts, states.period),
    )  # fmt: skip


def curves_of(stays: dict[tuple[int, int, bool], int], parts: Sequence[str]) -> dict[str, SurvivalCurve]:
    """Return the survival curve of each part that stays began in."""
    cells = [(parts[part], length, ended, people) for (part, length, ended), people in stays.items() if part >= 0]
    if not cells:
        return {}
    groups, lengths, ended, people = (list(one) for one in zip(*cells, strict=True))
    counts = SurvivalCounts.from_arrays(lengths, np.array(ended, dtype=float), groups, weights=np.array(people, float))
    totals = dict.fromkeys(counts.groups, 0)
    for name, _, _, n in cells:
        totals[name] += n
    # Cells are rows worth many people: the people of a group are their sum.
    counts = SurvivalCounts(
        counts.groups, counts.starts, counts.times, counts.events, counts.exits, counts.entries,
        np.array([totals[name] for name in counts.groups], dtype=np.int64), counts.left_out,
    )  # fmt: skip
    return {curve.group: curve for curve in kaplan_meier(counts)}


def part_of(
    at: int, name: str, curve: SurvivalCurve | None, kept: Counts, bought: Counts, states: States
) -> PartTenure:
    t = len(states.moments)
    cohorts = tuple(
        Cohort(
            states.labels[i],
            int(kept[i, i, at]),
            tuple(
                later_of(int(kept[i, i, at]), int(kept[i, j, at]), int(bought[i, j, at]), j - i)
                for j in range(i + 1, t)
            ),
        )
        for i in range(t)
        if kept[i, i, at]
    )
    pooled = []
    for after in range(1, t):
        starts = range(t - after)
        pooled.append(
            later_of(
                sum(int(kept[i, i, at]) for i in starts),
                sum(int(kept[i, i + after, at]) for i in starts),
                sum(int(bought[i, i + after, at]) for i in starts),
                after,
            )
        )
    unknown = Interval(math.nan, 0.0, math.inf, 0)
    median = curve.median() if curve is not None else unknown
    one = curve.at(1) if curve is not None else wilson(0, 0)
    three = curve.at(3) if curve is not None else wilson(0, 0)
    begun, ended = (curve.people, int(curve.events)) if curve is not None else (0, 0)
    return PartTenure(
        name, curve, median, one, three, begun, ended, cohorts, tuple(pooled),
        sentence_of(name, median, one, begun, states.period),
    )  # fmt: skip


def later_of(people: int, kept: int, bought: int, after: int) -> Kept:
    return Kept(after, wilson(kept, people), wilson(bought, people))


def sentence_of(name: str, median: Interval, one: Interval, begun: int, period: str) -> str:
    """Say how long people stay in a part."""
    if not begun:
        return f"Nobody came into {name} in the time looked at."
    if begun < FEWEST:
        return f"Only {begun:,} stays in {name} began in the time looked at: too few to say how long they last."
    share = f"{one.estimate:.0%} ({one.low:.0%} to {one.high:.0%})"
    first = f"Of those who come into {name}, {share} are still there one {period} later"
    if not math.isfinite(median.estimate):
        return f"{first}; more than half stay longer than could be seen."
    return f"{first}; half have left after {median.estimate:g} {period}{'' if median.estimate == 1 else 's'}."


def summary(parts: Sequence[PartTenure], period: str) -> str:
    """Return where people stay longest and shortest."""
    known = [one for one in parts if one.begun >= FEWEST and math.isfinite(one.one.estimate)]
    if not known:
        return "Too few stays began in the time looked at to say how long they last."
    longest, shortest = max(known, key=lambda p: p.one.estimate), min(known, key=lambda p: p.one.estimate)
    if longest is shortest:
        return longest.sentence
    return (
        f"People stay longest in {longest.part} ({longest.one.estimate:.0%} of those who come in are there one "
        f"{period} later) and shortest in {shortest.part} ({shortest.one.estimate:.0%})."
    )
