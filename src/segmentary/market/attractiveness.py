"""Which segments to serve: attractiveness of each segment against our competitiveness in it, by weighted criteria.

Each criterion has a weight, a value per segment (with its error where it was measured) and a stated scoring, 0 to 10.
The attractiveness of a segment is the weighted mean of its scores on the attractiveness criteria, our competitiveness
that on the others; the bubble is its size or value.

References: McDonald & Dunbar (2012), Market Segmentation, chapters 9-10; Dolnicar, Grün & Leisch (2018), Market
Segmentation Analysis, step 8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.criterion import AXES, TOP, Criterion, Knockout
from segmentary.market.firmness import (
    Scored,
    WeightShift,
    axis_scores,
    axis_weights,
    smallest_shift,
    survival,
    vary_scores,
    vary_weights,
)
from segmentary.market.record import Record
from segmentary.market.wording import listed
from segmentary.models.intervals import Interval
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, slots=True)
class Position(Record):
    """One segment in the matrix.

    attractiveness, competitiveness : 0 ... 10, intervals from the errors of the values. score : blend of both. rank :
    by score, from 1; segments that are knocked out come last. scores : per criterion, in order. bubble : size or value
    of it. knocked_out : by which criteria. kept : share of weightings near ours in which it is among the first m;
    kept_data : the same over the errors of the data; kept_both : over both together. dominated : by which segment that
    is at least as good on both axes and better on one.
    """

    name: str
    attractiveness: Interval
    competitiveness: Interval
    score: Interval
    rank: int
    scores: tuple[float, ...]
    bubble: float
    knocked_out: tuple[str, ...]
    kept: float
    kept_data: float
    kept_both: float
    dominated_by: str = ""

    @property
    def quadrant(self) -> str:
        """Which field of the matrix it is in (5 is the middle of both axes)."""
        attractive, strong = self.attractiveness.estimate >= TOP / 2, self.competitiveness.estimate >= TOP / 2
        if attractive:
            return "serve first" if strong else "build strength or leave"
        return "keep while it pays" if strong else "leave"

    @property
    def sentence(self) -> str:
        """The position in words."""
        text = (
            f"{self.name}: attractiveness {self.attractiveness.estimate:.1f} of 10, our strength "
            f"{self.competitiveness.estimate:.1f} of 10 ({self.quadrant})"
        )
        return text + (f"; knocked out by {listed(self.knocked_out)}." if self.knocked_out else ".")


@dataclass(frozen=True, slots=True)
class Matrix(Record):
    """Attractiveness against competitiveness of all segments.

    m : how many are to be chosen; chosen : the first m, best first. blend : weight of attractiveness in the score (of
    competitiveness: the rest). same_choice, same_choice_data, same_choice_both : share of the variations of weights, of
    data, of both after which exactly these are chosen. spread : how far weights were varied (Dirichlet; the standard
    deviation of a weight of one half). draws, seed : of the variation. bubble : what the size of a bubble is.
    """

    positions: tuple[Position, ...]
    criteria: tuple[Criterion, ...]
    knockouts: tuple[Knockout, ...]
    chosen: tuple[str, ...]
    m: int
    blend: float
    shift: WeightShift
    same_choice: float
    same_choice_data: float
    same_choice_both: float
    spread: float
    draws: int
    seed: int
    bubble: str
    findings: tuple[Finding, ...] = ()

    def position(self, name: str) -> Position:
        """Return one segment; KeyError where there is none."""
        for one in self.positions:
            if one.name == name:
                return one
        raise KeyError(name)

    @property
    def sentence(self) -> str:
        """The choice in words."""
        if not self.chosen:
            return "No segment passes the knock-out criteria."
        return (
            f"{listed(self.chosen)} come first; with weights varied around yours the same are chosen in "
            f"{self.same_choice * 100:.0f}% of cases, with the data varied within its errors in "
            f"{self.same_choice_data * 100:.0f}%. {self.shift.sentence}"
        )


def market_matrix(
    names: Sequence[str],
    criteria: Sequence[Criterion],
    *,
    m: int = 1,
    knockouts: Sequence[Knockout] = (),
    bubble: Sequence[float] | None = None,
    bubble_name: str = "size",
    blend: float = 0.5,
    respondents: Sequence[int] | None = None,
    spread: float = 0.1,
    draws: int = 4000,
    seed: int = 0,
    level: float = 0.95,
) -> Matrix:
    """Place segments by attractiveness and competitiveness, choose m of them, and say how firm the choice is.

    Raises DataError where values do not fit the segments, NoAnswerError without segments or criteria.
    """
    checked(names, criteria, knockouts, m, blend, spread)
    scores = np.column_stack([one.scores(np.asarray(one.values)) for one in criteria])
    weights, axis = axis_weights(criteria, blend)
    scored = Scored(scores, weights, axis, blend)
    out = [tuple(one.name for one in knockouts if not one.values[place] >= one.least) for place in range(len(names))]
    alive = np.array([not one for one in out])
    m = min(m, int(alive.sum()))
    order = ranked(scored.total, alive)
    generators = np.random.default_rng(seed).spawn(2)
    varied = vary_weights(scored, spread, draws, generators[0])
    drawn = vary_scores(criteria, scores, draws, generators[1])
    totals = (varied @ scores.T, drawn @ weights, np.einsum("dkc,dc->dk", drawn, varied))
    kept, same = zip(*(survival(one, alive, order[:m], m) for one in totals), strict=True)
    sizes = np.ones(len(names)) if bubble is None else np.asarray(bubble, dtype=np.float64)
    people = [0] * len(names) if respondents is None else list(respondents)
    both = [axis_scores(scored, place, scores) for place in range(2)]
    spreads = [axis_scores(scored, place, drawn) for place in range(2)]
    positions = tuple(
        Position(
            name,
            ends(both[0][i], spreads[0][:, i], people[i], level),
            ends(both[1][i], spreads[1][:, i], people[i], level),
            ends(scored.total[i], totals[1][:, i], people[i], level),
            order.index(i) + 1,
            tuple(float(one) for one in scores[i]),
            float(sizes[i]),
            out[i],
            float(kept[0][i]),
            float(kept[1][i]),
            float(kept[2][i]),
            dominator(i, both, alive, names),
        )
        for i, name in enumerate(names)
    )
    chosen = tuple(names[i] for i in order[:m])
    shift = smallest_shift(scored, names, [one.name for one in criteria], order[:m], order[m : int(alive.sum())])
    found = notes(criteria, positions)
    judged, least = tuple(criteria), tuple(knockouts)
    firm = (same[0], same[1], same[2])
    return Matrix(positions, judged, least, chosen, m, blend, shift, *firm, spread, draws, seed, bubble_name, found)


def ends(value: float, drawn: Floats, n: int, level: float) -> Interval:
    """Return a score with the interval of its draws."""
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(value), min(float(low), float(value)), max(float(high), float(value)), n, level)


def checked(
    names: Sequence[str],
    criteria: Sequence[Criterion],
    knockouts: Sequence[Knockout],
    m: int,
    blend: float,
    spread: float,
) -> None:
    """Refuse what does not fit."""
    if not names or not criteria:
        raise NoAnswerError("there are no segments or no criteria to judge them by")
    if len(set(names)) != len(names) or len({one.name for one in criteria}) != len(criteria):
        raise DataError("two segments or two criteria have one name")
    counts = [(one.name, len(one.values)) for one in criteria] + [(one.name, len(one.values)) for one in knockouts]
    for name, count in counts:
        if count != len(names):
            raise DataError(f"criterion {name!r}: {count} values for {len(names)} segments")
    missing = [axis for axis in AXES if all(one.axis != axis for one in criteria)]
    if missing:
        raise DataError(f"no criterion is about {missing[0]}", hint="each axis needs one at least")
    if m < 1 or not 0 <= blend <= 1 or not 0 < spread < 0.5:
        raise DataError("m is 1 or more, blend from 0 to 1, spread above 0 and below 0.5")


def ranked(total: Floats, alive: Floats) -> list[int]:
    """Return places by score, best first; equal scores by order, those knocked out last."""
    return sorted(range(len(total)), key=lambda i: (not alive[i], -round(float(total[i]), 12), i))


def dominator(place: int, both: list[Floats], alive: Floats, names: Sequence[str]) -> str:
    """Return the first segment that is at least as good on both axes and better on one."""
    for other in range(len(names)):
        least = all(one[other] >= one[place] for one in both)
        if other != place and alive[other] and least and any(one[other] > one[place] for one in both):
            return names[other]
    return ""


def notes(criteria: Sequence[Criterion], positions: Sequence[Position]) -> tuple[Finding, ...]:
    """Return what to know of the matrix."""
    found = []
    relative = [one.name for one in criteria if one.relative]
    if relative:
        message = f"scored against each other only, worst 0 and best 10: {listed(relative)}"
        found.append(Finding("relative_scores", "note", message, "state which value would score 0 and which 10"))
    plain = [one.name for one in criteria if not any(error > 0 for error in one.errors)]
    if plain:
        message = f"without errors, so taken as certain: {listed(plain)}"
        found.append(Finding("no_errors", "note", message))
    flat = [one.name for one in criteria if one.scale[0] == one.scale[1]]
    if flat:
        found.append(Finding("constant", "note", f"does not tell segments apart: {listed(flat)}"))
    if all(one.knocked_out for one in positions):
        found.append(Finding("all_knocked_out", "warning", "no segment passes the knock-out criteria"))
    return tuple(found)
