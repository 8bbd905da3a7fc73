"""Customers whose future is known: rates of buying, leaving and spending are drawn, then lived day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentary.language.tree import Duration, EventFilter, EventMeasure, Last, PropertyValue, TraitDefinition
from segmentary.models.predict.next_period import NextPeriod
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import TypedTable
from segmentary.models.value.purchases import Purchases

START = dt.date(2024, 1, 1)
HORIZON = 60
WINDOWS = (30, 91)
NAMES = tuple(f"{what}_{days}d" for what in ("orders", "spend") for days in WINDOWS)


def measured(name: str, days: int) -> TraitDefinition:
    event, window = EventFilter(("order_completed",)), Last(Duration(days, "day"))
    if name.startswith("orders"):
        return TraitDefinition(name, EventMeasure(event, "count", None, window), "number")
    return TraitDefinition(name, EventMeasure(event, "sum", PropertyValue(("amount",)), window), "number")


FEATURES = {name: measured(name, int(name.split("_")[1][:-1])) for name in NAMES}


@dataclass(frozen=True)
class Shop:
    """Purchases of a shop: whose, on which day from the start, what they paid, and who is truly gone by which day."""

    ids: npt.NDArray[np.str_]
    days: npt.NDArray[np.int64]
    amounts: npt.NDArray[np.float64]
    left: npt.NDArray[np.float64]

    def period(self, day: int, horizon: int = HORIZON) -> NextPeriod:
        """Return the period as of a day."""
        purchases = Purchases.from_transactions(
            self.ids[self.days < day], self.days[self.days < day], self.amounts[self.days < day], until=day
        )
        place = {name: row for row, name in enumerate(purchases.ids)}
        rows = np.array([place.get(one, -1) for one in self.ids])
        n = len(purchases)
        columns = []
        for name in NAMES:
            length = int(name.split("_")[1][:-1])
            here = (rows >= 0) & (self.days < day) & (self.days >= day - length)
            weights = self.amounts[here] if name.startswith("spend") else np.ones(int(here.sum()))
            columns.append(np.bincount(rows[here], weights, minlength=n))
        after = (rows >= 0) & (self.days >= day) & (self.days < day + horizon)
        spend = np.bincount(rows[after], self.amounts[after], minlength=n)
        table = TypedTable(
            tuple(Column(name, "numeric") for name in NAMES),
            np.column_stack(columns),
            ids=tuple(str(one) for one in purchases.ids),
        )
        bought = np.bincount(rows[after], minlength=n) > 0
        return NextPeriod.of(START + dt.timedelta(days=day), table, purchases, spend, bought)


def shop(n: int = 600, *, seed: int = 1, days: int = 360) -> Shop:
    """Return customers who come within the first 100 days, buy at rates of their own, and may leave for good."""
    chance = np.random.default_rng(seed)
    ids, when, paid, gone = [], [], [], []
    for person in range(n):
        rate, worth = chance.gamma(1.2, 0.03), np.exp(chance.normal(3.5, 0.6))
        leaves = chance.exponential(1 / max(chance.gamma(0.6, 0.004), 1e-6))
        day = float(chance.integers(0, 100))
        last = day + leaves
        gone.append(last)
        while day < min(days, last):
            ids.append(f"c{person:05d}")
            when.append(int(day))
            paid.append(round(float(worth * chance.gamma(4, 0.25)), 2))
            day += chance.exponential(1 / max(rate, 1e-9))
    return Shop(np.array(ids), np.array(when), np.array(paid), np.array(gone))
