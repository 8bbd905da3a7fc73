"""How the members of a segment differ from everybody else, trait by trait.

Means by Welch with Cohen's d, shares by Newcombe with Cohen's h; p-values corrected for all comparisons that were made.
A comparison is left out where fewer than the suppression limit stand on either side, where few have (or few lack) a
level, and where the figures shown for other segments would give such a small number away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentary.models.intervals import (
    Difference,
    Moments,
    benjamini_hochberg,
    difference_of_means,
    difference_of_shares,
    holm,
)
from segmentary.report.figures import Comparison, SegmentInput
from segmentary.report.suppression import audit, small
from segmentary.report.tallies import Sums, Tally, TraitColumn

# Below this a difference is too small to act on, however sure it is (Cohen's "small").
SMALLEST_EFFECT = 0.2
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comparison before the correction."""

    segment: SegmentInput
    trait: TraitColumn
    level: str | None
    members: float
    others: float
    n_members: int
    n_others: int
    difference: Difference


def compare(
    segments: Sequence[SegmentInput],
    traits: Sequence[TraitColumn],
    tallies: Sequence[Tally],
    everybody: Tally,
    centre: Mapping[str, float],
    *,
    shown: Sequence[bool],
    gram: NDArray[np.float64],
    below: int,
) -> tuple[Comparison, ...]:
    """Return all comparisons that may be shown, segment by segment, strongest effect first.

    tallies, shown : per segment its counts, and whether its size may be shown at all.
    gram : `pair_sums` of the segments, then everybody last.
    """
    by_name = {trait.name: trait for trait in traits}
    candidates: list[Candidate] = []
    for key, all_sums in everybody.traits.items():
        trait = by_name[key[0]]
        hidden = (
            hidden_levels([t.traits[key] for t in tallies], all_sums, gram, below) if trait.kind != "mean" else set()
        )
        for i, (segment, tally) in enumerate(zip(segments, tallies, strict=True)):
            sums = tally.traits[key]
            others = Sums(all_sums.n - sums.n, all_sums.total - sums.total, all_sums.squares - sums.squares)
            if not shown[i] or i in hidden or min(sums.n, others.n) < max(below, 2):
                continue
            found = candidate(segment, trait, key[1], sums, others, centre)
            if found is not None:
                candidates.append(found)
    return corrected(candidates)


def hidden_levels(sums: Sequence[Sums], everybody: Sums, gram: NDArray[np.float64], below: int) -> set[int]:
    """Return the segments whose share must not be shown: few have it or few lack it, or it would give that away."""
    counts = [round(s.total) for s in (*sums, everybody)]
    forced = {
        i
        for i, (s, k) in enumerate(zip((*sums, everybody), counts, strict=True))
        if small(k, below) or small(s.n - k, below) or small(everybody.n - s.n, below)
    }
    return set(audit(gram, counts, below, hidden=forced, keep={len(sums)}))


def candidate(
    segment: SegmentInput, trait: TraitColumn, level: str | None, sums: Sums, others: Sums, centre: Mapping[str, float]
) -> Candidate | None:
    if trait.kind == "mean":
        one, two = moments(sums, centre[trait.name]), moments(others, centre[trait.name])
        difference = difference_of_means(one, two)
        members, rest = one.mean, two.mean
    else:
        difference = difference_of_shares(round(sums.total), sums.n, round(others.total), others.n)
        members, rest = sums.total / sums.n, others.total / others.n
    if difference is None:
        return None
    return Candidate(segment, trait, level, members, rest, sums.n, others.n, difference)


def moments(sums: Sums, centre: float) -> Moments:
    apart = sums.total / sums.n
    variance = max(0.0, (sums.squares - sums.n * apart * apart) / (sums.n - 1))
    return Moments(sums.n, centre + apart, variance)


def corrected(candidates: Sequence[Candidate]) -> tuple[Comparison, ...]:
    """Return the comparisons with p-values corrected over all of them, strongest first within each segment."""
    p_values = [c.difference.p for c in candidates]
    results = []
    for c, p_holm, q in zip(candidates, holm(p_values), benjamini_hochberg(p_values), strict=True):
        defining = c.trait.name in c.segment.uses
        results.append(
            Comparison(
                segment=c.segment.name,
                trait=c.trait.name,
                title=c.trait.title or c.trait.name,
                level=c.level,
                unit=c.trait.unit,
                kind="mean" if c.trait.kind == "mean" else "share",
                members=c.members,
                others=c.others,
                n_members=c.n_members,
                n_others=c.n_others,
                difference=c.difference,
                p_holm=p_holm,
                q_false_discovery=q,
                marker=p_holm < LEVEL and abs(c.difference.effect) >= SMALLEST_EFFECT,
                defining=defining,
            )
        )
    place = {name: i for i, name in enumerate(dict.fromkeys(c.segment.name for c in candidates))}
    return tuple(sorted(results, key=lambda c: (place[c.segment], -abs(c.difference.effect), c.label)))


def best_markers(comparisons: Sequence[Comparison], segment: str, *, limit: int = 3) -> list[Comparison]:
    """Return what sets a segment apart most: markers first outside, then inside its own rule."""
    own = [c for c in comparisons if c.segment == segment and c.marker]
    return sorted(own, key=lambda c: (c.defining, -abs(c.difference.effect)))[:limit]
