"""Tools to plant one person's history exactly: orders to the second, answers, visits, mails."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from segmentary.samples.business import (
    Account,
    Answer,
    Business,
    Chat,
    Customer,
    Device,
    Line,
    Mail,
    Order,
    Refund,
    WebEvent,
)
from segmentary.samples.orders import Register
from segmentary.samples.towns import UNKNOWN_TOWN
from segmentary.samples.user_agents import android, apple, windows

SECOND = dt.timedelta(seconds=1)
DAY = dt.timedelta(days=1)
IPHONE, IPAD = apple("iPhone", "18_3"), apple("iPad", "18_3")
PIXEL, WINDOWS = android("Pixel 8", 140), windows(140)


@dataclass
class Maker:
    """Plants people and what they did into a business.

    business : where they go.
    register : gives out order numbers.
    """

    business: Business
    register: Register

    @property
    def as_of(self) -> dt.datetime:
        """The moment of the exports."""
        return self.business.as_of

    @property
    def today(self) -> dt.date:
        """Its local date."""
        return self.business.today

    def person(self, segment: str, side: Literal["in", "out"]) -> Customer:
        """Return a new person of whom nothing is known but a name and an address."""
        number = len(self.business.customers) + 1
        who = Customer(
            customer_id=f"edge_{segment}_{side}",
            created_at=self.as_of - 1_000 * DAY,
            first_name="Edgar" if side == "in" else "Outis",
            last_name=segment.replace("_", " ").title(),
            email=f"edge.{number}@example.org",
            phone="",
            birth_date=None,
            gender="",
            town=UNKNOWN_TOWN,
            income=None,
            children=None,
            occupation="",
            persona="edge",
        )
        self.business.customers.append(who)
        return who

    # ------------------------------------------------------------ moments

    def ago(self, days: float = 0, *, seconds: int = 0) -> dt.datetime:
        """Return the moment so many times 24 hours, and seconds, before the exports."""
        return self.as_of - dt.timedelta(days=days) - seconds * SECOND

    def local(self, day: dt.date, hour: int = 12, minute: int = 0, second: int = 0) -> dt.datetime:
        """Return a moment of the local clock."""
        return dt.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=self.business.zone).astimezone(
            dt.UTC
        )

    def day_end(self, days_ago: int) -> dt.datetime:
        """Return the last second of the local day so many days ago."""
        return self.local(self.today - dt.timedelta(days=days_ago), 23, 59, 59)

    def day_begin(self, days_ago: int) -> dt.datetime:
        """Return the first second of the local day so many days ago."""
        return self.local(self.today - dt.timedelta(days=days_ago), 0)

    # ------------------------------------------------------------ deeds

    def line(self, price: str, category: str, discount: str) -> Line:
        """Return a line of one piece that costs that much after its discount."""
        product = self.register.shelf[category][0]
        return Line(product, 1, Decimal(price) + Decimal(discount), Decimal(discount))

    def buy(
        self,
        who: Customer,
        at: dt.datetime,
        *prices: str,
        category: str = "home",
        channel: str = "web",
        discount: str = "0",
    ) -> Order:
        """Place an order of one line per price; one of 20.00 where none is given."""
        lines = [self.line(price, category, discount) for price in prices or ("20.00",)]
        order = Order(self.register.order_id(), at, channel, lines)
        who.orders.append(order)
        return order

    def send_back(self, who: Customer, order: Order, at: dt.datetime) -> None:
        """Take a whole order back."""
        who.refunds.append(
            Refund(self.register.refund_id(), order.order_id, at, "return", order.channel, list(order.lines))
        )

    def view(self, who: Customer, at: dt.datetime, name: str = "page_viewed", device: Device = WINDOWS) -> None:
        """Record one event on the site, in a session of its own."""
        product = self.register.shelf["home"][0] if name.startswith("product") else None
        session_id = f"{who.customer_id}-{len(who.web) + 1}"
        who.web.append(WebEvent(name, at, session_id, device, "/", product))

    def mail(self, who: Customer, at: dt.datetime, *names: str) -> None:
        """Record mail events of one moment."""
        who.mails += [Mail(f"email_{name}", at, "newsletter") for name in names]

    def chat(self, who: Customer, at: dt.datetime) -> None:
        """Record a support chat."""
        turns = (("in", "Is anybody there?"), ("out", "Yes, what can I do for you?"))
        who.chats.append(Chat(f"{who.customer_id}-chat-{len(who.chats) + 1}", at, "other", turns))

    def answer(self, who: Customer, scale: str, *values: int | None) -> None:
        """Answer the items of one scale."""
        who.answered_at = self.ago(80)
        who.answers += [Answer(f"{scale}_{number}", value) for number, value in enumerate(values, start=1)]

    def hire(
        self, who: Customer, employees: int | None, *, sector: str = "retail", founded_on: dt.date | None = None
    ) -> None:
        """Let somebody work for a firm of their own."""
        number = len(self.business.accounts) + 1
        founded = founded_on or dt.date(1990, 1, 1)
        who.account = Account(f"A{number:05d}", f"Edge {number} Ltd", employees, sector, "Germany", founded)
        self.business.accounts.append(who.account)
