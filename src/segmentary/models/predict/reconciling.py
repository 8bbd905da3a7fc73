"""The sum of what customers are expected to spend, and the forecast of their total: both shown, and the factor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

from segmentary.errors import NoAnswerError
from segmentary.models.predict.totals import TotalForecast


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The sum of what each customer is expected to spend, beside the forecast of the total.

    people, individual : how many customers, and their sum. factor : forecast / sum; low, high : of the forecast's ends.
    """

    people: int
    individual: float
    forecast: TotalForecast
    factor: float
    factor_low: float
    factor_high: float

    @property
    def agrees(self) -> bool:
        """Whether the sum of customers lies within the interval of the total."""
        return self.factor_low <= 1.0 <= self.factor_high

    @property
    def sentence(self) -> str:
        """What it says, in words."""
        total = self.forecast.total
        start = (
            f"Summed over {self.people:,} customers the predictions are {self.individual:,.0f}; the total is forecast "
            f"at {total.estimate:,.0f} ({total.low:,.0f} to {total.high:,.0f})"
        )
        if self.agrees:
            return f"{start}: the two agree within what can be known, the factor is {self.factor:.2f}."
        return f"{start}: the two differ, each prediction would be multiplied by {self.factor:.2f}."

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "people": self.people,
            "individual": self.individual,
            "forecast": self.forecast.to_document(),
            "factor": self.factor,
            "factor_low": self.factor_low,
            "factor_high": self.factor_high,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the reconciliation a document describes."""
        return cls(**{**document, "forecast": TotalForecast.from_document(document["forecast"])})


def reconcile(people: int, individual: float, forecast: TotalForecast) -> Reconciliation:
    """Return how the predictions of customers are brought to the forecast of their total.

    people, individual : of everybody scored, the number and the sum of expected spend.

    Raises
    ------
    NoAnswerError
        nobody is expected to spend anything: no factor makes a total of nothing.
    """
    if not individual > 0:
        raise NoAnswerError(f"{people:,} customers are expected to spend nothing together: nothing can be scaled")
    total = forecast.total
    low, middle, high = (value / individual for value in (total.low, total.estimate, total.high))
    return Reconciliation(people, individual, forecast, middle, low, high)
