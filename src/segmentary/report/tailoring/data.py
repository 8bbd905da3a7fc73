"""What a tailoring report is made of, each part where it is at hand."""

from __future__ import annotations

from dataclasses import dataclass

from segmentary.measurement.budget import Allocation
from segmentary.measurement.loyalty.loyalty import Loyalty
from segmentary.measurement.tailoring.offers import Offers
from segmentary.measurement.tailoring.trends import Trends
from segmentary.measurement.tailoring.uses import Uses


@dataclass(frozen=True, slots=True)
class TailoringData:
    """Everything a tailoring report may show; what is None has no section.

    below : items used by fewer people of a segment are hidden. unanswered : why what was
    asked for cannot be said.
    """

    generated_for: str = ""
    as_of: str = ""
    currency: str = ""
    below: int = 11
    uses: Uses | None = None
    trends: Trends | None = None
    offers: Offers | None = None
    loyalty: Loyalty | None = None
    budget: Allocation | None = None
    unanswered: tuple[str, ...] = ()

    def segments(self) -> tuple[str, ...]:
        """Return the segments that are spoken of, in order."""
        names: dict[str, None] = {}
        for rows in (
            self.uses.rows if self.uses is not None else (),
            self.loyalty.figures if self.loyalty is not None else (),
            self.trends.rows if self.trends is not None else (),
        ):
            names |= dict.fromkeys(one.segment for one in rows)
        return tuple(names)


def ended(sentence: str) -> str:
    """Return a sentence that begins with a name, with a full stop: names are never written otherwise."""
    return sentence if sentence.endswith(".") else f"{sentence}."


def upper(sentence: str) -> str:
    """Return a sentence with a capital letter and a full stop."""
    return f"{sentence[:1].upper()}{sentence[1:]}{'' if sentence.endswith('.') else '.'}"
