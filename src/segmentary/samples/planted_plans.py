"""What is planted in the generated subscription business: the three plans, and how their people differ.

Everything a plan does is a number here; nothing depends on a customer's ``region``, so regions are a null.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

TIMEZONE, CURRENCY = "Europe/Berlin", "EUR"
STARTS_ON, AS_OF = dt.date(2023, 9, 1), dt.date(2026, 3, 1)
DAYS = (AS_OF - STARTS_ON).days
MONTH_DAYS = 30.0

CATEGORIES = ("tea", "coffee", "kitchen", "garden")
# Price level -> the prices of its two products in every category: what is spent on a category does not depend on it.
PRICES: Mapping[str, tuple[int, int]] = {"budget": (11, 13), "standard": (27, 31), "premium": (70, 80)}
CHANNELS = ("web", "app", "store")
TOPICS = ("delivery", "billing", "product")
REGIONS = ("north", "east", "south", "west")
LINES_BEYOND_ONE = 0.6
"""An order has one line and, on average, so many more."""
CHATS = 0.12
"""Chats with support of a customer in 30 days, whatever the plan."""

WAVES: Mapping[str, dt.date] = {"2024-10": dt.date(2024, 10, 7), "2025-06": dt.date(2025, 6, 2),
                                "2026-01": dt.date(2026, 1, 12)}  # fmt: skip
"""Wave of the survey -> the day it was sent. Half of those with a subscription answer."""
ANSWERING = 0.5

SHIFT_PLAN, SHIFT_CATEGORY, SHIFT_FROM, SHIFT_A_MONTH = "plus", "garden", 15, 0.016
"""Whose share of which category rises, from which month on (0 is the first), by how much a month."""

CAMPAIGN, ASSIGNED_ON, WINDOW_DAYS = "autumn_offer", dt.date(2025, 10, 6), 56
"""The randomised campaign: whole weeks, so that its window holds every weekday equally often."""
ARMS: Mapping[str, float] = {"treated": 0.45, "control": 0.45, "holdout": 0.10}
LETTER, LETTER_ON, LETTER_SHARE, LETTER_LOOKS_BACK = "loyal_letter", dt.date(2025, 5, 5), 0.2, 180
"""The observational campaign: to the fifth with the most orders in the half year before; it does nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One planted group.

    share : of the customers. hazard : of cancelling, per 30 days. orders : mean orders per 30 days while subscribed
    (people differ: gamma, shape 4). nps : wave -> share of promoters, passives, detractors. satisfied : share that
    answers 4 or 5 of 5. wallet : share of their spending in the field that is ours. categories, prices, channels,
    topics : shares, in the order of the constants above. weekend, evening : share of orders placed then (18 to 22 h).
    lift : relative effect of `CAMPAIGN` on the rate of ordering during its window.
    """

    name: str
    share: float
    hazard: float
    orders: float
    nps: Mapping[str, tuple[float, float, float]]
    satisfied: float
    wallet: float
    categories: tuple[float, float, float, float]
    prices: tuple[float, float, float]
    channels: tuple[float, float, float]
    topics: tuple[float, float, float]
    weekend: float
    evening: float
    lift: float

    def category_shares(self, month: int) -> tuple[float, ...]:
        """Return the share of each category among lines ordered in a month (0: the first)."""
        if self.name != SHIFT_PLAN or month < SHIFT_FROM:
            return self.categories
        place = CATEGORIES.index(SHIFT_CATEGORY)
        before = self.categories[place]
        risen = before + SHIFT_A_MONTH * (month - SHIFT_FROM + 1)
        shrink = (1 - risen) / (1 - before)
        return tuple(risen if k == place else share * shrink for k, share in enumerate(self.categories))

    @property
    def order_value(self) -> float:
        """The expected amount of an order, EUR."""
        each = sum(share * sum(pair) / 2 for share, pair in zip(self.prices, PRICES.values(), strict=True))
        return (1 + LINES_BEYOND_ONE) * each

    @property
    def weekday_weights(self) -> tuple[float, ...]:
        """How likely an order is on each weekday from Monday on, relative to 1 on average."""
        return (*[(1 - self.weekend) * 7 / 5] * 5, *[self.weekend * 7 / 2] * 2)


def constant(promoters: float, passives: float, detractors: float) -> dict[str, tuple[float, float, float]]:
    return dict.fromkeys(WAVES, (promoters, passives, detractors))


PLANS = (
    Plan("basic", 0.45, 0.060, 0.8, constant(0.22, 0.33, 0.45), 0.52, 0.30,
         (0.40, 0.25, 0.20, 0.15), (0.60, 0.30, 0.10), (0.60, 0.15, 0.25), (0.30, 0.50, 0.20), 0.50, 0.60, 0.0),
    Plan("plus", 0.35, 0.030, 1.2, {**constant(0.35, 0.35, 0.30), "2026-01": (0.50, 0.30, 0.20)}, 0.68, 0.50,
         (0.30, 0.30, 0.25, 0.15), (0.35, 0.45, 0.20), (0.35, 0.45, 0.20), (0.40, 0.30, 0.30), 0.30, 0.40, 0.35),
    Plan("pro", 0.20, 0.015, 2.0, constant(0.62, 0.26, 0.12), 0.84, 0.70,
         (0.20, 0.50, 0.20, 0.10), (0.15, 0.45, 0.40), (0.35, 0.15, 0.50), (0.60, 0.10, 0.30), 0.15, 0.15, -0.10),
)  # fmt: skip
PLAN: Mapping[str, Plan] = {plan.name: plan for plan in PLANS}


def month_of(day: dt.date) -> int:
    """Return the month a day lies in, counted from the first of the business."""
    return (day.year - STARTS_ON.year) * 12 + day.month - STARTS_ON.month
