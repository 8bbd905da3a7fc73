"""The generated business as plain Python objects: what the exports are written from and the truth is read from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

TIMEZONE = "Europe/Berlin"
CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Product:
    """Something the shop sells."""

    product_id: str
    name: str
    category: str
    brand: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; ``discount`` is money taken off the line."""

    product: Product
    quantity: int
    unit_price: Decimal
    discount: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """Money of the line after its discount."""
        return self.unit_price * self.quantity - self.discount


@dataclass(slots=True)
class Order:
    """A sale."""

    order_id: str
    placed_at: dt.datetime
    channel: str
    lines: list[Line]

    @property
    def amount(self) -> Decimal:
        """Money of the lines that cost something."""
        return sum((line.amount for line in self.lines if line.unit_price > 0), Decimal(0))

    @property
    def discount(self) -> Decimal:
        """Money taken off all its lines."""
        return sum((line.discount for line in self.lines), Decimal(0))


@dataclass(slots=True)
class Refund:
    """Lines of an order taken back: a cancellation within minutes, or a return some days later."""

    refund_id: str
    order_id: str
    happened_at: dt.datetime
    kind: Literal["cancellation", "return"]
    channel: str
    lines: list[Line]

    @property
    def amount(self) -> Decimal:
        """Money given back, positive."""
        return sum((line.amount for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class Device:
    """What a person visits with."""

    kind: Literal["mobile", "tablet", "desktop"]
    system: Literal["iOS", "Android", "Windows", "macOS", "Linux"]
    user_agent: str


@dataclass(slots=True)
class WebEvent:
    """One thing that happened on the site."""

    name: str
    happened_at: dt.datetime
    session_id: str
    device: Device
    page: str
    product: Product | None = None


@dataclass(slots=True)
class Mail:
    """One reaction of the e-mail tool: delivered, opened, clicked, unsubscribed."""

    name: str
    happened_at: dt.datetime
    campaign: str


@dataclass(slots=True)
class Chat:
    """One support chat: when it began, what it was about, what was said (direction, text)."""

    conversation_id: str
    started_at: dt.datetime
    topic: str
    turns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one survey item, 1 (not at all) to 5 (fully); None when skipped."""

    item: str
    value: int | None


@dataclass(frozen=True, slots=True)
class Consent:
    """One decision on one channel."""

    purpose: str
    channel: str
    granted: bool
    happened_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Account:
    """A firm some of the customers work for."""

    account_id: str
    name: str
    employees: int | None
    sector: str
    country: str
    founded_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Household:
    """People who live together."""

    household_id: str
    dwelling: str
    size: int


@dataclass(frozen=True, slots=True)
class Town:
    """A place, as the customer record spells it. An unknown place is empty."""

    city: str
    country: str
    country_code: str
    size: Literal["city", "town", "village", "unknown"]
    postal_prefix: str = ""


@dataclass(slots=True)
class Customer:
    """A person with everything that is known about them. ``persona`` is the maker's secret: it is never exported."""

    customer_id: str
    created_at: dt.datetime
    first_name: str
    last_name: str
    email: str
    phone: str
    birth_date: dt.date | None
    gender: str
    town: Town
    income: Decimal | None
    children: int | None
    occupation: str
    persona: str = ""
    account: Account | None = None
    household: Household | None = None
    orders: list[Order] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    web: list[WebEvent] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    chats: list[Chat] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    answered_at: dt.datetime | None = None
    consents: list[Consent] = field(default_factory=list)


@dataclass(slots=True)
class Business:
    """Everything, with the moment the exports were made."""

    as_of: dt.datetime
    products: tuple[Product, ...]
    accounts: list[Account]
    households: list[Household]
    customers: list[Customer]
    guest_orders: list[Order] = field(default_factory=list)
    anonymous_web: list[WebEvent] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """The zone that decides what a day is."""
        return ZoneInfo(TIMEZONE)

    @property
    def today(self) -> dt.date:
        """The local date of as-of."""
        return self.as_of.astimezone(self.zone).date()
