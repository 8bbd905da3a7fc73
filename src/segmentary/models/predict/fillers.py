"""Ids that stand for many people (guests under one number, a till): they are nobody, and nobody's future is theirs.

`segmentary.models.value.spend_checks` looks for them in orders and only warns. Here, where a single one moves every
figure of spend, the two signs that summaries of customers show lead to leaving an id out: the name of a filler, or a
large share of all money on more than half of all days.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from segmentary.models.predict.next_period import chosen
from segmentary.models.table.findings import Finding
from segmentary.models.value.purchases import Purchases
from segmentary.models.value.spend_checks import FILLER_NAMES, NAMED

SHARE, TIMES, HALF = 0.05, 4.0, 0.5
FEWEST_CUSTOMERS = 200
FEWEST_DAYS = 60


def filler_ids(purchases: Purchases) -> tuple[str, ...]:
    """Return the ids that are no customers, in the order of the alphabet."""
    if not len(purchases):
        return ()
    days = purchases.repeat_count + 1
    names = purchases.ids.astype(str)
    found = {name for name in names[days >= NAMED] if FILLER_NAMES.fullmatch(name.strip())}
    money = np.maximum(purchases.total_spend, 0.0)
    if len(purchases) >= FEWEST_CUSTOMERS and purchases.age.max() >= FEWEST_DAYS:
        first = int(np.argmax(money))
        next_most = float(np.partition(money, -2)[-2])
        large = money[first] >= max(SHARE * money.sum(), TIMES * next_most)
        if large and days[first] >= HALF * purchases.age.max():
            found.add(str(names[first]))
    return tuple(sorted(found))


def without(purchases: Purchases, fillers: Collection[str]) -> Purchases:
    """Return the purchases of everybody else."""
    return chosen(purchases, ~np.isin(purchases.ids.astype(str), sorted(fillers))) if fillers else purchases


def filler_findings(fillers: Collection[str]) -> tuple[Finding, ...]:
    """Return what to say of ids that were left out."""
    if not fillers:
        return ()
    many = len(fillers) > 1
    named = ", ".join(f"'{one}'" for one in sorted(fillers)[:3]) + (" ..." if len(fillers) > 3 else "")
    return (
        Finding(
            "filler_ids",
            "warning",
            f"{len(fillers)} id{'s' if many else ''} that {'stand' if many else 'stands'} for many people ({named}) "
            f"{'were' if many else 'was'} left out, and {'have' if many else 'has'} no score",
            "load purchases of unknown people without a customer",
            ("customer_id",),
        ),
    )
