"""One golden number: ours, the reference, and whether ours is good enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class GoldenRow:
    """One comparison.

    topic, what : where it stands in the table. ours, reference : the numbers. rule : equal (within the tolerance),
    at_most (ours <= reference + tolerance: costs), at_least (ours >= reference - tolerance: likelihoods).
    tolerance : absolute. source : who says so.
    """

    topic: str
    what: str
    ours: float
    reference: float
    rule: Literal["equal", "at_most", "at_least"] = "equal"
    tolerance: float = 0.0
    source: str = ""

    @property
    def good(self) -> bool:
        """Whether ours is good enough."""
        match self.rule:
            case "equal":
                return abs(self.ours - self.reference) <= self.tolerance
            case "at_most":
                return self.ours <= self.reference + self.tolerance
            case "at_least":
                return self.ours >= self.reference - self.tolerance
