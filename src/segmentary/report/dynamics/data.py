"""What a report of dynamics is made of; what is None has no section."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from segmentary.dynamics.drift import Drift
from segmentary.dynamics.leaving import EarlyWarning
from segmentary.dynamics.seasons import Seasons
from segmentary.dynamics.size_forecast import SizeForecast
from segmentary.dynamics.sizes import Moves, Sizes
from segmentary.dynamics.tenure import Tenure
from segmentary.dynamics.transitions import Transitions
from segmentary.dynamics.two_samples import TwoSamples
from segmentary.report.document import HIDDEN, Value


@dataclass(frozen=True)
class DynamicsReportData:
    """Everything a report of dynamics may show.

    below : groups of fewer people are hidden. unanswered : why what was asked for cannot be said.
    """

    title: str
    generated_for: str = ""
    currency: str = ""
    below: int = 11
    sizes: Sizes | None = None
    transitions: Transitions | None = None
    forecast: SizeForecast | None = None
    moves: Moves | None = None
    drift: Drift | None = None
    together: TwoSamples | None = None
    tenure: Tenure | None = None
    leaving: EarlyWarning | None = None
    seasons: Seasons | None = None
    unanswered: tuple[str, ...] = ()

    def small(self, people: float) -> bool:
        """Say whether so few people stand behind a figure that it is not said."""
        return 0 < people < self.below

    def shown(self, value: Value, people: float) -> Value:
        """Return a figure, or that it is hidden."""
        return HIDDEN if self.small(people) else value

    @cached_property
    def hidden(self) -> frozenset[str]:
        """Segments that were small at any moment: no sentence speaks of them."""
        gone = set()
        if self.sizes is not None:
            gone |= {name for name, sizes in self.sizes.by_part.items() if any(self.small(one.people) for one in sizes)}
        if self.transitions is not None:
            gone |= {row.part for row in self.transitions.rows if self.small(row.people)}
        return frozenset(gone)

    def lead(self, *sentences: str) -> tuple[str, ...]:
        """Return the sentences that may be said: those that name no hidden segment."""
        return tuple(one for one in sentences if one and not any(name in one for name in self.hidden))
