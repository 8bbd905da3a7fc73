"""Arms of one campaign against each other: which of two messages did better, where people were drawn into them by lot.

Variants that go with segments are not compared: their readers differ, not only their text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from typing import Any, Literal

from segmentary.measurement.experiment.effects import Kind, effect
from segmentary.measurement.experiment.metrics import Metric
from segmentary.measurement.experiment.sums import Cell, Sums, over_segments, within
from segmentary.measurement.experiment.verdict import figure, signed, unit
from segmentary.models.intervals import Interval, holm

Word = Literal["better", "not clear", "no verdict"]


@dataclass(frozen=True, slots=True)
class Between:
    """One arm against another. effect : of the first minus the second, per person. better : the name of the better."""

    segment: str
    one: str
    other: str
    metric: str
    kind: Kind
    effect: Interval
    p: float
    better: str
    sentence: str

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def between(
    counted: Sequence[Mapping[Cell, Sums]],
    metrics: Sequence[Metric],
    arms: Sequence[str],
    *,
    level: float = 0.95,
    peeking: bool = False,
) -> list[Between]:
    """Compare every pair of arms, everybody first, then each segment; Holm over all pairs of a metric.

    counted : for each metric the sums of every segment and arm. arms : without those held out.
    """
    found: list[Between] = []
    for metric, cells in zip(metrics, counted, strict=True):
        segments = sorted({segment for segment, _ in cells})
        groups = [("", over_segments(cells))] + (
            [(name, within(cells, name)) for name in segments] if len(segments) > 1 else []
        )
        kind = metric.kind(share=all(one.share for one in cells.values()))
        lines = [
            made
            for segment, sums in groups
            for one, other in combinations(arms, 2)
            if (made := pair(segment, one, other, metric, kind, sums)) is not None
        ]
        adjusted = holm([line.p for line in lines])
        found += [judged(line, p, metric, level, peeking=peeking) for line, p in zip(lines, adjusted, strict=True)]
    return found


def pair(segment: str, one: str, other: str, metric: Metric, kind: Kind, sums: Mapping[str, Sums]) -> Between | None:
    """Return one pair without its verdict; None where there is nothing to compare."""
    seen = effect(sums.get(one, Sums()), sums.get(other, Sums()), kind)
    if seen is None:
        return None
    interval = Interval(seen.estimate, seen.low, seen.high, seen.n_treated + seen.n_control)
    numbers = f"{metric.name} {figure(seen.treated, kind)} and {figure(seen.control, kind)}"
    return Between(segment, one, other, metric.name, kind, interval, seen.p, "", numbers)


def judged(line: Between, p: float, metric: Metric, level: float, *, peeking: bool) -> Between:
    """Say which of two is better, or that it is not clear."""
    where = f"{line.segment}: " if line.segment else ""
    gap = f"{signed(line.effect.estimate, line.kind)}{unit(line.kind)}"
    ends = f"between {signed(line.effect.low, line.kind)} and {signed(line.effect.high, line.kind)}"
    pair_of = f"{line.one} and {line.other}"
    if peeking:
        return replace(line, p=p, sentence=f"{where}{pair_of}: no verdict yet: {line.sentence} ({gap}, {ends})")
    if p < 1 - level:
        higher = line.one if line.effect.estimate > 0 else line.other
        better = higher if metric.better == "higher" else (line.other if higher == line.one else line.one)
        worse = line.other if better == line.one else line.one
        said = f"{where}{better} is better than {worse}: {line.sentence} ({gap}, {ends})"
        return replace(line, p=p, better=better, sentence=said)
    return replace(line, p=p, sentence=f"{where}{pair_of}: not clear: {line.sentence} ({gap}, {ends})")
