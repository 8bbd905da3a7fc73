"""The people of the generated subscription business: who they are, how long they stay, what they order.

Days are whole and counted from `STARTS_ON`, in the business's zone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from segmentary.samples.planted_plans import (
    ARMS,
    ASSIGNED_ON,
    CATEGORIES,
    DAYS,
    LETTER_LOOKS_BACK,
    LETTER_ON,
    LETTER_SHARE,
    LINES_BEYOND_ONE,
    MONTH_DAYS,
    PLANS,
    PRICES,
    REGIONS,
    STARTS_ON,
    TIMEZONE,
    WINDOW_DAYS,
    month_of,
)

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
ZONE = ZoneInfo(TIMEZONE)
SHAPE = 4.0
JOINED_AT_ONCE, LAST_TO_JOIN = 0.35, 820
TASTE = 0.35
"""Share of the lines that follow a person's own taste, the same for life: lines of one person are alike."""
WEEKDAY = STARTS_ON.weekday()


@dataclass(frozen=True, eq=False)
class Lives:
    """One entry per customer.

    plan, region : places in `PLANS` and `REGIONS`. joined, left : days; whoever has not left has ``left`` beyond the
    end. rate : orders a day while subscribed. taste : 0 to 1.
    arm : place in `ARMS`; -1: not in the experiment.
    """

    plan: Ints
    region: Ints
    joined: Ints
    left: Ints
    rate: Floats
    taste: Floats
    arm: Ints

    @property
    def n(self) -> int:
        """The number of customers."""
        return len(self.plan)

    def alive(self, day: int) -> npt.NDArray[np.bool_]:
        """Return who has a subscription on a day."""
        return (self.joined <= day) & (day < self.left)


@dataclass(frozen=True, eq=False)
class Buying:
    """One entry per order, by time: whose, its day, hour, minute and channel; lines carry the place of their order."""

    who: Ints
    day: Ints
    minute: Ints
    channel: Ints
    line_order: Ints
    line_category: Ints
    line_level: Ints
    line_product: Ints


def day_of(date: dt.date) -> int:
    """Return the whole days since the business began."""
    return (date - STARTS_ON).days


def instant(day: int, minute: int) -> dt.datetime:
    """Return a moment of the business's day in UTC."""
    on = STARTS_ON + dt.timedelta(days=day)
    return dt.datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=ZONE).astimezone(dt.UTC)


def lives(customers: int, rng: np.random.Generator) -> Lives:
    """Draw the customers, and whom the experiment puts into which arm."""
    plan = rng.choice(len(PLANS), size=customers, p=[one.share for one in PLANS]).astype(np.int64)
    at_once = rng.uniform(size=customers) < JOINED_AT_ONCE
    joined = np.where(at_once, rng.integers(0, 30, customers), rng.integers(30, LAST_TO_JOIN, customers))
    hazard = np.array([one.hazard / MONTH_DAYS for one in PLANS])[plan]
    stays = 1 + np.floor(rng.exponential(size=customers) / hazard).astype(np.int64)
    rate = np.array([one.orders / MONTH_DAYS for one in PLANS])[plan] * rng.gamma(SHAPE, 1 / SHAPE, customers)
    region = rng.integers(0, len(REGIONS), customers)
    people = Lives(plan, region, joined, joined + stays, rate, rng.uniform(size=customers), np.full(customers, -1))
    there = np.flatnonzero(people.alive(day_of(ASSIGNED_ON)))
    people.arm[there] = rng.choice(len(ARMS), size=len(there), p=list(ARMS.values()))
    return people


def buying(people: Lives, rng: np.random.Generator, *, experiment: bool) -> Buying:
    """Draw the orders: a Poisson process while subscribed, more on the plan's weekdays, changed by the campaign."""
    weights = np.array([one.weekday_weights for one in PLANS])
    top = float(weights.max())
    lift = np.array([one.lift for one in PLANS])
    most = top * (1 + max(0.0, float(lift.max())))
    until = np.minimum(people.left, DAYS)
    who = np.repeat(np.arange(people.n), rng.poisson(people.rate * (until - people.joined) * most))
    day = people.joined[who] + np.floor(rng.uniform(size=len(who)) * (until - people.joined)[who]).astype(np.int64)
    chance = weights[people.plan[who], (day + WEEKDAY) % 7] / most
    if experiment:
        begins = day_of(ASSIGNED_ON)
        changed = (people.arm[who] == 0) & (day >= begins) & (day < begins + WINDOW_DAYS)
        chance = np.where(changed, chance * (1 + lift[people.plan[who]]), chance)
    kept = rng.uniform(size=len(who)) < chance
    who, day = who[kept], day[kept]
    evening = rng.uniform(size=len(who)) < np.array([one.evening for one in PLANS])[people.plan[who]]
    # On the day of assignment orders come after it, at nine.
    minute = np.where(evening, rng.integers(18 * 60, 22 * 60, len(who)), rng.integers(9 * 60 + 1, 18 * 60, len(who)))
    order = np.lexsort((who, minute, day))
    who, day, minute = who[order], day[order], minute[order]
    return Buying(who, day, minute, drawn(people, who, rng, "channels"), *lines(people, who, day, rng))


def drawn(people: Lives, who: Ints, rng: np.random.Generator, what: str) -> Ints:
    """Draw one of a plan's shares for each person named."""
    edges = np.cumsum(np.array([getattr(one, what) for one in PLANS]), axis=1)
    place: Ints = np.sum(rng.uniform(size=len(who))[:, None] > edges[people.plan[who], :-1], axis=1)
    return place


def lines(people: Lives, who: Ints, day: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Draw the lines of orders: category, price level and product; the shares of a plan hold in every month."""
    order = np.repeat(np.arange(len(who)), 1 + rng.poisson(LINES_BEYOND_ONE, len(who)))
    buyer = who[order]
    months = np.array([month_of(STARTS_ON + dt.timedelta(days=d)) for d in range(DAYS)])
    shares = np.array([[one.category_shares(m) for m in range(int(months[-1]) + 1)] for one in PLANS])
    edges = np.cumsum(shares, axis=2)[people.plan[buyer], months[day[order]], :-1]
    own = rng.uniform(size=len(order)) < TASTE
    place = np.where(own, people.taste[buyer], rng.uniform(size=len(order)))
    category = np.sum(place[:, None] > edges, axis=1)
    level = drawn(people, buyer, rng, "prices")
    return order, category, level, rng.integers(0, 2, len(order))


def letter(people: Lives, bought: Buying) -> Ints:
    """Return who got the observational letter: the fifth with the most orders in the time before, among subscribers."""
    on = day_of(LETTER_ON)
    recent = (bought.day >= on - LETTER_LOOKS_BACK) & (bought.day < on)
    count = np.bincount(bought.who[recent], minlength=people.n)
    there = np.flatnonzero(people.alive(on))
    best = there[np.lexsort((there, -count[there]))]
    return np.sort(best[: int(len(there) * LETTER_SHARE)])


PRODUCTS: tuple[tuple[str, str, str, int], ...] = tuple(
    (f"{category[:3].upper()}-{level[:3].upper()}-{n + 1}", f"{level} {category} {n + 1}", category, price)
    for category in CATEGORIES
    for level, pair in PRICES.items()
    for n, price in enumerate(pair)
)
"""Number, name, category and price; in the order of category, level, product."""
