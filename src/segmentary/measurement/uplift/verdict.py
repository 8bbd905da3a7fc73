"""What follows, in a sentence: target some, treat everyone, treat nobody, or not clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from segmentary.measurement.uplift.curves import Curve
from segmentary.measurement.uplift.heterogeneity import Heterogeneity
from segmentary.measurement.uplift.policies import ALL, RESPONSE, RULE, Economics, Policy
from segmentary.models.intervals import Interval, normal_quantile

SURE = 0.99
BETTER = "so the effect follows the outcome"
Word = Literal["target", "treat everyone", "treat nobody", "not clear"]


@dataclass(frozen=True, slots=True)
class Said:
    """The verdict.

    targetable : people are shown to differ in what the arm does, in a way known beforehand: the slope of measured on
    predicted effects lies above 0 with its interval, the Qini of the order with its 99% interval: resampling holds the
    models as they are, and folds dealt otherwise would move it too.

    sentence : what to do. difference : what is known of differences. beside : how simpler ways compare.
    """

    word: Word
    targetable: bool
    sentence: str
    difference: str
    beside: tuple[str, ...] = ()


def said_of(
    arm: str,
    outcome: str,
    economics: Economics,
    binary: bool,
    known: Heterogeneity,
    curves: tuple[Curve, ...],
    differences: Mapping[str, Interval],
    policies: tuple[Policy, ...],
    gaps: Mapping[str, Interval],
    rule: str,
) -> Said:
    """Return what follows from policies on people they were not made from.

    To target is said only where people are shown to differ and the interval of what targeting is worth beyond
    treating everyone lies above 0; or, where treating everyone is not shown to be worth anything, beyond nobody.
    """
    held = {one.name: one for one in policies}
    chosen, everyone = held[curves[0].name], held[ALL].worth
    area = curves[0].qini_sklift or curves[0].qini
    targetable = known.found and sure(area)
    write = Written(economics, binary, outcome)
    simpler = beside(gaps, write, rule, differences)
    differ = difference_said(arm, known, area, curves, targetable=targetable)
    gap = gaps[ALL]
    best = chosen.worth.low > 0 and (gap.low > 0 or everyone.low <= 0) and 0 < chosen.share < 1
    if targetable and best:
        against = f"treating everyone: {write(gap)}" if gap.low > 0 else f"treating nobody: {write(chosen.worth)}"
        sentence = f"{arm}: target the {percent(chosen.share)} it helps most, against {against}"
        return Said("target", True, sentence, differ, simpler)
    if everyone.low > 0:
        sentence = f"{arm}: treat everyone, {write(everyone)} against nobody"
        word: Word = "treat everyone"
    elif everyone.high < 0 and chosen.worth.low <= 0:
        sentence, word = f"{arm}: treat nobody, treating everyone is worth {write(everyone)}", "treat nobody"
    else:
        sentence, word = f"{arm}: not clear whom to treat, everyone is worth {write(everyone)}", "not clear"
    if targetable and word == "treat everyone":
        sentence += f"; leaving out those it helps least is not shown to be worth more ({write(gap)})"
    return Said(word, targetable, sentence, differ, simpler if targetable else ())


def difference_said(
    arm: str, known: Heterogeneity, area: Interval, curves: tuple[Curve, ...], *, targetable: bool
) -> str:
    """Return what is known of differences between people."""
    slope = known.slope
    figures = f"slope {slope.estimate:.2f}, between {slope.low:.2f} and {slope.high:.2f}; Qini {three(area)}"
    if targetable:
        return f"people differ in what {arm} does to them, and it is known beforehand ({figures})"
    said = f"no evidence of a targetable difference ({figures})"
    other = next((one.qini_sklift or one.qini for one in curves if one.name == RESPONSE), None)
    if other is not None and other.low > 0:
        said += f"; {arm} does more to those likely to do it anyway (Qini {three(other)})"
    return said


def sure(area: Interval) -> bool:
    """Return whether a Qini lies above 0 with its 99% interval."""
    error = (area.high - area.low) / (2 * normal_quantile(area.level))
    return area.estimate > normal_quantile(SURE) * error


def three(found: Interval) -> str:
    return f"{found.estimate:.3g}, between {found.low:.3g} and {found.high:.3g}"


def beside(
    gaps: Mapping[str, Interval], write: Written, rule: str, differences: Mapping[str, Interval]
) -> tuple[str, ...]:
    """Return how choosing by the learner compares with simpler ways."""
    made = []
    names = {RULE: f"the single rule {rule}", RESPONSE: "treating those likely to do it when treated"}
    for name, title in names.items():
        if name in gaps:
            gap = gaps[name]
            shown = (
                "is worth more than"
                if gap.low > 0
                else "is worth less than"
                if gap.high < 0
                else "is not shown to beat"
            )
            made.append(f"the learner {shown} {title} ({write(gap)})")
    if RESPONSE in differences and differences[RESPONSE].high < 0:
        made.append(f"ordering people by how likely they do it when treated finds whom it helps better, {BETTER}")
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Written:
    """How amounts are written: shares in percentage points, money and other amounts as they are; per person."""

    economics: Economics
    binary: bool
    outcome: str

    def __call__(self, found: Interval) -> str:
        """Return an estimate with its interval, per person."""
        if self.binary and self.economics == Economics():
            ends = [f"{100 * one:+.2f}" for one in (found.estimate, found.low, found.high)]
            return f"{ends[0]} percentage points of {self.outcome} per person, between {ends[1]} and {ends[2]}"
        unit = "per person" if self.economics != Economics() else f"of {self.outcome} per person"
        ends = [f"{one:+,.3g}" for one in (found.estimate, found.low, found.high)]
        return f"{ends[0]} {unit}, between {ends[1]} and {ends[2]}"


def percent(share: float) -> str:
    return f"{share:.0%}"
