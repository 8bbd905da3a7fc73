"""Weights that make a sample agree with known margins of the population (raking), with trimming and an account of it.

Raking is calibration with the multiplicative distance: among all weights that reach the margins, those nearest to the
ones we began with. With trimming every weight also stays between two bounds; then each step solves for the factor of a
level with the bounds in force, which is coordinate ascent on the same problem with bounds, not a cut afterwards.

References: Deming & Stephan (1940), Annals of Mathematical Statistics 11(4); Deville & Särndal (1992), JASA 87(418);
Deville, Särndal & Sautory (1993), JASA 88(423).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from segmentary.errors import DataError, NoAnswerError
from segmentary.market.calibration import MISSING, Coded, calibrate, indicators
from segmentary.market.record import Record
from segmentary.market.survey_design import SurveyDesign
from segmentary.market.wording import listed, number, percent
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.findings import Finding
from segmentary.models.table.typed_table import Floats

AGREE = 5e-3
"""Totals of two margins may differ by so much (relatively) and are then brought to the first."""


@dataclass(frozen=True, eq=False)
class Margin:
    """One known margin.

    name : "age". levels : (n,) each respondent's level; None where unknown. targets : level -> people in the
    population, or shares (adding up to 1, or to 100).
    """

    name: str
    levels: Sequence[str | None]
    targets: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LevelFit(Record):
    """One level of a margin: shares before and after, and what was wanted; respondents in it."""

    margin: str
    level: str
    respondents: int
    before: float
    after: float
    target: float

    @property
    def misfit(self) -> float:
        """After less target."""
        return self.after - self.target


@dataclass(frozen=True, slots=True)
class RakeReport(Record):
    """What raking did.

    iterations : rounds over all margins; converged : whether every share is within the tolerance of its target. misfit
    : largest distance to a target (share points). lowest, highest : weights after, in multiples of their mean. trimmed
    : weights at a bound. effect_before, effect_after : Kish's design effect of the weights; effective_n : after.
    failed_replicates : replicates in which a margin could not be reached.
    """

    levels: tuple[LevelFit, ...]
    iterations: int
    converged: bool
    misfit: float
    lowest: float
    highest: float
    trimmed: int
    effect_before: float
    effect_after: float
    effective_n: float
    n: int
    population: float
    failed_replicates: int
    findings: tuple[Finding, ...] = ()

    @property
    def sentence(self) -> str:
        """The account in words."""
        text = (
            f"{self.n:,} respondents weighted to {len({one.margin for one in self.levels})} margins in "
            f"{self.iterations} rounds; weights from {number(self.lowest)} to {number(self.highest)} times their mean; "
            f"worth {number(self.effective_n)} people of equal weight (design effect {self.effect_after:.2f}, before "
            f"{self.effect_before:.2f})"
        )
        if self.trimmed:
            text += f"; {self.trimmed:,} weights trimmed"
        if not self.converged:
            worst = max(self.levels, key=lambda one: abs(one.misfit))
            text += f"; not reached: {worst.margin} = {worst.level} is off by {percent(abs(worst.misfit), digits=2)}"
        return text + "."


@dataclass(frozen=True, eq=False)
class Raked:
    """Raked weights: the design to estimate with, and the account."""

    design: SurveyDesign
    report: RakeReport

    @property
    def weights(self) -> Floats:
        """(n,) weights that add up to the population."""
        return self.design.weights


def rake(
    design: SurveyDesign,
    margins: Sequence[Margin],
    *,
    population: float | None = None,
    trim: tuple[float, float] | None = None,
    tolerance: float = 1e-8,
    most_rounds: int = 1000,
    tell: Tell = quiet,
) -> Raked:
    """Rake the weights of a design (and its replicate weights) to known margins.

    population : people in the population; None: what the margins add up to where they are people, else the sum of
    the weights. trim : lowest and highest weight, in multiples of the mean weight, such as (0.2, 5). Respondents whose
    level of a margin is unknown keep their share of the population as it was; the targets are of the others.

    The raked design knows its margins: Taylor errors are of what the margins leave unexplained (Deville & Särndal
    1992), so that totals fixed by a margin have none.

    Raises DataError naming levels without respondents or without target, margins that contradict each other, and
    margins that cannot be reached together.
    """
    if not len(design):
        raise NoAnswerError("there are no respondents to weight")
    if not margins:
        raise DataError("there is no margin to rake to")
    if trim is not None and not 0 <= trim[0] < 1 < trim[1]:
        raise DataError(f"weights trimmed to {trim} times their mean", hint="for example (0.2, 5)")
    coded = [code(one, design) for one in margins]
    people = total_of(margins, design, population)
    base = design.weights / design.population
    counted = int(np.count_nonzero(design.weights))
    bounds = None if trim is None else (trim[0] / counted, trim[1] / counted)
    weights, rounds, misfit = calibrate(base, coded, bounds, tolerance, most_rounds)
    converged = misfit <= max(tolerance, 1e-6)
    if not converged:
        stuck(weights, coded, bounds, base)
    replicates, failed = rake_replicates(design, coded, bounds, tolerance, tell)
    found = replace(
        design,
        weights=weights * people,
        replicate_weights=None if replicates is None else replicates * people,
        margins=indicators(coded),
        weighted=True,
    )
    return Raked(found, account(base, weights, coded, rounds, misfit, converged, bounds, people, failed, margins))


def code(margin: Margin, design: SurveyDesign) -> Coded:
    """Return a margin as codes with target shares; unknown levels become one of their own that keeps its share."""
    where = f"margin {margin.name!r}"
    if len(margin.levels) != len(design):
        raise DataError(f"{where}: {len(margin.levels)} levels for {len(design)} respondents")
    if not margin.targets or any(not (math.isfinite(one) and one >= 0) for one in margin.targets.values()):
        raise DataError(f"{where}: each target is 0 or more, and there is one at least")
    if sum(margin.targets.values()) <= 0:
        raise DataError(f"{where}: all targets are zero")
    names = tuple(margin.targets)
    place = {name: index for index, name in enumerate(names)}
    strange = sorted({str(one) for one in margin.levels if one is not None and one not in place})
    if strange:
        raise DataError(
            f"{where}: respondents are {listed(strange[:5])}, and there is no target for that",
            hint=f"targets are known for {listed(names)}",
        )
    codes = np.array([len(names) if one is None else place[one] for one in margin.levels], dtype=np.intp)
    held = np.bincount(codes, design.weights, len(names) + 1) / design.population
    if held[:-1].sum() == 0:
        raise DataError(f"{where}: nobody's level is known")
    targets = np.array([margin.targets[name] for name in names])
    empty = [name for name, target, share in zip(names, targets, held, strict=False) if target > 0 and share == 0]
    if empty:
        raise DataError(
            f"{where}: nobody asked is {listed(empty, last='or')}, so no weight can stand for them",
            hint="join that level with a neighbour, in the targets and in the answers",
        )
    none = [name for name, target, share in zip(names, targets, held, strict=False) if target == 0 and share > 0]
    if none:
        raise DataError(f"{where}: {listed(none)} has the target 0 but respondents", hint="leave those people out")
    shares = targets / targets.sum() * (1 - held[-1])
    return Coded(margin.name, codes, (*names, MISSING), np.append(shares, held[-1]))


def total_of(margins: Sequence[Margin], design: SurveyDesign, population: float | None) -> float:
    """Return the size of the population the weights are to add up to."""
    if population is not None:
        if not (math.isfinite(population) and population > 0):
            raise DataError(f"a population of {population}")
        return population
    sums = {one.name: float(sum(one.targets.values())) for one in margins}
    people = {name: one for name, one in sums.items() if not near(one, 1.0) and not near(one, 100.0)}
    if not people:
        return design.population
    name, first = next(iter(people.items()))
    for other, one in people.items():
        if abs(one - first) > AGREE * first:
            raise DataError(
                f"margin {name!r} adds up to {first:,.0f}, margin {other!r} to {one:,.0f}",
                hint="both must be of the same population; give shares where they are not",
            )
    return first


def near(value: float, wanted: float) -> bool:
    return abs(value - wanted) <= 0.011 * wanted


def stuck(weights: Floats, margins: Sequence[Coded], bounds: tuple[float, float] | None, base: Floats) -> None:
    """Say which margin cannot be reached.

    Raises DataError without bounds, and with bounds that no weights within them can meet; otherwise the report says so.
    """
    worst, level, gap = "", "", 0.0
    for one in margins:
        held = np.bincount(one.codes, weights, len(one.names))
        place = int(np.abs(held - one.targets).argmax())
        if abs(held[place] - one.targets[place]) >= gap:
            worst, level, gap = one.name, one.names[place], float(abs(held[place] - one.targets[place]))
        if bounds is not None:
            counts = np.bincount(one.codes, base > 0, len(one.names))
            for name, count, target in zip(one.names, counts, one.targets, strict=True):
                if target > 0 and not count * bounds[0] <= target <= count * bounds[1]:
                    raise DataError(
                        f"margin {one.name!r}: {int(count)} respondents cannot stand for {percent(target)} ({name}) "
                        "within the trimming bounds",
                        hint="trim less, or join levels",
                    )
    if bounds is None:
        raise DataError(
            f"the margins cannot be reached together: {worst} = {level} stays {percent(gap, digits=2)} off",
            hint="some combination of levels has no respondents: join levels, or drop a margin",
        )


def rake_replicates(
    design: SurveyDesign,
    margins: Sequence[Coded],
    bounds: tuple[float, float] | None,
    tolerance: float,
    tell: Tell,
) -> tuple[Floats | None, int]:
    """Return the replicate weights raked to the same margins, and how many could not be."""
    if design.replicate_weights is None:
        return None, 0
    found = np.empty_like(design.replicate_weights)
    failed = 0
    for place in range(design.replicates):
        one = np.maximum(design.replicate_weights[:, place], 0.0)
        share = one / (one.sum() or 1.0)
        # Trimming is of the full weights; a replicate in which half the people count double needs wider bounds.
        wider = max(2.0, len(one) / max(1, int(np.count_nonzero(one))))
        room = None if bounds is None else (0.0, bounds[1] * wider)
        found[:, place], _, misfit = calibrate(share, margins, room, max(tolerance, 1e-7), 300)
        failed += misfit > 1e-4
        if place % 8 == 0:
            tell(f"raked replicate {place + 1} of {design.replicates}", place / design.replicates)
    return found, failed


def account(
    base: Floats,
    weights: Floats,
    margins: Sequence[Coded],
    rounds: int,
    misfit: float,
    converged: bool,
    bounds: tuple[float, float] | None,
    people: float,
    failed: int,
    given: Sequence[Margin],
) -> RakeReport:
    """Return the report of raking."""
    levels = []
    for one in margins:
        counts = np.bincount(one.codes, base > 0, len(one.names))
        before, after = (np.bincount(one.codes, w, len(one.names)) for w in (base, weights))
        levels += [
            LevelFit(one.name, name, int(counts[i]), float(before[i]), float(after[i]), float(one.targets[i]))
            for i, name in enumerate(one.names)
            if name != MISSING or counts[i]
        ]
    positive = weights[weights > 0]
    n = len(positive)
    edge = 0
    if bounds is not None:
        edge = int(((positive <= bounds[0] * (1 + 1e-9)) | (positive >= bounds[1] * (1 - 1e-9))).sum())
    after_n = float(positive.sum() ** 2 / (positive @ positive))
    before_n = float(base.sum() ** 2 / (base @ base))
    findings = notes(given, levels, n / after_n, failed, converged)
    return RakeReport(
        tuple(levels),
        rounds,
        converged,
        misfit,
        float(positive.min() * n),
        float(positive.max() * n),
        edge,
        n / before_n,
        n / after_n,
        after_n,
        n,
        people,
        failed,
        findings,
    )


def notes(
    given: Sequence[Margin], levels: Sequence[LevelFit], effect: float, failed: int, converged: bool
) -> tuple[Finding, ...]:
    """Return what to know of the weights."""
    found = []
    for one in given:
        missing = sum(level is None for level in one.levels)
        if missing:
            message = f"{missing:,} respondents have no {one.name}: they keep their share of the population"
            found.append(Finding("missing_margin", "warning" if missing > len(one.levels) / 20 else "note", message))
    few = [f"{one.margin} = {one.level} ({one.respondents})" for one in levels if 0 < one.respondents < 30]
    if few:
        message = f"fewer than 30 respondents stand for {listed(few)}"
        found.append(Finding("small_levels", "warning", message, "join levels"))
    if effect > 2:
        message = f"unequal weights cost more than half of the sample (design effect {effect:.1f})"
        found.append(Finding("large_design_effect", "warning", message, "trim, join levels, or drop a margin"))
    if not converged:
        found.append(
            Finding("not_reached", "warning", "the margins are not reached within the trimming bounds", "trim less")
        )
    if failed:
        message = f"{failed} replicates could not be raked to every margin: standard errors are rough"
        found.append(Finding("failed_replicates", "warning", message, "join levels"))
    return tuple(found)
