"""Who truly belongs to every library segment: plain predicates written from the segments' English meaning.

Nothing here knows the definition language or its evaluators: the same sentence was written twice, once as YAML, once as
Python over the generator's own objects.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal

from segmentary.samples.boundary import Pair
from segmentary.samples.business import Business
from segmentary.samples.facts import Facts
from segmentary.samples.ranks import rfm_names, top_tenth

Predicate = Callable[[Facts], bool]


def born(first_year: int, last_year: int) -> Predicate:
    return lambda f: f.who.birth_date is not None and first_year <= f.who.birth_date.year <= last_year


def aged(youngest: int, oldest: int = 200) -> Predicate:
    return lambda f: f.age is not None and youngest <= f.age <= oldest


def agrees(scale: str) -> Predicate:
    return lambda f: (f.attitude(scale) or 0) >= 4


def employs(least: int, below: int = 10**9) -> Predicate:
    return lambda f: (
        f.who.account is not None and f.who.account.employees is not None and least <= f.who.account.employees < below
    )


def visited_last_with(kind: str = "", system: str = "") -> Predicate:
    return lambda f: f.last_device is not None and (f.last_device.kind == kind or f.last_device.system == system)


def is_mobile_first(f: Facts) -> bool:
    return 2 * sum(event.device.kind in ("mobile", "tablet") for event in f.web) > len(f.web)


def bought(category: str, least: int) -> Predicate:
    return lambda f: sum(line.product.category == category for line in f.lines_in(365)) >= least


def mostly(least_orders: int, above: Predicate) -> Predicate:
    return lambda f: len(f.orders) >= least_orders and above(f)


def share_of_orders(f: Facts, condition: Callable[[dt.datetime], bool]) -> Decimal:
    return Decimal(sum(condition(f.local(o.placed_at)) for o in f.orders)) / Decimal(len(f.orders))


def is_startup(f: Facts) -> bool:
    firm = f.who.account
    if firm is None or firm.founded_on is None or firm.employees is None:
        return False
    return f.today.replace(year=f.today.year - 5) <= firm.founded_on < f.today and firm.employees < 50


def came_back(f: Facts) -> bool:
    ages = [f.as_of - order.placed_at for order in f.orders]
    month, silence = dt.timedelta(days=30), dt.timedelta(days=210)
    lately = any(age <= month for age in ages)
    between = any(month < age <= silence for age in ages)
    return lately and not between and any(age > silence for age in ages)


def is_overdue(f: Facts) -> bool:
    if len(f.orders) < 3 or not f.usual_gap or f.days_since_order is None:
        return False
    return f.days_since_order > 2 * f.usual_gap


def is_at_risk(f: Facts) -> bool:
    return len(f.orders) >= 3 and 91 <= (f.days_since_order or 0) <= 180


def is_loyal(f: Facts) -> bool:
    months = {(f.local(o.placed_at).year, f.local(o.placed_at).month) for o in f.orders_in(365)}
    return len(months) >= 4 and bool(f.orders_in(90))


def is_rising(f: Facts) -> bool:
    earlier = sum(
        (o.amount for o in f.orders if 90 * dt.timedelta(days=1) < f.as_of - o.placed_at <= 180 * dt.timedelta(days=1)),
        Decimal(0),
    )
    return earlier > 0 and f.spent_in(90) >= 2 * earlier


WHO: Mapping[str, Predicate] = {
    "gen_z": born(1997, 2012),
    "millennials": born(1981, 1996),
    "generation_x": born(1965, 1980),
    "seniors": aged(65),
    "young_women": lambda f: f.who.gender == "female" and aged(18, 34)(f),
    "older_men": lambda f: f.who.gender == "male" and aged(50)(f),
    "high_income_earners": lambda f: f.who.income is not None and f.who.income >= 100_000,
    "families_with_children": lambda f: (f.who.children or 0) >= 1,
    "students": lambda f: f.who.occupation == "student",
    "birthday_soon": lambda f: f.who.birth_date is not None and f.days_to_anniversary(f.who.birth_date) < 14,
    "urban_customers": lambda f: f.who.town.size == "city",
    "rural_customers": lambda f: f.who.town.size == "village",
    "german_speaking_countries": lambda f: f.who.town.country_code in ("DE", "AT", "CH"),
    "place_unknown": lambda f: f.who.town.size == "unknown",
    "eco_minded": agrees("eco"),
    "price_sensitive": agrees("price"),
    "brand_loyal": agrees("brand"),
    "innovators": agrees("innovation"),
    "fitness_minded": agrees("fitness"),
    "satisfied_customers": agrees("satisfaction"),
    "dissatisfied_customers": lambda f: 0 < (f.attitude("satisfaction") or 0) <= 2,
    "green_bargain_hunters": lambda f: agrees("eco")(f) and agrees("price")(f),
    "mobile_first": is_mobile_first,
    "desktop_users": visited_last_with(kind="desktop"),
    "tablet_users": visited_last_with(kind="tablet"),
    "ios_users": visited_last_with(system="iOS"),
    "android_users": visited_last_with(system="Android"),
    "app_shoppers": lambda f: any(o.channel == "app" for o in f.orders_in(365)),
    "business_customers": lambda f: f.who.account is not None,
    "small_businesses": employs(1, 50),
    "medium_businesses": employs(50, 250),
    "large_corporations": employs(250),
    "startups": is_startup,
    "technology_firms": lambda f: f.who.account is not None and f.who.account.sector == "technology",
}
ACTIONS: Mapping[str, Predicate] = {
    "new_customers": lambda f: bool(f.orders) and f.lately(f.orders[0].placed_at, 30),
    "never_ordered": lambda f: not f.orders,
    "one_time_buyers": lambda f: len(f.orders) == 1,
    "repeat_buyers": lambda f: len(f.orders) >= 2,
    "loyal_customers": is_loyal,
    "at_risk": is_at_risk,
    "lapsed": lambda f: (f.days_since_order or 0) > 180,
    "came_back": came_back,
    "overdue": is_overdue,
    "heavy_users": lambda f: len({f.local(e.happened_at).date() for e in f.web_in("page_viewed", 30)}) >= 8,
    "cart_abandoners": lambda f: f.left_behind("product_added", 14),
    "checkout_abandoners": lambda f: f.left_behind("checkout_started", 14),
    "window_shoppers": lambda f: len(f.web_in("product_viewed", 30)) >= 10 and not f.orders_in(90),
    "weekend_shoppers": mostly(4, lambda f: share_of_orders(f, lambda at: at.isoweekday() >= 6) > Decimal("0.5")),
    "evening_shoppers": mostly(4, lambda f: share_of_orders(f, lambda at: at.hour >= 18) > Decimal("0.5")),
    "bargain_season_shoppers": mostly(2, lambda f: share_of_orders(f, lambda at: at.month == 11) >= Decimal("0.5")),
    "discount_hunters": mostly(3, lambda f: 10 * sum(o.discount > 0 for o in f.orders) >= 6 * len(f.orders)),
    "frequent_returners": mostly(1, lambda f: len(f.refunds) >= 2 and f.refunded >= Decimal("0.3") * f.spent),
    "fitness_enthusiasts": bought("fitness", 3),
    "beauty_enthusiasts": bought("beauty", 3),
    "shoe_lovers": lambda f: sum(x.amount for x in f.lines_in(365) if x.product.category == "shoes") > 200,
    "cross_category_shoppers": lambda f: len({line.product.category for line in f.lines_in(365)}) >= 5,
    "multichannel_shoppers": lambda f: len({order.channel for order in f.orders_in(365)}) >= 2,
    "store_shoppers": lambda f: sum(order.channel == "store" for order in f.orders_in(365)) >= 2,
    "newsletter_readers": lambda f: len(f.mails_in("email_opened", 90)) >= 3,
    "email_engaged": lambda f: bool(f.mails_in("email_clicked", 30)),
    "email_dormant": lambda f: len(f.mails_in("email_delivered", 90)) >= 4 and not f.mails_in("email_opened", 90),
    "support_seekers": lambda f: sum(f.lately(chat.started_at, 90) for chat in f.who.chats) >= 2,
    "anniversary_soon": lambda f: bool(f.orders) and f.days_to_anniversary(f.local(f.orders[0].placed_at).date()) < 7,
    "vips": lambda f: f.spent_in(365) >= 1_000,
    "big_spenders": mostly(2, lambda f: f.spent >= 150 * len(f.orders)),
    "rising_spenders": is_rising,
    "net_negative": mostly(1, lambda f: f.spent <= f.refunded),
}
RFM: Mapping[str, str] = {
    "champions": "champion",
    "potential_loyalists": "potential loyalist",
    "cannot_lose": "can't lose",
}
TOP_TENTH = "top_ten_percent_by_value"
TOP_TENTH_IN_COUNTRY = "top_ten_percent_in_country"
LEAST_IN_COUNTRY = 50


def true_members(business: Business) -> dict[str, tuple[str, ...]]:
    """Return the ids of every library segment, sorted."""
    people = [Facts(who, business.as_of, business.zone) for who in business.customers]
    found = {name: [f.who.customer_id for f in people if holds(f)] for name, holds in {**WHO, **ACTIONS}.items()}
    buyers = [f for f in people if f.orders]
    names = rfm_names(buyers)
    for name, cell in RFM.items():
        found[name] = [customer_id for customer_id, given in names.items() if given == cell]
    found[TOP_TENTH] = top_tenth(buyers)
    found[TOP_TENTH_IN_COUNTRY] = []
    for code in sorted({f.who.town.country_code for f in buyers} - {""}):
        there = [f for f in buyers if f.who.town.country_code == code]
        if len(there) >= LEAST_IN_COUNTRY:
            found[TOP_TENTH_IN_COUNTRY] += top_tenth(there)
    return {name: tuple(sorted(ids)) for name, ids in found.items()}


def ranked_pairs(business: Business, members: Mapping[str, tuple[str, ...]]) -> dict[str, Pair]:
    """Find the two people on the border of each segment by rank or score.

    By rank they are the last one in and the first one out; by score, of the members the one who spent least, and of all
    other buyers the one whose money comes nearest.
    """
    people = [Facts(who, business.as_of, business.zone) for who in business.customers]
    money = {f.who.customer_id: f.spent for f in people if f.orders}
    codes = {f.who.customer_id: f.who.town.country_code for f in people}
    pairs = {}
    for name in (*RFM, TOP_TENTH, TOP_TENTH_IN_COUNTRY):
        inside = sorted(members[name], key=lambda who: (money[who], who))
        outside = [who for who in money if who not in set(inside)]
        last_in = inside[0] if inside else ""
        if name == TOP_TENTH_IN_COUNTRY and last_in:
            outside = [who for who in outside if codes[who] == codes[last_in]]
        near = min(outside, key=lambda who: (abs(money[who] - money.get(last_in, Decimal(0))), who), default="")
        pairs[name] = Pair(last_in, near)
    return pairs
