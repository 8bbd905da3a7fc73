"""Two people for every segment: one just inside its border, one just outside.

Nothing else is known of them, and they do nothing else, so that only the border decides. The pairs that what people do
decides are planted in `boundary_actions`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from segmentary.samples import boundary_actions
from segmentary.samples.business import Business, Customer, Household, Town
from segmentary.samples.maker import IPAD, IPHONE, PIXEL, WINDOWS, Maker
from segmentary.samples.orders import Register
from segmentary.samples.towns import CITIES, JUST_A_CITY, TOWNS, UNKNOWN, VILLAGES

Plant = Callable[[Maker, Customer, Customer], None]


@dataclass(frozen=True, slots=True)
class Pair:
    """The ids of the two people on the border of a segment."""

    inside: str
    outside: str


def boundary_people(business: Business, register: Register) -> dict[str, Pair]:
    """Plant two people for every segment that a border can be drawn for, and say who they are."""
    maker = Maker(business, register)
    pairs = {}
    for name, plant in {**WHO, **boundary_actions.ACTIONS}.items():
        inside, outside = maker.person(name, "in"), maker.person(name, "out")
        plant(maker, inside, outside)
        pairs[name] = Pair(inside.customer_id, outside.customer_id)
    return pairs


def year_born(inside: dt.date, outside: dt.date) -> Plant:
    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        a.birth_date, b.birth_date = inside, outside

    return plant


def turns(age: int, gender: str = "") -> Plant:
    """One has the birthday that makes the age today, the other tomorrow."""

    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        a.gender = b.gender = gender
        a.birth_date = maker.today.replace(year=maker.today.year - age)
        b.birth_date = a.birth_date + dt.timedelta(days=1)

    return plant


def high_income(maker: Maker, a: Customer, b: Customer) -> None:
    a.income, b.income = Decimal("100000.00"), Decimal("99999.99")


def family(maker: Maker, a: Customer, b: Customer) -> None:
    # A full house is not a family with children; a number of children is.
    a.children, b.children = 1, 0
    b.household = Household(f"H{len(maker.business.households) + 1:05d}", "house", 6)
    maker.business.households.append(b.household)


def student(maker: Maker, a: Customer, b: Customer) -> None:
    a.occupation, b.occupation = "student", "former student"


def birthday(maker: Maker, a: Customer, b: Customer) -> None:
    for who, days in ((a, 13), (b, 14)):
        day = maker.today + dt.timedelta(days=days)
        who.birth_date = day.replace(year=1980)


def living(inside: Town, outside: Town) -> Plant:
    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        a.town, b.town = inside, outside

    return plant


def answering(scale: str, inside: tuple[int | None, ...], outside: tuple[int | None, ...]) -> Plant:
    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        maker.answer(a, scale, *inside)
        maker.answer(b, scale, *outside)

    return plant


def green_bargain(maker: Maker, a: Customer, b: Customer) -> None:
    for scale in ("eco", "price"):
        maker.answer(a, scale, 4, 4, 4)
        maker.answer(b, scale, 5, 5, 5 if scale == "eco" else 1)


def employing(inside: int | None, outside: int | None) -> Plant:
    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        maker.hire(a, inside)
        maker.hire(b, outside)

    return plant


def business_customer(maker: Maker, a: Customer, b: Customer) -> None:
    maker.hire(a, None)
    b.occupation = "self-employed"


def startup(maker: Maker, a: Customer, b: Customer) -> None:
    five_years_ago = maker.today.replace(year=maker.today.year - 5)
    maker.hire(a, 49, founded_on=five_years_ago)
    maker.hire(b, 49, founded_on=five_years_ago - dt.timedelta(days=1))


def technology_firm(maker: Maker, a: Customer, b: Customer) -> None:
    maker.hire(a, 10, sector="technology")
    maker.hire(b, 10, sector="education")


def using(inside: tuple[str, ...], outside: tuple[str, ...]) -> Plant:
    """Visits with these devices, oldest first, a day apart."""
    devices = {"iphone": IPHONE, "ipad": IPAD, "pixel": PIXEL, "windows": WINDOWS}

    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        for who, names in ((a, inside), (b, outside)):
            for number, name in enumerate(names):
                maker.view(who, maker.ago(40 - number), device=devices[name])

    return plant


def app_shopper(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(365), channel="app")
    maker.buy(b, maker.ago(365, seconds=1), channel="app")


YES, NO = (4, 4, 4), (4, 4, 3)
WHO: Mapping[str, Plant] = {
    "gen_z": year_born(dt.date(1997, 1, 1), dt.date(1996, 12, 31)),
    "millennials": year_born(dt.date(1996, 12, 31), dt.date(1997, 1, 1)),
    "generation_x": year_born(dt.date(1965, 1, 1), dt.date(1964, 12, 31)),
    "seniors": turns(65),
    "young_women": turns(18, "female"),
    "older_men": turns(50, "male"),
    "high_income_earners": high_income,
    "families_with_children": family,
    "students": student,
    "birthday_soon": birthday,
    "urban_customers": living(JUST_A_CITY, TOWNS[0]),
    "rural_customers": living(VILLAGES[0], UNKNOWN[1]),
    "german_speaking_countries": living(CITIES[5], CITIES[7]),
    "place_unknown": living(UNKNOWN[1], TOWNS[1]),
    "eco_minded": answering("eco", YES, NO),
    "price_sensitive": answering("price", (5, 5, 2), (5, 5, 1)),
    "brand_loyal": answering("brand", (4, None, 4), (4, None, 3)),
    "innovators": answering("innovation", (3, 4, 5), (3, 4, 4)),
    "fitness_minded": answering("fitness", YES, (5, None, None)),
    "satisfied_customers": answering("satisfaction", YES, NO),
    "dissatisfied_customers": answering("satisfaction", (2, 2, 2), (2, 2, 3)),
    "green_bargain_hunters": green_bargain,
    "mobile_first": using(("windows", "ipad", "iphone"), ("iphone", "windows")),
    "desktop_users": using(("iphone", "iphone", "windows"), ("windows", "windows", "pixel")),
    "tablet_users": using(("ipad",), ("iphone",)),
    "ios_users": using(("pixel", "windows", "ipad"), ("ipad", "ipad", "pixel")),
    "android_users": using(("iphone", "iphone", "pixel"), ("pixel", "pixel", "iphone")),
    "app_shoppers": app_shopper,
    "business_customers": business_customer,
    "small_businesses": employing(49, 50),
    "medium_businesses": employing(249, 250),
    "large_corporations": employing(250, 249),
    "startups": startup,
    "technology_firms": technology_firm,
}
