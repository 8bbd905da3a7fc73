"""What the cells of an RFM table are called.

Eleven names cover the 25 pairs of recency score and order-count score (1 worst, 5 best) exactly once. Money has no part
in the name: it orders customers within a cell (`rfm_cell` is ``543``: recency 5, orders 4, money 3), so all 125 cells
carry the name of their first two digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CLASSES = 5

NAMES: Mapping[str, tuple[str, ...]] = {
    "champion": ("54", "55"),
    "loyal": ("34", "35", "44", "45"),
    "potential loyalist": ("42", "43", "52", "53"),
    "new": ("51",),
    "promising": ("41",),
    "need attention": ("33",),
    "about to sleep": ("31", "32"),
    "can't lose": ("15", "25"),
    "at risk": ("13", "14", "23", "24"),
    "hibernating": ("12", "21", "22"),
    "lost": ("11",),
}
"""Name -> the pairs of recency and order-count score it covers, best first."""

MEANINGS: Mapping[str, str] = {
    "champion": "bought lately and buy most often",
    "loyal": "buy often, and not long ago",
    "potential loyalist": "bought lately, a few orders so far",
    "new": "bought very lately, first or nearly first order",
    "promising": "bought lately, few orders",
    "need attention": "in the middle on both: decide them now",
    "about to sleep": "getting late, few orders",
    "can't lose": "bought most often, and have stopped",
    "at risk": "bought often, and have stopped",
    "hibernating": "few orders, long ago",
    "lost": "fewest orders, longest ago",
}

PAIRS: Mapping[str, str] = {pair: name for name, pairs in NAMES.items() for pair in pairs}


def name_of(recency_score: int, order_score: int) -> str:
    """Return the name of a cell.

    Raises
    ------
    KeyError
        when a score is not 1 to 5.
    """
    return PAIRS[f"{recency_score}{order_score}"]


@dataclass(frozen=True, slots=True)
class Box:
    """A named range of scores, both ends included. Where boxes overlap, the first one wins."""

    name: str
    recency: tuple[int, int]
    order_count: tuple[int, int]
    monetary: tuple[int, int]
