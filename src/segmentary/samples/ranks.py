"""Ranks and RFM cells, computed a second time and simply: by sorting lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from segmentary.samples.facts import Facts

CELLS = {
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


def top_tenth(people: Sequence[Facts]) -> list[str]:
    """Return the ids of the tenth that spent most, rounded down; of equals the smaller id."""
    ranked = sorted(people, key=lambda f: (-f.spent, f.who.customer_id))
    return [f.who.customer_id for f in ranked[: len(ranked) // 10]]


def fifths(numbers: Sequence[Decimal | int]) -> list[Decimal | int]:
    """Return the four values that a fifth, two fifths, ... of all values do not exceed."""
    ordered = sorted(numbers)
    return [ordered[max(0, -(-len(ordered) * part // 5) - 1)] for part in range(1, 5)] if ordered else []


def rfm_names(buyers: Sequence[Facts]) -> dict[str, str]:
    """Return the name of every buyer's RFM cell: recency and number of orders, each in fifths."""
    recency = {f.who.customer_id: f.days_since_order or 0 for f in buyers}
    orders = {f.who.customer_id: len(f.orders) for f in buyers}
    recency_cuts, order_cuts = fifths(list(recency.values())), fifths(list(orders.values()))
    names = {cell: name for name, cells in CELLS.items() for cell in cells}
    found = {}
    for who in recency:
        fresh = 5 - sum(recency[who] > cut for cut in recency_cuts)
        often = 1 + sum(orders[who] > cut for cut in order_cuts)
        found[who] = names[f"{fresh}{often}"]
    return found
