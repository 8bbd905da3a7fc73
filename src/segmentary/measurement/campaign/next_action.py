"""What to do next with each segment: what an experiment showed to work, else what to try, else nothing.

Only what was drawn by lot counts as evidence: campaigns with a holdout and experiments, read on their day, split as
planned. Several actions may have been tried on one segment; the best of many is believed too much, so every one is held
to an interval as wide as their number asks for (Bonferroni), and a segment's figures are shrunken towards the others.
An action is recommended only where even the lower end of that interval is worth something.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from segmentary.measurement.experiment.effects import Kind
from segmentary.measurement.experiment.power import FEWEST, Asked, Power, people_needed, power_of, spread_of
from segmentary.measurement.experiment.sums import Sums
from segmentary.measurement.experiment.verdict import signed, unit
from segmentary.models.intervals import Interval, normal_quantile

Do = Literal["do", "try", "leave alone"]
HALVES = (0.5, 0.5)
SEEN = 0.1
"""The relative rise a test is made to see, where there are people enough for it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one action did to one segment, as an experiment measured it.

    action : campaign or experiment, and arm where it has several. effect, error : per person treated (after its cost,
    and as profit, where it is money); money : it is. word : the verdict there.
    """

    action: str
    segment: str
    metric: str
    kind: Kind
    effect: float
    error: float
    n: int
    money: bool
    word: str


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do with one segment.

    each : what the action does per person, with the interval it is judged by; total : over the people there are now.
    test_people, test_weeks : what a test needs. tried : what is known of every action so far.
    """

    segment: str
    people: int
    do: Do
    action: str
    metric: str
    each: Interval | None
    total: Interval | None
    test_people: int | None
    test_weeks: int | None
    tried: tuple[str, ...]
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def next_action(
    segment: str,
    people: int,
    tried: Sequence[Evidence],
    history: Sums | None,
    *,
    metric: str,
    kind: Kind,
    days: int,
    untried: str = "",
    level: float = 0.95,
    power: float = 0.8,
    currency: str = "",
) -> NextAction:
    """Return what to do next with a segment.

    Parameters
    ----------
    tried : of this segment only. history : its metric in the last window, for the power of a test; None: not known.
    metric, kind, days : of a test. untried : an action that was never tried here, to name in a test.
    """
    wide = 1 - (1 - level) / max(1, len(tried))
    judged = [(one, interval_of(one, wide)) for one in tried]
    known = tuple(said_of(one, span) for one, span in judged)
    works = [(one, span) for one, span in judged if span.low > 0]
    if works:
        one, each = max(works, key=lambda pair: pair[1].low)
        total = Interval(each.estimate * people, each.low * people, each.high * people, each.n, wide)
        more = f"{total.low:+,.0f} to {total.high:+,.0f} {currency}".rstrip() if one.money else ""
        worth = f"; over its {people:,} people {more}" if more else f"; it has {people:,} people now"
        sentence = f"{segment}: do {one.action} again: {said_of(one, each)}{worth}, if it works as it did"
        return NextAction(segment, people, "do", one.action, one.metric, each, total, None, None, known, sentence)
    harmful = [one for one, span in judged if span.high <= 0]
    open_ones = [one for one, span in judged if span.low <= 0 < span.high]
    if judged and not open_ones and not untried:
        names = ", ".join(one.action for one in harmful)
        sentence = f"{segment}: leave alone: {names} did harm, and nothing else was tried"
        return NextAction(segment, people, "leave alone", "", metric, None, None, None, None, known, sentence)
    what = open_ones[0].action if open_ones else untried or "one action"
    return tested(segment, people, what, known, history, metric, kind, days, level, power)


def interval_of(one: Evidence, level: float) -> Interval:
    """Return what is known of an action at a level."""
    half = normal_quantile(level) * one.error
    return Interval(one.effect, one.effect - half, one.effect + half, one.n, level)


def said_of(one: Evidence, each: Interval) -> str:
    """Say what an action did."""
    ends = f"{signed(each.low, one.kind)} to {signed(each.high, one.kind)}{unit(one.kind)}"
    after = "after its cost" if one.money else f"of {one.metric}"
    return f"{one.action}: {signed(each.estimate, one.kind)}{unit(one.kind)} {after} per person ({ends})"


def tested(
    segment: str, people: int, what: str, known: tuple[str, ...], history: Sums | None, metric: str, kind: Kind,
    days: int, level: float, power: float,
) -> NextAction:  # fmt: skip
    """Return the test that would answer, or why none could."""
    weeks = max(1, math.ceil(days / 7))
    because = "nothing was tried here by lot" if not known else "what was tried is not clear"
    if people < 2 * FEWEST:
        sentence = f"{segment}: leave alone: {because}, and {people:,} people are too few for any test"
        return NextAction(segment, people, "leave alone", "", metric, None, None, None, None, known, sentence)
    if history is None or history.n == 0:
        sentence = f"{segment}: try {what}, half of the people held out: {because}"
        return NextAction(segment, people, "try", what, metric, None, None, people, weeks, known, sentence)
    asked = Asked(power, level, SEEN)
    of_now = with_people(history, people)
    seen = power_of(of_now, segment=segment, arm=what, metric=metric, kind=kind, shares=HALVES, asked=asked)
    if seen.refusal:
        sentence = f"{segment}: leave alone: {because}, and a test would not tell: {seen.refusal}"
        return NextAction(segment, people, "leave alone", "", metric, None, None, None, None, known, sentence)
    needed = people_needed(*spread_of(of_now, kind), HALVES, kind, asked)
    enough = needed is not None and needed <= people
    n = needed if enough and needed is not None else people
    sentence = f"{segment}: try: test {what} with {n:,} people, half held out, for {weeks} weeks to be able to see "
    sentence += rise(seen, kind, full=not enough) + f": {because}"
    return NextAction(segment, people, "try", what, metric, None, None, n, weeks, known, sentence)


def rise(seen: Power, kind: Kind, *, full: bool) -> str:
    """Say which rise a test sees: a tenth where there are people enough, else what all of them show."""
    gap = seen.smallest if full else SEEN * abs(seen.baseline)
    end = seen.baseline + gap
    if kind == "share":
        return f"a rise of {seen.metric} from {seen.baseline:.1%} to {min(1.0, end):.1%} or more"
    return f"a rise of {seen.metric} from {seen.baseline:,.2f} to {end:,.2f} or more"


def with_people(history: Sums, people: int) -> Sums:
    """Return the history of a segment as that of the people it has now."""
    from dataclasses import replace

    return replace(history, people=people)


def by_segment(found: Sequence[Evidence]) -> Mapping[str, list[Evidence]]:
    """Return evidence by segment."""
    held: dict[str, list[Evidence]] = {}
    for one in found:
        held.setdefault(one.segment, []).append(one)
    return held
