"""The border pairs of segments that are about what people do: to the second, to the cent, to the order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from segmentary.samples.business import Customer
from segmentary.samples.maker import Maker

Plant = Callable[[Maker, Customer, Customer], None]


def new_customer(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(30))
    maker.buy(b, maker.ago(30, seconds=1))
    maker.buy(b, maker.ago(3))


def never_ordered(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.as_of)  # at the very moment of as-of, so not yet
    maker.buy(b, maker.ago(seconds=1))


def one_time_buyer(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(400))
    maker.buy(a, maker.as_of)
    maker.buy(b, maker.ago(400))
    maker.buy(b, maker.ago(seconds=1))


def repeat_buyer(maker: Maker, a: Customer, b: Customer) -> None:
    for _ in range(2):  # two orders of the same second are two orders
        maker.buy(a, maker.ago(200))
    maker.buy(b, maker.ago(200), "20.00", "30.00")


def loyal_customer(maker: Maker, a: Customer, b: Customer) -> None:
    for who, last in ((a, maker.ago(90)), (b, maker.ago(90, seconds=1))):
        for days in (130, 170, 220):
            maker.buy(who, maker.ago(days))
        maker.buy(who, last)


def at_risk(maker: Maker, a: Customer, b: Customer) -> None:
    for who, last in ((a, maker.day_end(91)), (b, maker.day_begin(90))):
        maker.buy(who, maker.ago(300))
        maker.buy(who, maker.ago(200))
        maker.buy(who, last)


def lapsed(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.day_end(181))
    maker.buy(b, maker.day_begin(180))


def came_back(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(210, seconds=1))
    maker.buy(b, maker.ago(210))
    for who in (a, b):
        maker.buy(who, maker.ago(400))
        maker.buy(who, maker.ago(30))


def overdue(maker: Maker, a: Customer, b: Customer) -> None:
    for who, last in ((a, 21), (b, 20)):
        for number in range(4):
            maker.buy(who, maker.local(maker.today - dt.timedelta(days=last + 10 * number)))


def heavy_user(maker: Maker, a: Customer, b: Customer) -> None:
    for days in range(8):
        maker.view(a, maker.local(maker.today - dt.timedelta(days=1 + 3 * days), 9))
    for days in range(7):
        for hour in (9, 21):
            maker.view(b, maker.local(maker.today - dt.timedelta(days=1 + 3 * days), hour))


def cart_abandoner(maker: Maker, a: Customer, b: Customer) -> None:
    for who in (a, b):
        maker.view(who, maker.ago(14), "product_added")
    maker.buy(a, maker.ago(14, seconds=1))
    maker.buy(b, maker.ago(14, seconds=-1))


def checkout_abandoner(maker: Maker, a: Customer, b: Customer) -> None:
    maker.view(a, maker.ago(14), "checkout_started")
    maker.view(b, maker.ago(14, seconds=1), "checkout_started")


def window_shopper(maker: Maker, a: Customer, b: Customer) -> None:
    for who, ordered in ((a, maker.ago(90, seconds=1)), (b, maker.ago(90))):
        for number in range(10):
            maker.view(who, maker.ago(30, seconds=-number), "product_viewed")
        maker.buy(who, ordered)


def weekend_shopper(maker: Maker, a: Customer, b: Customer) -> None:
    monday = maker.today - dt.timedelta(days=140 + maker.today.weekday())
    saturday, sunday = (monday + dt.timedelta(days=days) for days in (5, 6))
    for who, third in ((a, maker.local(sunday, 23, 59, 59)), (b, maker.local(sunday + dt.timedelta(days=1), 0))):
        maker.buy(who, maker.local(saturday, 0))
        maker.buy(who, maker.local(saturday + dt.timedelta(days=7)))
        maker.buy(who, maker.local(monday))
        maker.buy(who, third)


def evening_shopper(maker: Maker, a: Customer, b: Customer) -> None:
    day = maker.today - dt.timedelta(days=140)
    for who, third in ((a, maker.local(day, 18)), (b, maker.local(day, 17, 59, 59))):
        maker.buy(who, third)
        maker.buy(who, maker.local(day, 9))
        for days in (7, 14):
            maker.buy(who, maker.local(day + dt.timedelta(days=days), 20))


def bargain_season_shopper(maker: Maker, a: Customer, b: Customer) -> None:
    november = dt.date(maker.today.year - 1, 11, 1)
    maker.buy(a, maker.local(november, 0))
    maker.buy(b, maker.local(november - dt.timedelta(days=1), 23, 59, 59))
    for who in (a, b):
        maker.buy(who, maker.local(dt.date(maker.today.year - 1, 6, 15)))


def discount_hunter(maker: Maker, a: Customer, b: Customer) -> None:
    for number in range(5):  # three of five are 60 %; four of seven are not
        maker.buy(a, maker.ago(50 + 30 * number), discount="0.01" if number < 3 else "0")
    for number in range(7):
        maker.buy(b, maker.ago(50 + 30 * number), discount="5.00" if number < 4 else "0")


def frequent_returner(maker: Maker, a: Customer, b: Customer) -> None:
    for who, cheap in ((a, "30.00"), (b, "29.99")):
        first = maker.buy(who, maker.ago(100), cheap)
        second = maker.buy(who, maker.ago(80), "0.01")
        maker.buy(who, maker.ago(60), "70.00" if who is a else "70.01")
        maker.send_back(who, first, maker.ago(90))
        maker.send_back(who, second, maker.ago(70))


def enthusiast(category: str) -> Plant:
    def plant(maker: Maker, a: Customer, b: Customer) -> None:
        for who, oldest in ((a, maker.ago(365)), (b, maker.ago(365, seconds=1))):
            maker.buy(who, oldest, category=category)
            maker.buy(who, maker.ago(100), "15.00", "16.00", category=category)

    return plant


def shoe_lover(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(300), "100.00", "100.01", category="shoes")
    maker.buy(b, maker.ago(300), "100.00", "100.00", category="shoes")


def cross_category(maker: Maker, a: Customer, b: Customer) -> None:
    for number, category in enumerate(("home", "books", "shoes", "beauty", "office")):
        maker.buy(a, maker.ago(10 + number), category=category)
        maker.buy(b, maker.ago(10 + number), category="home" if category == "office" else category)


def multichannel(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(365), channel="store")
    maker.buy(b, maker.ago(365, seconds=1), channel="store")
    for who in (a, b):
        maker.buy(who, maker.ago(20), channel="web")


def store_shopper(maker: Maker, a: Customer, b: Customer) -> None:
    for who, second in ((a, "store"), (b, "app")):
        maker.buy(who, maker.ago(300), channel="store")
        maker.buy(who, maker.ago(200), channel=second)


def newsletter_reader(maker: Maker, a: Customer, b: Customer) -> None:
    for who, oldest in ((a, maker.ago(90)), (b, maker.ago(90, seconds=1))):
        maker.mail(who, oldest, "opened")
        for days in (60, 30):
            maker.mail(who, maker.ago(days), "delivered", "opened")


def email_engaged(maker: Maker, a: Customer, b: Customer) -> None:
    maker.mail(a, maker.ago(30), "clicked")
    maker.mail(b, maker.ago(30, seconds=1), "clicked")
    maker.mail(b, maker.ago(10), "opened")


def email_dormant(maker: Maker, a: Customer, b: Customer) -> None:
    for who, opened in ((a, maker.ago(90, seconds=1)), (b, maker.ago(90))):
        maker.mail(who, opened, "opened")
        for days in (90, 60, 30, 10):
            maker.mail(who, maker.ago(days), "delivered")


def support_seeker(maker: Maker, a: Customer, b: Customer) -> None:
    for who, oldest in ((a, maker.ago(90)), (b, maker.ago(90, seconds=1))):
        maker.chat(who, oldest)
        maker.chat(who, maker.ago(5))


def anniversary(maker: Maker, a: Customer, b: Customer) -> None:
    for who, days in ((a, 6), (b, 7)):
        day = maker.today + dt.timedelta(days=days)
        maker.buy(who, maker.local(day.replace(year=day.year - 2), 23, 59, 59))


def vip(maker: Maker, a: Customer, b: Customer) -> None:
    maker.buy(a, maker.ago(365), "600.00")
    maker.buy(a, maker.ago(40), "400.00")
    maker.buy(b, maker.ago(365), "600.00")
    maker.buy(b, maker.ago(40), "399.99")


def big_spender(maker: Maker, a: Customer, b: Customer) -> None:
    for who, price in ((a, "150.00"), (b, "149.99")):
        maker.buy(who, maker.ago(500), "150.00")
        maker.buy(who, maker.ago(450), price)


def rising_spender(maker: Maker, a: Customer, b: Customer) -> None:
    for who, price in ((a, "100.00"), (b, "99.99")):
        maker.buy(who, maker.ago(180), "50.00")
        maker.buy(who, maker.ago(90), price)


def net_negative(maker: Maker, a: Customer, b: Customer) -> None:
    for who in (a, b):
        order = maker.buy(who, maker.ago(50), "80.00")
        maker.send_back(who, order, maker.ago(40))
    maker.buy(b, maker.ago(45), "0.01")


ACTIONS: Mapping[str, Plant] = {
    "new_customers": new_customer,
    "never_ordered": never_ordered,
    "one_time_buyers": one_time_buyer,
    "repeat_buyers": repeat_buyer,
    "loyal_customers": loyal_customer,
    "at_risk": at_risk,
    "lapsed": lapsed,
    "came_back": came_back,
    "overdue": overdue,
    "heavy_users": heavy_user,
    "cart_abandoners": cart_abandoner,
    "checkout_abandoners": checkout_abandoner,
    "window_shoppers": window_shopper,
    "weekend_shoppers": weekend_shopper,
    "evening_shoppers": evening_shopper,
    "bargain_season_shoppers": bargain_season_shopper,
    "discount_hunters": discount_hunter,
    "frequent_returners": frequent_returner,
    "fitness_enthusiasts": enthusiast("fitness"),
    "beauty_enthusiasts": enthusiast("beauty"),
    "shoe_lovers": shoe_lover,
    "cross_category_shoppers": cross_category,
    "multichannel_shoppers": multichannel,
    "store_shoppers": store_shopper,
    "newsletter_readers": newsletter_reader,
    "email_engaged": email_engaged,
    "email_dormant": email_dormant,
    "support_seekers": support_seeker,
    "anniversary_soon": anniversary,
    "vips": vip,
    "big_spenders": big_spender,
    "rising_spenders": rising_spender,
    "net_negative": net_negative,
}
