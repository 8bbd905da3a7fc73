"""Small pictures that stand in the text of a page: drawn as SVG attributes, never as styles."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT, MARGIN = 100, 24, 2


def sparkline(values: Sequence[float | Decimal | None]) -> str:
    """Return the points of a line through the values, for an SVG of 100 x 24; fewer than two make no line.

    >>> sparkline([1, 3, 2])
    '0,22 50,2 100,12'
    """
    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(value for _, value in known), max(value for _, value in known)
    room = HEIGHT - 2 * MARGIN
    points = []
    for place, value in known:
        height = (value - low) / (high - low) if high > low else 0.5
        points.append(f"{place / (len(values) - 1) * WIDTH:g},{round(HEIGHT - MARGIN - height * room, 2):g}")
    return " ".join(points)
