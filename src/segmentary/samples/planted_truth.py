"""What is true of the generated subscription business, to hold against what is found in it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segmentary.samples.planted_lives import Lives, day_of
from segmentary.samples.planted_plans import (
    AS_OF,
    ASSIGNED_ON,
    CAMPAIGN,
    CATEGORIES,
    CHANNELS,
    CURRENCY,
    LETTER,
    MONTH_DAYS,
    PLANS,
    PRICES,
    REGIONS,
    SHIFT_CATEGORY,
    SHIFT_FROM,
    SHIFT_PLAN,
    STARTS_ON,
    TIMEZONE,
    TOPICS,
    WAVES,
    WINDOW_DAYS,
    month_of,
)


@dataclass(frozen=True, slots=True)
class CampaignTruth:
    """What the randomised campaign does to people of one plan who are put into its treated arm.

    eligible : how many were put into any arm. lift : relative change of the rate of ordering. orders, revenue :
    expected change per treated person within the window (orders; EUR), averaged over the eligible.
    baseline_revenue : expected without treatment. converts, converts_untreated : expected share with at least one order
    in the window.
    """

    eligible: int
    lift: float
    orders: float
    revenue: float
    baseline_revenue: float
    converts: float
    converts_untreated: float


@dataclass(frozen=True, slots=True)
class OutcomesTruth:
    """What is true; every mapping is by plan first (``basic``, ``plus``, ``pro``).

    Attributes
    ----------
    plan_of, region_of : customer -> plan, region. A region changes nothing: every comparison of regions is a null.
    nps : wave -> (promoters, passives, detractors); their expected shares among answers.
    satisfied : expected share answering 4 or 5 to ``satisfaction``. wallet : expected share of what respondents spend
        in the field that is spent with us.
    hazard : of cancelling, per day; see `survival`. orders : mean orders per 30 days while subscribed.
    order_value : EUR.
    categories : month (``2023-09``) -> category -> expected share of lines, and of money.
    prices, channels, topics : level, channel, topic -> expected share of lines, orders, chats.
    weekend, evening : expected share of orders placed on Saturday or Sunday, from 18 h on.
    shift_plan, shift_category, shift_from : whose share of what rises, from which month on; every other plan's share of
        every category stands still, and this plan's other categories share the fall.
    campaign, assigned_on, window_days, effects : the randomised campaign; empty and no effects without an experiment.
    letter : the campaign that was sent to the best customers and does nothing.
    """

    as_of: dt.date
    timezone: str
    currency: str
    plan_of: Mapping[str, str]
    region_of: Mapping[str, str]
    nps: Mapping[str, Mapping[str, tuple[float, float, float]]]
    satisfied: Mapping[str, float]
    wallet: Mapping[str, float]
    hazard: Mapping[str, float]
    orders: Mapping[str, float]
    order_value: Mapping[str, float]
    categories: Mapping[str, Mapping[str, Mapping[str, float]]]
    prices: Mapping[str, Mapping[str, float]]
    channels: Mapping[str, Mapping[str, float]]
    topics: Mapping[str, Mapping[str, float]]
    weekend: Mapping[str, float]
    evening: Mapping[str, float]
    shift_plan: str
    shift_category: str
    shift_from: str
    campaign: str
    assigned_on: dt.date
    window_days: int
    effects: Mapping[str, CampaignTruth]
    letter: str

    def score(self, plan: str, wave: str) -> float:
        """Return the true net promoter score, -100 to 100."""
        promoters, _, detractors = self.nps[plan][wave]
        return 100 * (promoters - detractors)

    def survival(self, plan: str, days: int) -> float:
        """Return the probability of still having the subscription so many whole days after the first."""
        return math.exp(-self.hazard[plan] * max(0, days))

    def write(self, path: Path) -> None:
        """Write the truth as JSON."""
        document = dataclasses.asdict(self)
        document |= {"as_of": self.as_of.isoformat(), "assigned_on": self.assigned_on.isoformat()}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def truth_of(people: Lives, ids: list[str], *, experiment: bool) -> OutcomesTruth:
    """Return the truth of a business with these people."""
    months = [f"{(STARTS_ON.year * 12 + 8 + m) // 12}-{(8 + m) % 12 + 1:02d}" for m in range(month_of(AS_OF))]
    plans = {one.name: one for one in PLANS}
    return OutcomesTruth(
        as_of=AS_OF,
        timezone=TIMEZONE,
        currency=CURRENCY,
        plan_of={who: PLANS[k].name for who, k in zip(ids, people.plan, strict=True)},
        region_of={who: REGIONS[k] for who, k in zip(ids, people.region, strict=True)},
        nps={name: {wave: one.nps[wave] for wave in WAVES} for name, one in plans.items()},
        satisfied={name: one.satisfied for name, one in plans.items()},
        wallet={name: one.wallet for name, one in plans.items()},
        hazard={name: one.hazard / MONTH_DAYS for name, one in plans.items()},
        orders={name: one.orders for name, one in plans.items()},
        order_value={name: one.order_value for name, one in plans.items()},
        categories={
            name: {month: named(CATEGORIES, one.category_shares(m)) for m, month in enumerate(months)}
            for name, one in plans.items()
        },
        prices={name: named(tuple(PRICES), one.prices) for name, one in plans.items()},
        channels={name: named(CHANNELS, one.channels) for name, one in plans.items()},
        topics={name: named(TOPICS, one.topics) for name, one in plans.items()},
        weekend={name: one.weekend for name, one in plans.items()},
        evening={name: one.evening for name, one in plans.items()},
        shift_plan=SHIFT_PLAN,
        shift_category=SHIFT_CATEGORY,
        shift_from=months[SHIFT_FROM],
        campaign=CAMPAIGN if experiment else "",
        assigned_on=ASSIGNED_ON,
        window_days=WINDOW_DAYS,
        effects={one.name: effect(people, place) for place, one in enumerate(PLANS)} if experiment else {},
        letter=LETTER,
    )


def named(names: tuple[str, ...], shares: tuple[float, ...]) -> dict[str, float]:
    return dict(zip(names, shares, strict=True))


def effect(people: Lives, place: int) -> CampaignTruth:
    """Return what the campaign does to the people of a plan, in expectation given who they are."""
    plan = PLANS[place]
    who = np.flatnonzero((people.arm >= 0) & (people.plan == place))
    if len(who) == 0:
        return CampaignTruth(0, plan.lift, 0.0, 0.0, 0.0, 0.0, 0.0)
    begins = day_of(ASSIGNED_ON)
    weights = np.array(plan.weekday_weights)[(begins + np.arange(WINDOW_DAYS) + STARTS_ON.weekday()) % 7]
    there = np.minimum(people.left[who] - begins, WINDOW_DAYS)
    expected = people.rate[who] * np.concatenate([[0.0], np.cumsum(weights)])[there]
    extra = float(expected.mean()) * plan.lift
    return CampaignTruth(
        eligible=len(who),
        lift=plan.lift,
        orders=extra,
        revenue=extra * plan.order_value,
        baseline_revenue=float(expected.mean()) * plan.order_value,
        converts=float(np.mean(1 - np.exp(-expected * (1 + plan.lift)))),
        converts_untreated=float(np.mean(1 - np.exp(-expected))),
    )
