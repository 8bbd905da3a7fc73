"""What the treatment brought in all, and what one more conversion or one more unit of money cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from segmentary.measurement.experiment.effects import Effect

CANNOT = "cannot be said: the treatment may have brought nothing"


@dataclass(frozen=True, slots=True)
class Incremental:
    """What an arm brought beyond the control arm, over its own people.

    total, low, high : of the metric. cost : what treating them cost. each, each_low, each_high : cost per unit of the
    metric; missing where the treatment may have brought nothing (``why`` says so). gain ... : of a metric in money,
    what is left after the cost, as a share of the cost.
    """

    arm: str
    metric: str
    people: int
    total: float
    low: float
    high: float
    cost: float | None = None
    each: float | None = None
    each_low: float | None = None
    each_high: float | None = None
    gain: float | None = None
    gain_low: float | None = None
    gain_high: float | None = None
    why: str = ""

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


def incremental(
    found: Effect, people: int, *, arm: str, metric: str, cost_per_person: float | None = None, money: bool = False
) -> Incremental:
    """Return what an arm of so many people brought.

    cost_per_person : of treating one. The cost is known, so dividing it by the ends of what was brought is exact
    (Fieller's interval with a numerator that does not vary), as long as these are above 0.
    """
    total, low, high = (value * people for value in (found.estimate, found.low, found.high))
    if cost_per_person is None:
        return Incremental(arm, metric, people, total, low, high)
    cost = cost_per_person * people
    made = Incremental(arm, metric, people, total, low, high, cost)
    if money and cost > 0:
        made = replace(made, gain=(total - cost) / cost, gain_low=(low - cost) / cost, gain_high=(high - cost) / cost)
    if low <= 0:
        return replace(made, why=CANNOT)
    return replace(made, each=cost / total, each_low=cost / high, each_high=cost / low)
