"""How segments change from wave to wave of a survey: changes with tests, a line through all waves, and "not clear".

Waves are independent samples unless respondents are named: then those asked twice are one cluster over all waves, so
that a panel's smaller error of a change is taken, not guessed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.estimate import Contrast, Estimate, at_share, contrast, corrected, share_contrast
from segmentary.market.groups import Groups
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign, numbered
from segmentary.market.survey_estimates import Joint, known_values, measured
from segmentary.market.wording import amount, listed, percent, points
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats


@dataclass(frozen=True, eq=False)
class Wave:
    """One wave of a survey.

    name : "2026 spring"; at : when, as a number (years, months ...: the line is per 1 of it). groups, design : the
    people asked. value : (n,) what is followed; None: the share of each segment. complete : False while it is in the
    field: shown, but in no test and not in the line. respondents : (n,) who was asked, to know those asked twice.
    measured : segments that could be told in this wave (the others' questions were not asked); None: all.
    """

    name: str
    at: float
    groups: Groups
    design: SurveyDesign
    value: Floats | None = None
    complete: bool = True
    respondents: npt.NDArray[np.str_] | None = None
    measured: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Point(Record):
    """One segment in one wave; tested: whether it takes part in tests and line."""

    wave: str
    at: float
    estimate: Estimate
    tested: bool


@dataclass(frozen=True, slots=True)
class Step(Record):
    """The change from one wave to the next (corrected over all steps of all segments)."""

    start: str
    end: str
    change: Contrast


@dataclass(frozen=True, slots=True)
class SegmentTrend(Record):
    """One segment over all waves.

    points : one a wave it was measured in. steps : from each tested wave to the next. change : from the first tested
    wave to the last, corrected over the segments (Holm). slope : per 1 of ``at``, by generalised least squares over the
    tested waves, corrected over the segments; None with fewer than three. bend : p-value that the waves do not lie on a
    line (chi-squared), NaN with fewer than three.
    """

    name: str
    points: tuple[Point, ...]
    steps: tuple[Step, ...]
    change: Contrast | None
    slope: Contrast | None
    bend: float
    what: Literal["share", "mean"] = "share"
    unit: str = ""

    @property
    def direction(self) -> str:
        """``growing``, ``shrinking``, ``not_clear`` or ``cannot_say``, from first to last wave."""
        if self.change is None or not self.change.known:
            return "cannot_say"
        if not self.change.sure:
            return "not_clear"
        return "growing" if self.change.estimate > 0 else "shrinking"

    @property
    def sentence(self) -> str:
        """The trend in words."""
        tested = [one for one in self.points if one.tested]
        if self.change is None or len(tested) < 2:
            return f"{self.name}: fewer than two complete waves, so no change can be told."
        text = percent if self.what == "share" else (lambda value: amount(value, self.unit))
        first, last = tested[0], tested[-1]
        ends = f"from {text(first.estimate.estimate)} ({first.wave}) to {text(last.estimate.estimate)} ({last.wave})"
        match self.direction:
            case "growing" | "shrinking" as way:
                by = points if self.what == "share" else (lambda value: amount(abs(value), self.unit))
                grew = "grew" if way == "growing" else "shrank"
                return (
                    f"{self.name} {grew} {ends}: by {by(self.change.estimate)} "
                    f"(at least {by(nearer(self.change))}, at most {by(farther(self.change))})."
                )
            case "not_clear":
                return f"{self.name}: not clear; {ends} could be chance."
            case _:
                return f"{self.name}: {ends}; too few people to test."


@dataclass(frozen=True, slots=True)
class Trends(Record):
    """All segments over all waves. waves : names in order of time; incomplete : those not tested."""

    segments: tuple[SegmentTrend, ...]
    waves: tuple[str, ...]
    incomplete: tuple[str, ...]
    panel: bool
    findings: tuple[Finding, ...] = ()

    @property
    def sentence(self) -> str:
        """All trends in words."""
        clear = [one for one in self.segments if one.direction in ("growing", "shrinking")]
        if not clear:
            return "No segment changed by more than chance would have it."
        text = listed([f"{one.name} is {one.direction}" for one in clear])
        return f"{text}." if len(clear) == len(self.segments) else f"{text}; the others are not clear."


def trends(waves: Sequence[Wave], *, unit: str = "", level: float = 0.95) -> Trends:
    """Follow each segment over waves: its share, or the mean of a value.

    Raises DataError where waves have other segments or the same moment, NoAnswerError with no wave.
    """
    if not waves:
        raise NoAnswerError("there is no wave")
    ordered = sorted(waves, key=lambda one: one.at)
    names = ordered[0].groups.names
    for one, after in pairwise(ordered):
        if one.at == after.at:
            raise DataError(f"waves {one.name!r} and {after.name!r} are of the same moment")
        if after.groups.names != names:
            raise DataError(f"wave {after.name!r} has other segments", hint="place every wave with the same solution")
    if len({one.value is None for one in ordered}) != 1:
        raise DataError("some waves have a value and some have none")
    panel = all(one.respondents is not None for one in ordered) and overlap(ordered) > 0
    estimates, joint = panel_estimates(ordered, level) if panel else separate_estimates(ordered, level)
    found = [one_segment(ordered, place, estimates, joint, unit=unit, level=level) for place in range(len(names))]
    changes = iter(corrected([one.change for one in found if one.change is not None]))
    slopes = iter(corrected([one.slope for one in found if one.slope is not None]))
    steps = iter(corrected([step.change for one in found for step in one.steps]))
    final = tuple(
        replace(
            one,
            change=None if one.change is None else next(changes),
            slope=None if one.slope is None else next(slopes),
            steps=tuple(replace(step, change=next(steps)) for step in one.steps),
        )
        for one in found
    )
    incomplete = tuple(one.name for one in ordered if not one.complete)
    return Trends(final, tuple(one.name for one in ordered), incomplete, panel, notes(ordered, incomplete))


def nearer(change: Contrast) -> float:
    """Return the end of the interval that is nearer to no change."""
    return min(abs(change.low), abs(change.high))


def farther(change: Contrast) -> float:
    """Return the end of the interval that is farther from no change."""
    return max(abs(change.low), abs(change.high))


def overlap(waves: Sequence[Wave]) -> int:
    """Return how many people were asked in more than one wave."""
    everybody = np.concatenate([np.unique(one.respondents.astype(str)) for one in waves if one.respondents is not None])
    return int((np.unique(everybody, return_counts=True)[1] > 1).sum())


def columns(wave: Wave) -> tuple[Floats, Floats, Floats]:
    """Return tops, bottoms and who is there, (n, k), of what is followed in a wave."""
    parts = wave.groups.parts
    if wave.value is None:
        everybody = np.ones_like(parts)
        return parts, everybody, everybody
    filled, known = known_values(wave.design, wave.value)
    return filled[:, None] * parts, known[:, None] * parts, parts


def separate_estimates(waves: Sequence[Wave], level: float) -> tuple[list[tuple[Estimate, ...]], Joint]:
    """Return estimates of each wave, and jointly as independent samples (wave by wave, segment by segment)."""
    estimates, joints = [], []
    for wave in waves:
        style: Literal["share", "mean"] = "share" if wave.value is None else "mean"
        one, joint = measured(wave.design, *columns(wave), level=level, style=style)
        estimates.append(one)
        joints.append(joint)
    k = waves[0].groups.k
    covariance = np.zeros((k * len(waves), k * len(waves)))
    for place, joint in enumerate(joints):
        covariance[place * k : (place + 1) * k, place * k : (place + 1) * k] = joint.covariance
    return estimates, Joint(
        np.concatenate([one.values for one in joints]),
        covariance,
        np.concatenate([one.df for one in joints]),
        np.concatenate([one.n for one in joints]),
    )


def panel_estimates(waves: Sequence[Wave], level: float) -> tuple[list[tuple[Estimate, ...]], Joint]:
    """Return estimates of each wave, and jointly with everybody asked twice as one cluster.

    People asked once and twice are clusters alike; with clusters of several people those are used instead. Replicate
    weights of single waves say nothing about people asked twice, so Taylor linearisation is used.
    """
    k = waves[0].groups.k
    estimates = separate_estimates(waves, level)[0]
    tops, bottoms, weights, people, strata = [], [], [], [], []
    for place, wave in enumerate(waves):
        top, bottom, _ = columns(wave)
        wide = np.zeros((2, len(top), k * len(waves)))
        wide[0, :, place * k : (place + 1) * k] = top
        wide[1, :, place * k : (place + 1) * k] = bottom
        tops.append(wide[0])
        bottoms.append(wide[1])
        weights.append(wave.design.weights)
        named = wave.respondents if wave.design.clusters is None else wave.design.clusters
        people.append(np.asarray([] if named is None else [str(one) for one in named], dtype=str))
        strata.append(numbered(wave.design.strata, len(top)))
    # Waves of the same plan share their strata; where not, everybody is in one (on the safe side).
    same = all(wave.design.strata is not None for wave in waves)
    whole = SurveyDesign(
        np.concatenate(weights),
        np.concatenate(strata) if same else None,
        clusters=np.concatenate(people),
        margins=margins_of(waves),
    )
    return estimates, measured(
        whole, np.concatenate(tops), np.concatenate(bottoms), np.concatenate(bottoms), level=level
    )[1]


def margins_of(waves: Sequence[Wave]) -> Floats | None:
    """Return what the weights of each wave were calibrated to, side by side; None where one was not."""
    blocks = [wave.design.margins for wave in waves if wave.design.margins is not None]
    if len(blocks) < len(waves):
        return None
    found = np.zeros((sum(len(one) for one in blocks), sum(one.shape[1] for one in blocks)))
    row = column = 0
    for one in blocks:
        found[row : row + len(one), column : column + one.shape[1]] = one
        row, column = row + len(one), column + one.shape[1]
    return found


def one_segment(
    waves: Sequence[Wave], place: int, estimates: list[tuple[Estimate, ...]], joint: Joint, *, unit: str, level: float
) -> SegmentTrend:
    """Return the trend of one segment, not yet corrected."""
    k = waves[0].groups.k
    name = waves[0].groups.names[place]
    shown, used = [], []
    for number, wave in enumerate(waves):
        if wave.measured is not None and name not in wave.measured:
            continue
        one = estimates[number][place]
        tested = wave.complete and math.isfinite(one.estimate) and bool(joint.df[number * k + place] > 0)
        shown.append(Point(wave.name, wave.at, one, tested))
        if tested:
            used.append(number)
    what: Literal["share", "mean"] = "share" if waves[0].value is None else "mean"

    def between(after: int, before: int) -> Contrast:
        if what == "mean":
            return joint.contrast(after * k + place, before * k + place, level=level)
        covariance = float(joint.covariance[after * k + place, before * k + place])
        return share_contrast(estimates[after][place], estimates[before][place], covariance, level=level)

    steps = tuple(Step(waves[one].name, waves[after].name, between(after, one)) for one, after in pairwise(used))
    change = between(used[-1], used[0]) if len(used) > 1 else None
    floors = [0.0] * len(used)
    if what == "share" and used:
        # A wave in which nobody is seen is not known without error.
        mean = sum(estimates[one][place].estimate for one in used) / len(used)
        floors = [at_share(estimates[one][place], mean) for one in used]
    slope, bend = line([waves[one].at for one in used], [one * k + place for one in used], joint, floors, level)
    return SegmentTrend(name, tuple(shown), steps, change, slope, bend, what, unit)


def line(
    times: list[float], places: list[int], joint: Joint, floors: list[float], level: float
) -> tuple[Contrast | None, float]:
    """Return the slope of the line through three or more waves (generalised least squares), and the p of a bend."""
    from scipy.special import chdtrc

    if len(places) < 3:
        return None, math.nan
    covariance = joint.covariance[np.ix_(places, places)]
    seen = np.diag(covariance)
    covariance = covariance + np.diag(np.where(seen > 0, 0.0, floors))
    values = joint.values[places]
    scale = float(np.trace(covariance)) / len(places)
    if not (np.isfinite(covariance).all() and scale > 0):
        return None, math.nan
    inverse = np.linalg.pinv(covariance / scale, hermitian=True) / scale
    x = np.column_stack([np.ones(len(times)), np.asarray(times) - float(np.mean(times))])
    spread = np.linalg.pinv(x.T @ inverse @ x)
    fitted = spread @ x.T @ inverse @ values
    residual = values - x @ fitted
    df = float(min(joint.df[places]))
    people = int(joint.n[places].sum()), 0
    slope = contrast(float(fitted[1]), float(spread[1, 1]), df, people, level=level)
    return slope, float(chdtrc(len(places) - 2, max(0.0, float(residual @ inverse @ residual))))


def notes(waves: Sequence[Wave], incomplete: tuple[str, ...]) -> tuple[Finding, ...]:
    """Return what to know of these waves."""
    found: list[Finding] = []
    if incomplete:
        message = f"still in the field, shown but not tested: {listed(incomplete)}"
        found.append(Finding("incomplete_waves", "note", message))
    outside = [
        (one.name, float(one.design.weights @ one.groups.unassigned) / (one.design.population or 1.0)) for one in waves
    ]
    if max(share for _, share in outside) > 0:
        level: Literal["warning", "note"] = "warning" if max(share for _, share in outside) > 0.2 else "note"
        message = f"in no segment: {listed([f'{percent(share)} ({name})' for name, share in outside])}"
        found.append(Finding("unassigned", level, message))
    plain = [one.name for one in waves if not one.design.weighted]
    if plain:
        message = f"without weights: {listed(plain)}; a change may be one of who was asked"
        found.append(Finding("unweighted", "warning", message, "rake every wave to the same margins"))
    return tuple(found)
