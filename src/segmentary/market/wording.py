"""Figures in the sentences of this room."""

from __future__ import annotations

import math
from collections.abc import Sequence

SMALL = 30
"""Below so many people a figure is shown with a warning."""
HIDDEN_BELOW = 11
"""Below so many people a group is hidden where aggregates leave the house (decision 15)."""

SCALES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def number(value: float, *, digits: int = 3) -> str:
    """Return a number with about so many significant digits: 26.4 million, 472,000, 1,859, 0.0123."""
    if not math.isfinite(value):
        return "–"
    for scale, word in SCALES:
        if abs(value) >= scale:
            return f"{number(value / scale, digits=digits)} {word}"
    size = abs(value)
    if size >= 10 ** (digits + 1):
        value = round(value, digits - 1 - math.floor(math.log10(size)))
    if size == 0:
        return "0"
    places = 0 if size >= 10 ** (digits - 1) else min(6, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(value: float, unit: str) -> str:
    """Return a number with its unit."""
    return f"{number(value)} {unit}".strip()


def percent(share: float, *, digits: int = 1) -> str:
    """Return a share as percent."""
    return f"{share * 100:,.{digits}f}%" if math.isfinite(share) else "–"


def points(difference: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{abs(difference) * 100:.1f} percentage points" if math.isfinite(difference) else "–"


def listed(names: Sequence[str], *, last: str = "and") -> str:
    """Return names as people list them: a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
