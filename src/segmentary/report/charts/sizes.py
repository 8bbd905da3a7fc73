"""How large the segments are, and what share of the money they bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from segmentary.report.charts import paired
from segmentary.report.figures import SegmentFigure

TITLE = "How large is each segment, and what does it bring?"
SUBTITLE = (
    "Share of all customers and of all money; thin lines are 95% intervals. Segments overlap, so shares do not add up."
)
LARGEST = 24


def chart(segments: Sequence[SegmentFigure], *, width: int = 760) -> Any:
    """Draw the segments that are shown, largest share of money first (then of customers)."""
    shown = [s for s in segments if s.share is not None and s.people]
    shown.sort(key=lambda s: (-(s.money_share.estimate if s.money_share else 0), -(s.people or 0)))
    rows = [paired.Pair(s.title, s.share, s.money_share) for s in shown[:LARGEST] if s.share is not None]
    return paired.chart(rows, TITLE, SUBTITLE, width=width)
