"""What a report of voices is made of."""

from __future__ import annotations

from dataclasses import dataclass

from segmentary.models.intervals import Interval
from segmentary.models.voice.theme_results import CodeShare, CountedMentions, CountedShares


@dataclass(frozen=True, slots=True)
class MoodMonth:
    """The mood of one month, of people. sentiment : mean, -1 to 1; negative : share in a bad mood; with intervals."""

    month: str
    passages: int
    people: int
    sentiment: Interval
    negative: Interval


@dataclass(frozen=True, slots=True)
class VoicesData:
    """Everything a report of voices may show. unanswered : what cannot be said, and why."""

    generated_for: str = ""
    as_of: str = ""
    below: int = 11
    shares: tuple[CountedShares, ...] = ()
    interviews: tuple[CountedMentions, ...] = ()
    moods: tuple[MoodMonth, ...] = ()
    coder: str = ""
    unanswered: tuple[str, ...] = ()

    def shown(self) -> tuple[tuple[CountedShares, CodeShare], ...]:
        """Return every code that may be shown, with where it was counted."""
        return tuple((found, one) for found in self.shares for one in found.codes if one.people is not None)
