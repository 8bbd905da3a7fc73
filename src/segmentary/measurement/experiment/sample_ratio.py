"""Were people put into the arms as planned? The first question: where not, nothing else can be believed.

References: Fabijan et al. (2019), "Diagnosing sample ratio mismatch in online controlled experiments", KDD.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from segmentary.errors import NoAnswerError
from segmentary.models.intervals import holm

BLOCKS = 0.001
"""A smaller p-value than this blocks the whole report."""
CHECK = (
    "look for people who got into one arm only: a filter after assignment, lost or doubled messages, a page that"
    " redirects, ids that differ between the files, arms loaded on different days"
)


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """People by arm, beside those planned.

    expected : people by arm at the planned shares. p : chance of a difference at least as large in a fair split.
    """

    segment: str
    counts: dict[str, int]
    expected: dict[str, float]
    chi_square: float
    p: float
    p_holm: float | None = None

    @property
    def mismatch(self) -> bool:
        """Whether the split is not what was planned."""
        return (self.p if self.p_holm is None else self.p_holm) < BLOCKS

    @property
    def sentence(self) -> str:
        """What it says."""
        counts = ", ".join(f"{arm} {count:,}" for arm, count in self.counts.items())
        if self.mismatch:
            wanted = ", ".join(f"{arm} {count:,.0f}" for arm, count in self.expected.items())
            where = f" in {self.segment}" if self.segment else ""
            return f"the arms{where} are not what was planned: {counts}; planned {wanted} (p {written(self.p)})"
        return f"the arms are split as planned: {counts} (p {written(self.p)})"

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "mismatch": self.mismatch}


def written(p: float) -> str:
    """Return a p-value as people write it.

    >>> written(0.904), written(0.0000001)
    ('.904', 'below .001')
    """
    return "below .001" if p < 0.001 else f"{p:.3f}".lstrip("0") if p < 1 else "1"


def sample_ratio(counts: Mapping[str, int], shares: Mapping[str, float], *, segment: str = "") -> SampleRatio:
    """Test counts against planned shares by chi-square (two arms: with Yates' correction).

    shares : of each arm; they are scaled to sum to 1.
    """
    total, whole = sum(counts.get(arm, 0) for arm in shares), sum(shares.values())
    if whole <= 0 or any(share <= 0 for share in shares.values()):
        raise NoAnswerError("an arm without a planned share cannot be held against it", hint="say every arm's share")
    held = {arm: counts.get(arm, 0) for arm in shares}
    expected = {arm: total * share / whole for arm, share in shares.items()}
    if total == 0 or len(held) < 2:
        return SampleRatio(segment, held, expected, 0.0, 1.0)
    from scipy.special import chdtrc

    # Of two arms the counts lie on a line of whole numbers: uncorrected, a fair lot rings more often than it should.
    step = 0.5 if len(held) == 2 else 0.0
    square = sum(max(0.0, abs(held[arm] - expected[arm]) - step) ** 2 / expected[arm] for arm in held)
    return SampleRatio(segment, held, expected, square, float(chdtrc(len(held) - 1, square)))


def by_segment(
    counts: Mapping[tuple[str, str], int],
    shares: Mapping[str, float],
    planned: Mapping[str, Mapping[str, float]] | None = None,
) -> list[SampleRatio]:
    """Test each segment, with Holm's correction over all of them: a mismatch in one is a warning.

    planned : shares of the arms in segments where they are others.
    """
    names = list(dict.fromkeys(segment for segment, _ in counts))
    found = []
    for name in names:
        held = {arm: count for (segment, arm), count in counts.items() if segment == name}
        found.append(sample_ratio(held, (planned or {}).get(name, shares), segment=name))
    adjusted = holm([one.p for one in found])
    return [
        SampleRatio(one.segment, one.counts, one.expected, one.chi_square, one.p, p)
        for one, p in zip(found, adjusted, strict=True)
    ]
