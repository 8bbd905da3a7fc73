"""What the generated people bought, sent back and cancelled."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from segmentary.samples.business import Customer, Line, Order, Product, Refund
from segmentary.samples.personas import Persona
from segmentary.samples.products import CATEGORIES

CENT = Decimal("0.01")
DAY_SECONDS = 86_400


class Register:
    """Gives out order and refund numbers, and knows the shelf."""

    def __init__(self, products: tuple[Product, ...]) -> None:
        self.shelf = {c: tuple(p for p in products if p.category == c) for c in CATEGORIES}
        self.orders = 100_000
        self.refunds = 700_000

    def order_id(self) -> str:
        """Return the next order number."""
        self.orders += 1
        return f"S{self.orders}"

    def refund_id(self) -> str:
        """Return the next number of a cancellation or return."""
        self.refunds += 1
        return f"R{self.refunds}"


def moment(chance: random.Random, persona: Persona, day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Draw a moment near a local day, at the hours and weekdays a persona shops at."""
    weekend = chance.random() < persona.weekend
    if weekend != (day.weekday() >= 5):
        day += dt.timedelta(days=(5 - day.weekday() + chance.randint(0, 1)) if weekend else chance.randint(2, 5))
    hour = chance.randint(18, 22) if chance.random() < persona.evening else chance.randint(7, 17)
    local = dt.datetime(day.year, day.month, day.day, hour, chance.randint(0, 59), chance.randint(0, 59), tzinfo=zone)
    return local.astimezone(dt.UTC)


def order_days(chance: random.Random, who: Customer, persona: Persona, today: dt.date) -> Iterator[dt.date]:
    """Yield the days around which somebody orders."""
    day = who.created_at.date()
    if persona.course in ("browser", "silent"):
        return
    if persona.course == "once":
        yield day + dt.timedelta(days=chance.randint(0, 6))
        return
    end = today
    if persona.course == "faded":
        end = max(day, today - dt.timedelta(days=chance.randint(70, 420)))
    if persona.course == "newcomer":
        yield day
    mean_days = 365 / persona.orders_a_year * chance.uniform(0.6, 1.6)
    while True:
        day += dt.timedelta(days=1 + int(chance.expovariate(1 / mean_days)))
        if day >= end:
            return
        if persona.discounted > 0.5 and chance.random() < 0.3:
            sale = dt.date(day.year, 11, chance.randint(20, 29))
            yield sale if who.created_at.date() < sale < end else day
        else:
            yield day


def lines(chance: random.Random, persona: Persona, register: Register, favourite_brand: int) -> list[Line]:
    """Draw the lines of one order; now and then a free sample lies in the parcel."""
    weights = [persona.taste.get(category, 1.0) for category in CATEGORIES]
    discounted = chance.random() < persona.discounted
    found = []
    for _ in range(1 + min(6, int(chance.expovariate(1 / max(0.05, persona.lines - 0.5))))):
        shelf = register.shelf[chance.choices(CATEGORIES, weights)[0]]
        product = shelf[0]
        for _ in range(3):  # dear things are looked at more often than bought
            product = chance.choice(shelf)
            if product.price < 150 or chance.random() < 0.2:
                break
        if persona.attitudes.get("brand", 3.0) > 3.8:
            brands = sorted({p.brand for p in shelf})
            brand, goods = brands[favourite_brand % len(brands)], product.name.removeprefix(product.brand)
            product = next(p for p in shelf if p.name == brand + goods)
        quantity = chance.choices((1, 2, 3, 5), (78, 15, 5, 2))[0]
        share = Decimal(chance.choice((10, 15, 20, 30))) / 100 if discounted else Decimal(0)
        found.append(Line(product, quantity, product.price, (product.price * quantity * share).quantize(CENT)))
    if chance.random() < 0.02:
        found.append(Line(chance.choice(register.shelf["beauty"]), 1, Decimal(0)))
    return found


def shop(
    chance: random.Random, who: Customer, persona: Persona, register: Register, *, as_of: dt.datetime, zone: ZoneInfo
) -> None:
    """Let one person order through the years."""
    favourite_brand = chance.randint(0, 5)
    today = as_of.astimezone(zone).date()
    for day in sorted(order_days(chance, who, persona, today)):
        placed_at = moment(chance, persona, day, zone)
        if not who.created_at < placed_at < as_of:
            continue
        draw = chance.random()
        channel = "store" if draw < persona.store else "app" if draw < persona.store + persona.app else "web"
        bought = lines(chance, persona, register, favourite_brand)
        order = Order(register.order_id(), placed_at, channel, bought)
        who.orders.append(order)
        if chance.random() < persona.returned:
            take_back(chance, who, order, register, as_of)


def take_back(chance: random.Random, who: Customer, order: Order, register: Register, as_of: dt.datetime) -> None:
    """Cancel the whole order within the hour, or send one line back some days later."""
    paid = [line for line in order.lines if line.unit_price > 0]
    if chance.random() < 0.3:
        at = order.placed_at + dt.timedelta(minutes=chance.randint(2, 50))
        refund = Refund(register.refund_id(), order.order_id, at, "cancellation", order.channel, paid)
    else:
        at = order.placed_at + dt.timedelta(seconds=chance.randint(5 * DAY_SECONDS, 25 * DAY_SECONDS))
        refund = Refund(register.refund_id(), order.order_id, at, "return", order.channel, [chance.choice(paid)])
    if at < as_of:
        who.refunds.append(refund)
