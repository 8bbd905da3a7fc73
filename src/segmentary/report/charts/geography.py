"""Where customers and money are."""

from __future__ import annotations

from typing import Any

from segmentary.report.charts import paired
from segmentary.report.figures import Geography

TITLE = "Where are customers and money?"
SUBTITLE = (
    "Share of all customers and of all money; thin lines are 95% intervals. Countries with few customers are hidden."
)
LARGEST = 15


def chart(geography: Geography, *, width: int = 760) -> Any:
    """Draw the countries that are shown, most money first."""
    rows = [paired.Pair(p.name, p.share, p.money_share) for p in geography.places[:LARGEST] if p.share is not None]
    return paired.chart(rows, TITLE, SUBTITLE, width=width)
